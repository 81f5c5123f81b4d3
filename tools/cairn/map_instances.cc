// SPDX-License-Identifier: MIT
#include "map_instances.h"

#include <algorithm>
#include <cstddef>

namespace tool {

struct MapInstances::Instance {
    cairn_object head;
    cairn_object* map;
    cairn_object* listed;  ///< the map, as long as it is in the list; not a reference
    MapInstances* instances;
};

bool MapInstances::make(cairn_heap* heap) {
    heap_ = heap;
    cairn_type_spec spec = {};
    spec.name = "weak container instance";
    spec.object_size = sizeof(Instance);
    spec.slots_offset = offsetof(Instance, map);
    spec.slot_count = 1;
    spec.dealloc = dealloc;
    return cairn_type_new(heap, &spec, &type_) == CAIRN_OK &&
           cairn_gc_callback_add(heap, collection, this) == CAIRN_OK;
}

void MapInstances::release() {
    if (heap_ != nullptr) {
        (void)cairn_gc_callback_remove(heap_, collection, this);
    }
}

Reference MapInstances::make_instance(cairn_weak_kind kind) {
    Reference made(cairn_new(type_));
    cairn_object* map = made ? cairn_weakmap_new(heap_, kind) : nullptr;
    if (map == nullptr) {
        return {};
    }
    auto* instance = reinterpret_cast<Instance*>(made.get());
    instance->map = map;
    if (kind != CAIRN_WEAK_SET) {
        instance->listed = map;
        instance->instances = this;
        maps_.push_back(map);
        cairn_gc_untrack(map);
    }
    return made;
}

cairn_object* MapInstances::map_of(cairn_object* object) const {
    return object != nullptr && cairn_type_of(object) == type_
               ? reinterpret_cast<Instance*>(object)->map
               : nullptr;
}

void MapInstances::dealloc(cairn_object* self) {
    const auto* instance = reinterpret_cast<Instance*>(self);
    if (instance->listed != nullptr) {
        std::erase(instance->instances->maps_, instance->listed);
        std::erase(instance->instances->frozen_, instance->listed);
    }
}

void MapInstances::note_entry(cairn_object* map) {
    if (cairn_gc_is_tracked(map) == 0) {
        (void)cairn_gc_track(map);
    }
}

// An instance leaves the list when it is gone, and its map dies before: user code of what that held
// may collect or freeze meanwhile. A map that is dying is shown by no visit.
std::vector<cairn_object*> MapInstances::living_maps() const {
    struct Search {
        const std::vector<cairn_object*>& listed;
        std::vector<cairn_object*> found;
    } search{maps_, {}};
    cairn_visit_objects(
        heap_,
        [](cairn_object* object, void* data) {
            auto* self = static_cast<Search*>(data);
            if (std::find(self->listed.begin(), self->listed.end(), object) != self->listed.end()) {
                self->found.push_back(object);
            }
            return 1;
        },
        &search);
    return search.found;
}

void MapInstances::note_freeze() {
    for (cairn_object* map : living_maps()) {
        if (cairn_gc_is_tracked(map) != 0 &&
            std::find(frozen_.begin(), frozen_.end(), map) == frozen_.end()) {
            frozen_.push_back(map);
        }
    }
}

// What is frozen is not examined. While a dictionary is empty, it makes no difference at which
// moment of the collection it is untracked.
void MapInstances::untrack_empty() const {
    for (cairn_object* map : living_maps()) {
        if (cairn_weakmap_length(map) == 0 &&
            std::find(frozen_.begin(), frozen_.end(), map) == frozen_.end()) {
            cairn_gc_untrack(map);
        }
    }
}

cairn_status MapInstances::collection(cairn_heap* /*heap*/,
                                      cairn_gc_phase phase,
                                      const cairn_gc_info* info,
                                      void* user_data) {
    if (phase == CAIRN_GC_START && info->generation == CAIRN_GENERATIONS - 1) {
        static_cast<MapInstances*>(user_data)->untrack_empty();
    }
    return CAIRN_OK;
}

}  // namespace tool
