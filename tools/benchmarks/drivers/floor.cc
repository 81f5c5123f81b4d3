// SPDX-License-Identifier: MIT
// What no collector of this kind can go below: one pass over the nodes in the order of their
// memory, and one touch for each edge.
//
// CAIRN_BENCH_SIDE: an edge touches one byte in a table beside the nodes, a byte for every 32
// bytes of memory; otherwise it touches the target's first word.

#include "services.h"

namespace {

struct Node {
    uint64_t word;
    uint64_t type;
    uint64_t slots[bench::kSlots];  // number of the target, plus one
    uint64_t payload;
};
static_assert(sizeof(Node) == 48);

class Floor {
  public:
    static constexpr bool kCounted = true;
    using Handle = size_t;

    void places(size_t n) {
        nodes_.assign(n, Node{});
        side_.assign((n * sizeof(Node)) / 32 + 1, 0);
    }
    void make(size_t i) { nodes_[i].type = 1; }
    void clear(size_t i) { nodes_[i].type = 0; }
    void make_and_drop() { bench::unsupported(); }
    Handle tree_node() { bench::unsupported(); }
    void tree_adopt(Handle, unsigned, Handle) {}
    void tree_drop(Handle) {}
    void link(size_t i, unsigned slot, size_t j) { nodes_[i].slots[slot] = j + 1; }

    size_t collect() {
        for (const Node& node : nodes_) {
            for (const uint64_t target : node.slots) {
                if (target != 0) {
#ifdef CAIRN_BENCH_SIDE
                    ++side_[((target - 1) * sizeof(Node)) >> 5];
#else
                    ++nodes_[target - 1].word;
#endif
                }
            }
        }
        bench::barrier();
        return bench::kUnknown;
    }
    bool hold(const std::string& holder, size_t) {
        return holder == "external";
    }
    void let_go() {}

  private:
    std::vector<Node> nodes_;
    std::vector<uint8_t> side_;
};

}  // namespace

int main(int argc, char** argv) {
    if (argc > 1 && std::string(argv[1]) != "W4") {
        bench::unsupported();
    }
    return bench::drive<Floor>(argc, argv);
}
