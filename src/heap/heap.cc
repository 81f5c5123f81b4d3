// SPDX-License-Identifier: MIT
#include "heap/heap.h"

#include <cstdio>
#include <new>

#include "base/status_text.h"
#include "cairn/weakref.h"
#include "heap/cells.h"
#include "heap/thread.h"
#include "object/host_call.h"

namespace cairn {

namespace {

cairn_type* make_weakref_type(cairn_heap* heap) {
    cairn_type_spec spec{};
    spec.name = "weakref";
    spec.flags = CAIRN_TYPE_WEAKREF;
    spec.object_size = CAIRN_WEAKREF_SIZE;
    return make_own_type(heap, spec, 0);
}

// In a checked build: aborts if something was written to a freed object.
void check_free_cells(cairn_heap* heap) {
    if (!CAIRN_FILLS_FREE_CELLS) {
        return;
    }
    for_each_page(heap, used_pages, [](const Page* page) {
        for (uint32_t i = 0; page->bin != nullptr && i < carved_cells(page); ++i) {
            const std::byte* cell = page->base + i * page->cell_size;
            if (is_free_cell(reinterpret_cast<const cairn_object*>(cell))) {
                check_fill(cell, page->cell_size);
            }
        }
    });
}

}  // namespace

cairn_type* make_own_type(cairn_heap* heap, const cairn_type_spec& spec, uint32_t more_flags) {
    const size_t link_bytes = heap->ordered ? sizeof(OrderLink) : 0;
    cairn_type* type = make_type(heap, heap->memory, heap->space, spec, link_bytes);
    if (type != nullptr) {
        type->object_flags |= more_flags;
        type->quick_bin = more_flags == 0 ? type->quick_bin : heap->space.closed_bin();
        type->next = heap->types;
        heap->types = type;
    }
    return type;
}

cairn_heap* new_heap(const cairn_heap_options& options) {
    const bool own = options.allocator.allocate == nullptr;
    const cairn_allocator allocator = own ? default_allocator() : options.allocator;
    void* block = allocator.allocate(sizeof(cairn_heap), alignof(cairn_heap), allocator.user_data);
    if (block == nullptr) {
        return nullptr;
    }
    auto* heap = new (block) cairn_heap;
    heap->memory.allocator = allocator;
    heap->memory.table_bytes = sizeof(cairn_heap);
    heap->memory.limit = options.memory_limit;
    heap->memory.limit_external = (options.flags & CAIRN_HEAP_LIMIT_EXTERNAL) != 0;
    heap->flags = options.flags;
    heap->ordered = has_option(heap, CAIRN_HEAP_CPYTHON_ORDER);
#if CAIRN_GC_STRESS
    heap->testing.collect_every = heap->testing.collect_countdown = 1;
#endif
    heap->owner = this_thread();
    note_heap(heap);
    heap->on_unraisable = options.on_unraisable;
    heap->unraisable_data = options.user_data;
    heap->on_finalizers_waiting = options.on_finalizers_waiting;
    heap->finalizers_waiting_data = options.user_data;
    heap->policy.soft_limit = options.soft_limit;
    heap->policy.on_soft_limit = options.on_soft_limit;
    heap->policy.soft_limit_data = options.user_data;
    set_slow_allocation(heap);
    heap->user_data = options.user_data;
    heap->space.init(&heap->memory, heap, has_option(heap, CAIRN_HEAP_HUGE_PAGES));
    heap->weakref_type = make_weakref_type(heap);
    if (heap->weakref_type == nullptr ||
        !heap->gc.mark_stack.reserve(heap->memory, kLeastMarkStack)) {
        delete_heap(heap);
        return nullptr;
    }
    return heap;
}

void delete_heap(cairn_heap* heap) {
    Memory& memory = heap->memory;
    check_free_cells(heap);
    note_heap_end(heap);
    while (heap->types != nullptr) {
        cairn_type* next = heap->types->next;
        free_type(memory, heap->types);
        heap->types = next;
    }
    heap->space.release_all();
    heap->gc.callbacks.release(memory);
    heap->gc.garbage.release(memory);
    heap->gc.mark_stack.release(memory);
    heap->gc.overflow.release(memory);
    heap->weakrefs.release(memory);
    heap->roots.release(memory);
    heap->ids.firsts.release(memory);
    heap->sampler.samples.release(memory);
    heap->sampler.sums.release(memory);
    heap->sampler.places.release(memory);
    if (CAIRN_CHECK_LEVEL >= 1 && heap->lists.count > 0) {
        std::fprintf(stderr,
                     "cairn: leak: the host has not released %zu list(s) of objects (%zu bytes) "
                     "with cairn_objects_release()\n",
                     heap->lists.count,
                     heap->lists.bytes);
    }
    // INV-CLOSE-EMPTY
    CAIRN_ASSERT_INTERNAL(memory.table_bytes == sizeof(cairn_heap) + heap->lists.bytes &&
                          memory.reserved_bytes == 0);
    const cairn_allocator allocator = memory.allocator;
    allocator.release(heap, sizeof(cairn_heap), alignof(cairn_heap), allocator.user_data);
}

void unraisable(cairn_heap* heap, cairn_place place, cairn_status status, cairn_object* object) {
    if (heap->on_unraisable != nullptr) {
        const HostCall call(heap, HostFunction::kUnraisableHook, object);
        heap->on_unraisable(heap, place, status, object, heap->unraisable_data);  // USER CODE
        return;
    }
    std::fprintf(stderr,
                 "cairn: %s in %s of object %p of type %s\n",
                 status_text(status),
                 place_text(place),
                 static_cast<void*>(object),
                 object == nullptr ? "-" : object->type->name);
}

}  // namespace cairn
