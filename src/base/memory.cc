// SPDX-License-Identifier: MIT
#include "base/memory.h"

#include <cstdlib>

#if CAIRN_WITH_MIMALLOC
#include <mimalloc.h>
#endif
#if defined(__linux__)
#include <sys/mman.h>
#include <unistd.h>
#endif
#if defined(_WIN32)
#include <malloc.h>
#endif

namespace cairn {

namespace {

#if CAIRN_WITH_MIMALLOC

void* allocate_block(size_t size, size_t alignment) {
    // Whatever is not small is aligned to 16 bytes anyway, and had in half as many instructions.
    return alignment <= 16 && size >= 16 ? mi_malloc(size) : mi_malloc_aligned(size, alignment);
}

void release_block(void* block, size_t, size_t) {
    mi_free(block);
}

#elif defined(_WIN32)

// Windows gives each of its two allocators a release of its own, so all blocks come from one.
void* allocate_block(size_t size, size_t alignment) {
    return _aligned_malloc(size, alignment);
}

void release_block(void* block, size_t, size_t) {
    _aligned_free(block);
}

#else

void* allocate_block(size_t size, size_t alignment) {
    if (alignment <= alignof(std::max_align_t)) {
        return std::malloc(size);
    }
    const size_t rounded = (size + alignment - 1) & ~(alignment - 1);
    // aligned_alloc wants a multiple of the alignment; what lies beyond `size` is never touched.
    return std::aligned_alloc(alignment, rounded);
}

void release_block(void* block, size_t, size_t) {
    std::free(block);
}

#endif

#if defined(__linux__)

// Of the system's pages that lie wholly in the block.
void advise_inside(void* block, size_t size, int advice) {
    const auto page = static_cast<uintptr_t>(sysconf(_SC_PAGESIZE));
    const auto start = (reinterpret_cast<uintptr_t>(block) + page - 1) & ~(page - 1);
    const uintptr_t end = (reinterpret_cast<uintptr_t>(block) + size) & ~(page - 1);
    if (start < end) {
        (void)madvise(reinterpret_cast<void*>(start), end - start, advice);
    }
}

#endif

#if CAIRN_MAPS_SEGMENTS

// Segments come from the system itself, and go back to it: an allocator keeps what is freed for the
// next who asks. Of a heap of which nine tenths died, mimalloc 2.0 kept all in the process. Small
// ones, of small heaps, are not worth system calls.
bool is_mapped(size_t size, size_t alignment) {
    constexpr size_t kSmallest = size_t{1} << 20;
    return alignment >= kSmallest && size >= kSmallest;
}

void* map(size_t size) {
    void* block = mmap(nullptr, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    return block == MAP_FAILED ? nullptr : block;
}

void* map_aligned(size_t size, size_t alignment) {
    // Mostly it lies right beside the one before, and is aligned as that is.
    auto* block = static_cast<std::byte*>(map(size));
    size_t beyond = reinterpret_cast<uintptr_t>(block) % alignment;
    if (block == nullptr || beyond == 0) {
        return block;
    }
    munmap(block, size);
    block = static_cast<std::byte*>(map(size + alignment));
    if (block == nullptr) {
        return nullptr;
    }
    beyond = reinterpret_cast<uintptr_t>(block) % alignment;
    const size_t before = (alignment - beyond) % alignment;
    if (before != 0) {
        munmap(block, before);
    }
    munmap(block + before + size, alignment - before);
    return block + before;
}

void* default_allocate(size_t size, size_t alignment, void*) {
    return is_mapped(size, alignment) ? map_aligned(size, alignment)
                                      : allocate_block(size, alignment);
}

void discard_mapped(void* part, size_t part_size, size_t size, size_t alignment) {
    if (is_mapped(size, alignment)) {
        (void)madvise(part, part_size, MADV_DONTNEED);
    }
}

void default_release(void* block, size_t size, size_t alignment, void*) {
    if (is_mapped(size, alignment)) {
        munmap(block, size);
    } else {
        release_block(block, size, alignment);
    }
}

#else

void* default_allocate(size_t size, size_t alignment, void*) {
    return allocate_block(size, alignment);
}

void discard_mapped(void*, size_t, size_t, size_t) {}

void default_release(void* block, size_t size, size_t alignment, void*) {
    release_block(block, size, alignment);
}

#endif

}  // namespace

cairn_allocator default_allocator() {
    return {default_allocate, default_release, nullptr};
}

void provide_memory(void* block, size_t size) {
#if defined(MADV_POPULATE_WRITE)
    advise_inside(block, size, MADV_POPULATE_WRITE);
#endif
    (void)block;
    (void)size;
}

inline void* Memory::allocate_block(size_t size, size_t& sum) {
    ++table_requests;
    if (fails_now() || !within_limit(size)) {
        return nullptr;
    }
    void* block = allocator.allocate(size, alignof(std::max_align_t), allocator.user_data);
    if (block != nullptr) {
        sum += size;
        note_peak();
    }
    return block;
}

void* Memory::allocate_table(size_t size) {
    return allocate_block(size, table_bytes);
}

void Memory::release_table(void* block, size_t size) {
    if (block != nullptr) {
        table_bytes -= size;
        allocator.release(block, size, alignof(std::max_align_t), allocator.user_data);
    }
}

void Memory::discard_table(void* part, size_t size) const {
#if CAIRN_MAPS_SEGMENTS
    if (allocator.allocate == default_allocate) {
        advise_inside(part, size, MADV_DONTNEED);
    }
#endif
    (void)part;
    (void)size;
}

void* Memory::allocate_buffer(size_t size) {
    return allocate_block(size, buffer_bytes);
}

void Memory::release_buffer(void* block, size_t size) {
    buffer_bytes -= size;
    allocator.release(block, size, alignof(std::max_align_t), allocator.user_data);
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

void Memory::discard(void* part, size_t part_size, size_t size, size_t alignment) const {
    if (allocator.allocate == default_allocate) {
        discard_mapped(part, part_size, size, alignment);
    }
}

}  // namespace cairn
