// SPDX-License-Identifier: MIT
// Trial deletion: which candidates are referred to from outside the set of candidates?
#ifndef CAIRN_COLLECT_COUNT_H
#define CAIRN_COLLECT_COUNT_H

#include "collect/candidates.h"

namespace cairn {

// Sets each candidate's side byte to 128 + (refcount - references from other candidates). Needs no
// order between counting and subtracting: the byte, with the overflow map, is exact throughout.
// False when the map could not grow.
[[nodiscard]] bool count(CandidateSet& set);

// A side byte holds -120 .. 127 around 128. What does not fit is carried, 64 at a time, to the
// overflow map: the exact value is (side - 128) + 64 * map.
constexpr int64_t kCarry = 64;

template <typename Plane>
class Counter {
  public:
    Counter(Memory& memory, PointerMap<int64_t>& overflow) : memory_(memory), overflow_(overflow) {}

    // Adds an object's references. False, with nothing added, if it is immortal.
    [[nodiscard]] bool add(const cairn_object* object, uint8_t* side) {
        if (add_few(object, side)) [[likely]] {
            return true;
        }
        if (is_immortal(object)) {
            return false;
        }
        add_many(object, side);
        return true;
    }

    // Whether a referent is a candidate cannot be predicted, so no branch depends on it: a
    // twentieth off the time for real programs.
    void subtract(const cairn_object* referent) {
        uint8_t* side = Plane::byte_of(referent);
        const uint8_t before = *side;
        if (before == kFirstCandidate) [[unlikely]] {
            *side = kFirstCandidate + kCarry - 1;
            carry(referent, -1);
            return;
        }
        *side = static_cast<uint8_t>(before - (before > kFirstCandidate));
    }

    // Adds a reference that no count has.
    void add_one(const cairn_object* object) {
        uint8_t* side = Plane::byte_of(object);
        if (*side == UINT8_MAX) {
            *side = UINT8_MAX + 1 - kCarry;
            carry(object, 1);
        } else {
            *side = static_cast<uint8_t>(*side + is_candidate(*side));
        }
    }

    [[nodiscard]] bool failed() const { return failed_; }

  private:
    // Adds the references if a side byte holds the sum. Those of an immortal object it never does,
    // so nothing else need be asked first.
    static bool add_few(const cairn_object* object, uint8_t* side) {
        const uint32_t sum = *side + object->refcount;
        const bool fits = object->refcount <= uint32_t{UINT8_MAX} - *side;
        *side = fits ? static_cast<uint8_t>(sum) : *side;
        return fits;
    }

    [[gnu::noinline]] void add_many(const cairn_object* object, uint8_t* side) {
        const int64_t exact = int64_t{*side} + object->refcount - kUnreachable;
        *side = static_cast<uint8_t>(kUnreachable + exact % kCarry);
        carry(object, exact / kCarry);
    }

    [[gnu::noinline]] void carry(const cairn_object* object, int64_t units) {
        int64_t* carried = overflow_.find_or_add(memory_, object);
        if (carried == nullptr) {
            failed_ = true;
            return;
        }
        *carried += units;
    }

    Memory& memory_;
    PointerMap<int64_t>& overflow_;
    bool failed_ = false;
};

// The exact count of a candidate whose byte and carried units these are.
inline int64_t exact_count(uint8_t side, int64_t carried) {
    return int64_t{side} - kUnreachable + kCarry * carried;
}

}  // namespace cairn

#endif
