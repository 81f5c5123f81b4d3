// SPDX-License-Identifier: MIT
// Buffers of objects (cairn/buffer.h), without policy: who calls has decided not to collect first.
//
// A block is the records, and a header before them that knows its size, so that an object may
// overwrite its capacity while it dies. The header also counts who works with the block: while
// references of records that have left a buffer are released, user code may make the buffer grow,
// and the block that it grows out of must stay until that is over.
#ifndef CAIRN_HEAP_BUFFER_H
#define CAIRN_HEAP_BUFFER_H

#include <cstddef>

#include "cairn/buffer.h"
#include "heap/heap.h"
#include "object/walk.h"

namespace cairn {

inline cairn_buffer* buffer_of(const cairn_object* object, const cairn_type* type) {
    return reinterpret_cast<cairn_buffer*>(bytes_of(object) + type->buffer.offset);
}

// Has the host left its fields as it must, or has its type none? INV-BUFFER-WHOLE.
inline bool is_whole_buffer(const cairn_object* object) {
    const cairn_type* type = object->type;
    const cairn_buffer* buffer = buffer_of(object, type);
    return type->buffer.offset == 0 || buffer->count <= buffer->capacity;
}

// Of the memory of an object's buffer; 0 if its type has none.
size_t buffer_bytes_of(const cairn_object* object);

// Can there be a buffer with so many records at all?
inline bool records_fit(const cairn_type* type, size_t count) {
    constexpr size_t kLargestBuffer = size_t{1} << 46;
    size_t bytes = 0;
    return !__builtin_mul_overflow(count, size_t{type->buffer.record_size}, &bytes) &&
           bytes <= kLargestBuffer;
}

// Moves the records in use to a block for exactly `capacity`, which are no fewer. False: memory is
// out, and nothing has changed.
[[nodiscard]] bool move_buffer(cairn_heap* heap, cairn_object* object, size_t capacity);

// Gives an object a buffer of `count` zeroed records instead of the one it has. False: memory is
// out, and nothing has changed.
[[nodiscard]] bool replace_buffer(cairn_heap* heap,
                                  cairn_object* object,
                                  size_t count,
                                  cairn_buffer* out_old);

// Makes a gap of zeroed records, for which there is room, before record `index`.
void open_gap(cairn_object* object, size_t index, size_t count);

// Moves record `index` out, and closes the gap.
void shift_out(cairn_object* object, size_t index, void* out_record);

// Removes records that are in the buffer, then releases their references. The caller keeps the
// object alive. USER CODE.
void remove_records(cairn_heap* heap, cairn_object* object, size_t index, size_t count);

// Makes the buffer empty, then releases its references and frees its memory. USER CODE.
void clear_buffer(cairn_heap* heap, cairn_object* object);

// Frees the memory of a buffer alone, and empties it.
void release_buffer(cairn_heap* heap, cairn_buffer* buffer);

// The same for that of a dying object, whose capacity may be anything.
inline void free_buffer(cairn_heap* heap, cairn_object* object) {
    release_buffer(heap, buffer_of(object, object->type));
}

}  // namespace cairn

#endif
