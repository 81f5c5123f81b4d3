// SPDX-License-Identifier: MIT
#include "cairn/heap.h"

#include <cstddef>
#include <cstring>

#include "api/check.h"
#include "collect/close.h"
#include "collect/collect.h"

using cairn::enter;

namespace {

constexpr uint32_t kKnownFlags = CAIRN_HEAP_CPYTHON_ORDER | CAIRN_HEAP_QUEUE_FINALIZERS |
                                 CAIRN_HEAP_WEAKREFS_OUTLIVE_FINALIZERS |
                                 CAIRN_HEAP_FINALIZERS_FIRST | CAIRN_HEAP_STRONG_WEAKKEY_VALUES |
                                 CAIRN_HEAP_LIMIT_EXTERNAL | CAIRN_HEAP_HUGE_PAGES;

bool makes_sense(const cairn_heap_options& options) {
    return (options.flags & ~kKnownFlags) == 0 &&
           (options.allocator.allocate == nullptr) == (options.allocator.release == nullptr);
}

}  // namespace

void cairn_heap_options_init(cairn_heap_options* options) {
    *options = cairn_heap_options{};
    options->size = sizeof(cairn_heap_options);
}

cairn_heap* cairn_heap_new(const cairn_heap_options* options) {
    cairn_heap_options chosen;
    cairn_heap_options_init(&chosen);
    if (options != nullptr) {
        // A host built with an older, shorter struct gets the defaults for what it does not know.
        if (options->size < offsetof(cairn_heap_options, memory_limit) ||
            options->size > sizeof chosen) {
            return nullptr;
        }
        std::memcpy(&chosen, options, options->size);
    }
    return makes_sense(chosen) ? cairn::new_heap(chosen) : nullptr;
}

size_t cairn_heap_free(cairn_heap* heap) {
    return heap == nullptr ? 0 : cairn::close_heap(enter(heap));  // USER CODE
}

void* cairn_heap_user_data(const cairn_heap* heap) {
    return heap->user_data;
}

cairn_heap* cairn_heap_of(const cairn_object* object) {
    return cairn::heap_of(object);
}

void cairn_heap_adopt(cairn_heap* heap) {
    heap->owner = cairn::this_thread();
}

void cairn_heap_set_unraisable_hook(cairn_heap* heap, cairn_unraisable_fn hook, void* user_data) {
    enter(heap);
    heap->on_unraisable = hook;
    heap->unraisable_data = user_data;
}

void cairn_heap_set_finalizers_waiting_hook(cairn_heap* heap,
                                            cairn_finalizers_waiting_fn hook,
                                            void* user_data) {
    enter(heap);
    heap->on_finalizers_waiting = hook;
    heap->finalizers_waiting_data = user_data;
}

cairn_status cairn_heap_add_external(cairn_heap* heap, ptrdiff_t bytes) {
    return cairn::add_external(enter(heap), bytes);  // USER CODE
}

void cairn_heap_set_memory_limit(cairn_heap* heap, size_t bytes) {
    enter(heap)->memory.limit = bytes;
}

void cairn_heap_set_soft_limit(cairn_heap* heap,
                               size_t bytes,
                               cairn_soft_limit_fn hook,
                               void* user_data) {
    cairn::Policy& policy = enter(heap)->policy;
    policy.soft_limit = bytes;
    policy.on_soft_limit = hook;
    policy.soft_limit_data = user_data;
    policy.past_soft_limit = false;
    cairn::set_slow_allocation(heap);
}

void cairn_heap_get_usage(const cairn_heap* heap, cairn_heap_usage* out_usage) {
    cairn::check_thread(heap);
    const cairn::Memory& memory = heap->memory;
    out_usage->objects = cairn::allocations(heap) - cairn::deallocations(heap);
    out_usage->object_bytes = memory.object_bytes;
    out_usage->table_bytes = memory.table_bytes;
    out_usage->buffer_bytes = memory.buffer_bytes;
    out_usage->reserved_bytes = memory.reserved_bytes;
    out_usage->external_bytes = memory.external_bytes;
    out_usage->peak_bytes = memory.peak_bytes;
}

void cairn_heap_trim(cairn_heap* heap) {
    cairn::trim(enter(heap), SIZE_MAX);
}

cairn_status cairn_root_add(cairn_heap* heap, cairn_object* const* location) {
    enter(heap);
    return heap->roots.push(heap->memory, location) ? CAIRN_OK : CAIRN_NO_MEMORY;
}

cairn_status cairn_root_remove(cairn_heap* heap, cairn_object* const* location) {
    enter(heap);
    // Roots come and go like a stack in most hosts: search from the end.
    for (size_t i = heap->roots.size(); i-- > 0;) {
        if (heap->roots[i] == location) {
            heap->roots.remove(i);
            return CAIRN_OK;
        }
    }
    return CAIRN_NOT_FOUND;
}

void cairn_heap_set_root_visitor(cairn_heap* heap,
                                 cairn_visit_roots_fn visit_roots,
                                 void* user_data) {
    enter(heap);
    heap->visit_roots = visit_roots;
    heap->visit_roots_data = user_data;
}
