// SPDX-License-Identifier: MIT
#include "heap/allocate.h"

#include "heap/sample.h"

namespace cairn {

namespace {

constexpr size_t kLargestObject = size_t{1} << 46;

// Collections by bytes are set off through the trigger for counts, so that the usual allocation
// has one comparison to make.
void note_young_bytes(cairn_heap* heap, size_t bytes) {
    Policy& policy = heap->policy;
    policy.young_bytes += bytes;
    if (policy.enabled && bytes_are_due(policy)) {
        policy.trigger = 0;
    }
}

void* take_large(cairn_heap* heap, const cairn_type* type, size_t size) {
    void* memory = heap->space.take_large(size, !type->is_container);
    if (memory != nullptr && type->is_container) {
        note_young_bytes(heap, size);
    }
    return memory;
}

}  // namespace

void* take_from_other_page(cairn_heap* heap, Bin* bin) {
    bool is_new = false;
    void* cell = heap->space.take_from_other_page(bin, is_new);
    if (cell != nullptr && is_new && bin->holds_containers) {
        note_young_bytes(heap, kPageSize);
    }
    return cell;
}

void note_slow_allocation(cairn_heap* heap, cairn_object* object, size_t size) {
    ++heap->testing.slow_allocations;
    if (heap->sampler.interval != 0) {
        heap->sampler.left -= static_cast<int64_t>(size);
        if (heap->sampler.left <= 0) {
            take_sample(heap, object, size);
        }
    }
}

cairn_object* allocate_large(cairn_heap* heap, const cairn_type* type, size_t size) {
    void* cell = take_large(heap, type, size);
    if (cell == nullptr) {
        return nullptr;
    }
    cairn_object* object = make_object(heap, type, cell, size);
    object->flags |= kIsLarge;
    return object;
}

bool items_fit(const cairn_type* type, size_t count) {
    return count <= (kLargestObject - type->base_size) / type->item_size;
}

cairn_object* allocate_items(cairn_heap* heap, const cairn_type* type, size_t count) {
    const size_t link_bytes = heap->ordered ? sizeof(OrderLink) : 0;
    const size_t size = (type->base_size + count * type->item_size + link_bytes + 15) & ~size_t{15};
    cairn_object* object = nullptr;
    if (size <= kLargestCell) {
        Bin*& bin = type->size_bins[size_class_of(size)];
        if (bin == nullptr) {
            bin = bin_of_type(heap->space, size_of_class(size_class_of(size)), type);
            if (bin != nullptr) {
                note_functions(bin, type);
            }
        }
        void* cell = bin == nullptr ? nullptr : take_cell(heap, bin);
        if (cell != nullptr) {
            object = make_object(heap, type, cell, bin->cell_size);
        }
    } else {
        object = allocate_large(heap, type, size);
    }
    if (object != nullptr && type->shape.item_count_offset != 0) {
        std::byte* start = reinterpret_cast<std::byte*>(object);
        *reinterpret_cast<size_t*>(start + type->shape.item_count_offset) = count;
    }
    return object;
}

}  // namespace cairn
