// SPDX-License-Identifier: MIT
// The states of a cycle, in order: run_stage() below.
#include "collect/cycle/cycle.h"

#include <iterator>
#include <new>

#include "base/probes.h"
#include "collect/collect.h"
#include "collect/collection.h"
#include "collect/phase.h"
#include "collect/policy.h"
#include "collect/report.h"

namespace cairn {

namespace {

// Where so few of what is enrolled have no references from outside, they are proved as they are:
// marking would take longer.
bool are_few(size_t unproven, size_t enrolled) {
    return unproven <= 10000 && unproven <= enrolled / 64;
}

// A group with fewer members is proved by itself, as any other.
constexpr size_t kLeastGiant = 64;

// Tries the groups from the next one to `end`. USER CODE.
void prove_groups(Cycle& cycle, size_t end) {
    cairn_heap* heap = cycle.heap;
    Groups& groups = cycle.groups;
    const uint64_t start = now_ns();
    const bool held = heap->space.hold_segments;
    heap->space.hold_segments = true;
    Collection c(2, by_hint(heap, groups, groups.next, end));
    groups.next = end;
    if (c.set.members > 0) {
        collect_set(c);  // USER CODE
        cycle.info.collected += c.unreachable + c.freed_weakrefs - c.kept;
        cycle.info.uncollectable += c.kept;
        cycle.stats.failed_proofs += c.set.reached > 0;
    }
    end_examination(heap);
    heap->space.hold_segments = held;
    cycle.pacing.note_proof(c.set.members, now_ns() - start);
}

// Goes on with a group that takes several slices. If it turns out to be none that can, it is left
// to the next slice, which proves it as any other. USER CODE.
bool run_giant_group(Cycle& cycle, Budget& budget) {
    Giant& giant = cycle.giant;
    const bool is_fresh = cycle.slice_is_fresh;
    cycle.slice_is_fresh = false;
    const GiantResult result =
        run_giant(cycle.heap, giant, cycle.groups, budget, is_fresh);  // USER CODE
    if (result == GiantResult::kPaused) {
        return false;
    }
    if (result == GiantResult::kFreed) {
        cycle.info.collected += giant.end - giant.place;
        cycle.groups.next = giant.end;
    } else {
        cycle.refused = giant.place;
    }
    giant = {};
    return true;
}

// USER CODE.
bool prove_some(Cycle& cycle, Budget& budget) {
    Groups& groups = cycle.groups;
    for (;;) {
        if (cycle.giant.end != 0 && !run_giant_group(cycle, budget)) {  // USER CODE
            return false;
        }
        if (groups.next == groups.members.size()) {
            return true;
        }
        const size_t fit = cycle.pacing.members_in(budget.left_ns());
        size_t end = end_of_group(groups, groups.next);
        const size_t group = end - groups.next;
        cycle.stats.largest_group =
            group > cycle.stats.largest_group ? group : cycle.stats.largest_group;
        if (group > fit && !cycle.slice_is_fresh) {
            return false;
        }
        if (group > 2 * fit && group >= kLeastGiant && groups.next != cycle.refused) {
            cycle.giant = begin_giant(cycle.heap, groups.next, end);
            continue;
        }
        cycle.slice_is_fresh = false;
        while (end < groups.members.size() && end_of_group(groups, end) - groups.next <= fit) {
            end = end_of_group(groups, end);
        }
        prove_groups(cycle, end);  // USER CODE
    }
}

void leave_segments(cairn_heap* heap) {
    for (Segment* s = heap->space.first_segment(); s != nullptr; s = s->next) {
        s->enrolled_pages = 0;
    }
}

// Gives back the tables of the groups, a megabyte at a time; pages, bin by bin, if that is worth
// the time; and segments, a megabyte at a time. The budget is asked after each, so that the
// shortest slice gets one further.
bool sweep_some(Cycle& cycle, Budget& budget) {
    cairn_heap* heap = cycle.heap;
    Space& space = heap->space;
    while (cycle.groups.discard_part(heap->memory)) {
        if (budget.left_ns() == 0) {
            return false;
        }
    }
    const bool is_worth = is_worth_sweeping(heap);
    if (is_worth) {
        space.close_bins();
    } else {
        cycle.segments_to_release = 0;
    }
    while (is_worth && cycle.to_sweep != nullptr) {
        space.sweep_bin(cycle.to_sweep);
        cycle.to_sweep = cycle.to_sweep->next;
        if (budget.left_ns() == 0) {
            return false;
        }
    }
    while (space.release_some(cycle.segments_to_release)) {
        if (budget.left_ns() == 0) {
            return false;
        }
    }
    if (is_worth) {
        heap->policy.deallocations_at_sweep = deallocations(heap);
    }
    return true;
}

const char* name_of(Stage stage) {
    static constexpr const char* kNames[] = {"idle",
                                             "enrol",
                                             "roots",
                                             "count",
                                             "settle",
                                             "mark",
                                             "number",
                                             "unite",
                                             "pack",
                                             "prove",
                                             "sweep"};
    static_assert(std::size(kNames) == static_cast<size_t>(Stage::kSweep) + 1);
    return kNames[static_cast<size_t>(stage)];
}

// The states of a cycle, in order. Goes on with the one that it is in; true when that is over,
// false when the budget is. USER CODE.
bool run_stage(Cycle& cycle, Budget& budget) {
    cairn_heap* heap = cycle.heap;
    Hints& hints = cycle.hints;
    Groups& groups = cycle.groups;
    const Phase phase(heap, name_of(cycle.stage));
    switch (cycle.stage) {
        case Stage::kIdle:
            return false;
        case Stage::kEnrol:
            return enrol_some(heap, hints, budget);
        case Stage::kCount:
            return count_some(heap, hints, budget, cycle.failed);
        case Stage::kSettle:
            return settle_some(heap, hints, budget);
        case Stage::kRoots:
        case Stage::kMark:
            return mark_some(heap, hints, budget);
        case Stage::kNumber:
            return number_some(hints, groups, budget, cycle.failed);
        case Stage::kUnite:
            return unite_some(heap, groups, budget);
        case Stage::kPack:
            return pack_some(groups, budget);
        case Stage::kProve:
            return prove_some(cycle, budget);  // USER CODE
        case Stage::kSweep:
            return sweep_some(cycle, budget);
    }
    return false;
}

// Begins the next state.
void enter_next(Cycle& cycle) {
    Hints& hints = cycle.hints;
    if (cycle.stage == Stage::kSweep) {
        cycle.stage = Stage::kIdle;
    } else if (cycle.stage == Stage::kEnrol) {
        cycle.info.candidates = hints.unproven;
        cycle.stage = begin_with_roots(cycle.heap, hints) ? Stage::kRoots : Stage::kCount;
    } else if (cycle.stage == Stage::kSettle && are_few(hints.unproven, cycle.info.candidates)) {
        cycle.stage = Stage::kNumber;
    } else {
        cycle.stage = next_of(cycle.stage);
    }
    if (cycle.stage == Stage::kNumber) {
        cycle.failed = !begin_groups(cycle.heap, cycle.groups, hints.unproven);
    } else if (cycle.stage == Stage::kSweep) {
        leave_segments(cycle.heap);
        cycle.to_sweep = cycle.heap->space.first_bin();
    }
}

// Goes on until the budget is over, or the cycle: then true. USER CODE.
bool go_on(Cycle& cycle, Budget& budget) {
    while (cycle.stage != Stage::kIdle && !cycle.failed) {
        if (!run_stage(cycle, budget)) {  // USER CODE
            return false;
        }
        if (!cycle.failed) {
            enter_next(cycle);
        }
    }
    return true;
}

void note_slice(Cycle& cycle, uint64_t wanted_ns, uint64_t ns) {
    CAIRN_PROBE(slice__end, cycle.heap, static_cast<int>(cycle.stage), ns);
    cycle.pacing.note_slice(wanted_ns, ns);
    ++cycle.stats.slices;
    ++cycle.info.slices;
    cycle.info.duration_ns += ns;
    cycle.info.longest_ns = ns > cycle.info.longest_ns ? ns : cycle.info.longest_ns;
    note_pause(cycle.heap, CAIRN_GC_PAUSE_SLICE, ns);
}

// Calls go_on() for so long. What dies is old: taken off the young, as what the program frees is,
// it would put off the next young collection until all garbage is free, and then that would be a
// long one. USER CODE.
bool spend(Cycle& cycle, uint64_t ns) {
    cairn_heap* heap = cycle.heap;
    const Phase phase(heap, "slice");
    Budget budget(ns);
    begin_uncounted_deaths(heap);
    const bool is_over = go_on(cycle, budget);  // USER CODE
    end_uncounted_deaths(heap);
    note_slice(cycle, ns, budget.spent_ns());
    return is_over;
}

void forget_guesses(Cycle& cycle) {
    cairn_heap* heap = cycle.heap;
    leave_segments(heap);
    heap->space.blank_shadows = false;
    heap->policy.is_cycling = false;
    heap->policy.next_slice = 0;
    cycle.hints.release(heap->memory);
    cycle.groups.release(heap->memory);
    cycle.giant = {};
    cycle.stage = Stage::kIdle;
}

// Tells who waits for the end. USER CODE.
void tell_stop(Cycle& cycle) {
    CAIRN_PROBE(collection__end, cycle.heap, 2, cycle.info.collected, cycle.info.duration_ns);
    add_to_stats(cycle.heap, cycle.info);
    tell_callbacks(cycle.heap, CAIRN_GC_STOP, cycle.info);  // USER CODE
}

// USER CODE.
void end_cycle(Cycle& cycle) {
    cairn_heap* heap = cycle.heap;
    Policy& policy = heap->policy;
    const cairn_gc_info& info = cycle.info;
    policy.long_lived_total =
        info.candidates > info.collected ? info.candidates - info.collected : 0;
    policy.external_at_full = held_outside_cells(heap);
    cycle.pacing.note_cycle(info.candidates);
    ++cycle.stats.cycles;
    forget_guesses(cycle);
    tell_stop(cycle);  // USER CODE
}

}  // namespace

bool set_pause_target(cairn_heap* heap, uint64_t ns) {
    if (heap->cycle == nullptr && ns != 0) {
        void* block = heap->memory.allocate_table(sizeof(Cycle));
        if (block == nullptr) {
            return false;
        }
        heap->cycle = new (block) Cycle(heap);
    }
    if (heap->cycle != nullptr) {
        heap->cycle->pacing.target_ns = ns;
        heap->policy.has_pause_target = ns != 0;
        if (ns == 0 && !heap->gc.collecting) {
            abandon_cycle(heap);  // USER CODE
        }
    }
    return true;
}

void begin_cycle(cairn_heap* heap, bool automatic) {
    (void)collect(heap, 1, automatic, nullptr);  // USER CODE, which cannot begin one
    Policy& policy = heap->policy;
    if (!policy.has_pause_target) {
        return;
    }
    Cycle& cycle = *heap->cycle;
    heap->gc.collecting = true;
    cycle.info = {};
    cycle.info.size = sizeof cycle.info;
    cycle.info.generation = 2;
    cycle.info.automatic = automatic ? 1 : 0;
    tell_callbacks(heap, CAIRN_GC_START, cycle.info);  // USER CODE
    CAIRN_PROBE(collection__begin, heap, 2, cycle.info.automatic);
    cycle.pending_before = policy.long_lived_pending;
    cycle.count_before = policy.counts[2];
    cycle.external_before = policy.external_growth;
    count_collection(heap, 2);
    cycle.failed = false;
    cycle.refused = SIZE_MAX;
    cycle.segments_to_release = heap->space.count_empty_segments();
    cycle.pacing.begin(policy.long_lived_total + policy.long_lived_pending);
    policy.long_lived_pending = 0;
    policy.is_cycling = true;
    heap->space.blank_shadows = true;
    begin_enrolment(heap, cycle.hints);
    cycle.stage = Stage::kEnrol;
    heap->gc.collecting = false;
    if (!policy.has_pause_target) {
        abandon_cycle(heap);  // USER CODE
        return;
    }
    schedule_slice(heap);
    set_trigger(heap);
}

void schedule_slice(cairn_heap* heap) {
    Policy& policy = heap->policy;
    if (!policy.is_cycling) {
        return;
    }
    // 0: nothing makes young collections due, so a host asks for each slice.
    const uint64_t young =
        policy.young_by_bytes != 0 ? policy.young_by_bytes : policy.thresholds[0];
    policy.next_slice = 0;
    if (young != 0) {
        Pacing& pacing = heap->cycle->pacing;
        pacing.plan(policy.long_lived_pending, young);
        policy.next_slice = young_count(heap) + pacing.gap;
    }
}

void run_slice(cairn_heap* heap, uint64_t budget_ns) {
    Cycle& cycle = *heap->cycle;
    Policy& policy = heap->policy;
    heap->gc.collecting = true;
    const uint64_t wanted =
        budget_ns != 0 ? budget_ns : cycle.pacing.take_budget(external_is_due(policy));
    cycle.stats.stretched += budget_ns == 0 && wanted > cycle.pacing.target_ns;
    policy.owes_slice = false;
    cycle.slice_is_fresh = true;
    const bool automatic = cycle.info.automatic != 0;
    CAIRN_PROBE(slice__begin, heap, static_cast<int>(cycle.stage), wanted);
    const bool is_over = spend(cycle, wanted);  // USER CODE
    if (is_over && !cycle.failed) {
        end_cycle(cycle);  // USER CODE
    }
    heap->gc.collecting = false;
    if (cycle.failed || (policy.is_cycling && !policy.has_pause_target)) {
        abandon_cycle(heap);  // USER CODE
    }
    schedule_slice(heap);
    set_trigger(heap);
    if (cycle.failed) {
        // There is no room for the tables of a guess: in one piece it is done without any.
        (void)collect(heap, 2, automatic, nullptr);  // USER CODE
    }
}

bool step_cycle(cairn_heap* heap, uint64_t budget_ns) {
    if (heap->gc.collecting) {
        return false;
    }
    if (!heap->policy.is_cycling) {
        begin_cycle(heap, false);  // USER CODE
    }
    if (heap->policy.is_cycling) {
        run_slice(heap, budget_ns == 0 ? 1 : budget_ns);  // USER CODE
    }
    return !heap->policy.is_cycling;
}

void abandon_cycle(cairn_heap* heap) {
    if (!heap->policy.is_cycling) {
        return;
    }
    const bool collecting = heap->gc.collecting;
    heap->gc.collecting = true;
    if (heap->cycle->giant.is_dying()) {
        Budget unlimited(UINT64_MAX);
        (void)run_giant_group(*heap->cycle, unlimited);  // USER CODE
    }
    Cycle& cycle = *heap->cycle;
    forget_guesses(cycle);
    heap->policy.long_lived_pending += cycle.pending_before;
    heap->policy.counts[2] += cycle.count_before;
    heap->policy.external_growth += cycle.external_before;
    ++cycle.stats.abandoned;
    tell_stop(cycle);  // USER CODE
    heap->gc.collecting = collecting;
    set_trigger(heap);
}

void delete_cycle(cairn_heap* heap) {
    if (heap->cycle != nullptr) {
        forget_guesses(*heap->cycle);
        heap->memory.release_table(heap->cycle, sizeof(Cycle));
        heap->cycle = nullptr;
    }
}

bool gives_back_in_slices(const cairn_heap* heap) {
    return heap->policy.is_cycling && heap->cycle->stage == Stage::kSweep;
}

cairn_gc_cycle_state cycle_state(const cairn_heap* heap) {
    if (!heap->policy.is_cycling) {
        return CAIRN_GC_CYCLE_IDLE;
    }
    const Stage stage = heap->cycle->stage;
    return stage < Stage::kNumber  ? CAIRN_GC_CYCLE_GUESSING
           : stage < Stage::kProve ? CAIRN_GC_CYCLE_GROUPING
                                   : CAIRN_GC_CYCLE_PROVING;
}

}  // namespace cairn
