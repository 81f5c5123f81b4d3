// SPDX-License-Identifier: MIT
#include "collect/propagation.h"

#include "finalize/queue.h"
#include "heap/roots.h"
#include "object/misuse.h"

namespace cairn {

namespace {

// In a checked build: no count has become negative.
void check_counts(CandidateSet& set) {
#if CAIRN_CHECK_LEVEL >= 1
    for_each_examined(set.heap, [](Page* page) {
        constexpr SideRange kBelowZero = {kFirstCandidate, kUnreachable - 1};
        for_each_in(page, page->examined_blocks, kBelowZero, [](cairn_object* object, uint8_t*) {
            report_misuse(object, "traverse visits it more often than it is referred to");
        });
    });
#endif
    (void)set;
}

using WholePropagation = Propagation<SidePlane>;

uint8_t survivors_side(const CandidateSet& set) {
    return side_of_generation(set.target);
}

void sweep_examined(cairn_heap* heap, WholePropagation& propagation) {
    for_each_examined(
        heap, [&propagation](Page* page) { (void)propagation.sweep(page, page->examined_blocks); });
}

// What has a count, or is gray, when everything is known to be reachable. INV-SIDE-IDLE.
void settle(const CandidateSet& set) {
    const uint8_t target = survivors_side(set);
    // What lies between gray and the candidates comes in ordered heaps, or later, only.
    for_each_examined(set.heap, [target](const Page* page) {
        (void)replace_in(page, page->examined_blocks, {kGray, UINT8_MAX}, target);
    });
}

// Takes over how many of the candidates were reached. All of them?
bool note_reached(CandidateSet& set, size_t candidates, const WholePropagation& propagation) {
    set.reached += candidates - propagation.unproven();
    if (propagation.is_complete()) {
        settle(set);
    }
    return propagation.is_complete();
}

// Roots, and what the finalizer queue holds without a count.
template <typename F>
void for_each_start(const cairn_heap* heap, F visit) {
    for_each_root(heap, [&visit](cairn_object* root, cairn_root_kind) { visit(root); });
    for_each_borrowed(heap, visit);
}

}  // namespace

bool mark_declared_roots(CandidateSet& set) {
    // A weak-key map that is reached refers to values that may not be: they must be counted.
    if (!set.is_whole || set.is_partial || set.heap->ordered || !has_roots(set.heap) ||
        set.heap->weak_key_maps != 0) {
        return false;
    }
    if (CAIRN_CHECK_LEVEL > 0) {
        // A checked build counts every candidate: so it finds traverse functions that lie.
        for_each_start(set.heap, [](const cairn_object* root) { check_alive(root); });
        return false;
    }
    WholePropagation propagation(
        set.heap, set.members, set.members, false, survivors_side(set), {});
    for_each_start(set.heap, [&propagation](cairn_object* root) { propagation.reach(root); });
    propagation.sweep_all([&set](WholePropagation& p) { sweep_examined(set.heap, p); });
    set.members -= propagation.immortals();
    return note_reached(set, set.members, propagation);
}

void separate_unreachable(CandidateSet& set) {
    check_counts(set);
    const size_t candidates = count_examined(set.heap, kCandidateSides);
    const size_t unproven = count_examined(set.heap, only(kUnreachable));
    WholePropagation propagation(set.heap, set.members, unproven, true, survivors_side(set), {});
    propagation.sweep_all([&set](WholePropagation& p) { sweep_examined(set.heap, p); });
    (void)note_reached(set, candidates, propagation);
}

}  // namespace cairn
