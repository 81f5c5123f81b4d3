// SPDX-License-Identifier: MIT
// Propagation: everything that a reachable candidate reaches is reachable.
//
// A sweep through the side bytes finds candidates with a count, and visits them by address. What
// they refer to turns gray, and is visited when the sweep gets there, or by the next sweep. That is
// the order of memory, so it is fast as long as many objects are gray. When few are, the graph is
// followed depth first from each, with a stack; a stack that gets long turns gray again.
//
// Live heaps of a million objects, a thousand of them held from outside, an object: 60 ns with a
// stack alone, 14 like this; linked at random, 200 and 42.
#ifndef CAIRN_COLLECT_PROPAGATION_H
#define CAIRN_COLLECT_PROPAGATION_H

#include "base/prefetch.h"
#include "collect/candidates.h"
#include "collect/ephemerons.h"
#include "heap/cells.h"
#include "heap/tracking.h"
#include "object/walk.h"

namespace cairn {

// Candidates with a count, and what they reach, become members of the target generation. The rest
// keep side byte 128: unreachable.
void separate_unreachable(CandidateSet& set);

// Candidates that the host's declared roots reach become members of the target generation without
// being counted: half the time when all are, which is what it returns. Whole sets only.
[[nodiscard]] bool mark_declared_roots(CandidateSet& set);

// A propagation that goes through in one piece, and leaves nothing out. Another kind:
// cycle/hints.cc.
struct NoPause {
    // Is it time to stop, after so much more work?
    [[nodiscard]] static constexpr bool is_over(size_t) { return false; }
    // A hub is an object with so many slots that they are visited in parts, later.
    [[nodiscard]] static constexpr bool is_hub(const cairn_object*) { return false; }
    [[nodiscard]] static constexpr bool puts_aside(cairn_object*) { return false; }
    // The members in a block, a bit each.
    [[nodiscard]] static constexpr uint64_t members_in(const Page*, uint32_t) { return UINT64_MAX; }
    [[nodiscard]] static constexpr size_t stack_for(size_t members) { return 4096 + members / 64; }
};

template <typename Plane, typename Pace = NoPause>
class Propagation {
  public:
    // Of the candidates, `unproven` have byte 128; what is reached gets `reached`. `counted`: their
    // references have been counted, so that immortal objects are no longer among them.
    Propagation(
        cairn_heap* heap, size_t members, size_t unproven, bool counted, uint8_t reached, Pace pace)
        : heap_(heap), pace_(pace), unproven_(unproven), counted_(counted), target_(reached) {
        Array<cairn_object*>& stack = heap->gc.mark_stack;
        const size_t wanted = Pace::stack_for(members);
        // Without memory for it there is what the heap was born with: with no stack at all, a chain
        // against the order of memory would take a sweep for each link.
        usual_limit_ = stack.reserve(heap->memory, wanted) ? wanted : stack.capacity();
        stack_ = stack.begin();
    }

    // Is everything known to be reachable? Then there is nothing left to follow.
    [[nodiscard]] bool is_complete() const { return unproven_ == 0; }
    [[nodiscard]] size_t unproven() const { return unproven_; }

    // Met, and no candidates any more.
    [[nodiscard]] size_t immortals() const { return immortals_; }

    // `object` is reachable: if that is new, its referents are to be visited. Whether it is new
    // cannot be predicted, so no branch depends on it.
    void reach(cairn_object* object) {
        uint8_t* side = Plane::byte_of(object);
        const uint8_t before = *side;
        const bool is_new = before == kUnreachable;
        unproven_ -= is_new;
        if (size_ < limit_) {
            *side = is_new ? target_ : before;
            stack_[size_] = object;
            size_ += is_new;
        } else {
            *side = is_new ? uint8_t{kGray} : before;
            grays_ += is_new;
        }
    }

    // Follows what is on the stack.
    void drain() {
        while (size_ != 0 && !is_complete() && !pace_.is_over(1)) {
            if (size_ == limit_) {
                turn_stack_gray();
                return;
            }
            visit_later(stack_[--size_]);
        }
    }

    // Sweeps by `sweep(*this)`, which goes through all pages, until nothing is gray.
    template <typename F>
    void sweep_all(F sweep) {
        do {
            sweep(*this);
            empty_ring();
        } while (begin_sweep());
    }

    // Chooses how the next sweep visits. False: no other is needed.
    [[nodiscard]] bool begin_sweep() {
        limit_ = grays_ < usual_limit_ ? usual_limit_ : 0;
        return grays_ != 0 && !is_complete();
    }

    // Visits the candidates with a count, and the gray ones, in some blocks of a page. Were there
    // any?
    bool sweep(Page* page, uint32_t blocks) {
        bool some = false;
        if (!is_complete()) {
            with_walk_of(page, [&, this](auto walk) { some = this->sweep_by(page, blocks, walk); });
        }
        return some;
    }

    // Visits what is still on its way.
    void empty_ring() {
        for (uint32_t idle = 0; idle < kRing && !is_complete() && !pace_.is_over(1);) {
            visit_later(nullptr);
            idle = size_ == 0 ? idle + 1 : 0;
            drain();
        }
    }

    // Turns what is on its way gray, so that another slice can go on. Of the last on the stack, the
    // first to be followed, at most `most` are shown to `remember`.
    template <typename F>
    void suspend(size_t most, F remember) {
        for (cairn_object*& object : ring_) {
            if (object != nullptr) {
                *Plane::byte_of(object) = kGray;
                ++grays_;
                remember(object);
                object = nullptr;
            }
        }
        const size_t limit = limit_;
        for (size_t i = size_; i > 0 && most > 0; --i, --most) {
            remember(stack_[i - 1]);
        }
        turn_stack_gray();
        limit_ = limit;
    }

    // Visits a gray object that was remembered, and follows what it reaches.
    void resume(cairn_object* object) {
        *Plane::byte_of(object) = target_;
        --grays_;
        visit(object);
        drain();
    }

    // Where another propagation stands that goes on with this one.
    struct State {
        size_t unproven;
        size_t grays;
        bool follows;
    };
    [[nodiscard]] State state() const { return {unproven_, grays_, limit_ != 0}; }
    void restore(const State& state) {
        unproven_ = state.unproven;
        grays_ = state.grays;
        limit_ = state.follows ? usual_limit_ : 0;
    }

  private:
    static constexpr uint32_t kRing = 16;

    // Is there more to a visit than to walk over what it refers to?
    [[nodiscard]] bool needs_care(const cairn_object* object) const {
        return (object->flags & (kIsEphemeronKey | kIsWeakMap)) != 0 ||
               (!counted_ && is_immortal(object));
    }

    void visit(cairn_object* object) {
        if (pace_.puts_aside(object)) {
            return;
        }
        if (!counted_ && is_immortal(object)) {
            untrack(heap_, object);
            ++immortals_;
        }
        if ((object->flags & (kOpaque | kIsEphemeronKey)) != 0) {
            for_each_kept_alive<Plane>(
                heap_, object, [this](cairn_object* referent) { reach(referent); });
            return;
        }
        const Shape& shape = object->type->shape;
        const size_t items = item_count(object, shape);
        if (shape.tagged) {
            visit_slots<true>(fixed_slots(object, shape), shape.slot_count);
            visit_slots<true>(item_slots(object, shape), items);
        } else {
            visit_slots<false>(fixed_slots(object, shape), shape.slot_count);
            visit_slots<false>(item_slots(object, shape), items);
        }
    }

    // Reaches what is in the slots. A loop of its own and not the walk of object/walk.h: it asks
    // once for all slots whether the stack has room, and keeps the state in registers meanwhile.
    template <bool kTagged>
    void visit_slots(cairn_object* const* slots, size_t count) {
        cairn_object* const* end = slots + count;
        size_t size = size_;
        size_t fresh = 0;
        if (size + count <= limit_) {
            for (; slots != end; ++slots) {
                if (is_reference(*slots, kTagged)) {
                    uint8_t* side = Plane::byte_of(*slots);
                    const bool is_new = *side == kUnreachable;
                    *side = is_new ? target_ : *side;
                    stack_[size] = *slots;
                    size += is_new;
                }
            }
            fresh = size - size_;
            size_ = size;
        } else {
            for (; slots != end; ++slots) {
                if (is_reference(*slots, kTagged)) {
                    uint8_t* side = Plane::byte_of(*slots);
                    const bool is_new = *side == kUnreachable;
                    *side = is_new ? uint8_t{kGray} : *side;
                    fresh += is_new;
                }
            }
            grays_ += fresh;
        }
        unproven_ -= fresh;
    }

    // Objects from the stack pass through a ring while their memory is on its way into the cache:
    // three times as fast for a million objects linked at random. Most objects end in their second
    // cache line: with that the graph of the syntax trees takes 48 ns an object instead of 68.
    void visit_later(cairn_object* object) {
        const void* soon = object == nullptr ? ring_ : static_cast<const void*>(object);
        prefetch_to_read(soon);
        prefetch_to_read(static_cast<const std::byte*>(soon) + 64);
        cairn_object* due = ring_[next_];
        ring_[next_] = object;
        next_ = (next_ + 1) % kRing;
        if (due != nullptr) {
            visit(due);
        }
    }

    void turn_stack_gray() {
        for (size_t i = 0; i < size_; ++i) {
            *Plane::byte_of(stack_[i]) = kGray;
        }
        grays_ += size_;
        size_ = 0;
        limit_ = 0;
    }

    // One function for each way of walking, so that it has the processor's registers to itself.
    template <typename Walk>
    [[gnu::noinline]] bool sweep_by(Page* page, uint32_t blocks, Walk walk) {
        uint8_t* sides = Plane::byte_of(page->base);
        const CellsAhead ahead(page);
        uint64_t met = 0;
        for_each_block(blocks, [=, this, &met](uint32_t first) {
            // What is visited may turn objects of the same block gray.
            for (;;) {
                Starts starts = take_starts(sides + first, target_);
                grays_ -= starts.grays;
                met |= starts.found;
                starts.found &= pace_.members_in(page, first);
                if (starts.found == 0) {
                    return;
                }
                if (limit_ == 0) {
                    visit_block(page, first, starts.found, walk, ahead);
                } else {
                    follow_block(page, first, starts.found);
                }
                if (pace_.is_over(0)) {
                    return;
                }
            }
        });
        return met != 0;
    }

    // While the graph is visited by address. The objects lie on one page, so that the walk is known
    // without a look at their types: visits one by one, each for itself, through a ring where there
    // are few, took half as long again.
    template <typename Walk>
    void visit_block(
        Page* page, uint32_t first, uint64_t starts, const Walk& walk, const CellsAhead& ahead) {
        size_t fresh = 0;
        for (; starts != 0; starts &= starts - 1) {
            cairn_object* object = start_at(page, first, starts);
            ahead.prefetch(object);
            if (needs_care(object) || pace_.is_hub(object)) {
                visit(object);
                continue;
            }
            walk(object, [&fresh](cairn_object* referent) {
                uint8_t* side = Plane::byte_of(referent);
                const uint8_t before = *side;
                const bool is_new = before == kUnreachable;
                *side = is_new ? uint8_t{kGray} : before;
                fresh += is_new;
            });
        }
        grays_ += fresh;
        unproven_ -= fresh;
    }

    // While few are gray: what they reach is followed at once.
    void follow_block(const Page* page, uint32_t first, uint64_t starts) {
        for (uint64_t ahead = starts; ahead != 0; ahead &= ahead - 1) {
            prefetch_to_read(start_at(page, first, ahead));
        }
        for (; starts != 0 && !pace_.is_over(1); starts &= starts - 1) {
            visit(start_at(page, first, starts));
            drain();
        }
        for (; starts != 0; starts &= starts - 1) {
            *Plane::byte_of(start_at(page, first, starts)) = kGray;
            ++grays_;
        }
    }

    static cairn_object* start_at(const Page* page, uint32_t first, uint64_t starts) {
        return object_of_granule(page, first + static_cast<uint32_t>(std::countr_zero(starts)));
    }

    cairn_heap* heap_;
    Pace pace_;
    cairn_object** stack_;
    size_t size_ = 0;
    size_t limit_ = 0;  // of the stack; 0 while the graph is visited by address
    size_t usual_limit_;
    size_t unproven_;
    size_t grays_ = 0;
    size_t immortals_ = 0;
    bool counted_;
    uint8_t target_;
    cairn_object* ring_[kRing] = {};
    uint32_t next_ = 0;
};

}  // namespace cairn

#endif
