// SPDX-License-Identifier: MIT
// What the 32 flag bits of an object's header mean.
//
// While an object is alive the high 16 say what inspection knows about it: the mark that it was
// first seen at, and whether its allocation was sampled. An object is made without, so neither a
// birth nor a death pays for that. Between the moment its count reaches zero for good and the
// moment its cell is free, the refcount field and the high 16 bits hold a link to another dying
// object, so that freeing takes no memory.
#ifndef CAIRN_OBJECT_HEADER_H
#define CAIRN_OBJECT_HEADER_H

#include <cstdint>

#include "base/check.h"
#include "cairn/object.h"

namespace cairn {

enum ObjectFlag : uint32_t {
    kFinalized = 1U << 0,       // its finalizer never runs again: see deliver_finalizer()
    kHasWeakrefs = 1U << 1,     // the heap's weakref table has an entry for it
    kHasFinalizer = 1U << 2,    // its type has a finalizer
    kContainer = 1U << 3,       // its type may hold references
    kDying = 1U << 4,           // being torn down: no user code can reach it any more
    kHasDealloc = 1U << 5,      // its type has a dealloc or a buffer
    kOpaque = 1U << 6,          // its slots are not all: it has a clear function or a buffer
    kIsWeakref = 1U << 7,       // it is a weak reference
    kIsEphemeronKey = 1U << 8,  // it is a key of a weak-key map: marking it marks values
    kIsWeakMap = 1U << 9,       // it is a weak container
    kIsQueued = 1U << 10,       // its finalizer waits in the finalizer queue
    kIsLarge = 1U << 11,        // it has a span of pages of its own
    kWasTracked = 1U << 12,     // it was tracked when its death was put aside
    kIsIntricate = 1U << 13,    // not of a small fixed-size type with untagged slots, or in a list
    kUncounted = 1U << 14,      // generation 0's count leaves it out: it was never tracked
    kIsBorrowed = 1U << 15      // with kIsQueued: the queue's reference is not counted
};

inline constexpr uint32_t kLowFlags = 0xFFFF;

inline constexpr uint32_t kIsSampled = 1U << 16;  // the sampler may know its allocation site

// The number of the first mark that an object was there at, since the heap's base; 0: none yet.
inline constexpr uint32_t kStampShift = 17;
inline constexpr uint32_t kMostStamp = UINT32_MAX >> kStampShift;

inline uint32_t stamp_of(const cairn_object* object) {
    return object->flags >> kStampShift;
}

inline void set_stamp(cairn_object* object, uint32_t stamp) {
    object->flags = (object->flags & ((1U << kStampShift) - 1)) | stamp << kStampShift;
}

// Death is nothing but dropping references and freeing the cell.
inline constexpr uint32_t kDeathIsNotPlain =
    kHasWeakrefs | kHasFinalizer | kHasDealloc | kOpaque | kIsWeakref | kIsWeakMap | kIsLarge;

// ... and all that the type need be asked for is where a few slots are.
inline constexpr uint32_t kDeathIsNotSimple = kDeathIsNotPlain | kIsIntricate;

inline constexpr uint32_t kImmortalBit = 0x80000000U;
// Far from both ends: neither a stray incref nor a stray decref makes the object mortal again.
inline constexpr uint32_t kImmortalRefcount = 0xC0000000U;

static_assert(sizeof(cairn_object) == 16);

inline bool is_immortal(const cairn_object* object) {
    return (object->refcount & kImmortalBit) != 0;
}

inline bool is_dying(const cairn_object* object) {
    return (object->flags & kDying) != 0;
}

// May user code have a reference to it?
inline bool is_alive(const cairn_object* object) {
    return object->refcount != 0 && !is_dying(object);
}

// Does a cell that was handed out once hold neither a live object nor a dying one?
inline bool is_free_cell(const cairn_object* cell) {
    return cell->refcount == 0 && !is_dying(cell);
}

// Is the object in generation 0's count, until it is freed?
inline bool counts_as_container(const cairn_object* object) {
    return (object->flags & (kContainer | kUncounted)) == kContainer;
}

// Dies without a trace: it holds nothing, and nobody is told.
inline bool is_plain_leaf(const cairn_object* object) {
    return (object->flags & (kContainer | kDeathIsNotPlain)) == 0;
}

// Adds a reference, unless the object is immortal or its count is full: then nothing is done, and
// the result is false.
inline bool add_unless_special(cairn_object* object) {
    const uint32_t count = object->refcount + 1;
    if (static_cast<int32_t>(count) <= 0) {
        return false;
    }
    object->refcount = count;
    return true;
}

// Drops a reference, unless it is the last of a mortal object: then nothing is done, and the result
// is false.
inline bool drop_unless_last(cairn_object* object) {
    const uint32_t left = object->refcount - 1;
    if (static_cast<int32_t>(left) > 0) {
        object->refcount = left;
        return true;
    }
    return is_immortal(object);
}

// Cells are 16-aligned, so 48 bits reach addresses of 52.
inline cairn_object* dying_link(const cairn_object* object) {
    const uint64_t link = uint64_t{object->refcount} | uint64_t{object->flags >> 16} << 32;
    return reinterpret_cast<cairn_object*>(link << 4);
}

// Only dying objects have one: INV-HEADER-STAMP.
inline void set_dying_link(cairn_object* object, const cairn_object* to) {
    const uint64_t link = reinterpret_cast<uintptr_t>(to) >> 4;
    CAIRN_ASSERT_INTERNAL(is_dying(object) && link >> 48 == 0);
    object->refcount = static_cast<uint32_t>(link);
    object->flags = (object->flags & kLowFlags) | static_cast<uint32_t>(link >> 32) << 16;
}

}  // namespace cairn

#endif
