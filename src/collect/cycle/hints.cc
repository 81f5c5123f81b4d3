// SPDX-License-Identifier: MIT
#include "collect/cycle/hints.h"

#include "collect/count.h"
#include "collect/cycle/members.h"
#include "collect/propagation.h"
#include "heap/roots.h"

namespace cairn {

namespace {

using ShadowCounter = Counter<ShadowPlane>;

// Remembers a hub for later. Without memory for that it is visited in one piece.
bool put_aside(cairn_heap* heap, Hints& hints, const cairn_object* object) {
    return is_hub(object) && hints.hubs.push(heap->memory, {side_of(object), 0});
}

// Visits what is left of the hubs by `visit(referent)`, each after `begin(hub)`. A hub whose cell
// is another object's by now is visited all the same: that is one more wrong guess. True when there
// are no more.
template <typename Begin, typename F>
bool visit_hubs(Hints& hints, Budget& budget, Begin begin, F visit) {
    while (!hints.hubs.empty()) {
        Hub hub = hints.hubs.pop();
        cairn_object* object = object_at(hub.side);
        if (hub.next == 0 && object != nullptr && is_enrolled(object)) {
            begin(object);
        }
        while (object != nullptr && is_enrolled(object) && hub.next < slot_count_of(object)) {
            walk_part(object, hub.next, kHubPart, visit);
            hub.next += kHubPart;
            if (budget.is_over(kHubPart)) {
                hints.hubs.push_reserved(hub);
                return false;
            }
        }
    }
    return true;
}

}  // namespace

// --- enrol ---------------------------------------------------------------------------------------

namespace {

// Leaves are in the pass for what old cycles left in their shadow bytes, and for keys of weak-key
// maps. Pages without those stay enrolled until it is over: the segment must stay meanwhile, and a
// page may become one of containers.
uint64_t enter_to_enrol(Segment* segment) {
    segment->enrolled_pages = used_pages(segment);
    return segment->enrolled_pages;
}

void leave_leaf_pages(cairn_heap* heap) {
    for (Segment* s = heap->space.first_segment(); s != nullptr; s = s->next) {
        uint64_t staying = container_pages(s);
        for_each_page_of(s, s->enrolled_pages, [&staying](const Page* page) {
            staying |= uint64_t{page->holds_keys} << page_index_of(page->base);
        });
        s->enrolled_pages &= staying;
    }
}

size_t enrol_block(const Page* page, uint32_t first) {
    const uint8_t* sides = side_of(page->base) + first;
    uint8_t* shadows = shadow_of(page->base) + first;
    size_t enrolled = 0;
    for (size_t i = 0; i < kSideBlock; ++i) {
        const bool takes_part = sides[i] == kOld && !page->is_leaf;
        shadows[i] = takes_part ? uint8_t{kUnreachable} : uint8_t{kUntracked};
        enrolled += takes_part;
    }
    return enrolled;
}

bool is_key_of_old_map(cairn_heap* heap, const cairn_object* key) {
    bool found = false;
    for_each_entry_of_key(heap, key, [&found](const WeakMapObject* map, const WeakEntry&) {
        found = found || *side_of(map) == kOld;
    });
    return found;
}

// A leaf that is a key of a weak-key map takes part as in a collection (merge_leaf_keys).
size_t enrol_leaf_keys(cairn_heap* heap, const Page* page, uint32_t first) {
    size_t enrolled = 0;
    for (uint32_t granule = first; granule < first + kSideBlock; ++granule) {
        if (cell_of_granule(page, granule) >= carved_cells(page)) {
            break;
        }
        const cairn_object* object = object_of_granule(page, granule);
        const bool starts_here = side_of(object) == side_of(page->base) + granule;
        if (starts_here && may_be_leaf_key(object) && is_key_of_old_map(heap, object)) {
            *shadow_of(object) = kUnreachable;
            ++enrolled;
        }
    }
    return enrolled;
}

}  // namespace

void begin_enrolment(cairn_heap* heap, Hints& hints) {
    hints.pass.begin(heap, enter_to_enrol);
    hints.overflow.clear();
    hints.hubs.clear();
    hints.unproven = 0;
}

bool enrol_some(cairn_heap* heap, Hints& hints, Budget& budget) {
    const bool done = hints.pass.go_on(budget, enter_to_enrol, [&](Page* page, uint32_t first) {
        hints.unproven += enrol_block(page, first);
        if (!page->holds_keys) {
            return size_t{1};
        }
        hints.unproven += enrol_leaf_keys(heap, page, first);
        return size_t{kSideBlock};
    });
    if (done) {
        leave_leaf_pages(heap);
        hints.pass.begin(heap, enrolled_pages);
    }
    return done;
}

// --- count ---------------------------------------------------------------------------------------

namespace {

// A weak-key map that a root reaches refers to values that it does not keep alive by itself.
size_t subtract_values_of_key(cairn_heap* heap, ShadowCounter& counter, const cairn_object* key) {
    size_t values = 0;
    for_each_entry_of_key(heap, key, [&](const WeakMapObject* map, const WeakEntry& entry) {
        ++values;
        if (*shadow_of(map) == kOld && entry.strong != nullptr) {
            counter.subtract(entry.strong);
        }
    });
    return values;
}

size_t count_block(
    cairn_heap* heap, Hints& hints, ShadowCounter& counter, Page* page, uint32_t first) {
    const uint8_t* shadows = shadow_of(page->base) + first;
    uint64_t found = find_sides(shadows, kCandidateSides) & members_in(page, first);
    size_t work = 1 + static_cast<size_t>(std::popcount(found));
    const bool some_maps_are_reached = has_roots(heap) && heap->weak_key_maps != 0;
    with_walk_of(page, [&](auto walk) {
        for (; found != 0; found &= found - 1) {
            const uint32_t granule = first + static_cast<uint32_t>(std::countr_zero(found));
            cairn_object* object = object_of_granule(page, granule);
            uint8_t* shadow = shadow_of(object);
            if (!counter.add(object, shadow)) {
                *shadow = kUntracked;
                continue;
            }
            if ((object->flags & kIsBorrowed) != 0) {
                counter.add_one(object);  // the finalizer queue's reference
            }
            if (some_maps_are_reached) {
                work += subtract_values_of_key(heap, counter, object);
            }
            if (put_aside(heap, hints, object)) {
                continue;
            }
            walk(object, [&](cairn_object* referent) {
                counter.subtract(referent);
                ++work;
            });
        }
    });
    return work;
}

// What was carried comes back. Of a live object the count may be anything, since references have
// moved while it was taken; that is as good as one from outside.
void resolve_overflow(Hints& hints) {
    hints.overflow.for_each([](const void* key, int64_t carried) {
        uint8_t* shadow = shadow_of(key);
        if (is_candidate(*shadow)) {
            *shadow = exact_count(*shadow, carried) == 0 ? uint8_t{kUnreachable} : UINT8_MAX;
        }
    });
    hints.overflow.clear();
}

}  // namespace

bool count_some(cairn_heap* heap, Hints& hints, Budget& budget, bool& failed) {
    ShadowCounter counter(heap->memory, hints.overflow);
    const bool done = hints.pass.go_on(budget,
                                       enrolled_pages,
                                       [&](Page* page, uint32_t first) {
                                           return count_block(heap, hints, counter, page, first);
                                       }) &&
                      visit_hubs(
                          hints,
                          budget,
                          [](const cairn_object*) {},
                          [&counter](cairn_object* referent) { counter.subtract(referent); });
    if (done) {
        resolve_overflow(hints);
        hints.pass.begin(heap, enrolled_pages);
        hints.unproven = 0;
    }
    failed = failed || counter.failed();
    return done;
}

namespace {

void begin_marking(cairn_heap* heap, Hints& hints) {
    hints.pass.begin(heap, enrolled_pages);
    hints.grays = 0;
    hints.follows = false;
    hints.found_some = false;
    hints.remembered_count = 0;
}

}  // namespace

bool begin_with_roots(cairn_heap* heap, Hints& hints) {
    if (!has_roots(heap)) {
        return false;
    }
    begin_marking(heap, hints);
    for_each_root(heap, [&hints](const cairn_object* root, cairn_root_kind) {
        uint8_t* shadow = shadow_of(root);
        if (*shadow == kUnreachable) {
            *shadow = kGray;
            ++hints.grays;
            --hints.unproven;
        }
    });
    return true;
}

bool settle_some(cairn_heap* heap, Hints& hints, Budget& budget) {
    const bool done =
        hints.pass.go_on(budget, enrolled_pages, [&hints](Page* page, uint32_t first) {
            hints.unproven += count_sides(shadow_of(page->base) + first, only(kUnreachable));
            return size_t{1};
        });
    if (done) {
        begin_marking(heap, hints);
    }
    return done;
}

// --- mark ----------------------------------------------------------------------------------------

namespace {

// The pace of a propagation in slices.
class SlicePace {
  public:
    SlicePace(cairn_heap* heap, Hints& hints, Budget& budget)
        : heap_(heap), hints_(&hints), budget_(&budget) {}

    [[nodiscard]] bool is_over(size_t work) const { return budget_->is_over(work); }
    [[nodiscard]] static bool is_hub(const cairn_object* object) { return cairn::is_hub(object); }
    [[nodiscard]] bool puts_aside(const cairn_object* object) const {
        return put_aside(heap_, *hints_, object);
    }
    [[nodiscard]] static uint64_t members_in(const Page* page, uint32_t first) {
        return cairn::members_in(page, first);
    }
    // What is on it when a slice ends turns gray, and the sweep must find it again: with one as
    // large as a collection's, marking objects that are linked at random takes a third longer
    // (2026).
    [[nodiscard]] static constexpr size_t stack_for(size_t) { return 4096; }

  private:
    cairn_heap* heap_;
    Hints* hints_;
    Budget* budget_;
};

using Marking = Propagation<ShadowPlane, SlicePace>;

void suspend(Hints& hints, Marking& marking) {
    hints.remembered_count = 0;
    marking.suspend(sizeof hints.remembered / sizeof hints.remembered[0],
                    [&hints](const cairn_object* object) {
                        constexpr size_t kMost = sizeof hints.remembered / sizeof(uint8_t*);
                        if (hints.remembered_count < kMost) {
                            hints.remembered[hints.remembered_count++] = side_of(object);
                        }
                    });
    const Marking::State state = marking.state();
    hints.unproven = state.unproven;
    hints.grays = state.grays;
    hints.follows = state.follows;
}

// Goes on with what the last slice was about to visit, as far as it is the same still.
void resume(Hints& hints, Marking& marking) {
    marking.restore({hints.unproven, hints.grays, hints.follows});
    for (size_t i = 0; i < hints.remembered_count; ++i) {
        cairn_object* object = object_at(hints.remembered[i]);
        if (object != nullptr && *shadow_of(object) == kGray && is_enrolled(object)) {
            marking.resume(object);
        }
    }
    hints.remembered_count = 0;
}

// One sweep, or the rest of it. True when it is over.
bool sweep_some(cairn_heap* heap, Hints& hints, Budget& budget, Marking& marking) {
    const bool done = hints.pass.go_on(budget, enrolled_pages, [&](Page* page, uint32_t first) {
        const bool some = marking.sweep(page, uint32_t{1} << (first / kSideBlock));
        hints.found_some = hints.found_some || some;
        return some ? kSideBlock : 1;
    });
    if (!done) {
        return false;
    }
    marking.empty_ring();
    auto reach = [&marking](cairn_object* referent) { marking.reach(referent); };
    const auto reach_values = [heap, &reach](const cairn_object* key) {
        visit_values_of_key<is_reached<ShadowPlane>>(
            heap, key, visit_thunk<decltype(reach)>, &reach);
    };
    if (budget.is_over(0) || !visit_hubs(hints, budget, reach_values, reach)) {
        return false;
    }
    // What a hub reached is left to the next sweep.
    marking.suspend(0, [](const cairn_object*) {});
    return true;
}

}  // namespace

bool mark_some(cairn_heap* heap, Hints& hints, Budget& budget) {
    Marking marking(
        heap, hints.unproven, hints.unproven, true, kOld, SlicePace(heap, hints, budget));
    resume(hints, marking);
    for (;;) {
        if (!sweep_some(heap, hints, budget, marking)) {
            suspend(hints, marking);
            return false;
        }
        // What turned gray and died, or lost its page, is never found again.
        const bool goes_on = marking.begin_sweep() && hints.found_some;
        hints.found_some = false;
        hints.pass.begin(heap, enrolled_pages);
        if (!goes_on) {
            hints.unproven = marking.unproven();
            return true;
        }
    }
}

}  // namespace cairn
