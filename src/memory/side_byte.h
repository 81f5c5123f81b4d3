// SPDX-License-Identifier: MIT
// One byte for each 32-byte granule of a segment says what the object that starts there is to the
// collector. Its address is arithmetic on the object's: no load.
//
//   value        between collections      during a collection
//   0            no object starts here, or it is not tracked (a leaf, a dying object)
//   1, 2, 3      generation 0, 1, 2       not examined, or proven reachable
//   4            permanent generation     the same
//   5 gray       -                        reachable, its referents not yet visited
//   6 tentative  -                        CPython order only: set aside, may come back
//   7 cleared    -                        garbage whose references were dropped, still held
//   8 .. 255     -                        candidate: 128 + refcount - internal references so far
//   128          -                        ... and once separated: unreachable
#ifndef CAIRN_MEMORY_SIDE_BYTE_H
#define CAIRN_MEMORY_SIDE_BYTE_H

#include <cstddef>
#include <cstdint>

#include "base/check.h"

namespace cairn {

inline constexpr size_t kSegmentSize = size_t{4} << 20;
inline constexpr size_t kGranule = 32;

enum Side : uint8_t {
    kUntracked = 0,
    kYoung = 1,
    kMiddle = 2,
    kOld = 3,
    kPermanent = 4,
    kGray = 5,
    kTentative = 6,
    kCleared = 7,
    kFirstCandidate = 8,
    kUnreachable = 0x80
};

inline uint8_t* side_of(const void* object) {
    const auto address = reinterpret_cast<uintptr_t>(object);
    const uintptr_t start = address & ~(kSegmentSize - 1);
    return reinterpret_cast<uint8_t*>(start + (address / kGranule & (kSegmentSize / kGranule - 1)));
}

// Every granule has a second byte at a fixed distance from the first. A cycle of collection in
// slices keeps its guesses there (collect/cycle/), so that nothing else need know of them; the
// values are those of side bytes, and mean the same.
inline constexpr size_t kShadowDistance = kSegmentSize / kGranule;

inline uint8_t* shadow_of(const void* object) {
    return side_of(object) + kShadowDistance;
}

// The two planes, for what works on either.
struct SidePlane {
    static uint8_t* byte_of(const void* object) { return side_of(object); }
};

struct ShadowPlane {
    static uint8_t* byte_of(const void* object) { return shadow_of(object); }
};

inline bool is_candidate(uint8_t side) {
    return side >= kFirstCandidate;
}

inline bool is_generation(uint8_t side) {
    return side >= kYoung && side <= kOld;
}

inline Side side_of_generation(int generation) {
    return static_cast<Side>(kYoung + generation);
}

}  // namespace cairn

#endif
