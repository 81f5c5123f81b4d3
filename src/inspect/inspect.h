// SPDX-License-Identifier: MIT
// Questions about the heap's graph. Lists own references; nothing dying or unreachable is shown.
#ifndef CAIRN_INSPECT_INSPECT_H
#define CAIRN_INSPECT_INSPECT_H

#include "base/array.h"
#include "cairn/inspect.h"
#include "heap/heap.h"
#include "object/release.h"

namespace cairn {

// Collects objects for a list and becomes one, or gives everything back.
class ObjectList {
  public:
    explicit ObjectList(cairn_heap* heap) : heap_(heap) {}

    // So many objects will be added: the list is made at once as long as it will be.
    void expect(size_t count) { failed_ = failed_ || !objects_.reserve(heap_->memory, count); }

    void add(cairn_object* object) {
        if (!failed_ && objects_.push(heap_->memory, object)) {
            retain(object);
        } else {
            failed_ = true;
        }
    }

    // CAIRN_NO_MEMORY, with nothing kept, when an object could not be added.
    cairn_status finish(cairn_objects* out_objects);

  private:
    cairn_heap* heap_;
    Array<cairn_object*> objects_;
    bool failed_ = false;
};

// Lists of generation -1 to 2; see cairn_get_objects().
cairn_status list_objects(cairn_heap* heap, int generation, cairn_objects* out_objects);
cairn_status list_referents(cairn_heap* heap, cairn_object* object, cairn_objects* out_objects);
cairn_status list_referrers(cairn_heap* heap,
                            cairn_object* const* targets,
                            size_t target_count,
                            cairn_objects* out_objects);
cairn_status list_weakrefs(cairn_heap* heap, cairn_object* object, cairn_objects* out_objects);

// USER CODE.
void release_objects(cairn_heap* heap, cairn_objects* objects);

}  // namespace cairn

#endif
