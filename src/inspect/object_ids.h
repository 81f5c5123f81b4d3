// SPDX-License-Identifier: MIT
// Numbers of objects that stay the same for their lives and are never used again.
//
// An object is known by its cell and by its stamp, the first mark that it was there at: one that is
// made in the cell later has no stamp until the next mark, and then a greater one. So the objects
// of a page that have the same stamp get a run of numbers together, a number for each cell, and the
// table has an entry for a page and a stamp: 32 bytes for 64 KiB.
#ifndef CAIRN_INSPECT_OBJECT_IDS_H
#define CAIRN_INSPECT_OBJECT_IDS_H

#include "inspect/cell_index.h"

namespace cairn {

// While the objects that have a stamp are gone through page by page.
class ObjectIds {
  public:
    explicit ObjectIds(cairn_heap* heap) : heap_(heap) {}

    // Gives a number to all objects without one. All must have a stamp. False when memory is out;
    // then nothing has changed.
    [[nodiscard]] bool update(const CellIndex& index);

    // Below 2^31.
    uint32_t of(const cairn_object* object) {
        const void* key = key_of(object);
        if (key != last_key_) {
            last_key_ = key;
            last_first_ = *heap_->ids.firsts.find(key);
        }
        return last_first_ + static_cast<uint32_t>(cell_on_page(page_of(object), object));
    }

    static const void* key_of(const cairn_object* object) {
        const auto page = reinterpret_cast<uintptr_t>(page_of(object)->base) / kPageSize;
        return reinterpret_cast<const void*>((page << 15 | stamp_of(object)) << 4);
    }

  private:
    cairn_heap* heap_;
    const void* last_key_ = nullptr;
    uint32_t last_first_ = 0;
};

}  // namespace cairn

#endif
