// SPDX-License-Identifier: MIT
#include "heap/buffer.h"

#include <algorithm>
#include <cstring>
#include <new>

#include "object/release.h"

namespace cairn {

namespace {

// Lies before the records, which are aligned as it is.
struct alignas(16) Block {
    size_t bytes;
    size_t holders;  // the buffer, and the calls that release what has left it
};

Block* block_of(void* records) {
    return static_cast<Block*>(records) - 1;
}

// Room for `capacity` records, which fit; nullptr when memory is out.
void* allocate_records(cairn_heap* heap, const cairn_type* type, size_t capacity) {
    const size_t bytes = sizeof(Block) + capacity * type->buffer.record_size;
    void* block = heap->memory.allocate_buffer(bytes);
    return block == nullptr ? nullptr : new (block) Block{bytes, 1} + 1;
}

void let_go(cairn_heap* heap, void* records) {
    Block* block = records == nullptr ? nullptr : block_of(records);
    if (block == nullptr || --block->holders != 0) {
        return;
    }
    size_t& growth = heap->policy.external_growth;
    growth -= std::min(growth, block->bytes);
    heap->memory.release_buffer(block, block->bytes);
}

std::byte* record_at(const cairn_buffer* buffer, const cairn_type* type, size_t index) {
    return static_cast<std::byte*>(buffer->records) + index * type->buffer.record_size;
}

// Turns a record of the buffer's into one of nobody's: its references are released. USER CODE.
void release_record(const cairn_type* type, const std::byte* record) {
    const auto* slots = reinterpret_cast<cairn_object* const*>(record);
    for (uint32_t part = 0; part < type->buffer.record_slots; ++part) {
        if (is_reference(slots[part], type->shape.tagged)) {
            release(slots[part]);  // USER CODE
        }
    }
}

// Releases the references of records that are in no buffer any more. Nobody else writes to their
// block. USER CODE.
void release_records(const cairn_type* type, const std::byte* records, size_t count) {
    if (type->buffer.record_slots == 0) {
        return;
    }
    for (size_t i = 0; i < count; ++i) {
        const size_t index = type->shape.backwards ? count - 1 - i : i;
        release_record(type, records + index * type->buffer.record_size);  // USER CODE
    }
}

// So many bytes of records are held on the C stack while their references are released.
constexpr size_t kFewBytes = 256;

// Removes records that the C stack has no room for. They change places with those behind them, and
// stay in the block, beyond the capacity, until their references are released: no memory is
// needed, and user code that makes the buffer grow finds no room there. USER CODE.
void remove_many(cairn_heap* heap, cairn_object* object, size_t index, size_t count) {
    const cairn_type* type = object->type;
    cairn_buffer* buffer = buffer_of(object, type);
    const size_t words = type->buffer.record_size / sizeof(void*);
    auto** first = reinterpret_cast<cairn_object**>(record_at(buffer, type, index));
    cairn_object** end = first + (buffer->count - index) * words;
    cairn_object** gone = std::rotate(first, first + count * words, end);
    void* records = buffer->records;
    const size_t capacity = buffer->capacity;
    buffer->count -= count;
    buffer->capacity = buffer->count;
    ++block_of(records)->holders;
    release_records(type, reinterpret_cast<const std::byte*>(gone), count);  // USER CODE
    if (buffer->records == records) {
        buffer->capacity = capacity;
    }
    let_go(heap, records);
}

}  // namespace

size_t buffer_bytes_of(const cairn_object* object) {
    if (object->type->buffer.offset == 0) {
        return 0;
    }
    void* records = buffer_of(object, object->type)->records;
    return records == nullptr ? 0 : block_of(records)->bytes;
}

bool move_buffer(cairn_heap* heap, cairn_object* object, size_t capacity) {
    const cairn_type* type = object->type;
    cairn_buffer* buffer = buffer_of(object, type);
    void* records = nullptr;
    if (capacity > 0) {
        records = allocate_records(heap, type, capacity);
        if (records == nullptr) {
            return false;
        }
        if (buffer->count > 0) {
            std::memcpy(records, buffer->records, buffer->count * type->buffer.record_size);
        }
        if (capacity < buffer->capacity) {  // A larger one was counted before it was asked for.
            heap->policy.external_growth += block_of(records)->bytes;
        }
    }
    let_go(heap, buffer->records);
    buffer->records = records;
    buffer->capacity = capacity;
    return true;
}

bool replace_buffer(cairn_heap* heap, cairn_object* object, size_t count, cairn_buffer* out_old) {
    const cairn_type* type = object->type;
    void* records = nullptr;
    if (count > 0) {
        records = allocate_records(heap, type, count);
        if (records == nullptr) {
            return false;
        }
        std::memset(records, 0, count * type->buffer.record_size);
    }
    cairn_buffer* buffer = buffer_of(object, type);
    *out_old = *buffer;
    *buffer = {records, count, count};
    return true;
}

void open_gap(cairn_object* object, size_t index, size_t count) {
    const cairn_type* type = object->type;
    cairn_buffer* buffer = buffer_of(object, type);
    if (count == 0) {
        return;
    }
    const size_t behind = (buffer->count - index) * type->buffer.record_size;
    std::byte* gap = record_at(buffer, type, index);
    const size_t bytes = count * type->buffer.record_size;
    std::memmove(gap + bytes, gap, behind);
    std::memset(gap, 0, bytes);
    buffer->count += count;
}

void shift_out(cairn_object* object, size_t index, void* out_record) {
    const cairn_type* type = object->type;
    cairn_buffer* buffer = buffer_of(object, type);
    const size_t size = type->buffer.record_size;
    std::byte* record = record_at(buffer, type, index);
    --buffer->count;
    std::memcpy(out_record, record, size);
    std::memmove(record, record + size, (buffer->count - index) * size);
}

void remove_records(cairn_heap* heap, cairn_object* object, size_t index, size_t count) {
    const cairn_type* type = object->type;
    cairn_buffer* buffer = buffer_of(object, type);
    const size_t bytes = count * type->buffer.record_size;
    const size_t behind = (buffer->count - index - count) * type->buffer.record_size;
    if (bytes == 0) {
        return;
    }
    std::byte* first = record_at(buffer, type, index);
    if (bytes <= kFewBytes || type->buffer.record_slots == 0) {
        alignas(16) std::byte gone[kFewBytes];
        std::memcpy(gone, first, bytes <= kFewBytes ? bytes : 0);
        std::memmove(first, first + bytes, behind);
        buffer->count -= count;
        release_records(type, gone, count);  // USER CODE
    } else {
        remove_many(heap, object, index, count);  // USER CODE
    }
}

void clear_buffer(cairn_heap* heap, cairn_object* object) {
    const cairn_type* type = object->type;
    cairn_buffer* buffer = buffer_of(object, type);
    void* records = buffer->records;
    const size_t count = buffer->count;
    *buffer = {};
    release_records(type, static_cast<std::byte*>(records), count);  // USER CODE
    let_go(heap, records);
}

void release_buffer(cairn_heap* heap, cairn_buffer* buffer) {
    void* records = buffer->records;
    *buffer = {};
    let_go(heap, records);
}

}  // namespace cairn
