// SPDX-License-Identifier: MIT
// The members, that is, what the hints have left over, divided into groups that refer to no other.
//
// A group is what references join, whichever way they lead (a weakly connected component): so no
// reference of garbage leads from one group to another, and each can be proved by itself.
// Union-find by size with path halving: R. E. Tarjan and J. van Leeuwen, "Worst-Case Analysis of
// Set Union Algorithms", 1984. The tables take 20 bytes a member.
#ifndef CAIRN_COLLECT_CYCLE_GROUPS_H
#define CAIRN_COLLECT_CYCLE_GROUPS_H

#include "collect/candidates.h"
#include "collect/cycle/hints.h"
#include "collect/cycle/pass.h"

namespace cairn {

struct Groups {
    Array<uint8_t*> members;  // their side bytes, by address: a member's number is its place here
    Array<uint32_t> parent;   // of the group's tree
    Array<uint32_t> size;  // of a root: its group's; once packed, where its group ends in `packed`
    Array<uint32_t> packed;  // numbers, group by group
    size_t next = 0;         // where the stage goes on
    size_t slot = 0;         // of that member, if it is a hub
    size_t packing = 0;      // which of its three passes
    uint32_t begun = 0;      // members of the groups that have a place

    // Drops a part of the tables, when all is proved. False: nothing is left.
    [[nodiscard]] bool discard_part(const Memory& memory) {
        return members.discard_last(memory) || parent.discard_last(memory) ||
               size.discard_last(memory) || packed.discard_last(memory);
    }

    void release(Memory& memory) {
        members.release(memory);
        parent.release(memory);
        size.release(memory);
        packed.release(memory);
    }
};

// Makes room for at most so many members. False when memory is out.
[[nodiscard]] bool begin_groups(cairn_heap* heap, Groups& groups, size_t most);

// One stage each. True when it is over; false when the budget is. `failed`: there are more members
// than room was made for.
bool number_some(Hints& hints, Groups& groups, Budget& budget, bool& failed);
bool unite_some(cairn_heap* heap, Groups& groups, Budget& budget);
bool pack_some(Groups& groups, Budget& budget);

// Where the group of what stands at `place` in `packed` ends.
size_t end_of_group(Groups& groups, size_t place);

// The set of those from `place` to `end` in `packed` that are members still.
CandidateSet by_hint(cairn_heap* heap, const Groups& groups, size_t place, size_t end);

}  // namespace cairn

#endif
