#include "inspect/inspect.h"

#include "heap/cells.h"
#include "object/slots.h"
#include "weakref/weakref.h"

namespace cairn {

cairn_status ObjectList::finish(cairn_objects* out_objects) {
    if (!failed_ && !objects_.empty()) {
        // The list's memory is given back by its count, so the two must agree.
        const size_t size = objects_.size() * sizeof(cairn_object*);
        auto* items = static_cast<cairn_object**>(heap_->memory.allocate_table(size));
        failed_ = items == nullptr;
        if (!failed_) {
            std::memcpy(static_cast<void*>(items), objects_.begin(), size);
            *out_objects = {items, objects_.size()};
        }
    } else if (!failed_) {
        *out_objects = {nullptr, 0};
    }
    if (failed_) {
        // Each object was alive without the list's reference, and nothing ran since.
        for (cairn_object* object : objects_) {
            cairn_decref(object);
        }
    }
    objects_.release(heap_->memory);
    return failed_ ? CAIRN_NO_MEMORY : CAIRN_OK;
}

cairn_status list_objects(cairn_heap* heap, int generation, cairn_objects* out_objects) {
    ObjectList list(heap);
    const uint8_t from = generation < 0 ? kYoung : side_of_generation(generation);
    const uint8_t to = generation < 0 ? kOld : side_of_generation(generation);
    for_each_page(heap, container_pages, [&list, from, to](Page* page) {
        for_each_tracked(page, [&list, from, to](cairn_object* object, const uint8_t* side) {
            if (*side >= from && *side <= to) {
                list.add(object);
            }
        });
    });
    return list.finish(out_objects);
}

cairn_status list_referents(cairn_heap* heap, cairn_object* object, cairn_objects* out_objects) {
    ObjectList list(heap);
    for_each_referent(object, [&list](cairn_object* referent) { list.add(referent); });
    return list.finish(out_objects);
}

namespace {

// One target is a comparison; of many, each is looked up in a map.
template <typename IsTarget>
void add_referrers(cairn_heap* heap, ObjectList& list, IsTarget is_target) {
    for_each_page(heap, container_pages, [&](Page* page) {
        for_each_tracked(page, [&](cairn_object* object, const uint8_t* side) {
            if (!is_generation(*side)) {
                return;
            }
            bool refers = false;
            for_each_referent(object, [&](const cairn_object* referent) {
                refers = refers || is_target(referent);
            });
            if (refers) {
                list.add(object);
            }
        });
    });
}

}  // namespace

cairn_status list_referrers(cairn_heap* heap,
                            cairn_object* const* targets,
                            size_t target_count,
                            cairn_objects* out_objects) {
    ObjectList list(heap);
    if (target_count == 1) {
        const cairn_object* target = targets[0];
        add_referrers(heap, list, [target](const cairn_object* o) { return o == target; });
        return list.finish(out_objects);
    }
    PointerMap<char> wanted;
    bool complete = true;
    for (size_t i = 0; i < target_count && complete; ++i) {
        complete = wanted.find_or_add(heap->memory, targets[i]) != nullptr;
    }
    if (complete && target_count > 0) {
        add_referrers(
            heap, list, [&wanted](const cairn_object* o) { return wanted.find(o) != nullptr; });
    }
    wanted.release(heap->memory);
    const cairn_status status = complete ? list.finish(out_objects) : CAIRN_NO_MEMORY;
    return status;
}

cairn_status list_weakrefs(cairn_heap* heap, cairn_object* object, cairn_objects* out_objects) {
    ObjectList list(heap);
    for (WeakrefObject* ref = first_weakref(heap, object); ref != nullptr; ref = ref->next) {
        if ((ref->head.flags & kDying) == 0 && ref->head.refcount != 0) {
            list.add(&ref->head);
        }
    }
    return list.finish(out_objects);
}

void release_objects(cairn_heap* heap, cairn_objects* objects) {
    const cairn_objects list = *objects;
    *objects = {nullptr, 0};
    for (size_t i = 0; i < list.count; ++i) {
        cairn_decref(list.items[i]);  // USER CODE
    }
    heap->memory.release_table(static_cast<void*>(list.items), list.count * sizeof(cairn_object*));
}

}  // namespace cairn
