// SPDX-License-Identifier: MIT
#include "collect/cycle/giant.h"

#include <bit>

#include "base/clock.h"
#include "collect/cycle/members.h"
#include "collect/plain_garbage.h"
#include "object/release.h"
#include "object/walk.h"
#include "reclaim/death.h"

namespace cairn {

namespace {

// The shadow byte of the members of the piece, and of no other object.
constexpr uint8_t kInGiant = kTentative;

bool is_in_giant(const cairn_object* object) {
    return *shadow_of(object) == kInGiant;
}

uint8_t* side_at(const Groups& groups, size_t place) {
    return groups.members[groups.packed[place]];
}

// Can it be taken apart with nobody looking, by the slots that it has?
bool dies_in_parts(const cairn_object* object) {
    return dies_silently(object) && object->type->traverse == nullptr && !is_immortal(object);
}

// The member at a place, if it is one still, or nullptr. What was garbage when the cycle began has
// not changed.
cairn_object* member_at(const Groups& groups, size_t place) {
    const uint8_t* side = side_at(groups, place);
    cairn_object* object = object_at(side);
    const bool is_member =
        object != nullptr && *side == kOld && is_in_giant(object) && dies_in_parts(object);
    return is_member ? object : nullptr;
}

uint64_t mix(uint64_t word) {
    word *= 0x9E3779B97F4A7C15;
    return (word ^ word >> 32) * 0xD6E8FEB86659FD93;
}

// Both halves of the product, one over the other: a multiplication for each word of a member, where
// the last pass has no time for two.
uint64_t fold(uint64_t a, uint64_t b) {
    __extension__ using Wide = unsigned __int128;
    const Wide product = Wide{a} * b;
    return static_cast<uint64_t>(product) ^ static_cast<uint64_t>(product >> 64);
}

// What the hash of a piece has for one member: its count and what it refers to, in whatever order.
// Sums over members, so that none waits for the one before.
class MemberHash {
  public:
    MemberHash(uint64_t key, const cairn_object* member)
        : key_(key), self_(std::rotl(key, 32) ^ reinterpret_cast<uintptr_t>(member)) {}

    void meet_count(uint32_t count) { sum_ += fold(~key_ ^ count, self_); }
    void meet(const cairn_object* referent) {
        sum_ += fold(key_ ^ reinterpret_cast<uintptr_t>(referent), self_);
    }
    [[nodiscard]] uint64_t value() const { return sum_; }

  private:
    uint64_t key_;
    uint64_t self_;
    uint64_t sum_ = 0;
};

// Calls `visit(referent)` for the references of a member from `slot` on. False when the budget is
// over before the last.
template <typename F>
bool walk_member(const cairn_object* object, size_t& slot, Budget& budget, F visit) {
    const size_t count = slot_count_of(object);
    while (slot < count) {
        walk_part(object, slot, kHubPart, visit);
        slot += kHubPart;
        if (budget.is_over(count < kHubPart ? count : kHubPart) && slot < count) {
            return false;
        }
    }
    slot = 0;
    return true;
}

// Calls `visit(place)` for the members that are due. False when the budget is over, or `visit` says
// so.
template <typename F>
bool for_each_due(Giant& giant, Budget& budget, F visit) {
    for (; giant.next < giant.end; ++giant.next) {
        if (budget.is_over(1) || !visit(giant.next)) {
            return false;
        }
    }
    giant.next = giant.place;
    return true;
}

void change_shadow(const Groups& groups, size_t place, uint8_t from, uint8_t to) {
    uint8_t* shadow = side_at(groups, place) + kShadowDistance;
    *shadow = *shadow == from ? to : *shadow;
}

// Members that are none any more leave the piece: nothing of garbage does.
bool mark_members(Giant& giant, const Groups& groups, Budget& budget) {
    return for_each_due(giant, budget, [&groups](size_t place) {
        change_shadow(groups, place, kUnreachable, kInGiant);
        return true;
    });
}

// The shadow bytes as they were, for the proof that comes in its place.
void unmark_members(const Giant& giant, const Groups& groups) {
    for (size_t place = giant.place; place < giant.end; ++place) {
        change_shadow(groups, place, kInGiant, kUnreachable);
    }
}

// Each part of a hub is a term of the hash.
bool sum_up(Giant& giant, const Groups& groups, Budget& budget, bool& failed) {
    return for_each_due(giant, budget, [&](size_t place) {
        const cairn_object* object = member_at(groups, place);
        if (object == nullptr) {
            failed = true;
            return false;
        }
        MemberHash hash(giant.key, object);
        if (giant.slot == 0) {
            giant.counts += object->refcount;
            hash.meet_count(object->refcount);
        }
        const bool done =
            walk_member(object, giant.slot, budget, [&giant, &hash](const cairn_object* to) {
                giant.references += is_in_giant(to);
                hash.meet(to);
            });
        giant.hash += hash.value();
        return done;
    });
}

// Calls `visit(first, members)` for the blocks of side bytes of a page, with a bit for each member.
template <typename F>
void for_each_block_of_members(const Page* page, F visit) {
    const uint8_t* shadows = shadow_of(page->base);
    for_each_block(kAllBlocks, [shadows, visit](uint32_t first) {
        visit(first, find_sides(shadows + first, only(kInGiant)));
    });
}

// Hashes the members on a page, and says how many they are; 0: one of them is no member any more.
size_t hash_page(const Page* page, uint64_t key, uint64_t& hash) {
    const uint8_t* sides = side_of(page->base);
    const CellsAhead ahead(page);
    size_t count = 0;
    bool failed = false;
    with_walk_of<Walked::kAll>(page, [&](auto walk) {
        for_each_block_of_members(page, [&](uint32_t first, uint64_t members) {
            failed = failed || (members & ~find_sides(sides + first, only(kOld))) != 0;
            count += static_cast<size_t>(std::popcount(members));
            for (; members != 0 && !failed; members &= members - 1) {
                cairn_object* object = object_of_granule(
                    page, first + static_cast<uint32_t>(std::countr_zero(members)));
                ahead.prefetch(object);
                failed = !dies_in_parts(object);
                MemberHash member(key, object);
                member.meet_count(object->refcount);
                walk(object, [&member](const cairn_object* to) { member.meet(to); });
                hash += member.value();
            }
        });
    });
    return failed ? 0 : count;
}

void set_dying(cairn_object* object, bool is_dying) {
    object->flags = is_dying ? object->flags | kDying : object->flags & ~uint32_t{kDying};
    *side_of(object) = is_dying ? kUntracked : kOld;
}

void set_page_dying(const Page* page) {
    for_each_block_of_members(page, [page](uint32_t first, uint64_t members) {
        for (; members != 0; members &= members - 1) {
            set_dying(
                object_of_granule(page, first + static_cast<uint32_t>(std::countr_zero(members))),
                true);
        }
    });
}

// Has nothing changed since the sums were taken? Then all members are dying. They are marked page
// by page, while it is in the cache; what turns out to be alive is rare here.
bool prove_unchanged(const Giant& giant, const Groups& groups) {
    uint64_t hash = 0;
    size_t place = giant.place;
    while (place < giant.end) {
        // The members on a page come one after the other.
        const cairn_object* first = object_at(side_at(groups, place));
        const size_t count = first == nullptr ? 0 : hash_page(page_of(first), giant.key, hash);
        if (count == 0) {
            break;
        }
        set_page_dying(page_of(first));
        place += count;
    }
    if (place == giant.end && hash == giant.hash) {
        return true;
    }
    for (size_t i = giant.place; i < place; ++i) {
        set_dying(object_at(side_at(groups, i)), false);
    }
    return false;
}

// USER CODE.
bool drop_members(Giant& giant, const Groups& groups, Budget& budget) {
    return for_each_due(giant, budget, [&](size_t place) {
        return walk_member(
            object_at(side_at(groups, place)), giant.slot, budget, [](cairn_object* referent) {
                if (!is_in_giant(referent)) {
                    release(referent);  // USER CODE
                }
            });
    });
}

bool free_members(cairn_heap* heap, Giant& giant, const Groups& groups, Budget& budget) {
    return for_each_due(giant, budget, [heap, &groups](size_t place) {
        uint8_t* side = side_at(groups, place);
        cairn_object* object = object_at(side);
        side[kShadowDistance] = kUntracked;
        finish_death(heap, object);
        return true;
    });
}

// The stage that it is in. True when that is over. USER CODE.
bool run_stage(cairn_heap* heap, Giant& giant, const Groups& groups, Budget& budget, bool& failed) {
    switch (giant.stage) {
        case GiantStage::kMark:
            return mark_members(giant, groups, budget);
        case GiantStage::kSum:
            return sum_up(giant, groups, budget, failed);
        case GiantStage::kProve:
            failed = giant.counts != giant.references || !prove_unchanged(giant, groups);
            return !failed;
        case GiantStage::kDrop:
            return drop_members(giant, groups, budget);  // USER CODE
        case GiantStage::kFree:
            return free_members(heap, giant, groups, budget);
    }
    return false;
}

}  // namespace

Giant begin_giant(const cairn_heap* heap, size_t place, size_t end) {
    Giant giant;
    giant.place = giant.next = place;
    giant.end = end;
    giant.key = mix(now_ns() ^ reinterpret_cast<uintptr_t>(heap));
    return giant;
}

GiantResult run_giant(
    cairn_heap* heap, Giant& giant, const Groups& groups, Budget& budget, bool is_fresh) {
    bool failed = (heap->gc.debug & ~uint32_t{CAIRN_GC_DEBUG_STATS}) != 0 && !giant.is_dying();
    while (!failed) {
        if (giant.stage == GiantStage::kProve && !is_fresh) {
            return GiantResult::kPaused;
        }
        if (run_stage(heap, giant, groups, budget, failed)) {  // USER CODE
            if (giant.stage == GiantStage::kFree) {
                return GiantResult::kFreed;
            }
            is_fresh = false;
            giant.stage = static_cast<GiantStage>(static_cast<uint8_t>(giant.stage) + 1);
        } else if (!failed) {
            return GiantResult::kPaused;
        }
    }
    unmark_members(giant, groups);
    return GiantResult::kNotProven;
}

}  // namespace cairn
