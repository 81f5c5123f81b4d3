#include "root_table.h"

#include <algorithm>

namespace tool {

struct RootTable::Object {
    cairn_object head;
    RootTable* table;
};

RootTable& RootTable::table_of(cairn_object* self) {
    return *reinterpret_cast<Object*>(self)->table;
}

void RootTable::traverse(cairn_object* self, cairn_visit_fn visit, void* visit_data) {
    const RootTable& table = table_of(self);
    for (const uint32_t root : table.entries_) {
        visit(table.roots_[root], visit_data);
    }
}

void RootTable::clear(cairn_object* self) {
    RootTable& table = table_of(self);
    while (!table.entries_.empty()) {
        table.drop(table.entries_.front());
    }
}

// A full collection untracks an empty dictionary; while it is empty, it makes no difference when.
cairn_status RootTable::collection(cairn_heap* /*heap*/,
                                   cairn_gc_phase phase,
                                   const cairn_gc_info* info,
                                   void* user_data) {
    const auto* table = static_cast<const RootTable*>(user_data);
    const bool is_full = info->generation == CAIRN_GENERATIONS - 1;
    if (phase == CAIRN_GC_START && is_full && table->entries_.empty() && !table->is_frozen_) {
        cairn_gc_untrack(table->object_);
    }
    return CAIRN_OK;
}

bool RootTable::make(cairn_heap* heap) {
    cairn_type_spec spec = {};
    spec.name = "roots";
    spec.flags = CAIRN_TYPE_TRACK_BY_HAND;
    spec.object_size = sizeof(Object);
    spec.traverse = traverse;
    spec.clear = clear;
    cairn_type* type = nullptr;
    if (cairn_type_new(heap, &spec, &type) != CAIRN_OK) {
        return false;
    }
    cairn_object* object = cairn_new(type);
    if (object == nullptr) {
        return false;
    }
    reinterpret_cast<Object*>(object)->table = this;
    object_ = object;
    return cairn_gc_callback_add(heap, collection, this) == CAIRN_OK;
}

void RootTable::release() {
    if (object_ != nullptr) {
        cairn_heap* heap = cairn_heap_of(object_);
        (void)cairn_gc_callback_remove(heap, collection, this);
        cairn_clear(&object_);
    }
}

cairn_object* const* RootTable::add() {
    roots_.push_back(nullptr);
    return &roots_.back();
}

void RootTable::put(uint32_t root, cairn_object* object) {
    if (roots_[root] == nullptr) {
        if (cairn_gc_is_tracked(object_) == 0) {
            (void)cairn_gc_track(object_);
        }
        entries_.push_back(root);
    }
    cairn_set(&roots_[root], object);
}

void RootTable::drop(uint32_t root) {
    if (roots_[root] != nullptr) {
        entries_.erase(std::find(entries_.begin(), entries_.end(), root));
        cairn_clear(&roots_[root]);
    }
}

void RootTable::freeze() {
    is_frozen_ = cairn_gc_is_tracked(object_) != 0;
    cairn_gc_freeze(cairn_heap_of(object_));
}

void RootTable::unfreeze() {
    is_frozen_ = false;
    cairn_gc_unfreeze(cairn_heap_of(object_));
}

}  // namespace tool
