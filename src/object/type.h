// SPDX-License-Identifier: MIT
// A type as the heap keeps it: the spec, checked and made quick to use.
#ifndef CAIRN_OBJECT_TYPE_H
#define CAIRN_OBJECT_TYPE_H

#include <cstddef>
#include <cstdint>

#include "cairn/type.h"
#include "memory/space.h"
#include "object/header.h"
#include "object/shape.h"

namespace cairn {

// The references of a record of a buffer are held on the C stack at times.
inline constexpr uint32_t kMostBufferSlots = 16;

// Names of fixed slots, copied from a spec in one block.
struct SlotNames {
    const char** names;  // of each slot; nullptr: none is named
    size_t bytes;
};

// Where objects have a cairn_buffer, and of what.
struct BufferLayout {
    uint32_t offset = 0;  // 0: nowhere
    uint32_t record_size = 0;
    uint32_t record_slots = 0;
};

}  // namespace cairn

struct cairn_type {
    // Read for each object visited.
    cairn::Shape shape;
    cairn_traverse_fn traverse;
    // Read for each allocation.
    bool is_container;
    bool is_counted;  // its birth counts towards a collection
    bool is_variable;
    bool tracked_at_birth;
    bool has_links;  // an ordered heap's are at the end of each cell
    bool is_quick;   // an object needs nothing but a cell, which is quickly set to zero
    uint32_t object_flags;
    size_t cell_size;       // of a fixed-size object
    cairn::Bin* bin;        // of a fixed-size object; nullptr: large
    cairn::Bin* quick_bin;  // the same if it is quick, but no weak reference; else a closed one
    cairn_heap* heap;
    // The rest.
    cairn_clear_fn clear;
    cairn_finalize_fn finalize;
    cairn_dealloc_fn dealloc;
    cairn_hash_fn hash;
    cairn_equal_fn equal;
    cairn_repr_fn repr;
    cairn_external_size_fn external_size;
    cairn_edge_name_fn edge_name;
    uint32_t flags;
    uint32_t item_size;
    cairn::BufferLayout buffer;
    size_t base_size;        // where items start
    cairn::Bin** size_bins;  // of a variable-sized type, by size class
    void* user_data;
    char* name;
    cairn::SlotNames slot_names;
    size_t number;  // among the heap's types, while an inspection runs
    cairn_type* next;
};

namespace cairn {

// Size classes of variable-sized objects: steps of 16 up to 256, then four to a doubling.
inline constexpr size_t kSizeClasses = 40;
size_t size_class_of(size_t size);
size_t size_of_class(size_t size_class);

// A flag in the spec of a type of the heap's own: its objects are containers, to be tracked, though
// they have no slots.
inline constexpr uint32_t kContainerWithoutSlots = uint32_t{1} << 31;

// What contradicts itself in `spec`, or nullptr.
const char* spec_problem(const cairn_type_spec* spec);

// nullptr when memory is out. `link_bytes` more are kept at the end of each object's cell.
cairn_type* make_type(
    cairn_heap* heap, Memory& memory, Space& space, const cairn_type_spec& spec, size_t link_bytes);
void free_type(Memory& memory, cairn_type* type);

// The bin for objects of `type` in cells of this size; nullptr when memory is out.
inline Bin* bin_of_type(Space& space, size_t cell_size, const cairn_type* type) {
    return space.bin_for(cell_size, layout_of(type->shape), type->is_container);
}

// Objects of `type` may lie on the pages of `bin` from now on.
inline void note_functions(Bin* bin, const cairn_type* type) {
    bin->has_finalizers |= type->finalize != nullptr;
    bin->has_deallocs |= (type->object_flags & kHasDealloc) != 0;
}

}  // namespace cairn

#endif
