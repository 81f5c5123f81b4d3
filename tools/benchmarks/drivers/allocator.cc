// SPDX-License-Identifier: MIT
// The floor under every heap: blocks of a node's size from an allocator, and nothing else.
//
// CAIRN_BENCH_MIMALLOC: mi_malloc and mi_free (a driver of its own, since Debian's mimalloc takes
// the place of malloc in whatever links it); otherwise glibc's malloc and free.
// CAIRN_BENCH_TOUCH: each block is written once when made and read once before it is freed, as
// the cheapest reference count would.

#ifdef CAIRN_BENCH_MIMALLOC
#include <mimalloc.h>
#endif

#include "services.h"

namespace {

struct Block {
    uint64_t count;
    void* type;
    Block* slots[bench::kSlots];
    uint64_t payload;
};
static_assert(sizeof(Block) == 48);

Block* allocate() {
#ifdef CAIRN_BENCH_MIMALLOC
    auto* block = static_cast<Block*>(mi_malloc(sizeof(Block)));
#else
    auto* block = static_cast<Block*>(std::malloc(sizeof(Block)));
#endif
#ifdef CAIRN_BENCH_TOUCH
    block->count = 1;
#endif
    bench::keep(block);
    return block;
}

void release(Block* block) {
#ifdef CAIRN_BENCH_TOUCH
    if (--block->count != 0) {
        return;
    }
#endif
#ifdef CAIRN_BENCH_MIMALLOC
    mi_free(block);
#else
    std::free(block);
#endif
}

class Allocator {
  public:
    static constexpr bool kCounted = true;
    using Handle = Block*;

    void places(size_t n) { places_.assign(n, nullptr); }
    void make(size_t i) { places_[i] = allocate(); }
    void clear(size_t i) {
        if (places_[i] != nullptr) {
            release(std::exchange(places_[i], nullptr));
        }
    }
    void make_and_drop() { release(allocate()); }

    Handle tree_node() {
        Block* block = allocate();
        block->slots[0] = block->slots[1] = nullptr;
        return block;
    }
    void tree_adopt(Handle parent, unsigned slot, Handle child) { parent->slots[slot] = child; }
    void tree_drop(Handle tree) {
        for (unsigned side = 0; side < 2; ++side) {
            if (tree->slots[side] != nullptr) {
                tree_drop(tree->slots[side]);
            }
        }
        release(tree);
    }

  private:
    std::vector<Block*> places_;
};

}  // namespace

int main(int argc, char** argv) {
    return bench::drive<Allocator>(argc, argv);
}
