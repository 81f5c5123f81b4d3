// SPDX-License-Identifier: MIT
#include "object/type.h"

#include <bit>
#include <cstddef>
#include <cstring>
#include <new>

#include "cairn/buffer.h"
#include "cairn/weakref.h"
#include "object/header.h"
#include "object/misuse.h"
#include "object/shape.h"

namespace cairn {

namespace {

constexpr uint32_t kKnownFlags = CAIRN_TYPE_ITEMS_ARE_SLOTS | CAIRN_TYPE_TAGGED_SLOTS |
                                 CAIRN_TYPE_TRACK_BY_HAND | CAIRN_TYPE_WEAKREF |
                                 CAIRN_TYPE_QUEUE_FINALIZER | CAIRN_TYPE_UNTRACK_ATOMIC |
                                 CAIRN_TYPE_COUNT_WHEN_TRACKED | CAIRN_TYPE_ARRAY_BACKWARDS |
                                 CAIRN_TYPE_PLAIN_BUFFER | CAIRN_TYPE_COMPLETE_AT_BIRTH;
constexpr uint32_t kLargestFixedSize = uint32_t{1} << 30;

constexpr size_t round_up(size_t size, size_t to) {
    return (size + to - 1) & ~(to - 1);
}

bool has(const cairn_type_spec* spec, uint32_t flag) {
    return (spec->flags & flag) != 0;
}

const char* slots_problem(const cairn_type_spec* spec) {
    const uint64_t first = has(spec, CAIRN_TYPE_WEAKREF) ? CAIRN_WEAKREF_SIZE : kHeaderSize;
    const uint64_t end = spec->slots_offset + uint64_t{8} * spec->slot_count;
    if (spec->slot_count == 0 && spec->slot_names != nullptr) {
        return "slot_names without slots";
    }
    if (spec->slot_count == 0) {
        return spec->slots_offset == 0 ? nullptr : "slots_offset without slots";
    }
    if (spec->slots_offset % 8 != 0) {
        return "slots_offset is not a multiple of 8";
    }
    if (spec->slots_offset < first) {
        return "slots overlap the header";
    }
    if (end > spec->object_size) {
        return "slots reach beyond object_size";
    }
    if (has(spec, CAIRN_TYPE_WEAKREF) && spec->slots_offset != CAIRN_WEAKREF_SIZE) {
        return "the slots of a weak reference must start at CAIRN_WEAKREF_SIZE";
    }
    return nullptr;
}

const char* item_count_problem(const cairn_type_spec* spec) {
    const uint64_t at = spec->item_count_offset;
    const uint64_t slots_end = spec->slots_offset + uint64_t{8} * spec->slot_count;
    if (at == 0) {
        return nullptr;
    }
    if (at % 8 != 0 || at < kHeaderSize || at + 8 > spec->object_size) {
        return "item_count_offset lies outside the object or is not a multiple of 8";
    }
    if (spec->slot_count > 0 && at + 8 > spec->slots_offset && at < slots_end) {
        return "the item count overlaps the slots";
    }
    return nullptr;
}

const char* items_problem(const cairn_type_spec* spec) {
    if (spec->item_size == 0) {
        if (spec->item_count_offset != 0 || has(spec, CAIRN_TYPE_ITEMS_ARE_SLOTS)) {
            return "items without item_size";
        }
        return nullptr;
    }
    if (has(spec, CAIRN_TYPE_WEAKREF)) {
        return "a weak reference has a fixed size";
    }
    if (has(spec, CAIRN_TYPE_ITEMS_ARE_SLOTS) &&
        (spec->item_size != 8 || spec->item_count_offset == 0)) {
        return "items that are slots need an item_size of 8 and an item_count_offset";
    }
    return item_count_problem(spec);
}

bool is_word(const cairn_type_spec* spec, uint64_t offset) {
    return offset % 8 == 0 && offset >= kHeaderSize && offset + 8 <= spec->object_size;
}

uint32_t record_size_of(const cairn_type_spec* spec) {
    return spec->record_size == 0 ? uint32_t{8} : spec->record_size;
}

bool has_plain_buffer(const cairn_type_spec* spec) {
    return has(spec, CAIRN_TYPE_PLAIN_BUFFER);
}

// Are there records with references: an array's, or a buffer's?
bool has_records(const cairn_type_spec* spec) {
    return spec->array_offset != 0 || (spec->buffer_offset != 0 && !has_plain_buffer(spec));
}

struct Extent {
    uint64_t first;
    uint64_t end;
};

// Do the slots and what describes the records lie apart?
bool are_apart(const cairn_type_spec* spec) {
    const uint64_t slots = spec->slots_offset;
    const uint64_t array = spec->array_offset;
    const uint64_t count = spec->array_count_offset;
    const uint64_t other_keys = spec->other_keys_offset;
    const uint64_t buffer = spec->buffer_offset;
    const Extent extents[] = {{slots, slots + uint64_t{8} * spec->slot_count},
                              {array, array + (array != 0 ? 8 : 0)},
                              {count, count + (array != 0 ? 8 : 0)},
                              {other_keys, other_keys + (other_keys != 0 ? 1 : 0)},
                              {buffer, buffer + (buffer != 0 ? sizeof(cairn_buffer) : 0)}};
    for (const Extent& a : extents) {
        for (const Extent& b : extents) {
            if (&a != &b && a.first < b.end && b.first < a.end) {
                return false;
            }
        }
    }
    return true;
}

// What is wrong with a record that holds references?
const char* record_problem(const cairn_type_spec* spec) {
    const uint32_t record_size = record_size_of(spec);
    if (record_size % 8 != 0 || spec->record_slots > record_size / 8) {
        return "record_size must be a multiple of 8, with room for record_slots";
    }
    if (spec->other_keys_offset != 0 && has(spec, CAIRN_TYPE_ARRAY_BACKWARDS)) {
        return "a table with other_keys_offset is walked forwards";
    }
    if (spec->other_keys_offset != 0 &&
        (spec->other_keys_offset < kHeaderSize || spec->other_keys_offset >= spec->object_size)) {
        return "other_keys_offset lies outside the object";
    }
    return nullptr;
}

const char* array_problem(const cairn_type_spec* spec) {
    if (spec->array_offset == 0) {
        return spec->array_count_offset != 0 ? "array_count_offset without an array_offset"
                                             : nullptr;
    }
    if (!is_word(spec, spec->array_offset) || !is_word(spec, spec->array_count_offset)) {
        return "array_offset or array_count_offset lies outside the object or is not a multiple of "
               "8";
    }
    return record_problem(spec);
}

const char* buffer_problem(const cairn_type_spec* spec) {
    const uint64_t offset = spec->buffer_offset;
    if (offset == 0) {
        return has_plain_buffer(spec) ? "CAIRN_TYPE_PLAIN_BUFFER without a buffer_offset" : nullptr;
    }
    if (spec->array_offset != 0) {
        return "both an array and a buffer";
    }
    if (offset % 8 != 0 || offset < kHeaderSize ||
        offset + sizeof(cairn_buffer) > spec->object_size) {
        return "buffer_offset lies outside the object or is not a multiple of 8";
    }
    if (!has_plain_buffer(spec)) {
        return spec->record_slots > kMostBufferSlots
                   ? "a record of a buffer has at most 16 references"
                   : record_problem(spec);
    }
    if (spec->record_slots != 0 || spec->other_keys_offset != 0 ||
        has(spec, CAIRN_TYPE_ARRAY_BACKWARDS)) {
        return "the records of a plain buffer hold no references";
    }
    return nullptr;
}

const char* records_problem(const cairn_type_spec* spec) {
    if (spec->array_offset == 0 && spec->buffer_offset == 0 &&
        (spec->record_size != 0 || spec->record_slots != 0 || spec->other_keys_offset != 0 ||
         has(spec, CAIRN_TYPE_ARRAY_BACKWARDS))) {
        return "records without an array_offset or a buffer_offset";
    }
    if ((spec->array_offset != 0 || spec->buffer_offset != 0) &&
        (spec->item_size != 0 || has(spec, CAIRN_TYPE_WEAKREF))) {
        return "an array or a buffer needs a fixed size, and is for no weak reference";
    }
    if (const char* problem = array_problem(spec)) {
        return problem;
    }
    if (const char* problem = buffer_problem(spec)) {
        return problem;
    }
    return are_apart(spec) ? nullptr
                           : "the slots, the array or buffer, its count and other_keys overlap";
}

const char* functions_problem(const cairn_type_spec* spec) {
    const bool has_array = spec->array_offset != 0;
    const bool has_slots =
        spec->slot_count > 0 || has(spec, CAIRN_TYPE_ITEMS_ARE_SLOTS) || has_records(spec);
    if (spec->traverse != nullptr && has_slots) {
        return "both a slot layout and a traverse function";
    }
    if (spec->traverse != nullptr && spec->clear == nullptr) {
        return "traverse without clear";
    }
    if (has_array && (spec->clear == nullptr || spec->dealloc == nullptr)) {
        return "an array needs clear and dealloc";
    }
    if (spec->clear != nullptr && spec->traverse == nullptr && !has_array) {
        return "clear without traverse or an array";
    }
    if (spec->traverse != nullptr && has(spec, CAIRN_TYPE_WEAKREF)) {
        return "a weak reference needs a slot layout";
    }
    if (has(spec, CAIRN_TYPE_TAGGED_SLOTS) && !has_slots) {
        return "tagged slots without slots";
    }
    if (has(spec, CAIRN_TYPE_UNTRACK_ATOMIC) && (!has_slots || has_records(spec))) {
        return "untracking by slots without slots, or with an array or a buffer";
    }
    if (has(spec, CAIRN_TYPE_UNTRACK_ATOMIC) && has(spec, CAIRN_TYPE_WEAKREF)) {
        return "a weak reference that is untracked by its slots";
    }
    if (has(spec, CAIRN_TYPE_UNTRACK_ATOMIC) && has(spec, CAIRN_TYPE_TRACK_BY_HAND)) {
        return "tracked by hand and untracked by the collector";
    }
    if (has(spec, CAIRN_TYPE_TRACK_BY_HAND) && !has_slots && spec->traverse == nullptr) {
        return "a leaf cannot be tracked";
    }
    if (has(spec, CAIRN_TYPE_COUNT_WHEN_TRACKED) && !has(spec, CAIRN_TYPE_TRACK_BY_HAND)) {
        return "counted when it is tracked, and tracked at birth";
    }
    if (has(spec, CAIRN_TYPE_COMPLETE_AT_BIRTH) && !has(spec, CAIRN_TYPE_TRACK_BY_HAND)) {
        return "complete at birth, and not tracked by hand";
    }
    if ((spec->hash == nullptr) != (spec->equal == nullptr)) {
        return "hash and equal go together";
    }
    return nullptr;
}

}  // namespace

const char* spec_problem(const cairn_type_spec* spec) {
    if (spec == nullptr) {
        return "no spec";
    }
    if (spec->size != 0 && spec->size != sizeof(cairn_type_spec)) {
        return "size is neither 0 nor sizeof(cairn_type_spec) of this version";
    }
    if (spec->name == nullptr || spec->name[0] == '\0') {
        return "no name";
    }
    if ((spec->flags & ~kKnownFlags) != 0) {
        return "unknown flags";
    }
    if (spec->object_size < kHeaderSize) {
        return "object_size is smaller than the header";
    }
    if (has(spec, CAIRN_TYPE_WEAKREF) && spec->object_size < CAIRN_WEAKREF_SIZE) {
        return "the object_size of a weak reference is at least CAIRN_WEAKREF_SIZE";
    }
    if (spec->object_size > kLargestFixedSize) {
        return "object_size is above 1 GiB";
    }
    if (const char* problem = slots_problem(spec)) {
        return problem;
    }
    if (const char* problem = items_problem(spec)) {
        return problem;
    }
    if (const char* problem = records_problem(spec)) {
        return problem;
    }
    return functions_problem(spec);
}

size_t size_class_of(size_t size) {
    if (size <= 256) {
        return size <= kSmallestCell ? 0 : (size - 17) / 16;
    }
    // 257 .. 320 is the first of the four classes up to 512, and so on.
    // An int in newer libraries, a size_t in older ones: a cast to either would be one too many.
    const size_t power = static_cast<uint32_t>(std::bit_width(size - 1));
    const size_t step = size_t{1} << (power - 3);
    const size_t quarter = (size - 1 - (size_t{1} << (power - 1))) / step;
    return 15 + 4 * (power - 9) + quarter;
}

size_t size_of_class(size_t size_class) {
    if (size_class < 15) {
        return 32 + 16 * size_class;
    }
    const size_t power = (size_class - 15) / 4 + 9;
    const size_t quarter = (size_class - 15) % 4;
    return (size_t{1} << (power - 1)) + (quarter + 1) * (size_t{1} << (power - 3));
}

namespace {

void copy_functions(cairn_type* type, const cairn_type_spec& spec) {
    type->traverse = spec.traverse;
    type->clear = spec.clear;
    type->finalize = spec.finalize;
    type->dealloc = spec.dealloc;
    type->hash = spec.hash;
    type->equal = spec.equal;
    type->repr = spec.repr;
    type->external_size = spec.external_size;
    type->edge_name = spec.edge_name;
    type->user_data = spec.user_data;
}

Slots slots_of(const cairn_type_spec& spec, const Shape& shape) {
    if (spec.traverse != nullptr) {
        return Slots::kByType;
    }
    if (has_records(&spec)) {
        return Slots::kArray;
    }
    if (shape.items_offset != 0) {
        return Slots::kCounted;
    }
    const bool has_slots = shape.slot_count > 0 || (spec.flags & kContainerWithoutSlots) != 0;
    return has_slots ? Slots::kFixed : Slots::kNone;
}

Shape shape_of(const cairn_type_spec& spec) {
    Shape shape;
    shape.tagged = has(&spec, CAIRN_TYPE_TAGGED_SLOTS);
    shape.atomic = has(&spec, CAIRN_TYPE_UNTRACK_ATOMIC);
    shape.backwards = has(&spec, CAIRN_TYPE_ARRAY_BACKWARDS);
    shape.slots_offset = spec.slots_offset;
    shape.slot_count = spec.slot_count;
    if (has(&spec, CAIRN_TYPE_WEAKREF)) {
        // The callback's argument is the first slot, right before the payload.
        shape.slots_offset = CAIRN_WEAKREF_SIZE - 8;
        shape.slot_count = spec.slot_count + 1;
    }
    if (has(&spec, CAIRN_TYPE_ITEMS_ARE_SLOTS)) {
        shape.items_offset = static_cast<uint32_t>(round_up(spec.object_size, 8));
    }
    shape.item_count_offset = spec.item_count_offset;
    if (spec.array_offset != 0) {
        shape.array = {spec.array_offset,
                       spec.array_count_offset,
                       record_size_of(&spec),
                       spec.record_slots == 0 ? 1 : spec.record_slots,
                       spec.other_keys_offset};
    }
    if (has_records(&spec) && spec.buffer_offset != 0) {
        shape.array = {spec.buffer_offset + uint32_t{offsetof(cairn_buffer, records)},
                       spec.buffer_offset + uint32_t{offsetof(cairn_buffer, count)},
                       record_size_of(&spec),
                       spec.record_slots == 0 ? 1 : spec.record_slots,
                       spec.other_keys_offset};
    }
    shape.slots = slots_of(spec, shape);
    return shape;
}

void copy_layout(cairn_type* type, const cairn_type_spec& spec) {
    type->shape = shape_of(spec);
    type->base_size = type->shape.items_offset != 0 ? type->shape.items_offset : spec.object_size;
    type->item_size = spec.item_size;
    type->is_variable = spec.item_size != 0;
    type->is_container = !type->shape.is_leaf();
    const bool uncounted = has(&spec, CAIRN_TYPE_COUNT_WHEN_TRACKED);
    type->is_counted = type->is_container && !uncounted;
    type->tracked_at_birth = type->is_container && !has(&spec, CAIRN_TYPE_TRACK_BY_HAND);
    if (spec.buffer_offset != 0) {
        type->buffer = {spec.buffer_offset, record_size_of(&spec), type->shape.array.record_slots};
    }
    const bool has_dealloc = spec.dealloc != nullptr || spec.buffer_offset != 0;
    const bool is_opaque = spec.clear != nullptr || (has_records(&spec) && spec.array_offset == 0);
    type->object_flags =
        (spec.finalize != nullptr ? kHasFinalizer : 0U) | (has_dealloc ? kHasDealloc : 0U) |
        (is_opaque ? kOpaque : 0U) | (uncounted ? kUncounted | kIsIntricate : 0U) |
        (type->is_container ? kContainer : 0U) | (has(&spec, CAIRN_TYPE_WEAKREF) ? kIsWeakref : 0U);
}

// Copies `slot_names` of the spec: an array of pointers, the texts behind it. False when memory is
// out.
bool copy_slot_names(cairn_type* type, Memory& memory, const cairn_type_spec& spec) {
    if (spec.slot_names == nullptr) {
        return true;
    }
    const size_t count = spec.slot_count;
    size_t bytes = count * sizeof(char*);
    for (size_t i = 0; i < count; ++i) {
        bytes += spec.slot_names[i] == nullptr ? 0 : std::strlen(spec.slot_names[i]) + 1;
    }
    void* block = memory.allocate_table(bytes);
    if (block == nullptr) {
        return false;
    }
    auto** names = static_cast<const char**>(block);
    char* text = reinterpret_cast<char*>(names + count);
    for (size_t i = 0; i < count; ++i) {
        names[i] = nullptr;
        if (spec.slot_names[i] != nullptr) {
            const size_t size = std::strlen(spec.slot_names[i]) + 1;
            std::memcpy(text, spec.slot_names[i], size);
            names[i] = text;
            text += size;
        }
    }
    type->slot_names = {names, bytes};
    return true;
}

// A fixed-size type gets its bin here, if its objects are small, and learns what is quick about it.
// False when memory is out.
bool choose_bin(cairn_type* type, Space& space, size_t link_bytes) {
    type->cell_size = round_up(type->base_size + link_bytes, 16);
    type->cell_size = type->cell_size < kSmallestCell ? kSmallestCell : type->cell_size;
    type->object_flags |= kIsIntricate;
    if (type->cell_size > kLargestCell) {
        return true;
    }
    type->bin = bin_of_type(space, type->cell_size, type);
    if (type->bin == nullptr) {
        return false;
    }
    note_functions(type->bin, type);
    if (type->shape.is_simple() && link_bytes == 0 && (type->object_flags & kUncounted) == 0) {
        type->object_flags &= ~kIsIntricate;
    }
    type->is_quick = type->cell_size <= kLargestQuickCell && link_bytes == 0 &&
                     (type->object_flags & kHasFinalizer) == 0;
    if (type->is_quick && (type->object_flags & kIsWeakref) == 0) {
        type->quick_bin = type->bin;
    }
    return true;
}

}  // namespace

cairn_type* make_type(cairn_heap* heap,
                      Memory& memory,
                      Space& space,
                      const cairn_type_spec& spec,
                      size_t link_bytes) {
    void* block = memory.allocate_table(sizeof(cairn_type));
    if (block == nullptr) {
        return nullptr;
    }
    auto* type = new (block) cairn_type{};
    type->heap = heap;
    type->flags = spec.flags;
    type->has_links = link_bytes != 0;
    type->quick_bin = space.closed_bin();
    copy_functions(type, spec);
    copy_layout(type, spec);
    const size_t name_size = std::strlen(spec.name) + 1;
    type->name = static_cast<char*>(memory.allocate_table(name_size));
    bool complete = type->name != nullptr && copy_slot_names(type, memory, spec);
    if (type->name != nullptr) {
        std::memcpy(type->name, spec.name, name_size);
    }
    if (complete && type->is_variable) {
        const size_t size = kSizeClasses * sizeof(Bin*);
        type->size_bins = static_cast<Bin**>(memory.allocate_table(size));
        complete = type->size_bins != nullptr;
        if (complete) {
            std::memset(static_cast<void*>(type->size_bins), 0, size);
        }
        type->object_flags |= kIsIntricate;
    } else if (complete) {
        complete = choose_bin(type, space, link_bytes);
    }
    if (!complete) {
        free_type(memory, type);
        return nullptr;
    }
    add_known_type(type);
    return type;
}

void free_type(Memory& memory, cairn_type* type) {
    remove_known_type(type);
    if (type->name != nullptr) {
        memory.release_table(type->name, std::strlen(type->name) + 1);
    }
    memory.release_table(static_cast<void*>(type->slot_names.names), type->slot_names.bytes);
    memory.release_table(type->size_bins,
                         type->size_bins == nullptr ? 0 : kSizeClasses * sizeof(Bin*));
    memory.release_table(type, sizeof(cairn_type));
}

}  // namespace cairn
