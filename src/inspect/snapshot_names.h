// SPDX-License-Identifier: MIT
// The texts of a snapshot: which number each has. Those that are known before come first: fixed
// ones, each type's name and the names of its slots, and the names of classes. Texts of single
// objects and edges are numbered as they come, in each pass alike, and made again when they are
// written.
#ifndef CAIRN_INSPECT_SNAPSHOT_NAMES_H
#define CAIRN_INSPECT_SNAPSHOT_NAMES_H

#include "base/pointer_map.h"
#include "inspect/output.h"
#include "inspect/sizes.h"
#include "object/host_call.h"

namespace cairn {

enum SnapshotText : uint32_t {
    kNoText,
    kGcRootsText,
    kFirstGroupText,
    kArgumentText = kFirstGroupText + 5,
    kEntryText,
    kKeyText,
    kValueText,
    kReferentText,
    kMemberText,
    kFixedTexts
};

class SnapshotNames {
  public:
    SnapshotNames(cairn_heap* heap, const cairn_snapshot_options& options)
        : heap_(heap), options_(options) {}
    ~SnapshotNames() {
        of_types_.release(heap_->memory);
        classes_.release(heap_->memory);
        class_list_.release(heap_->memory);
    }
    SnapshotNames(const SnapshotNames&) = delete;
    SnapshotNames& operator=(const SnapshotNames&) = delete;

    // Comes first; then all objects are noted. False when memory is out.
    [[nodiscard]] bool build();
    [[nodiscard]] bool note(cairn_object* object);

    // How the object is called, by the host.
    [[nodiscard]] cairn_node describe(cairn_object* object) const {
        cairn_node node;
        node.kind = CAIRN_NODE_OBJECT;
        node.name = nullptr;
        node.text[0] = '\0';
        if (options_.describe != nullptr) {
            const HostCall call(heap_, HostFunction::kVisit, object);
            options_.describe(object, &node, options_.describe_data);  // HOST CODE
            node.text[CAIRN_NODE_TEXT_SIZE - 1] = '\0';
        }
        return node;
    }

    // The number of an object's name, which is not a text of its own. A host that names it
    // otherwise than before gets its type's name.
    [[nodiscard]] uint32_t of_object(const cairn_object* object, const cairn_node& node) const {
        const uint32_t* known = node.name == nullptr ? nullptr : classes_.find(node.name);
        return known == nullptr ? of_types_[object->type->number] : *known;
    }
    [[nodiscard]] uint32_t of_slot(const cairn_type* type, size_t slot) const {
        return of_types_[type->number] + 1 + static_cast<uint32_t>(slot);
    }

    // Where single texts begin.
    [[nodiscard]] uint32_t size() const { return size_; }

    // Writes those that were known before.
    void write_known(Output& out) const;

  private:
    cairn_heap* heap_;
    const cairn_snapshot_options& options_;
    Array<uint32_t> of_types_;
    PointerMap<uint32_t> classes_;
    Array<const char*> class_list_;
    uint32_t size_ = kFixedTexts;
};

}  // namespace cairn

#endif
