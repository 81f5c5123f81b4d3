// SPDX-License-Identifier: MIT
// Where every object's cell goes back, one by one. A collection that frees whole pages unread is
// the only other way: see Bin::forget_cells.
#ifndef CAIRN_HEAP_GIVE_BACK_H
#define CAIRN_HEAP_GIVE_BACK_H

#include "heap/heap.h"
#include "object/header.h"
#include "object/misuse.h"

namespace cairn {

// Gives back the cell of an untracked object from `bin`, whose references are dropped.
// `is_counted`: it is in generation 0's count. `is_marked`: see Bin::give_spare; a collection may
// have taken the mark from the page of an object that is not young.
[[gnu::always_inline]] inline void give_back_to(
    cairn_heap* heap, Bin* bin, cairn_object* object, bool is_counted, bool is_marked) {
    // INV-CELL-FREE
    CAIRN_ASSERT_INTERNAL(*side_of(object) == kUntracked);
    check_end(object);
    ++heap->freed[is_counted];  // INV-HEAP-COUNT
    bin->give_spare(object, is_marked);
}

// The same for any object.
inline void give_back(cairn_heap* heap, cairn_object* object) {
    Bin* bin = page_of(object)->bin;
    const bool is_counted = counts_as_container(object);
    if (bin != nullptr) {
        give_back_to(heap, bin, object, is_counted, !bin->holds_containers);
        return;
    }
    CAIRN_ASSERT_INTERNAL(*side_of(object) == kUntracked);
    check_end(object);
    ++heap->freed[is_counted];
    heap->space.give_large(object);
}

}  // namespace cairn

#endif
