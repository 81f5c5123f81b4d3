// SPDX-License-Identifier: MIT
/// Buffers: growable arrays of records that belong to objects and to the heap.
///
/// An object of a type with a `buffer_offset` has a cairn_buffer there. The heap visits the
/// references in its records, releases them when the object dies, and frees the memory. Buffers
/// count towards the memory limit, and their growth starts collections as that of external bytes
/// does. The type needs neither a clear function nor a dealloc function.
///
/// The heap empties the buffer of garbage when it breaks a cycle: then other fields of the object,
/// such as the number of keys in a table, may count what is gone.
///
/// Wherever user code may run, the buffer is whole: a call that needs memory runs user code before
/// it changes anything, and a call that releases references does so after the records are out of
/// the buffer. Every call below may move the records.
#ifndef CAIRN_BUFFER_H
#define CAIRN_BUFFER_H

#include <stddef.h>

#include "cairn/object.h"

#ifdef __cplusplus
extern "C" {
#endif

/// The buffer of an object: `struct list { cairn_object head; cairn_buffer items; };`. A zeroed one
/// is empty. The host may read all fields, read and write the records in use, and store references
/// in them by the rules of slots. It may raise `count`, up to `capacity`, after it has filled the
/// records, and lower it after it has moved the references out. Only the library writes the other
/// fields.
typedef struct cairn_buffer {
    void* records;    ///< NULL while the capacity is 0; aligned to 16
    size_t count;     ///< records in use; the contents of those behind them are undefined
    size_t capacity;  ///< records that there is room for
} cairn_buffer;

/// Makes room for at least `capacity` records in all. Grows by half or more, so that appending
/// records one at a time takes amortised constant time.
///   errors:  CAIRN_NO_MEMORY; CAIRN_INVALID if the type of `self` has no buffer
///   effects: allocates; may collect; may run user code (before the change)
CAIRN_API cairn_status cairn_buffer_reserve(cairn_object* self, size_t capacity);

/// Sets the number of records in use. New records are zeroed. References in records that go are
/// released, in the order of cairn_buffer_remove().
///   errors:  CAIRN_NO_MEMORY; CAIRN_INVALID if the type of `self` has no buffer
///   effects: allocates; may collect; may run user code (before a growth; after the records that go
///            have left the buffer)
CAIRN_API cairn_status cairn_buffer_resize(cairn_object* self, size_t count);

/// Inserts `count` zeroed records before the record with number `index`.
///   errors:  CAIRN_NO_MEMORY; CAIRN_INVALID if `index` is above the number of records in use, or
///            the type of `self` has no buffer
///   effects: allocates; may collect; may run user code (before the change)
CAIRN_API cairn_status cairn_buffer_insert(cairn_object* self, size_t index, size_t count);

/// Removes `count` records from number `index` on, then releases their references: first to last,
/// or last to first with CAIRN_TYPE_ARRAY_BACKWARDS. Keeps the memory.
///   errors:  CAIRN_INVALID if there are no such records, or the type of `self` has no buffer
///   effects: may run user code (after the records have left the buffer)
CAIRN_API cairn_status cairn_buffer_remove(cairn_object* self, size_t index, size_t count);

/// Moves the record with number `index` to `*out_record`, and closes the gap. Keeps the memory.
///   owns:    the caller owns the references in `*out_record`
///   errors:  CAIRN_INVALID if there is no such record, or the type of `self` has no buffer
CAIRN_API cairn_status cairn_buffer_shift_out(cairn_object* self, size_t index, void* out_record);

/// Makes the buffer empty, releases its references as cairn_buffer_remove() does, and frees its
/// memory.
///   errors:  CAIRN_INVALID if the type of `self` has no buffer
///   effects: may run user code (after the records have left the buffer)
CAIRN_API cairn_status cairn_buffer_clear(cairn_object* self);

/// Frees room that is not in use, if memory for the smaller block can be had.
///   errors:  CAIRN_INVALID if the type of `self` has no buffer
///   effects: allocates
CAIRN_API cairn_status cairn_buffer_trim(cairn_object* self);

/// Replaces the buffer by one of `count` zeroed records, for a hash table that grows. The host
/// moves the old records over and ends with cairn_buffer_release(), and calls nothing else of the
/// library in between. Until then the references in the old records count as held from outside.
///   owns:    the caller owns `*out_old`; references stay owned by the records that hold them
///   errors:  CAIRN_NO_MEMORY; CAIRN_INVALID if the type of `self` has no buffer
///   effects: allocates; may collect; may run user code (before the change)
CAIRN_API cairn_status cairn_buffer_replace(cairn_object* self,
                                            size_t count,
                                            cairn_buffer* out_old);

/// Frees the memory of a buffer that cairn_buffer_replace() or cairn_buffer_exchange() took out of
/// an object of `heap`, and empties it. Does not release references.
///   owns:    consumes `*old`
CAIRN_API void cairn_buffer_release(cairn_heap* heap, cairn_buffer* old);

/// Exchanges the buffer of `self` and `*other`, which is empty (zeroed), or was written by this
/// function or cairn_buffer_replace() for an object of the same heap with records of the same size.
/// So records can leave an object for a while, as those of a list that is being sorted, or move to
/// another object. References in `*other` count as held from outside. A buffer that does not go
/// back into an object ends with cairn_buffer_release().
///   owns:    the references move with the records
///   errors:  CAIRN_INVALID if the type of `self` has no buffer
CAIRN_API cairn_status cairn_buffer_exchange(cairn_object* self, cairn_buffer* other);

#ifdef __cplusplus
}
#endif

#endif
