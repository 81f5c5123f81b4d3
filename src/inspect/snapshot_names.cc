// SPDX-License-Identifier: MIT
#include "inspect/snapshot_names.h"

namespace cairn {

namespace {

constexpr const char* kTexts[kFixedTexts] = {"",
                                             "(GC roots)",
                                             "(Globals)",
                                             "(Frames)",
                                             "(Host handles)",
                                             "(Library)",
                                             "(Immortal objects)",
                                             "callback argument",
                                             "entry",
                                             "key",
                                             "value",
                                             "referent",
                                             "member"};

// The slots that have names, those without one among them.
uint32_t named_slots(const cairn_type* type) {
    const uint32_t own = (type->flags & CAIRN_TYPE_WEAKREF) != 0 ? 1 : 0;
    return type->slot_names.names == nullptr ? 0 : type->shape.slot_count - own;
}

}  // namespace

bool SnapshotNames::build() {
    if (!of_types_.reserve(heap_->memory, number_types(heap_))) {
        return false;
    }
    for (const cairn_type* type = heap_->types; type != nullptr; type = type->next) {
        of_types_.push_reserved(size_);
        size_ += 1 + named_slots(type);
    }
    return true;
}

bool SnapshotNames::note(cairn_object* object) {
    const cairn_node node = describe(object);
    if (node.name == nullptr || node.kind != CAIRN_NODE_OBJECT) {
        return true;
    }
    uint32_t* number = classes_.find_or_add(heap_->memory, node.name);
    if (number == nullptr) {
        return false;
    }
    if (*number == 0) {
        *number = size_++;
        return class_list_.push(heap_->memory, node.name);
    }
    return true;
}

void SnapshotNames::write_known(Output& out) const {
    for (const char* text : kTexts) {
        out.raw(text == kTexts[0] ? "" : ",\n");
        out.string(text);
    }
    const auto add = [&out](const char* text) {
        out.raw(",\n");
        out.string(text == nullptr ? "" : text);
    };
    for (const cairn_type* type = heap_->types; type != nullptr; type = type->next) {
        add(type->name);
        for (uint32_t i = 0; i < named_slots(type); ++i) {
            add(type->slot_names.names[i]);
        }
    }
    for (const char* name : class_list_) {
        add(name);
    }
}

}  // namespace cairn
