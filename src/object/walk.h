// SPDX-License-Identifier: MIT
// The walk over an object's references: inline for slot layouts, by call for traverse functions.
//
// There is one walk, in layers: walk_range() over consecutive slots, walk_slots() over an object's
// own, walk_array() over records outside the object, and walk() over all of them. They show each
// slot, empty ones too, with its edge: what kind of place it is, and the how manyth. A visitor
// takes
// `(cairn_object** slot, const cairn_edge& edge)`; one that returns false ends the walk. What a
// visitor does not ask for costs nothing, since all is inline.
#ifndef CAIRN_OBJECT_WALK_H
#define CAIRN_OBJECT_WALK_H

#include <cstddef>
#include <cstdint>
#include <type_traits>

#include "cairn/inspect.h"
#include "object/header.h"
#include "object/host_call.h"
#include "object/misuse.h"
#include "object/type.h"

namespace cairn {

inline std::byte* bytes_of(const cairn_object* object) {
    return reinterpret_cast<std::byte*>(const_cast<cairn_object*>(object));
}

inline cairn_object** fixed_slots(const cairn_object* object, const Shape& shape) {
    return reinterpret_cast<cairn_object**>(bytes_of(object) + shape.slots_offset);
}

inline cairn_object** item_slots(const cairn_object* object, const Shape& shape) {
    return reinterpret_cast<cairn_object**>(bytes_of(object) + shape.items_offset);
}

// Number of items that are slots.
inline size_t item_count(const cairn_object* object, const Shape& shape) {
    return shape.items_offset == 0
               ? 0
               : *reinterpret_cast<const size_t*>(bytes_of(object) + shape.item_count_offset);
}

// An empty slot and a tagged immediate are no references.
inline bool is_reference(const cairn_object* value, bool tagged) {
    return value != nullptr && !(tagged && (reinterpret_cast<uintptr_t>(value) & 1) != 0);
}

// Shows a slot to a visitor, if it takes slots, or a referent. A visitor that returns nothing never
// ends a walk.
template <typename F, typename Place>
[[gnu::always_inline]] inline bool show(F& visit, Place place, const cairn_edge& edge) {
    if constexpr (std::is_void_v<std::invoke_result_t<F&, Place, const cairn_edge&>>) {
        visit(place, edge);
        return true;
    } else {
        return visit(place, edge);
    }
}

// Shows the slots `first[from]` .. `first[count - 1]`. False: the visitor ended it.
template <typename F>
inline bool walk_range(
    cairn_object** first, size_t count, size_t from, cairn_edge_kind kind, F& visit) {
    cairn_object** end = first + count;
    for (cairn_object** slot = first + from; slot < end; ++slot) {
        if (!show(visit, slot, cairn_edge{kind, 0, static_cast<size_t>(slot - first), nullptr})) {
            return false;
        }
    }
    return true;
}

// Shows the fixed slots of an object.
template <typename F>
inline bool walk_fixed(const cairn_object* object, const Shape& shape, F&& visit) {
    return walk_range(fixed_slots(object, shape), shape.slot_count, 0, CAIRN_EDGE_SLOT, visit);
}

// Shows the slots of an object with counted ones.
template <typename F>
inline bool walk_counted(const cairn_object* object, const Shape& shape, F&& visit) {
    check_item_count(object);
    const std::byte* bytes = bytes_of(object);
    return walk_fixed(object, shape, visit) &&
           walk_range(item_slots(object, shape),
                      *reinterpret_cast<const size_t*>(bytes + shape.item_count_offset),
                      0,
                      CAIRN_EDGE_ITEM,
                      visit);
}

// Shows the slots that an object has inside, fixed ones first, from number `from` on.
template <typename F>
inline bool walk_slots(const cairn_object* object, const Shape& shape, size_t from, F&& visit) {
    const size_t fixed = shape.slot_count;
    if (from < fixed) {
        if (!walk_range(fixed_slots(object, shape), fixed, from, CAIRN_EDGE_SLOT, visit)) {
            return false;
        }
        from = fixed;
    }
    return shape.items_offset == 0 || walk_range(item_slots(object, shape),
                                                 item_count(object, shape),
                                                 from - fixed,
                                                 CAIRN_EDGE_ITEM,
                                                 visit);
}

inline cairn_object** first_record(const cairn_object* object, const ArrayLayout& array) {
    return *reinterpret_cast<cairn_object** const*>(bytes_of(object) + array.offset);
}

inline size_t record_count(const cairn_object* object, const ArrayLayout& array) {
    return *reinterpret_cast<const size_t*>(bytes_of(object) + array.count_offset);
}

// Which references a walk shows: those to leaves may be left out where that saves time.
enum class Walked : uint8_t { kAll, kContainers };

// Shows the slots of the records that an object has outside itself: the first of all records,
// then the second, and so on.
template <Walked kWalked, typename F>
inline bool walk_array(const cairn_object* object, const ArrayLayout& array, F& visit) {
    const std::byte* bytes = bytes_of(object);
    // Numbers, because there is no address to add to while there is no array.
    const auto first = reinterpret_cast<uintptr_t>(first_record(object, array));
    const size_t size = array.record_size;
    const uintptr_t end = first + record_count(object, array) * size;
    const bool skips_first = kWalked == Walked::kContainers && array.other_keys_offset != 0 &&
                             bytes[array.other_keys_offset] == std::byte{0};
    for (uint32_t part = skips_first ? 1 : 0; part < array.record_slots; ++part) {
        size_t index = 0;
        for (uintptr_t at = first + part * sizeof(void*); at < end; at += size, ++index) {
            auto* slot = reinterpret_cast<cairn_object**>(at);
            if (!show(visit, slot, cairn_edge{CAIRN_EDGE_ARRAY, part, index, nullptr})) {
                return false;
            }
        }
    }
    return true;
}

// The same from the last record to the first.
template <typename F>
inline bool walk_array_backwards(const cairn_object* object, const ArrayLayout& array, F& visit) {
    const size_t size = array.record_size / sizeof(void*);
    for (size_t index = record_count(object, array); index-- > 0;) {
        for (uint32_t part = 0; part < array.record_slots; ++part) {
            cairn_object** slot = first_record(object, array) + index * size + part;
            if (!show(visit, slot, cairn_edge{CAIRN_EDGE_ARRAY, part, index, nullptr})) {
                return false;
            }
        }
    }
    return true;
}

// Shows the slots of the records from number `from` on, all of a record before the next: the order
// in which a buffer's references are released.
template <typename F>
inline bool walk_records(const cairn_object* object, const Shape& shape, size_t from, F&& visit) {
    const ArrayLayout& array = shape.array;
    const size_t count = record_count(object, array);
    const size_t size = array.record_size / sizeof(void*);
    uint32_t part = static_cast<uint32_t>(from % array.record_slots);
    for (size_t done = from / array.record_slots; done < count; ++done, part = 0) {
        const size_t index = shape.backwards ? count - 1 - done : done;
        for (; part < array.record_slots; ++part) {
            cairn_object** slot = first_record(object, array) + index * size + part;
            if (!show(visit, slot, cairn_edge{CAIRN_EDGE_ARRAY, part, index, nullptr})) {
                return false;
            }
        }
    }
    return true;
}

// Shows all slots of an object with an array, in an order that does not matter.
template <Walked kWalked, typename F>
inline bool walk_fixed_and_array(const cairn_object* object, const Shape& shape, F&& visit) {
    return walk_fixed(object, shape, visit) && walk_array<kWalked>(object, shape.array, visit);
}

// Shows all slots of an object with a slot layout, in traversal order.
template <Walked kWalked, typename F>
inline bool walk(const cairn_object* object, const Shape& shape, F&& visit) {
    if (!walk_slots(object, shape, 0, visit)) {
        return false;
    }
    if (shape.slots != Slots::kArray) {
        return true;
    }
    return shape.backwards ? walk_array_backwards(object, shape.array, visit)
                           : walk_array<kWalked>(object, shape.array, visit);
}

// The number of slots of an object, with those in records outside the heap; 0 if only its type
// knows.
inline size_t slot_count_of(const cairn_object* object) {
    const Shape& shape = object->type->shape;
    if (shape.slots == Slots::kByType || shape.is_leaf()) {
        return 0;
    }
    const size_t records = shape.slots == Slots::kArray
                               ? record_count(object, shape.array) * shape.array.record_slots
                               : 0;
    return shape.slot_count + item_count(object, shape) + records;
}

// Calls `visit(referent)` for the references in the slots `from` .. `from + count - 1`, in an order
// that is the same every time.
template <typename F>
inline void walk_part(const cairn_object* object, size_t from, size_t count, F visit) {
    const Shape& shape = object->type->shape;
    const size_t inside = shape.slot_count + item_count(object, shape);
    const size_t all = slot_count_of(object);
    const size_t end = count < all - from ? from + count : all;
    for (size_t i = from; i < end; ++i) {
        cairn_object** slot = nullptr;
        if (i < shape.slot_count) {
            slot = fixed_slots(object, shape) + i;
        } else if (i < inside) {
            slot = item_slots(object, shape) + (i - shape.slot_count);
        } else {
            const size_t number = i - inside;
            slot = first_record(object, shape.array) +
                   number / shape.array.record_slots * (shape.array.record_size / sizeof(void*)) +
                   number % shape.array.record_slots;
        }
        if (is_reference(*slot, shape.tagged)) {
            visit(*slot);
        }
    }
}

// --- references alone ----------------------------------------------------------------------------

// A visitor of the slots of `owner` that calls `visit(referent)` for those that hold a reference.
template <bool kTagged, typename F>
inline auto referents_to(const cairn_object* owner, F& visit) {
    return [owner, &visit](cairn_object* const* slot, const cairn_edge&) {
        if (is_reference(*slot, kTagged)) {
            check_referent(owner, *slot);
            visit(*slot);
        }
        (void)owner;
    };
}

template <typename F>
void visit_thunk(cairn_object* referent, void* data) {
    if (referent != nullptr) {
        (*static_cast<F*>(data))(referent);
    }
}

// Calls `visit(referent)` for what the traverse function of a type visits.
template <typename F>
inline void traverse(cairn_object* object, F& visit) {
    const HostCall call(segment_of(object)->heap, HostFunction::kTraverse, object);
    if constexpr (CAIRN_CHECK_LEVEL >= 1) {
        auto checked = [object, &visit](cairn_object* referent) {
            check_referent(object, referent);
            visit(referent);
        };
        object->type->traverse(object, visit_thunk<decltype(checked)>, &checked);  // HOST CODE
    } else {
        object->type->traverse(object, visit_thunk<F>, &visit);  // HOST CODE
    }
}

// Calls `visit(referent)` for every strong reference, in traversal order. Those to leaves may be
// left out.
template <Walked kWalked = Walked::kContainers, typename F>
inline void for_each_referent(cairn_object* object, F visit) {
    const cairn_type* type = object->type;
    if (type->traverse != nullptr) {
        traverse(object, visit);
    } else if (type->shape.tagged) {
        walk<kWalked>(object, type->shape, referents_to<true>(object, visit));
    } else {
        walk<kWalked>(object, type->shape, referents_to<false>(object, visit));
    }
}

// Calls `visit(referent, edge)` for every strong reference, in traversal order, until it returns
// false.
template <typename F>
inline void for_each_strong_edge(cairn_object* object, F visit) {
    const cairn_type* type = object->type;
    bool goes_on = true;
    if (type->traverse != nullptr) {
        size_t index = 0;
        auto visit_next = [&](cairn_object* referent) {
            goes_on = goes_on &&
                      show(visit, referent, cairn_edge{CAIRN_EDGE_TRAVERSE, 0, index++, nullptr});
        };
        const HostCall call(segment_of(object)->heap, HostFunction::kTraverse, object);
        type->traverse(object, visit_thunk<decltype(visit_next)>, &visit_next);  // HOST CODE
        return;
    }
    const bool tagged = type->shape.tagged;
    walk<Walked::kAll>(object, type->shape, [&](cairn_object** slot, const cairn_edge& edge) {
        return !is_reference(*slot, tagged) || show(visit, *slot, edge);
    });
}

// Calls `body(walk)`, where `walk(object, visit)` calls `visit(referent)` for every strong
// reference of an object of `page`. On nearly all pages the shape says where they are, and no type
// is read.
template <Walked kWalked = Walked::kContainers, typename F>
inline void with_walk_of(const Page* page, F body) {
    const Shape shape = page->bin == nullptr ? Shape{.slots = Slots::kByType} : shape_of(page->bin);
    if (shape.is_simple()) {
        body([shape](cairn_object* object, auto visit) {
            walk_fixed(object, shape, referents_to<false>(object, visit));
        });
    } else if (shape.slots == Slots::kByType) {
        body([](cairn_object* object, auto visit) { for_each_referent<kWalked>(object, visit); });
    } else if (shape.slots == Slots::kFixed) {
        body([shape](cairn_object* object, auto visit) {
            walk_fixed(object, shape, referents_to<true>(object, visit));
        });
    } else if (shape.slots == Slots::kArray && shape.tagged) {
        body([shape](cairn_object* object, auto visit) {
            walk_fixed_and_array<kWalked>(object, shape, referents_to<true>(object, visit));
        });
    } else if (shape.slots == Slots::kArray) {
        body([shape](cairn_object* object, auto visit) {
            walk_fixed_and_array<kWalked>(object, shape, referents_to<false>(object, visit));
        });
    } else if (shape.tagged) {
        body([shape](cairn_object* object, auto visit) {
            walk_counted(object, shape, referents_to<true>(object, visit));
        });
    } else {
        body([shape](cairn_object* object, auto visit) {
            walk_counted(object, shape, referents_to<false>(object, visit));
        });
    }
}

}  // namespace cairn

#endif
