// SPDX-License-Identifier: MIT
#include "collect/cycle/giant.h"

#include "base/prefetch.h"
#include "collect/cycle/members.h"
#include "collect/plain_garbage.h"
#include "object/release.h"
#include "object/walk.h"
#include "reclaim/death.h"

namespace cairn {

namespace {

// The shadow byte of the members of the group that is being proved, and of no other object.
constexpr uint8_t kInGiant = kTentative;

bool is_in_giant(const cairn_object* object) {
    return *shadow_of(object) == kInGiant;
}

uint8_t* side_at(const Groups& groups, size_t place) {
    return groups.members[groups.packed[place]];
}

// Gives the shadow bytes of the group's members the value, if they have `from`.
void mark_group(const Groups& groups, size_t place, size_t end, uint8_t from, uint8_t to) {
    for (; place < end; ++place) {
        uint8_t* shadow = side_at(groups, place) + kShadowDistance;
        *shadow = *shadow == from ? to : *shadow;
    }
}

// May the object be taken apart with nobody looking, by the slots that it has?
bool can_be_doomed(const cairn_object* object) {
    return dies_silently(object) && object->type->traverse == nullptr && !is_immortal(object);
}

// Are the sums equal? What is no member any more leaves the group: nothing of garbage does.
bool is_closed(const Groups& groups, size_t place, size_t end) {
    constexpr size_t kAhead = 8;
    uint64_t counts = 0;
    uint64_t references = 0;
    for (; place < end; ++place) {
        if (place + kAhead < end) {
            prefetch_to_read(object_at(side_at(groups, place + kAhead)));
        }
        const uint8_t* side = side_at(groups, place);
        cairn_object* object = object_at(side);
        if (object == nullptr || *side != kOld || !is_in_giant(object) || !can_be_doomed(object)) {
            return false;
        }
        counts += object->refcount;
        for_each_referent(object,
                          [&references](const cairn_object* to) { references += is_in_giant(to); });
    }
    return counts == references;
}

}  // namespace

bool doom(cairn_heap* heap, Giant& giant, const Groups& groups, size_t place, size_t end) {
    if ((heap->gc.debug & ~uint32_t{CAIRN_GC_DEBUG_STATS}) != 0) {
        return false;
    }
    mark_group(groups, place, end, kUnreachable, kInGiant);
    if (!is_closed(groups, place, end)) {
        mark_group(groups, place, end, kInGiant, kUnreachable);
        return false;
    }
    for (size_t i = place; i < end; ++i) {
        uint8_t* side = side_at(groups, i);
        object_at(side)->flags |= kDying;
        *side = kUntracked;
    }
    giant = {place, end, place, 0, false};
    return true;
}

namespace {

// Drops the references of a member to what is no member. False when the budget is over. USER CODE.
bool drop_member(cairn_object* object, size_t& slot, Budget& budget) {
    const size_t count = slot_count_of(object);
    while (slot < count) {
        walk_part(object, slot, kHubPart, [](cairn_object* referent) {
            if (!is_in_giant(referent)) {
                release(referent);  // USER CODE
            }
        });
        slot += kHubPart;
        if (budget.is_over(kHubPart) && slot < count) {
            return false;
        }
    }
    slot = 0;
    return true;
}

}  // namespace

bool free_some(cairn_heap* heap, Giant& giant, const Groups& groups, Budget& budget) {
    for (; !giant.is_freeing; ++giant.next) {
        if (giant.next == giant.end) {
            giant.next = giant.place;
            giant.is_freeing = true;
            break;
        }
        if (budget.is_over(1) ||
            !drop_member(
                object_at(side_at(groups, giant.next)), giant.slot, budget)) {  // USER CODE
            return false;
        }
    }
    for (; giant.next < giant.end; ++giant.next) {
        if (budget.is_over(1)) {
            return false;
        }
        uint8_t* side = side_at(groups, giant.next);
        cairn_object* object = object_at(side);
        side[kShadowDistance] = kUntracked;
        finish_death(heap, object);
    }
    giant = {};
    return true;
}

}  // namespace cairn
