// SPDX-License-Identifier: MIT
#include "collect/cycle/groups.h"

#include <utility>

#include "collect/cycle/members.h"
#include "object/walk.h"
#include "weakref/weakref.h"

namespace cairn {

namespace {

bool is_member(const cairn_object* object) {
    return *shadow_of(object) == kUnreachable && is_enrolled(object);
}

// Shadow bytes of members stand still once they are numbered, those of a page that is taken anew
// apart, which become zero: so what comes before a member is counted, not stored.
uint32_t number_of(const cairn_object* object) {
    const uint8_t* shadow = shadow_of(object);
    const uint8_t* shadows = shadow_of(page_of(object)->base);
    const auto granule = static_cast<size_t>(shadow - shadows);
    const size_t block = granule / kSideBlock;
    const uint64_t members = find_sides(shadows + block * kSideBlock, only(kUnreachable));
    const uint64_t before = members & ((uint64_t{1} << granule % kSideBlock) - 1);
    const MemberIndex* index = member_index_of(segment_of(object));
    const uint32_t page = page_index_of(object);
    return index->before_page[page] + index->before_block[page][block] +
           static_cast<uint32_t>(std::popcount(before));
}

uint32_t root_of(Groups& groups, uint32_t member) {
    while (groups.parent[member] != member) {
        uint32_t& parent = groups.parent[member];
        parent = groups.parent[parent];
        member = parent;
    }
    return member;
}

void unite(Groups& groups, uint32_t a, uint32_t b) {
    a = root_of(groups, a);
    b = root_of(groups, b);
    if (a == b) {
        return;
    }
    if (groups.size[a] < groups.size[b]) {
        std::swap(a, b);
    }
    groups.parent[b] = a;
    groups.size[a] += groups.size[b];
}

}  // namespace

bool begin_groups(cairn_heap* heap, Groups& groups, size_t most) {
    const LimitLifted lifted(heap->memory);
    groups.members.clear();
    groups.parent.clear();
    groups.size.clear();
    groups.packed.clear();
    groups.next = groups.packing = 0;
    groups.begun = 0;
    return most < UINT32_MAX && groups.members.reserve(heap->memory, most) &&
           groups.parent.reserve(heap->memory, most) && groups.size.reserve(heap->memory, most) &&
           groups.packed.reserve(heap->memory, most);
}

bool number_some(Hints& hints, Groups& groups, Budget& budget, bool& failed) {
    return hints.pass.go_on(budget, enrolled_pages, [&](Page* page, uint32_t first) {
        MemberIndex* index = member_index_of(segment_of(page));
        const auto number = static_cast<uint32_t>(page - segment_of(page)->pages);
        const auto before = static_cast<uint32_t>(groups.members.size());
        if (first == 0) {
            index->before_page[number] = before;
        }
        index->before_block[number][first / kSideBlock] =
            static_cast<uint16_t>(before - index->before_page[number]);
        uint8_t* sides = side_of(page->base) + first;
        uint8_t* shadows = shadow_of(page->base) + first;
        uint64_t found = find_sides(shadows, only(kUnreachable));
        const uint64_t members = found & members_in(page, first);
        for (uint64_t gone = found & ~members; gone != 0; gone &= gone - 1) {
            shadows[std::countr_zero(gone)] = kUntracked;
        }
        const auto more = static_cast<size_t>(std::popcount(members));
        failed = failed || more > groups.members.capacity() - groups.members.size();
        for (found = failed ? 0 : members; found != 0; found &= found - 1) {
            const auto member = static_cast<uint32_t>(groups.members.size());
            groups.members.push_reserved(sides + std::countr_zero(found));
            groups.parent.push_reserved(member);
            groups.size.push_reserved(1);
        }
        return 1 + more;
    });
}

namespace {

// The objects that a member is to be proved together with, but for a weak reference's referent: as
// a key, the values that it keeps; and its referents, but those of a hub are visited in parts.
template <typename F>
void for_each_joined(cairn_heap* heap, cairn_object* object, F visit) {
    if (is_hub(object)) {
        visit_values_of_key<is_any>(heap, object, visit_thunk<F>, &visit);
    } else if ((object->flags & (kIsEphemeronKey | kIsWeakMap)) == 0) {
        for_each_referent(object, visit);
    } else {
        visit_ephemerons<is_any>(heap, object, visit_thunk<F>, &visit);
    }
}

}  // namespace

bool unite_some(cairn_heap* heap, Groups& groups, Budget& budget) {
    for (; groups.next < groups.members.size(); ++groups.next) {
        if (budget.is_over(1)) {
            return false;
        }
        cairn_object* object = object_at(groups.members[groups.next]);
        if (object == nullptr || !is_member(object)) {
            groups.slot = 0;
            continue;
        }
        const auto number = static_cast<uint32_t>(groups.next);
        size_t work = 0;
        const auto join_member = [&](const cairn_object* other) {
            ++work;
            if (is_member(other)) {
                unite(groups, number, number_of(other));
            }
        };
        // A weak reference goes with its referent, or the callback of garbage would be called. A
        // leaf is no member: it goes with its only holder.
        const auto join = [&](const cairn_object* other) {
            join_member(other);
            if (other->refcount == 1 && !is_member(other)) {
                for (WeakrefObject* r = first_weakref(heap, other); r != nullptr; r = r->next) {
                    join_member(&r->head);
                }
            }
        };
        if (groups.slot == 0) {
            for_each_joined(heap, object, join);
            if (is_weakref(object) && as_weakref(object)->referent != nullptr) {
                join_member(as_weakref(object)->referent);
            }
        }
        while (is_hub(object) && groups.slot < slot_count_of(object)) {
            walk_part(object, groups.slot, kHubPart, join);
            groups.slot += kHubPart;
            if (budget.is_over(kHubPart)) {
                return false;
            }
        }
        groups.slot = 0;
        (void)budget.is_over(work);
    }
    groups.next = 0;
    return true;
}

// A counting sort by group, in three passes: where each group begins, who goes where, the end.
bool pack_some(Groups& groups, Budget& budget) {
    const size_t count = groups.members.size();
    while (groups.packing < 3) {
        for (; groups.next < count; ++groups.next) {
            if (budget.is_over(1)) {
                return false;
            }
            const auto member = static_cast<uint32_t>(groups.next);
            if (groups.packing == 0) {
                groups.packed.push_reserved(0);
            } else if (groups.packing == 1) {
                if (groups.parent[member] == member) {
                    const uint32_t size = groups.size[member];
                    groups.size[member] = groups.begun;
                    groups.begun += size;
                }
            } else {
                uint32_t& place = groups.size[root_of(groups, member)];
                groups.packed[place++] = member;
            }
        }
        groups.next = 0;
        ++groups.packing;
    }
    return true;
}

size_t end_of_group(Groups& groups, size_t place) {
    return groups.size[root_of(groups, groups.packed[place])];
}

CandidateSet by_hint(cairn_heap* heap, const Groups& groups, size_t place, size_t end) {
    CandidateSet set(heap, 2);
    set.is_partial = true;
    for (; place < end; ++place) {
        const cairn_object* object = object_at(groups.members[groups.packed[place]]);
        if (object == nullptr || !is_member(object)) {
            continue;
        }
        if (page_of(object)->is_leaf) {
            add_leaf_key(set, object);
        } else {
            add_member(set, object);
        }
        ++set.members;
    }
    return set;
}

}  // namespace cairn
