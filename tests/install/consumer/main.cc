// SPDX-License-Identifier: MIT
// Uses the installed library as a host in C++17 does.
#include <cairn/cairn.hpp>
#include <cstdio>

namespace {

struct Node {
    cairn_object head;
    cairn::slot<Node> next;
};

}  // namespace

int main() {
    cairn::heap heap;
    const cairn::type<Node> type = cairn::type_builder<Node>("node").slots(&Node::next).build(heap);
    cairn::owned<Node> node = type.make();
    if (!node) {
        return 1;
    }
    node->next = node;
    node = nullptr;
    size_t found = 0;
    if (cairn_gc_collect(heap.get(), 2, &found) != CAIRN_OK) {
        return 1;
    }
    std::printf("collected %d, left %d\n", static_cast<int>(found), static_cast<int>(heap.close()));
    return 0;
}
