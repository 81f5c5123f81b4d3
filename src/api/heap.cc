// SPDX-License-Identifier: MIT
#include "cairn/heap.h"

#include <cstddef>
#include <cstdio>
#include <cstring>

#include "api/check.h"
#include "base/hand_out.h"
#include "collect/close.h"
#include "collect/collect.h"

using cairn::enter;

namespace {

constexpr uint32_t kKnownFlags = CAIRN_HEAP_CPYTHON_ORDER | CAIRN_HEAP_QUEUE_FINALIZERS |
                                 CAIRN_HEAP_WEAKREFS_OUTLIVE_FINALIZERS |
                                 CAIRN_HEAP_FINALIZERS_FIRST | CAIRN_HEAP_STRONG_WEAKKEY_VALUES |
                                 CAIRN_HEAP_LIMIT_EXTERNAL | CAIRN_HEAP_HUGE_PAGES |
                                 CAIRN_HEAP_REPORT_LEAKS | CAIRN_HEAP_KEEPS_OBJECTS;

// What is wrong with the size of options, or nullptr. A host that was built with an older, shorter
// struct gets the defaults for what it does not know.
const char* size_problem(const cairn_heap_options* options) {
    if (options->size == 0) {
        return "size is 0: call cairn_heap_options_init() first";
    }
    return options->size < offsetof(cairn_heap_options, memory_limit) ||
                   options->size > sizeof(cairn_heap_options)
               ? "size is not that of the options of this version or an older one"
               : nullptr;
}

}  // namespace

const char* cairn_heap_options_problem(const cairn_heap_options* options) {
    if (options == nullptr) {
        return nullptr;
    }
    if (const char* problem = size_problem(options)) {
        return problem;
    }
    if ((options->flags & ~kKnownFlags) != 0) {
        return "unknown flags";
    }
    if ((options->allocator.allocate == nullptr) != (options->allocator.release == nullptr)) {
        return "only one of the allocator's functions is set";
    }
    return nullptr;
}

cairn_heap* cairn_heap_new_at_level(const cairn_heap_options* options, int host_check_level) {
    if (cairn_heap_options_problem(options) != nullptr) {
        return nullptr;
    }
    if ((host_check_level > 0) != (CAIRN_CHECK_LEVEL > 0)) {
        std::fprintf(stderr,
                     "cairn: warning: the host was compiled with CAIRN_CHECK_LEVEL %d, the library "
                     "with %d: misuse by the host's own reference counting is not reported\n",
                     host_check_level,
                     CAIRN_CHECK_LEVEL);
    }
    cairn_heap_options chosen;
    cairn_heap_options_init(&chosen);
    if (options != nullptr) {
        std::memcpy(&chosen, options, options->size);
    }
    return cairn::new_heap(chosen);
}

cairn_status cairn_heap_finalize(cairn_heap* heap) {
    return cairn::finalize_heap(enter(heap));  // USER CODE
}

size_t cairn_heap_free(cairn_heap* heap) {
    return heap == nullptr ? 0 : cairn::close_heap(enter(heap));  // USER CODE
}

void* cairn_heap_user_data(const cairn_heap* heap) {
    return heap->user_data;
}

cairn_heap* cairn_heap_of(const cairn_object* object) {
    cairn::check_address(object);
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
    const cairn::Access access = bytes <= 0 ? cairn::Access::kLessExternal : cairn::Access::kAny;
    return cairn::add_external(enter(heap, access), bytes);  // USER CODE
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
    policy.on_soft_limit = heap->silent ? nullptr : hook;
    policy.soft_limit_data = user_data;
    policy.past_soft_limit = false;
    cairn::set_slow_allocation(heap);
}

void cairn_heap_get_usage(const cairn_heap* heap, cairn_heap_usage* out_usage) {
    cairn::look_at(heap);
    const cairn::Memory& memory = heap->memory;
    cairn_heap_usage usage{};
    usage.objects = cairn::allocations(heap) - cairn::deallocations(heap);
    usage.live_bytes = heap->space.live_bytes();
    usage.object_bytes = memory.object_bytes;
    usage.table_bytes = memory.table_bytes;
    usage.buffer_bytes = memory.buffer_bytes;
    usage.reserved_bytes = memory.reserved_bytes;
    usage.external_bytes = memory.external_bytes;
    usage.peak_bytes = memory.peak_bytes;
    cairn::hand_out(out_usage, usage);
}

void cairn_heap_trim(cairn_heap* heap) {
    cairn::trim_with_tables(enter(heap));
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
