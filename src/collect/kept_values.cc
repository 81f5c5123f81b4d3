// SPDX-License-Identifier: MIT
#include "collect/kept_values.h"

#include "collect/ephemerons.h"
#include "heap/cells.h"
#include "memory/side_scan.h"

namespace cairn {

namespace {

// Follows references inside the unreachable set; what it has met is tentative for the time being.
class KeptValues {
  public:
    explicit KeptValues(CandidateSet& set) : heap_(set.heap), stack_(set.heap->gc.mark_stack) {
        stack_.clear();
    }

    void meet(cairn_object* object) {
        uint8_t* side = side_of(object);
        if (*side != kUnreachable) {
            return;
        }
        *side = kTentative;
        if (!stack_.push(heap_->memory, object)) {
            *side = kGray;
            some_are_gray_ = true;
        }
    }

    void follow_all() {
        follow_stack();
        // Without memory for the stack the rest is found by its side bytes.
        while (some_are_gray_) {
            some_are_gray_ = false;
            for_each_examined(heap_, [this](Page* page) {
                for_each_in(page,
                            page->examined_blocks,
                            only(kGray),
                            [this](cairn_object* object, uint8_t* side) {
                                *side = kTentative;
                                follow(object);
                                follow_stack();
                            });
            });
        }
    }

  private:
    void follow_stack() {
        while (!stack_.empty()) {
            follow(stack_.pop());
        }
    }

    void follow(cairn_object* object) {
        for_each_referent(object, [this](cairn_object* referent) { meet(referent); });
    }

    cairn_heap* heap_;
    Array<cairn_object*>& stack_;
    bool some_are_gray_ = false;
};

// Entries of a map that is garbage itself need not leave it.
void mark_if_it_calls_back(cairn_object* object) {
    if (!is_weakref(object)) {
        return;
    }
    WeakrefObject* ref = as_weakref(object);
    if (has_pending_callback(ref) && (ref->state & kIsEntryRef) == 0 && ref->referent != nullptr &&
        !is_reached(ref->referent)) {
        ref->state |= kKeptByMap;
    }
}

}  // namespace

void mark_references_kept_by_maps(CandidateSet& set) {
    bool some = false;
    KeptValues kept(set);
    // Keys and maps among the values that were met, which are gray or tentative, are garbage all
    // the same.
    constexpr SideRange kGarbage = {kGray, UINT8_MAX};
    for_each_entry_of_keys(
        set.heap, kGarbage, [&](const WeakMapObject* map, const WeakEntry& entry) {
            if (!kGarbage.contains(*side_of(map)) && entry.strong != nullptr) {
                kept.meet(entry.strong);
                some = true;
            }
        });
    if (!some) {
        return;
    }
    kept.follow_all();
    for_each_examined(set.heap, [](Page* page) {
        for_each_in(page,
                    page->examined_blocks,
                    only(kTentative),
                    [](cairn_object* object, const uint8_t*) { mark_if_it_calls_back(object); });
    });
    for_each_examined(set.heap, [](const Page* page) {
        (void)replace_in(page, page->examined_blocks, only(kTentative), kUnreachable);
    });
}

}  // namespace cairn
