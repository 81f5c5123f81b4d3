// SPDX-License-Identifier: MIT
// Who holds what: the references to an object less those that objects and the library account for.
#ifndef CAIRN_INSPECT_HELD_H
#define CAIRN_INSPECT_HELD_H

#include "base/pointer_map.h"
#include "finalize/queue.h"
#include "finalize/registry.h"
#include "heap/roots.h"
#include "inspect/cell_index.h"
#include "object/walk.h"

namespace cairn {

// Calls `visit(object)` for each reference that the library owns outside of objects.
template <typename F>
inline void for_each_library_reference(cairn_heap* heap, F visit) {
    for (cairn_object* object : heap->gc.garbage) {
        visit(object);
    }
    for_each_item(heap->queue, [&visit](const QueueItem& item) {
        if (!is_borrowed(item)) {
            visit(item.object);
        }
    });
    for (FinalizerObject* f = heap->newest_finalizer; f != nullptr; f = f->older) {
        visit(&f->head);
    }
}

// A weak reference that waits for its referent has a reference to itself.
inline uint32_t own_references(const cairn_object* object) {
    return is_weakref(object) && (as_weakref(object)->state & kWaitsWithReferent) != 0 ? 1 : 0;
}

// How many references to each object nobody accounts for: counts less references, modulo 256, a
// byte for each cell. Objects with more than 255 references are few, and counted in a table too.
class Residues {
  public:
    Residues(cairn_heap* heap, const CellIndex& index) : heap_(heap), index_(index) {}
    ~Residues() { free_tables(); }
    Residues(const Residues&) = delete;
    Residues& operator=(const Residues&) = delete;

    // Counts for the cells from number `first` to `end`, by one pass over the heap. `roots`: the
    // references of declared and reported roots are accounted for too. False when memory is out.
    [[nodiscard]] bool count(size_t first, size_t end, bool roots);

    // Of a live object in the range; 0 for an immortal one.
    [[nodiscard]] uint32_t left(const cairn_object* object, size_t number) const {
        if (object->refcount < kHub) {
            return static_cast<uint8_t>(low_[number - first_] - own_references(object));
        }
        const uint32_t* hub = hubs_.find(object);
        return hub == nullptr ? 0 : *hub - own_references(object);
    }

    void free_tables();

  private:
    static constexpr uint32_t kHub = 256;

    [[nodiscard]] bool start();
    void account(const cairn_object* object) {
        const size_t at = index_.number(object) - first_;
        if (at < low_.size()) {
            --low_[at];
            if (object->refcount >= kHub) [[unlikely]] {
                account_hub(object);
            }
        }
    }
    void account_hub(const cairn_object* object) const;

    cairn_heap* heap_;
    const CellIndex& index_;
    size_t first_ = 0;
    Array<uint8_t> low_;
    PointerMap<uint32_t> hubs_;
};

// See cairn_visit_held().
cairn_status visit_held(cairn_heap* heap, cairn_visit_held_fn visit, void* visit_data);

}  // namespace cairn

#endif
