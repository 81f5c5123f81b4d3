// Walking an object's strong references: inline for slot layouts, by call for traverse functions.
#ifndef CAIRN_OBJECT_SLOTS_H
#define CAIRN_OBJECT_SLOTS_H

#include <cstddef>
#include <cstdint>

#include "object/header.h"
#include "object/type.h"

namespace cairn {

inline std::byte* bytes_of(const cairn_object* object) {
    return reinterpret_cast<std::byte*>(const_cast<cairn_object*>(object));
}

inline cairn_object** fixed_slots(const cairn_object* object) {
    return reinterpret_cast<cairn_object**>(bytes_of(object) + object->type->slots_offset);
}

inline size_t item_count(const cairn_object* object) {
    return *reinterpret_cast<const size_t*>(bytes_of(object) + object->type->item_count_offset);
}

inline cairn_object** item_slots(const cairn_object* object) {
    return reinterpret_cast<cairn_object**>(bytes_of(object) + object->type->items_offset);
}

// Number of slots of an object with a slot layout, fixed ones first.
inline size_t slot_total(const cairn_object* object) {
    const cairn_type* type = object->type;
    return type->slot_count + (type->items_offset == 0 ? 0 : item_count(object));
}

inline cairn_object** slot_at(const cairn_object* object, size_t index) {
    const size_t fixed = object->type->slot_count;
    return index < fixed ? fixed_slots(object) + index : item_slots(object) + (index - fixed);
}

// An empty slot and a tagged immediate are no references.
inline bool is_reference(const cairn_object* value, bool tagged) {
    return value != nullptr && !(tagged && (reinterpret_cast<uintptr_t>(value) & 1) != 0);
}

// Calls `visit(referent)` for the references in a range of slots.
template <bool kTagged, typename F>
inline void visit_each(cairn_object* const* slot, cairn_object* const* end, F& visit) {
    for (; slot != end; ++slot) {
        if (is_reference(*slot, kTagged)) {
            visit(*slot);
        }
    }
}

// The same for the fixed slots of an object, without looking at its type.
template <bool kTagged, typename F>
inline void for_each_fixed_slot(cairn_object* object, const Shape& shape, F visit) {
    auto* slots = reinterpret_cast<cairn_object**>(bytes_of(object) + shape.slots_offset);
    visit_each<kTagged>(slots, slots + shape.slot_count, visit);
}

// The same for an object with counted slots.
template <bool kTagged, typename F>
inline void for_each_counted_slot(cairn_object* object, const Shape& shape, F visit) {
    for_each_fixed_slot<kTagged>(object, shape, visit);
    std::byte* bytes = bytes_of(object);
    const size_t count = *reinterpret_cast<const size_t*>(bytes + shape.item_count_offset);
    auto* items = reinterpret_cast<cairn_object**>(bytes + shape.items_offset);
    visit_each<kTagged>(items, items + count, visit);
}

inline cairn_object* const* first_record(const cairn_object* object, const ArrayLayout& array) {
    return *reinterpret_cast<cairn_object* const* const*>(bytes_of(object) + array.offset);
}

inline size_t record_count(const cairn_object* object, const ArrayLayout& array) {
    return *reinterpret_cast<const size_t*>(bytes_of(object) + array.count_offset);
}

// Which references a walk shows: those to leaves may be left out where that saves time.
enum class Walked : uint8_t { kAll, kContainers };

// Calls `visit(referent)` for the references in the records that an object has outside the heap.
template <bool kTagged, Walked kWalked, typename F>
inline void visit_array(cairn_object* object, const ArrayLayout& array, F& visit) {
    const std::byte* bytes = bytes_of(object);
    const auto* slots = first_record(object, array);
    const size_t size = array.record_size / sizeof(void*);
    const auto* end = slots + record_count(object, array) * size;
    const bool skips_first = kWalked == Walked::kContainers && array.other_keys_offset != 0 &&
                             bytes[array.other_keys_offset] == std::byte{0};
    for (size_t i = skips_first ? 1 : 0; i < array.record_slots; ++i) {
        for (const auto* slot = slots + i; slot < end; slot += size) {
            if (is_reference(*slot, kTagged)) {
                visit(*slot);
            }
        }
    }
}

// The same from the last record to the first.
template <bool kTagged, typename F>
inline void visit_array_backwards(cairn_object* object, const ArrayLayout& array, F& visit) {
    const size_t size = array.record_size / sizeof(void*);
    for (size_t i = record_count(object, array); i > 0; --i) {
        const auto* slots = first_record(object, array) + (i - 1) * size;
        visit_each<kTagged>(slots, slots + array.record_slots, visit);
    }
}

// The same for an object with an array.
template <bool kTagged, Walked kWalked, typename F>
inline void for_each_array_slot(cairn_object* object, const Shape& shape, F visit) {
    for_each_fixed_slot<kTagged>(object, shape, visit);
    visit_array<kTagged, kWalked>(object, shape.array, visit);
}

// The same for all slots of an object with a slot layout, as its type has it.
template <bool kTagged, Walked kWalked, typename F>
inline void for_each_slot(cairn_object* object, F& visit) {
    const cairn_type* type = object->type;
    cairn_object** slots = fixed_slots(object);
    visit_each<kTagged>(slots, slots + type->slot_count, visit);
    if (type->items_offset != 0) {
        cairn_object** items = item_slots(object);
        visit_each<kTagged>(items, items + item_count(object), visit);
    } else if ((type->flags & CAIRN_TYPE_ARRAY_BACKWARDS) != 0) {
        visit_array_backwards<kTagged>(object, type->array, visit);
    } else if (type->array.is_there()) {
        visit_array<kTagged, kWalked>(object, type->array, visit);
    }
}

template <typename F>
void visit_thunk(cairn_object* referent, void* data) {
    if (referent != nullptr) {
        (*static_cast<F*>(data))(referent);
    }
}

// Calls `visit(referent)` for every strong reference, in traversal order. Those to leaves may be
// left out.
template <Walked kWalked = Walked::kContainers, typename F>
inline void for_each_referent(cairn_object* object, F visit) {
    const cairn_type* type = object->type;
    if (type->traverse != nullptr) {
        type->traverse(object, visit_thunk<F>, &visit);
    } else if (type->tagged) {
        for_each_slot<true, kWalked>(object, visit);
    } else {
        for_each_slot<false, kWalked>(object, visit);
    }
}

// Calls `body(walk)`, where `walk(object, visit)` calls `visit(referent)` for every strong
// reference of an object of `page`. On nearly all pages the shape says where they are, and no type
// is read.
template <Walked kWalked = Walked::kContainers, typename F>
inline void with_walk_of(const Page* page, F body) {
    const Shape shape = page->bin == nullptr ? Shape{.slots = Slots::kByType} : page->bin->shape;
    if (shape.is_simple()) {
        body([shape](cairn_object* o, auto visit) { for_each_fixed_slot<false>(o, shape, visit); });
    } else if (shape.slots == Slots::kByType) {
        body([](cairn_object* o, auto visit) { for_each_referent<kWalked>(o, visit); });
    } else if (shape.slots == Slots::kFixed) {
        body([shape](cairn_object* o, auto visit) { for_each_fixed_slot<true>(o, shape, visit); });
    } else if (shape.slots == Slots::kArray && shape.tagged) {
        body([shape](cairn_object* o, auto visit) {
            for_each_array_slot<true, kWalked>(o, shape, visit);
        });
    } else if (shape.slots == Slots::kArray) {
        body([shape](cairn_object* o, auto visit) {
            for_each_array_slot<false, kWalked>(o, shape, visit);
        });
    } else if (shape.tagged) {
        body(
            [shape](cairn_object* o, auto visit) { for_each_counted_slot<true>(o, shape, visit); });
    } else {
        body([shape](cairn_object* o, auto visit) {
            for_each_counted_slot<false>(o, shape, visit);
        });
    }
}

}  // namespace cairn

#endif
