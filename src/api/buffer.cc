// SPDX-License-Identifier: MIT
#include "cairn/buffer.h"

#include <utility>

#include "api/allocation.h"
#include "api/check.h"
#include "heap/buffer.h"

using cairn::enter;

namespace cairn {

namespace {

// The heap of an object with a buffer; nullptr if its type has none.
cairn_heap* enter_buffer(const cairn_object* object) {
    cairn_heap* heap = enter(object);
    if (object->type->buffer.offset == 0) {
        return nullptr;
    }
#if CAIRN_CHECK_LEVEL >= 1
    if (!is_whole_buffer(object)) {
        report_misuse(object, "the count of a buffer is above its capacity");
    }
#endif
    return heap;
}

// What comes before memory for a buffer is asked for. USER CODE.
inline void before_buffer_growth(cairn_heap* heap, size_t bytes) {
    Policy& policy = heap->policy;
    policy.external_growth += bytes;
    if (policy.external_growth > policy.external_threshold) {
        collect_if_external_is_due(heap);  // USER CODE
    }
    if (heap->slow_allocation) {
        check_soft_limit(heap);     // USER CODE
        collect_for_testing(heap);  // USER CODE
    }
}

// Half as many again, so that records can be appended one by one.
size_t generous(const cairn_type* type, size_t capacity, size_t wanted) {
    constexpr size_t kFewest = 4;
    const size_t more = capacity + capacity / 2;
    const size_t capacity_then = more < kFewest ? kFewest : more;
    return capacity_then > wanted && records_fit(type, capacity_then) ? capacity_then : wanted;
}

// Makes room for `wanted()` records, a number that user code may change meanwhile. USER CODE,
// before the change.
template <typename Wanted>
cairn_status make_room(cairn_heap* heap, cairn_object* object, Wanted wanted) {
    const cairn_type* type = object->type;
    const cairn_buffer* buffer = buffer_of(object, type);
    bool prepared = false;
    bool recovered = false;
    for (;;) {
        const size_t capacity = wanted();
        if (capacity <= buffer->capacity) {
            return CAIRN_OK;
        }
        if (!records_fit(type, capacity)) {
            return CAIRN_NO_MEMORY;
        }
        size_t more = generous(type, buffer->capacity, capacity);
        if (!prepared) {
            prepared = true;
            before_buffer_growth(heap, more * type->buffer.record_size);  // USER CODE
            continue;
        }
        bool moved = move_buffer(heap, object, more);
        // Near the limit there is less to spare: half of that, and so on.
        while (!moved && more > capacity && !heap->memory.planned_failure) {
            more = capacity + (more - capacity) / 2;
            moved = move_buffer(heap, object, more);
        }
        if (moved) {
            return CAIRN_OK;
        }
        if (recovered || !recover_memory(heap)) {  // USER CODE
            return CAIRN_NO_MEMORY;
        }
        recovered = true;
    }
}

}  // namespace

}  // namespace cairn

cairn_status cairn_buffer_reserve(cairn_object* self, size_t capacity) {
    cairn_heap* heap = cairn::enter_buffer(self);
    if (heap == nullptr) {
        return CAIRN_INVALID;
    }
    return cairn::make_room(heap, self, [capacity] { return capacity; });  // USER CODE
}

cairn_status cairn_buffer_resize(cairn_object* self, size_t count) {
    cairn_heap* heap = cairn::enter_buffer(self);
    if (heap == nullptr) {
        return CAIRN_INVALID;
    }
    const cairn_status status =
        cairn::make_room(heap, self, [count] { return count; });  // USER CODE
    const cairn_buffer* buffer = cairn::buffer_of(self, self->type);
    if (status != CAIRN_OK) {
        return status;
    }
    if (count > buffer->count) {
        cairn::open_gap(self, buffer->count, count - buffer->count);
    } else {
        cairn::remove_records(heap, self, count, buffer->count - count);  // USER CODE
    }
    return CAIRN_OK;
}

cairn_status cairn_buffer_insert(cairn_object* self, size_t index, size_t count) {
    cairn_heap* heap = cairn::enter_buffer(self);
    if (heap == nullptr) {
        return CAIRN_INVALID;
    }
    const cairn_buffer* buffer = cairn::buffer_of(self, self->type);
    if (index > buffer->count) {
        return CAIRN_INVALID;
    }
    const cairn_status status = cairn::make_room(heap, self, [buffer, count] {  // USER CODE
        return buffer->count + count < count ? SIZE_MAX : buffer->count + count;
    });
    if (status != CAIRN_OK) {
        return status;
    }
    if (index > buffer->count) {
        return CAIRN_INVALID;
    }
    cairn::open_gap(self, index, count);
    return CAIRN_OK;
}

cairn_status cairn_buffer_remove(cairn_object* self, size_t index, size_t count) {
    cairn_heap* heap = cairn::enter_buffer(self);
    if (heap == nullptr) {
        return CAIRN_INVALID;
    }
    const size_t in_use = cairn::buffer_of(self, self->type)->count;
    if (index > in_use || count > in_use - index) {
        return CAIRN_INVALID;
    }
    cairn::remove_records(heap, self, index, count);  // USER CODE
    return CAIRN_OK;
}

cairn_status cairn_buffer_shift_out(cairn_object* self, size_t index, void* out_record) {
    if (cairn::enter_buffer(self) == nullptr ||
        index >= cairn::buffer_of(self, self->type)->count) {
        return CAIRN_INVALID;
    }
    cairn::shift_out(self, index, out_record);
    return CAIRN_OK;
}

cairn_status cairn_buffer_clear(cairn_object* self) {
    cairn_heap* heap = cairn::enter_buffer(self);
    if (heap == nullptr) {
        return CAIRN_INVALID;
    }
    cairn::clear_buffer(heap, self);  // USER CODE
    return CAIRN_OK;
}

cairn_status cairn_buffer_trim(cairn_object* self) {
    cairn_heap* heap = cairn::enter_buffer(self);
    if (heap == nullptr) {
        return CAIRN_INVALID;
    }
    const cairn_buffer* buffer = cairn::buffer_of(self, self->type);
    if (buffer->count < buffer->capacity && !cairn::move_buffer(heap, self, buffer->count)) {
        (void)heap->memory.take_planned_failure();
    }
    return CAIRN_OK;
}

cairn_status cairn_buffer_replace(cairn_object* self, size_t count, cairn_buffer* out_old) {
    cairn_heap* heap = cairn::enter_buffer(self);
    if (heap == nullptr) {
        return CAIRN_INVALID;
    }
    if (!cairn::records_fit(self->type, count)) {
        return CAIRN_NO_MEMORY;
    }
    cairn::before_buffer_growth(heap, count * self->type->buffer.record_size);  // USER CODE
    if (cairn::replace_buffer(heap, self, count, out_old) ||
        (cairn::recover_memory(heap) &&  // USER CODE
         cairn::replace_buffer(heap, self, count, out_old))) {
        return CAIRN_OK;
    }
    return CAIRN_NO_MEMORY;
}

void cairn_buffer_release(cairn_heap* heap, cairn_buffer* old) {
    cairn::release_buffer(enter(heap), old);
}

cairn_status cairn_buffer_exchange(cairn_object* self, cairn_buffer* other) {
    if (cairn::enter_buffer(self) == nullptr) {
        return CAIRN_INVALID;
    }
    std::swap(*cairn::buffer_of(self, self->type), *other);
    return CAIRN_OK;
}
