// SPDX-License-Identifier: MIT
// The shape of an object: what of it is a reference.
//
// A type has one, and so has each bin: what the types of the objects on its pages have in common.
// Loops over pages read it from the bin, and need not look at the type of each object.
#ifndef CAIRN_OBJECT_SHAPE_H
#define CAIRN_OBJECT_SHAPE_H

#include <bit>
#include <cstdint>
#include <type_traits>

#include "memory/bin.h"

namespace cairn {

// Who knows where an object has its references.
enum class Slots : uint8_t {
    kNone,     // it is a leaf
    kFixed,    // the shape: fixed slots
    kCounted,  // the shape: fixed slots, and as many more as the object says
    kArray,    // the shape: fixed slots, and records outside the object
    kByType,   // its type alone: a traverse function
};

// Where an object keeps references in records outside itself, as cairn_type_spec has it: in an
// array of the host's, or in a buffer of the heap's, whose fields lie where these offsets say.
struct ArrayLayout {
    uint32_t offset = 0;  // of the address of the records
    uint32_t count_offset = 0;
    uint32_t record_size = 0;
    uint32_t record_slots = 0;
    uint32_t other_keys_offset = 0;

    bool operator==(const ArrayLayout&) const = default;
};

struct Shape {
    Slots slots = Slots::kNone;
    bool tagged = false;     // slots may hold tagged immediates
    bool atomic = false;     // objects that hold leaves alone are untracked: see atomic.cc
    bool backwards = false;  // records are visited from last to first where the order matters
    uint32_t slots_offset = 0;
    uint32_t slot_count = 0;
    uint32_t items_offset = 0;       // of counted slots; 0: none
    uint32_t item_count_offset = 0;  // also of items that are no slots; 0: none
    ArrayLayout array = {};

    [[nodiscard]] bool is_leaf() const { return slots == Slots::kNone; }
    // No object of this shape has anything but references, and those in fixed slots.
    [[nodiscard]] bool is_simple() const { return slots <= Slots::kFixed && !tagged; }

    bool operator==(const Shape&) const = default;
};

// The key of a bin for objects of this shape. Types that differ only in what a page need not know
// share their pages.
inline Layout layout_of(const Shape& shape) {
    static_assert(std::has_unique_object_representations_v<Shape>, "layouts are compared as bytes");
    Shape common;
    if (shape.is_leaf() || shape.slots == Slots::kByType) {
        common.slots = shape.slots;
    } else {
        common = shape;
        common.backwards = false;
        common.item_count_offset = shape.items_offset == 0 ? 0 : shape.item_count_offset;
    }
    return std::bit_cast<Layout>(common);
}

inline const Shape& shape_of(const Bin* bin) {
    return *reinterpret_cast<const Shape*>(bin->layout.bytes);
}

}  // namespace cairn

#endif
