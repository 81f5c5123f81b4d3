// SPDX-License-Identifier: MIT
/// Heaps: creation and end, options, limits, external memory, roots, the heap thread.
#ifndef CAIRN_HEAP_H
#define CAIRN_HEAP_H

#include <stddef.h>
#include <stdint.h>

#include "cairn/status.h"
#include "cairn/type.h"

#ifdef __cplusplus
extern "C" {
#endif

/// The source of a heap's memory. Set both functions or neither. They must not call the library,
/// and must return.
typedef struct cairn_allocator {
    /// Returns `size` bytes aligned to `alignment` (a power of two, up to 4 MiB), or NULL. The
    /// contents may be anything. Most pages of a block aligned to 4 MiB are not touched at once.
    void* (*allocate)(size_t size, size_t alignment, void* user_data);
    /// Frees a block, given the size and alignment with which it was allocated.
    void (*release)(void* block, size_t size, size_t alignment, void* user_data);
    void* user_data;
} cairn_allocator;

/// Options that are fixed when a heap is made, or-ed into cairn_heap_options.flags.
typedef enum cairn_heap_flags {
    /// Callbacks, finalizers and deaths inside a collection come in exactly CPython 3.11's order.
    /// Costs 24 bytes per object and collects at CPython's speed. Without this flag the order
    /// follows addresses.
    CAIRN_HEAP_CPYTHON_ORDER = 1 << 0,
    /// Finalizers, registered ones too, and weak reference callbacks wait for
    /// cairn_finalizers_run().
    CAIRN_HEAP_QUEUE_FINALIZERS = 1 << 1,
    /// CPython 3.15's rule: weak references without a callback stay readable while the finalizers
    /// of a dead cycle run, and survive if the object does.
    CAIRN_HEAP_WEAKREFS_OUTLIVE_FINALIZERS = 1 << 2,
    /// Finalizers run before weak reference callbacks in a dead cycle too, as they do at a death by
    /// count.
    CAIRN_HEAP_FINALIZERS_FIRST = 1 << 3,
    /// Weak-key maps hold their values as CPython's do: a value that reaches its key leaks.
    CAIRN_HEAP_STRONG_WEAKKEY_VALUES = 1 << 4,
    /// External bytes count towards the memory limit.
    CAIRN_HEAP_LIMIT_EXTERNAL = 1 << 5,
    /// Asks the system for 2 MiB huge pages (Linux: madvise).
    CAIRN_HEAP_HUGE_PAGES = 1 << 6,
    /// cairn_heap_free() writes to standard error what is still alive: the number of objects of
    /// each type, how many the host holds, and the first three of these as text, with their sites
    /// if sampled. Always on in a checked build, unless CAIRN_HEAP_KEEPS_OBJECTS is set.
    CAIRN_HEAP_REPORT_LEAKS = 1 << 7,
    /// The host holds objects to the end on purpose: no report, also in a checked build.
    CAIRN_HEAP_KEEPS_OBJECTS = 1 << 8
} cairn_heap_flags;

/// The soft limit hook. Called once each time usage rises above the soft limit and stays above it
/// after a full collection (which is made first if automatic collection is on). `bytes` is the
/// usage at that moment. Not called inside a collection or a death: a later check does. May run
/// user code, collect, or raise the limit. Must return.
typedef void (*cairn_soft_limit_fn)(cairn_heap* heap, size_t bytes, void* user_data);

/// Called when the finalizer queue stops being empty, and when a bounded cairn_finalizers_run()
/// leaves items in it. Called inside a decref or a collection, so it must make no call that changes
/// anything; it can set a flag of the host. Must return.
typedef void (*cairn_finalizers_waiting_fn)(cairn_heap* heap, void* user_data);

/// Options of a new heap. Fill with cairn_heap_options_init(), then change fields.
typedef struct cairn_heap_options {
    size_t size;                ///< sizeof(cairn_heap_options); set by the init call
    uint32_t flags;             ///< cairn_heap_flags, or-ed
    cairn_allocator allocator;  ///< all NULL: the library's own allocator
    size_t memory_limit;        ///< bytes, 0: none; see cairn_heap_set_memory_limit()
    size_t soft_limit;          ///< bytes, 0: none; see cairn_heap_set_soft_limit()
    cairn_soft_limit_fn on_soft_limit;
    cairn_finalizers_waiting_fn on_finalizers_waiting;
    cairn_unraisable_fn on_unraisable;  ///< NULL: print one line to standard error
    void* user_data;                    ///< passed to the three hooks above
} cairn_heap_options;

/// A heap's memory usage. All sizes are bytes. Set `size` first.
typedef struct cairn_heap_usage {
    size_t size;            ///< sizeof(cairn_heap_usage), or 0: the fields of version 0.2
    size_t objects;         ///< live objects of any kind
    size_t live_bytes;      ///< cells of live objects: object_bytes without free cells and padding
    size_t object_bytes;    ///< pages in use and large objects, including side bytes
    size_t table_bytes;     ///< the heap's own tables
    size_t buffer_bytes;    ///< buffers of objects, see cairn/buffer.h
    size_t reserved_bytes;  ///< address space held from the allocator
    size_t external_bytes;  ///< the sum reported by cairn_heap_add_external()
    size_t peak_bytes;      ///< highest sum of object, table and buffer bytes so far
} cairn_heap_usage;

/// Fills `options` with the defaults.
///   thread:  any thread
CAIRN_INLINE void cairn_heap_options_init(cairn_heap_options* options);

/// Returns a description of the first problem of `options`, or NULL if cairn_heap_new() accepts
/// them. `options` may be NULL.
///   owns:    result is static
///   thread:  any thread
CAIRN_API const char* cairn_heap_options_problem(const cairn_heap_options* options);

/// Makes a heap whose heap thread is the calling thread. If `options` is NULL, uses the defaults.
///   owns:    result is owned by the caller; free it with cairn_heap_free()
///   errors:  NULL if memory runs out, or if `options` are not valid: cairn_heap_options_problem()
///            says why
///   effects: allocates
///   thread:  any thread
CAIRN_INLINE cairn_heap* cairn_heap_new(const cairn_heap_options* options);

/// Makes a heap as cairn_heap_new() does, for a host that was compiled with `host_check_level` as
/// CAIRN_CHECK_LEVEL. Writes a warning to standard error if only one of host and library is a
/// checked build, because the host's inline functions then check nothing.
///   owns:    as cairn_heap_new()
///   errors:  as cairn_heap_new()
///   effects: allocates
///   thread:  any thread
CAIRN_API cairn_heap* cairn_heap_new_at_level(const cairn_heap_options* options,
                                              int host_check_level);

/// Runs all user code that cairn_heap_free() would run, and keeps the heap: after this call no
/// finalizer, registered finalizer, callback, or soft limit hook of the heap runs again, also for
/// objects that die or are made later. (Weak references are still cleared, and clear and dealloc
/// functions called.) Call it while the interpreter that they use is whole, before its parts are
/// freed. Immortal objects have let go of what they referred to, collection callbacks are removed,
/// and automatic collection is off afterwards; cairn_finalizer_new() returns NULL. A second call
/// does nothing.
///   errors:  CAIRN_BUSY, without effect, inside a finalizer, callback, clear function or
///            collection of this heap
///   effects: may run user code
CAIRN_API cairn_status cairn_heap_finalize(cairn_heap* heap);

/// Frees a heap and returns the number of leaked objects. In order: runs at-exit finalizers, newest
/// first; runs the finalizer queue; collects; runs the finalizers of objects that are still alive
/// and collects again, until no finalizer is left to run, at most 16 times (then objects that
/// finalizers made are not finalized, and cairn_finalizer_new() returns NULL); calls the dealloc
/// functions of objects that are left; frees all memory but lists and buffers that the host has
/// taken and not released. Every pointer into the heap is then invalid. The result counts the
/// mortal objects that were still alive at the end: those that somebody held and those that only
/// they kept alive (0: no leak). Must not be called inside a hash or equal function or a hook.
///   owns:    consumes `heap` (NULL allowed)
///   errors:  SIZE_MAX, without effect, inside a finalizer, callback, clear function or
///            collection of this heap
///   effects: may run user code
CAIRN_API size_t cairn_heap_free(cairn_heap* heap);

/// Returns the `user_data` of the heap's options.
///   thread:  any thread
CAIRN_API void* cairn_heap_user_data(const cairn_heap* heap);

/// Returns the heap of `object`. O(1), without reading the object.
///   owns:    result is borrowed
///   thread:  any thread
CAIRN_API cairn_heap* cairn_heap_of(const cairn_object* object);

/// Makes the calling thread the heap thread. The previous heap thread must have stopped using the
/// heap.
///   thread:  any thread, while no other thread uses the heap
CAIRN_API void cairn_heap_adopt(cairn_heap* heap);

/// Replaces the unraisable hook. NULL restores the default, which prints one line to standard
/// error.
CAIRN_API void cairn_heap_set_unraisable_hook(cairn_heap* heap,
                                              cairn_unraisable_fn hook,
                                              void* user_data);

/// Replaces the hook that is called when finalizers wait. NULL removes it.
CAIRN_API void cairn_heap_set_finalizers_waiting_hook(cairn_heap* heap,
                                                      cairn_finalizers_waiting_fn hook,
                                                      void* user_data);

/// Reports that objects of this heap hold `bytes` more memory outside it, or fewer if negative.
/// Growth of external bytes starts collections: see cairn_gc_set_byte_thresholds().
///   errors:  CAIRN_NO_MEMORY, with nothing added, if CAIRN_HEAP_LIMIT_EXTERNAL is set and the
///            memory limit would be exceeded; cannot fail if `bytes` is negative
///   effects: may collect; may run user code (neither if `bytes` is negative)
CAIRN_API cairn_status cairn_heap_add_external(cairn_heap* heap, ptrdiff_t bytes);

/// Sets the memory limit, a hard limit on object, table and buffer bytes (0: none). An allocation
/// of an object or the growth of a buffer or a weak container that would exceed the limit first
/// runs a full collection, also while automatic collection is off, unless a collection or a death
/// is under way; then it fails with CAIRN_NO_MEMORY. Growth of any other table fails at once. The
/// tables that a collection needs to count references, and the finalizer queue to find an item, may
/// exceed the limit. A limit below the current usage only stops growth.
CAIRN_API void cairn_heap_set_memory_limit(cairn_heap* heap, size_t bytes);

/// Sets the usage above which the soft limit hook is called (0: never). Usage is the sum of object,
/// table, buffer and external bytes. It is checked before an object is allocated, when a buffer
/// grows and when external bytes are added. `hook` may be NULL.
CAIRN_API void cairn_heap_set_soft_limit(cairn_heap* heap,
                                         size_t bytes,
                                         cairn_soft_limit_fn hook,
                                         void* user_data);

/// Writes the heap's current memory usage. O(pages).
CAIRN_API void cairn_heap_get_usage(const cairn_heap* heap, cairn_heap_usage* out_usage);

/// Returns memory without live objects to the allocator. Does nothing inside a collection or a
/// death, and keeps the segments that a cycle of slices under way goes through. A full collection
/// that freed much does the same but for the tables of weak references and waiting finalizers, and
/// an automatic one returns at most as many segments as were empty before it. O(heap).
///   effects: allocates
CAIRN_API void cairn_heap_trim(cairn_heap* heap);

/// Declares `*location` a root: a variable that holds an owned reference or NULL. Roots let a full
/// collection prove most of the heap alive in one pass. They are never required, because every
/// counted reference keeps its object alive. A reference that is not counted must not be declared,
/// nor one twice: inspection counts each declaration. The variable must live until
/// cairn_root_remove().
///   errors:  CAIRN_NO_MEMORY
///   effects: allocates
CAIRN_API cairn_status cairn_root_add(cairn_heap* heap, cairn_object* const* location);

/// Removes a root. O(roots declared after it).
///   errors:  CAIRN_NOT_FOUND if `location` is not declared
CAIRN_API cairn_status cairn_root_remove(cairn_heap* heap, cairn_object* const* location);

/// The root visitor. Calls `visit(referent, visit_data)` for owned references that are not in fixed
/// variables, such as an interpreter's value stack. It may leave references out; `referent` may be
/// NULL, but not a tagged immediate. Must not allocate, change counts, or call the library. Must
/// return.
typedef void (*cairn_visit_roots_fn)(cairn_visit_fn visit, void* visit_data, void* user_data);

/// Installs a callback that reports additional roots to full collections, cairn_visit_held(),
/// cairn_path_to_root() and cairn_snapshot_write(); NULL removes it. Like declared roots, they save
/// time and are never required, and a reference that is not counted must not be reported.
/// cairn_heap_free() collects too: until then the data that the callback uses must stay valid.
CAIRN_API void cairn_heap_set_root_visitor(cairn_heap* heap,
                                           cairn_visit_roots_fn visit_roots,
                                           void* user_data);

#ifndef CAIRN_NO_INLINE
// Inline, because a later library's struct may be longer than the host's.
static inline void cairn_heap_options_init(cairn_heap_options* options) {
    options->size = sizeof(cairn_heap_options);
    options->flags = 0;
    options->allocator.allocate = NULL;
    options->allocator.release = NULL;
    options->allocator.user_data = NULL;
    options->memory_limit = 0;
    options->soft_limit = 0;
    options->on_soft_limit = NULL;
    options->on_finalizers_waiting = NULL;
    options->on_unraisable = NULL;
    options->user_data = NULL;
}

static inline cairn_heap* cairn_heap_new(const cairn_heap_options* options) {
    return cairn_heap_new_at_level(options, CAIRN_CHECK_LEVEL);
}
#endif

#ifdef __cplusplus
}
#endif

#endif
