// SPDX-License-Identifier: MIT
// What lies at an address that may be anything, for checked builds and reports: nothing is read
// before it is known to be a heap's.
#ifndef CAIRN_MEMORY_KNOWN_H
#define CAIRN_MEMORY_KNOWN_H

#include "memory/segment.h"

namespace cairn {

// Every segment of every heap, in a checked build.
void add_known_segment(const Segment* segment);
void remove_known_segment(const Segment* segment);

// Does the address lie in the first 4 MiB of a segment? Always true in a release build, which does
// not know.
bool is_in_known_segment(const void* address);

// Does it surely? False, too, for some of more than 8,000 segments, and in a release build.
bool is_surely_in_known_segment(const void* address);

struct CellAt {
    const Page* page;
    std::byte* start;  // nullptr: no cell that was ever handed out
};

// The cell around an address in a known segment.
CellAt find_cell(const void* address);

}  // namespace cairn

#endif
