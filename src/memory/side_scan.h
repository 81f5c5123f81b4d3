// SPDX-License-Identifier: MIT
// Side bytes, a block of 64 at a time: which of them lie in a range, and changing all that do; by
// SSE2 where there is that. No cell is looked at.
//
// Cell sizes need not be multiples of a granule, but at most one object starts in a granule.
#ifndef CAIRN_MEMORY_SIDE_SCAN_H
#define CAIRN_MEMORY_SIDE_SCAN_H

#include <cstddef>
#include <cstdint>

#include "memory/segment.h"

#if defined(__SSE2__)
#include <emmintrin.h>
#endif

namespace cairn {

inline constexpr size_t kSideBlock = 64;
inline constexpr size_t kPageSides = kPageSize / kGranule;
static_assert(kPageSides / kSideBlock == 32, "Page::examined_blocks has a bit for each");

struct SideRange {
    uint8_t low;
    uint8_t high;

    [[nodiscard]] constexpr bool contains(uint8_t side) const {
        return side >= low && side <= high;
    }
};

inline constexpr SideRange kTrackedSides = {kYoung, UINT8_MAX};
inline constexpr SideRange kCandidateSides = {kFirstCandidate, UINT8_MAX};

inline constexpr SideRange only(uint8_t side) {
    return {side, side};
}

// What is reachable in a block, its referents not yet visited.
struct Starts {
    uint64_t found;  // gray bytes, and those of candidates with a count
    size_t grays;    // how many are gray
};

inline bool is_start(uint8_t side) {
    return side == kGray || (is_candidate(side) && side != kUnreachable);
}

// The portable versions, which are also what the others are tested against.
namespace portable {

inline uint64_t find_sides(const uint8_t* block, SideRange range) {
    uint64_t found = 0;
    for (size_t i = 0; i < kSideBlock; ++i) {
        found |= uint64_t{range.contains(block[i])} << i;
    }
    return found;
}

inline size_t count_sides(const uint8_t* block, SideRange range) {
    size_t count = 0;
    for (size_t i = 0; i < kSideBlock; ++i) {
        count += range.contains(block[i]);
    }
    return count;
}

inline size_t replace_sides(uint8_t* block, SideRange range, uint8_t with) {
    size_t count = 0;
    for (size_t i = 0; i < kSideBlock; ++i) {
        const bool inside = range.contains(block[i]);
        block[i] = inside ? with : block[i];
        count += inside;
    }
    return count;
}

inline Starts take_starts(uint8_t* block, uint8_t with) {
    Starts starts = {0, 0};
    for (size_t i = 0; i < kSideBlock; ++i) {
        starts.grays += block[i] == kGray;
        starts.found |= uint64_t{is_start(block[i])} << i;
        block[i] = is_start(block[i]) ? with : block[i];
    }
    return starts;
}

}  // namespace portable

#if defined(__SSE2__)

// All ones in each byte that lies in a range.
class SideMatcher {
  public:
    explicit SideMatcher(SideRange range)
        : low_(_mm_set1_epi8(static_cast<char>(range.low))),
          width_(_mm_set1_epi8(static_cast<char>(range.high - range.low))) {}

    [[nodiscard]] __m128i match(__m128i sides) const {
        const __m128i beyond = _mm_subs_epu8(_mm_sub_epi8(sides, low_), width_);
        return _mm_cmpeq_epi8(beyond, _mm_setzero_si128());
    }

  private:
    __m128i low_;
    __m128i width_;
};

inline __m128i load_sides(const uint8_t* sides) {
    return _mm_load_si128(reinterpret_cast<const __m128i*>(sides));
}

// Stores `sides`, but `value` where `inside` is all ones.
inline void store_sides(uint8_t* to, __m128i sides, __m128i inside, __m128i value) {
    const __m128i next =
        _mm_or_si128(_mm_and_si128(inside, value), _mm_andnot_si128(inside, sides));
    _mm_store_si128(reinterpret_cast<__m128i*>(to), next);
}

// Adds up matches: at most 255 in each byte.
inline size_t sum_of(__m128i counts) {
    const __m128i sums = _mm_sad_epu8(counts, _mm_setzero_si128());
    return static_cast<size_t>(_mm_cvtsi128_si64(sums)) +
           static_cast<size_t>(_mm_cvtsi128_si64(_mm_unpackhi_epi64(sums, sums)));
}

// A bit for each byte of a block, first byte lowest, set where the byte lies in `range`.
inline uint64_t find_sides(const uint8_t* block, SideRange range) {
    const SideMatcher matcher(range);
    uint64_t found = 0;
    for (size_t i = 0; i < kSideBlock; i += 16) {
        const int bits = _mm_movemask_epi8(matcher.match(load_sides(block + i)));
        found |= uint64_t{static_cast<uint32_t>(bits)} << i;
    }
    return found;
}

// How many bytes of a block lie in `range`.
inline size_t count_sides(const uint8_t* block, SideRange range) {
    const SideMatcher matcher(range);
    __m128i counts = _mm_setzero_si128();
    for (size_t i = 0; i < kSideBlock; i += 16) {
        counts = _mm_sub_epi8(counts, matcher.match(load_sides(block + i)));
    }
    return sum_of(counts);
}

// Sets those that lie in `range` to `with`, and returns how many that were.
inline size_t replace_sides(uint8_t* block, SideRange range, uint8_t with) {
    const SideMatcher matcher(range);
    const __m128i value = _mm_set1_epi8(static_cast<char>(with));
    __m128i counts = _mm_setzero_si128();
    for (size_t i = 0; i < kSideBlock; i += 16) {
        const __m128i sides = load_sides(block + i);
        const __m128i inside = matcher.match(sides);
        store_sides(block + i, sides, inside, value);
        counts = _mm_sub_epi8(counts, inside);
    }
    return sum_of(counts);
}

// Finds what a sweep begins with in a block, and sets it to `with`.
inline Starts take_starts(uint8_t* block, uint8_t with) {
    const __m128i unreachable = _mm_set1_epi8(static_cast<char>(kUnreachable));
    const __m128i gray = _mm_set1_epi8(static_cast<char>(kGray));
    const SideMatcher candidates(kCandidateSides);
    const __m128i value = _mm_set1_epi8(static_cast<char>(with));
    __m128i counts = _mm_setzero_si128();
    uint64_t found = 0;
    for (size_t i = 0; i < kSideBlock; i += 16) {
        const __m128i sides = load_sides(block + i);
        const __m128i is_gray = _mm_cmpeq_epi8(sides, gray);
        const __m128i has_count =
            _mm_andnot_si128(_mm_cmpeq_epi8(sides, unreachable), candidates.match(sides));
        const __m128i inside = _mm_or_si128(is_gray, has_count);
        store_sides(block + i, sides, inside, value);
        counts = _mm_sub_epi8(counts, is_gray);
        found |= uint64_t{static_cast<uint32_t>(_mm_movemask_epi8(inside))} << i;
    }
    return {found, sum_of(counts)};
}

#else

using portable::count_sides;
using portable::find_sides;
using portable::replace_sides;
using portable::take_starts;

#endif

}  // namespace cairn

#endif
