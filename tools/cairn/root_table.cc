// SPDX-License-Identifier: MIT
#include "root_table.h"

#include <algorithm>
#include <utility>

#include "reference.h"

namespace tool {

struct RootTable::Object {
    cairn_object head;
    RootTable* table;
};

struct RootTable::Holder {
    cairn_object head;
    cairn_object* held;
};

RootTable& RootTable::table_of(cairn_object* self) {
    return *reinterpret_cast<Object*>(self)->table;
}

void RootTable::traverse(cairn_object* self, cairn_visit_fn visit, void* visit_data) {
    RootTable& table = table_of(self);
    ++table.visits_;
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

void RootTable::traverse_garbage(cairn_object* self, cairn_visit_fn visit, void* visit_data) {
    for (cairn_object* item : table_of(self).garbage_items_) {
        visit(item, visit_data);
    }
}

void RootTable::clear_garbage_of(cairn_object* self) {
    table_of(self).clear_garbage();
}

void RootTable::clear_garbage() {
    const std::vector<cairn_object*> items = std::exchange(garbage_items_, {});
    for (cairn_object* item : items) {
        cairn_decref(item);
    }
}

void RootTable::take_garbage() {
    for (size_t i = 0; i < cairn_gc_garbage_count(heap_); ++i) {
        garbage_items_.push_back(cairn_gc_garbage_get(heap_, i));
    }
    cairn_gc_garbage_clear(heap_);
}

// A full collection untracks empty dictionaries; while they are empty, it makes no difference when.
void RootTable::untrack_empty() const {
    if (entries_.empty() && !is_frozen_) {
        cairn_gc_untrack(object_);
    }
}

cairn_status RootTable::collection(cairn_heap* /*heap*/,
                                   cairn_gc_phase phase,
                                   const cairn_gc_info* info,
                                   void* user_data) {
    auto* table = static_cast<RootTable*>(user_data);
    table->note_phase(phase, info->generation);
    if (phase == CAIRN_GC_STOP) {
        table->take_garbage();
    } else if (info->generation == CAIRN_GENERATIONS - 1) {
        table->untrack_empty();
    }
    return CAIRN_OK;
}

void RootTable::note_phase(cairn_gc_phase phase, int generation) {
    if (phase == CAIRN_GC_STOP && generation == CAIRN_GENERATIONS - 1 && visits_ != 0) {
        ++counts_.full_collections;
        counts_.marked += visits_ == 1 ? 1 : 0;
    }
    visits_ = 0;
}

bool RootTable::make(cairn_heap* heap, bool declare) {
    heap_ = heap;
    return make_garbage_list() && make_program(declare) &&
           cairn_gc_callback_add(heap, collection, this) == CAIRN_OK;
}

// The oldest object of all: CPython makes it when it starts.
bool RootTable::make_garbage_list() {
    cairn_type_spec spec = {};
    spec.name = "garbage list";
    spec.object_size = sizeof(Object);
    spec.traverse = traverse_garbage;
    spec.clear = clear_garbage_of;
    cairn_type* type = nullptr;
    if (cairn_type_new(heap_, &spec, &type) != CAIRN_OK) {
        return false;
    }
    garbage_ = cairn_new(type);
    if (garbage_ != nullptr) {
        reinterpret_cast<Object*>(garbage_)->table = this;
    }
    return garbage_ != nullptr;
}

bool RootTable::make_program(bool declare) {
    cairn_type_spec roots = {};
    roots.name = "roots";
    roots.flags = CAIRN_TYPE_TRACK_BY_HAND;
    roots.object_size = sizeof(Object);
    roots.traverse = traverse;
    roots.clear = clear;
    cairn_type_spec holder = {};
    holder.name = "holder";
    holder.object_size = sizeof(Holder);
    holder.slots_offset = offsetof(Holder, held);
    holder.slot_count = 1;
    cairn_type* roots_type = nullptr;
    cairn_type* holder_type = nullptr;
    if (cairn_type_new(heap_, &roots, &roots_type) != CAIRN_OK ||
        cairn_type_new(heap_, &holder, &holder_type) != CAIRN_OK) {
        return false;
    }
    // The table's object comes last: it must not die before it knows its table.
    const Reference program(cairn_new(holder_type));
    if (!program) {
        return false;
    }
    const Reference table(cairn_new(roots_type));
    if (!table) {
        return false;
    }
    object_ = table.get();
    reinterpret_cast<Object*>(object_)->table = this;
    cairn_set(&reinterpret_cast<Holder*>(program.get())->held, object_);
    program_ = cairn_new_ref(program.get());
    cairn_gc_freeze(heap_);
    if (declare) {
        (void)cairn_root_add(heap_, &reinterpret_cast<Holder*>(program.get())->held);
    }
    return true;
}

void RootTable::release() {
    cairn_clear(&garbage_);
    if (program_ != nullptr) {
        (void)cairn_root_remove(heap_, &reinterpret_cast<Holder*>(program_)->held);
        (void)cairn_gc_callback_remove(heap_, collection, this);
        object_ = nullptr;
        cairn_clear(&program_);
    }
}

cairn_object* const* RootTable::add() {
    roots_.push_back(nullptr);
    return &roots_.back();
}

void RootTable::put(uint32_t root, cairn_object* object) {
    // The interpreter holds the dictionary itself while it stores into it.
    const Reference table = Reference::to(object_);
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
    is_frozen_ = is_frozen_ || cairn_gc_is_tracked(object_) != 0;
    cairn_gc_freeze(heap_);
}

void RootTable::unfreeze() {
    is_frozen_ = false;
    cairn_gc_unfreeze(heap_);
}

}  // namespace tool
