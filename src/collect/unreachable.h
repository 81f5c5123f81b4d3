// SPDX-License-Identifier: MIT
// Going through the unreachable objects of a collection while user code may run between two steps.
#ifndef CAIRN_COLLECT_UNREACHABLE_H
#define CAIRN_COLLECT_UNREACHABLE_H

#include "collect/candidates.h"
#include "memory/side_scan.h"

namespace cairn {

// Gives each object that is unreachable when its turn comes, once: by address, or in CPython's
// order. Objects may die, be rescued or be made meanwhile.
class UnreachableWalk {
  public:
    // `with_finalizers`: pages where no object can have a finalizer are left out.
    explicit UnreachableWalk(const CandidateSet& set, bool with_finalizers = false)
        : heap_(set.heap),
          segment_(set.heap->ordered ? nullptr : set.heap->gc.first_examined),
          pages_(segment_ == nullptr ? 0 : segment_->examined_pages),
          with_finalizers_(with_finalizers) {}

    // nullptr at the end.
    cairn_object* next();

  private:
    cairn_object* next_in_page();

    cairn_heap* heap_;
    Segment* segment_;
    uint64_t pages_;  // of the segment, not yet entered
    bool with_finalizers_;
    const Page* page_ = nullptr;
    uint32_t blocks_ = 0;  // of side bytes of the page, not yet entered
    uint32_t first_ = 0;   // granule of the block
    uint64_t found_ = 0;   // in the block: unreachable when it was entered
};

}  // namespace cairn

#endif
