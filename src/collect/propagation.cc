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
#include "base/prefetch.h"
#include "collect/collection.h"
#include "collect/ephemerons.h"
#include "finalize/queue.h"
#include "heap/cells.h"
#include "heap/tracking.h"
#include "object/misuse.h"

namespace cairn {

namespace {

class Propagation {
  public:
    // Of the candidates, `unproven` have side byte 128. `counted`: their references have been
    // counted, so that immortal objects are no longer among them.
    Propagation(Collection& c, size_t unproven, bool counted)
        : c_(c), unproven_(unproven), counted_(counted), target_(side_of_generation(c.target)) {
        Array<cairn_object*>& stack = c.heap->gc.mark_stack;
        const size_t wanted = 4096 + c.candidates / 64;
        // Without memory for it there is what the heap was born with: with no stack at all, a chain
        // against the order of memory would take a sweep for each link.
        usual_limit_ = stack.reserve(c.heap->memory, wanted) ? wanted : stack.capacity();
        stack_ = stack.begin();
    }

    // Is everything known to be reachable? Then there is nothing left to follow.
    [[nodiscard]] bool is_complete() const { return unproven_ == 0; }
    [[nodiscard]] size_t unproven() const { return unproven_; }

    // `object` is reachable: if that is new, its referents are to be visited. Whether it is new
    // cannot be predicted, so no branch depends on it.
    void reach(cairn_object* object) {
        uint8_t* side = side_of(object);
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
        while (size_ != 0 && !is_complete()) {
            if (size_ == limit_) {
                turn_stack_gray();
                return;
            }
            visit_later(stack_[--size_]);
        }
    }

    // Visits candidates with a count, and gray objects, until there are none.
    void sweep_all() {
        do {
            for_each_page(c_.heap, examined_pages, [this](Page* page) { sweep(page); });
            empty_ring();
            limit_ = grays_ < usual_limit_ ? usual_limit_ : 0;
        } while (grays_ != 0 && !is_complete());
    }

  private:
    static constexpr uint32_t kRing = 16;

    // Visits what is still on its way.
    void empty_ring() {
        for (uint32_t idle = 0; idle < kRing && !is_complete();) {
            visit_later(nullptr);
            idle = size_ == 0 ? idle + 1 : 0;
            drain();
        }
    }

    // Is there more to a visit than to walk over what it refers to?
    [[nodiscard]] bool needs_care(const cairn_object* object) const {
        return (object->flags & (kIsEphemeronKey | kIsWeakMap)) != 0 ||
               (!counted_ && is_immortal(object));
    }

    void visit(cairn_object* object) {
        if (!counted_ && is_immortal(object)) {
            untrack(c_.heap, object);
            --c_.candidates;
        }
        if ((object->flags & (kOpaque | kIsEphemeronKey)) != 0) {
            for_each_kept_alive(
                c_.heap, object, [this](cairn_object* referent) { reach(referent); });
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
                    uint8_t* side = side_of(*slots);
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
                    uint8_t* side = side_of(*slots);
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
            *side_of(stack_[i]) = kGray;
        }
        grays_ += size_;
        size_ = 0;
        limit_ = 0;
    }

    void sweep(Page* page) {
        if (!is_complete()) {
            with_walk_of(page, [this, page](auto walk) { sweep_by(page, walk); });
        }
    }

    // One function for each way of walking, so that it has the processor's registers to itself.
    template <typename Walk>
    [[gnu::noinline]] void sweep_by(Page* page, Walk walk) {
        uint8_t* sides = side_of(page->base);
        const CellsAhead ahead(page);
        for_each_block(page->examined_blocks, [=, this](uint32_t first) {
            // What is visited may turn objects of the same block gray.
            for (;;) {
                const Starts starts = take_starts(sides + first, target_);
                grays_ -= starts.grays;
                if (starts.found == 0) {
                    return;
                }
                if (limit_ == 0) {
                    visit_block(page, first, starts.found, walk, ahead);
                } else {
                    follow_block(page, first, starts.found);
                }
            }
        });
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
            if (needs_care(object)) {
                visit(object);
                continue;
            }
            walk(object, [&fresh](cairn_object* referent) {
                uint8_t* side = side_of(referent);
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
        for (; starts != 0; starts &= starts - 1) {
            visit(start_at(page, first, starts));
            drain();
        }
    }

    static cairn_object* start_at(const Page* page, uint32_t first, uint64_t starts) {
        return object_of_granule(page, first + static_cast<uint32_t>(std::countr_zero(starts)));
    }

    Collection& c_;
    cairn_object** stack_;
    size_t size_ = 0;
    size_t limit_ = 0;  // of the stack; 0 while the graph is visited by address
    size_t usual_limit_;
    size_t unproven_;
    size_t grays_ = 0;
    bool counted_;
    uint8_t target_;
    cairn_object* ring_[kRing] = {};
    uint32_t next_ = 0;
};

// In a checked build: no count has become negative.
void check_counts(Collection& c) {
#if CAIRN_CHECK_LEVEL >= 1
    for_each_page(c.heap, examined_pages, [](Page* page) {
        constexpr SideRange kBelowZero = {kFirstCandidate, kUnreachable - 1};
        for_each_in(page, page->examined_blocks, kBelowZero, [](cairn_object* object, uint8_t*) {
            report_misuse(object, "traverse visits it more often than it is referred to");
        });
    });
#endif
    (void)c;
}

// What has a count, or is gray, when everything is known to be reachable.
void settle(const Collection& c) {
    const uint8_t target = side_of_generation(c.target);
    // What lies between gray and the candidates comes in ordered heaps, or later, only.
    for_each_page(c.heap, examined_pages, [target](const Page* page) {
        (void)replace_in(page, page->examined_blocks, {kGray, UINT8_MAX}, target);
    });
}

template <typename F>
void for_each_root(const cairn_heap* heap, F visit) {
    for (cairn_object* const* root : heap->roots) {
        if (*root != nullptr) {
            visit(*root);
        }
    }
    for_each_borrowed(heap, visit);
    if (heap->visit_roots != nullptr) {
        heap->visit_roots(visit_thunk<F>, &visit, heap->visit_roots_data);  // HOST CODE
    }
}

}  // namespace

bool mark_declared_roots(Collection& c) {
    // A weak-key map that is reached refers to values that may not be: they must be counted.
    const bool has_roots = !c.heap->roots.empty() || c.heap->visit_roots != nullptr;
    if (c.generation < 2 || c.heap->ordered || !has_roots ||
        c.heap->first_weak_key_map != nullptr) {
        return false;
    }
    if (CAIRN_CHECK_LEVEL > 0) {
        // A checked build counts every candidate: so it finds traverse functions that lie.
        for_each_root(c.heap, [](const cairn_object* root) { check_alive(root); });
        return false;
    }
    Propagation propagation(c, c.candidates, false);
    for_each_root(c.heap, [&propagation](cairn_object* root) { propagation.reach(root); });
    propagation.sweep_all();
    c.reached += c.candidates - propagation.unproven();
    if (propagation.is_complete()) {
        settle(c);
    }
    return propagation.is_complete();
}

void separate_unreachable(Collection& c) {
    check_counts(c);
    const size_t candidates = count_examined(c.heap, kCandidateSides);
    const size_t unproven = count_examined(c.heap, only(kUnreachable));
    Propagation propagation(c, unproven, true);
    propagation.sweep_all();
    c.reached += candidates - propagation.unproven();
    if (propagation.is_complete()) {
        settle(c);
    }
}

}  // namespace cairn
