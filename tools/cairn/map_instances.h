// SPDX-License-Identifier: MIT
/// The weak containers of a trace, each in an instance, as in the reference: there, an instance of
/// a class holds the dictionary (of a weak set: the set).
///
/// A collection meets what the container holds one step after the instance. The dictionary is
/// tracked from the moment when it gets its first entry, and untracked by a full collection that
/// finds it empty.
#ifndef CAIRN_TOOL_MAP_INSTANCES_H
#define CAIRN_TOOL_MAP_INSTANCES_H

#include <vector>

#include "cairn/cairn.h"
#include "reference.h"

namespace tool {

class MapInstances {
  public:
    MapInstances() = default;
    MapInstances(const MapInstances&) = delete;
    MapInstances& operator=(const MapInstances&) = delete;

    /// False when memory is out.
    bool make(cairn_heap* heap);
    void release();

    /// A new instance that holds an empty container; NULL when memory is out.
    Reference make_instance(cairn_weak_kind kind);
    /// The container that an instance holds, borrowed; NULL if `object` is no instance.
    [[nodiscard]] cairn_object* map_of(cairn_object* object) const;

    /// To be called before an entry is made in a container.
    static void note_entry(cairn_object* map);
    /// To be called before the heap is frozen, and before it is thawed.
    void note_freeze();
    void note_unfreeze() { frozen_.clear(); }

  private:
    struct Instance;
    static void dealloc(cairn_object* self);
    static cairn_status collection(cairn_heap* heap,
                                   cairn_gc_phase phase,
                                   const cairn_gc_info* info,
                                   void* user_data);
    [[nodiscard]] std::vector<cairn_object*> living_maps() const;
    void untrack_empty() const;

    cairn_heap* heap_ = nullptr;
    cairn_type* type_ = nullptr;
    std::vector<cairn_object*> maps_;    ///< those with a dictionary, of instances that are alive
    std::vector<cairn_object*> frozen_;  ///< of maps_
};

}  // namespace tool

#endif
