// SPDX-License-Identifier: MIT
// How long a slice goes on.
#ifndef CAIRN_COLLECT_CYCLE_PACING_H
#define CAIRN_COLLECT_CYCLE_PACING_H

#include <algorithm>
#include <cstddef>
#include <cstdint>

#include "base/clock.h"

namespace cairn {

// The time of one slice. The clock is read only now and then: a unit of work is an object or a
// reference visited, up to 100 ns.
class Budget {
  public:
    explicit Budget(uint64_t ns)
        : start_(now_ns()), end_(ns < UINT64_MAX - start_ ? start_ + ns : UINT64_MAX) {}

    // Is it over, after so much more work?
    [[nodiscard]] bool is_over(size_t work) {
        if (work < left_) {
            left_ -= work;
            return over_;
        }
        left_ = kUnitsBetween;
        over_ = over_ || now_ns() >= end_;
        return over_;
    }

    [[nodiscard]] uint64_t left_ns() const {
        const uint64_t now = now_ns();
        return now < end_ ? end_ - now : 0;
    }
    [[nodiscard]] uint64_t spent_ns() const { return now_ns() - start_; }

  private:
    static constexpr size_t kUnitsBetween = 128;

    uint64_t start_;
    uint64_t end_;
    size_t left_ = kUnitsBetween;
    bool over_ = false;
};

// A cycle is to end before the heap has grown by a quarter: it begins at an eighth, and this is for
// the other one. So what is left of it is spread over the allocations that are left: slices come
// more often, and where that is not enough they get longer.
struct Pacing {
    static constexpr double kMostSlices = 8;  // between two young collections
    // The last cycle says only about what this one takes: the heap has grown, the program does
    // something else, and the machine may be busier. To reckon with too much costs nothing: slices
    // come sooner.
    static constexpr double kReserve = 1.5;
    static constexpr double kLeastNsPerObject = 60;
    static constexpr double kMostStretch = 1.125;  // from one slice to the next

    uint64_t target_ns = 0;
    double ns_per_object = kLeastNsPerObject;  // of a cycle, as the last one took, if that was more
    double ns_per_proof = 100;                 // of a member of a group, with its end
    // Of this cycle.
    size_t old_before = 0;  // objects in the oldest generation when it began
    uint64_t spent_ns = 0;
    uint64_t last_ns = 0;  // what the last slice was to take
    // Of the next slice.
    size_t gap = 1;  // allocations until then
    uint64_t budget_ns = 0;

    void begin(size_t old) {
        old_before = old;
        spent_ns = 0;
        budget_ns = last_ns = target_ns;
    }

    // How long the slice that now begins may take. `in_haste`: external bytes and buffers have
    // grown enough since the cycle began to make another one due. Each allocation of them is a
    // slice then, and each slice is twice as long as the last, or they would grow without bound.
    uint64_t take_budget(bool in_haste) {
        last_ns = in_haste ? std::max(budget_ns, 2 * last_ns) : budget_ns;
        return last_ns;
    }

    // Sets `budget_ns` and `gap` for the next slice, if `joined` objects have joined the oldest
    // generation since the cycle began, and a young collection comes after `young` allocations.
    void plan(size_t joined, uint64_t young) {
        const double work = kReserve * ns_per_object * static_cast<double>(old_before);
        const auto done = static_cast<double>(spent_ns);
        // What takes longer than thought is taken to need a quarter more.
        const double left = work > done ? work - done : done / 4;
        const auto room =
            static_cast<double>(old_before / 8 > joined ? old_before / 8 - joined : 0);
        const auto target = static_cast<double>(target_ns);
        const double wanted = room * target / (left + 1);
        const double least = std::max(static_cast<double>(young) / kMostSlices, 1.0);
        const double most = std::max(static_cast<double>(young) / 2, 1.0);
        const double between = std::clamp(wanted, least, most);
        // Where slices must be longer than the target they become so by and by: what is left when
        // there is no room any more takes a few more allocations then, and no slice is all of it.
        const double needed = left / std::max(room / between, 1.0);
        const double longer = static_cast<double>(last_ns) * kMostStretch + 1;
        const double stretched = std::min(needed, longer);
        gap = static_cast<size_t>(between);
        budget_ns = stretched > target ? static_cast<uint64_t>(stretched) : target_ns;
    }

    // Of what it took, not more counts than twice what it was to take, or than twice the target:
    // then another process has had the processor.
    void note_slice(uint64_t wanted_ns, uint64_t ns) {
        const uint64_t enough = std::max(wanted_ns, target_ns);
        spent_ns += ns / 2 < enough ? ns : 2 * enough;
    }

    // How many members can be proved in that time.
    [[nodiscard]] size_t members_in(uint64_t ns) const {
        return static_cast<size_t>(static_cast<double>(ns) / ns_per_proof);
    }

    void note_proof(size_t members, uint64_t ns) {
        constexpr size_t kEnough = 64;  // to say something about the next
        if (members >= kEnough) {
            const double each = static_cast<double>(ns) / static_cast<double>(members);
            ns_per_proof += (each - ns_per_proof) / 4;
        }
    }

    void note_cycle(size_t enrolled) {
        if (enrolled > 0) {
            const double each = static_cast<double>(spent_ns) / static_cast<double>(enrolled);
            ns_per_object = std::max(each, kLeastNsPerObject);
        }
    }
};

}  // namespace cairn

#endif
