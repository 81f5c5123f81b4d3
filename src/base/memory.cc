#include "base/memory.h"

#include <cstdlib>

#if CAIRN_WITH_MIMALLOC
#include <mimalloc.h>
#endif

namespace cairn {

namespace {

#if CAIRN_WITH_MIMALLOC

void* default_allocate(size_t size, size_t alignment, void*) {
    return mi_malloc_aligned(size, alignment);
}

void default_release(void* block, size_t size, size_t alignment, void*) {
    mi_free_size_aligned(block, size, alignment);
}

#else

void* default_allocate(size_t size, size_t alignment, void*) {
    if (alignment <= alignof(std::max_align_t)) {
        return std::malloc(size);
    }
    const size_t rounded = (size + alignment - 1) & ~(alignment - 1);
    // aligned_alloc wants a multiple of the alignment; what lies beyond `size` is never touched.
    return std::aligned_alloc(alignment, rounded);
}

void default_release(void* block, size_t, size_t, void*) {
    std::free(block);
}

#endif

}  // namespace

cairn_allocator default_allocator() {
    return {default_allocate, default_release, nullptr};
}

void* Memory::allocate_table(size_t size) {
    ++table_requests;
    if (fails_now() || !within_limit(size)) {
        return nullptr;
    }
    void* block = allocator.allocate(size, alignof(std::max_align_t), allocator.user_data);
    if (block != nullptr) {
        table_bytes += size;
        note_peak();
    }
    return block;
}

void Memory::release_table(void* block, size_t size) {
    if (block != nullptr) {
        table_bytes -= size;
        allocator.release(block, size, alignof(std::max_align_t), allocator.user_data);
    }
}

void* Memory::allocate_segment(size_t size, size_t alignment) {
    void* block = allocator.allocate(size, alignment, allocator.user_data);
    if (block != nullptr) {
        reserved_bytes += size;
    }
    return block;
}

void Memory::release_segment(void* block, size_t size, size_t alignment) {
    reserved_bytes -= size;
    allocator.release(block, size, alignment, allocator.user_data);
}

}  // namespace cairn
