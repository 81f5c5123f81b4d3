/// Heaps: birth and end, options, limits, external memory, roots, the owner thread.
#ifndef CAIRN_HEAP_H
#define CAIRN_HEAP_H

#include <stddef.h>
#include <stdint.h>

#include "cairn/status.h"
#include "cairn/type.h"

#ifdef __cplusplus
extern "C" {
#endif

/// Where a heap gets its memory. Both functions must be given, or neither.
typedef struct cairn_allocator {
    /// Returns `size` bytes aligned to `alignment` (a power of two, up to 4 MiB), or NULL. The
    /// contents do not matter. Blocks aligned to 4 MiB are mostly not touched at once.
    void* (*allocate)(size_t size, size_t alignment, void* user_data);
    /// Takes back a block with the size and alignment that it was asked for.
    void (*release)(void* block, size_t size, size_t alignment, void* user_data);
    void* user_data;
} cairn_allocator;

/// Choices made once for a heap's life, or-ed into cairn_heap_options.flags.
typedef enum cairn_heap_flags {
    /// Inside a collection, callbacks, finalizers and deaths come in exactly the order in which
    /// CPython 3.11 would have them. Costs 24 bytes an object and CPython's pace of collection.
    /// Without it that order is by address.
    CAIRN_HEAP_CPYTHON_ORDER = 1 << 0,
    /// Finalizers and weak reference callbacks wait for cairn_finalizers_run().
    CAIRN_HEAP_QUEUE_FINALIZERS = 1 << 1,
    /// CPython 3.15's rule: weak references without a callback stay readable while the finalizers
    /// of a dead cycle run, and survive if the object does.
    CAIRN_HEAP_WEAKREFS_OUTLIVE_FINALIZERS = 1 << 2,
    /// One order on both ways to die: finalizers before weak reference callbacks in a cycle too.
    CAIRN_HEAP_FINALIZERS_FIRST = 1 << 3,
    /// Weak-key maps hold their values as CPython's do: a value that reaches its key leaks.
    CAIRN_HEAP_STRONG_WEAKKEY_VALUES = 1 << 4,
    /// External bytes count towards the memory limit too.
    CAIRN_HEAP_LIMIT_EXTERNAL = 1 << 5,
    /// Pages come in 2 MiB huge pages where the system gives them (Linux: madvise).
    CAIRN_HEAP_HUGE_PAGES = 1 << 6
} cairn_heap_flags;

/// Told once each time the heap's use rises past the soft limit and a full collection (made first,
/// if automatic collection is on) does not bring it back below; it may run user code, collect, or
/// raise the limit. `bytes` is the use at that moment.
typedef void (*cairn_soft_limit_fn)(cairn_heap* heap, size_t bytes, void* user_data);

/// Told when the finalizer queue goes from empty to not empty, and when a bounded
/// cairn_finalizers_run() leaves something in it. Called inside a decref or a
/// collection: it must only take note, and must not call into the heap.
typedef void (*cairn_finalizers_waiting_fn)(cairn_heap* heap, void* user_data);

/// What a heap is made with. Fill it with cairn_heap_options_init(), then change what you need.
typedef struct cairn_heap_options {
    size_t size;                ///< sizeof(cairn_heap_options); set by the init call
    uint32_t flags;             ///< cairn_heap_flags, or-ed
    cairn_allocator allocator;  ///< all NULL: the library's own choice
    size_t memory_limit;        ///< bytes, 0 = none; see cairn_heap_set_memory_limit()
    size_t soft_limit;          ///< bytes, 0 = none; see cairn_heap_set_soft_limit()
    cairn_soft_limit_fn on_soft_limit;
    cairn_finalizers_waiting_fn on_finalizers_waiting;
    cairn_unraisable_fn on_unraisable;  ///< NULL: one line on standard error
    void* user_data;                    ///< given to the three hooks above
} cairn_heap_options;

/// What a heap uses. All sizes are bytes.
typedef struct cairn_heap_usage {
    size_t objects;         ///< live objects of any kind
    size_t object_bytes;    ///< pages in use and large objects, side bytes included
    size_t table_bytes;     ///< the heap's own tables
    size_t reserved_bytes;  ///< address space held from the allocator
    size_t external_bytes;  ///< what cairn_heap_add_external() reported
    size_t peak_bytes;      ///< highest sum of objects and tables so far
} cairn_heap_usage;

/// Fills `options` with the defaults.
///   owns:    nothing
///   errors:  none
///   effects: none
///   thread:  any
CAIRN_API void cairn_heap_options_init(cairn_heap_options* options);

/// Makes a heap that belongs to the calling thread. NULL options mean the defaults.
///   owns:    result is owned by the caller; end it with cairn_heap_free()
///   errors:  NULL when memory is out or the options make no sense
///   effects: allocates
///   thread:  any; the caller's becomes the heap thread
CAIRN_API cairn_heap* cairn_heap_new(const cairn_heap_options* options);

/// Ends a heap: runs pending registered finalizers (newest first) and what waits in the finalizer
/// queue, collects, runs the finalizers of objects that are still alive, calls the types'
/// dealloc functions, and gives all memory back. Every pointer into the heap is then invalid.
///   owns:    consumes `heap`; NULL is allowed
///   errors:  returns the number of mortal objects that were still alive: those that somebody held
///            and what only they kept alive (0 = no leak); from inside a
///            finalizer, callback or collection of this heap it does nothing and returns SIZE_MAX
///   effects: may run user code
///   thread:  heap thread
CAIRN_API size_t cairn_heap_free(cairn_heap* heap);

/// Returns the `user_data` of the heap's options.
///   owns:    result is the host's
///   errors:  none
///   effects: none
///   thread:  any
CAIRN_API void* cairn_heap_user_data(const cairn_heap* heap);

/// Returns the heap that `object` lives in. O(1), no load from the object.
///   owns:    result is borrowed
///   errors:  none
///   effects: none
///   thread:  any
CAIRN_API cairn_heap* cairn_heap_of(const cairn_object* object);

/// Makes the calling thread the heap thread. The thread that owned it must be done with it.
///   owns:    nothing
///   errors:  none
///   effects: none
///   thread:  any, while no other thread uses the heap
CAIRN_API void cairn_heap_adopt(cairn_heap* heap);

/// Replaces the unraisable hook; NULL restores the default (one line on standard error).
///   owns:    `user_data` stays the host's
///   errors:  none
///   effects: none
///   thread:  heap thread
CAIRN_API void cairn_heap_set_unraisable_hook(cairn_heap* heap,
                                              cairn_unraisable_fn hook,
                                              void* user_data);

/// Replaces the hook that is told when finalizers wait; NULL for none.
///   owns:    `user_data` stays the host's
///   errors:  none
///   effects: none
///   thread:  heap thread
CAIRN_API void cairn_heap_set_finalizers_waiting_hook(cairn_heap* heap,
                                                      cairn_finalizers_waiting_fn hook,
                                                      void* user_data);

/// Reports that objects of this heap hold `bytes` more (or, negative, fewer) of memory outside it.
/// External bytes drive collections: see cairn_gc_set_byte_thresholds().
///   owns:    nothing
///   errors:  CAIRN_NO_MEMORY at the memory limit if external bytes count (nothing is added then);
///            never for a negative number
///   effects: may collect
///   thread:  heap thread
CAIRN_API cairn_status cairn_heap_add_external(cairn_heap* heap, ptrdiff_t bytes);

/// Sets the hard limit on object and table bytes, 0 for none. An allocation of an object that
/// would pass it first tries one full collection, unless one or a death is under way; then it
/// fails with CAIRN_NO_MEMORY, as growth of the heap's tables does at once. What a collection needs
/// to count references does not count: it must be able to run at the limit.
///   owns:    nothing
///   errors:  none; a limit below the present use only stops growth
///   effects: none
///   thread:  heap thread
CAIRN_API void cairn_heap_set_memory_limit(cairn_heap* heap, size_t bytes);

/// Sets the use above which the soft limit hook is told, 0 for never: object, table and external
/// bytes. It is looked at before an object is allocated and when external bytes are added.
///   owns:    `user_data` stays the host's
///   errors:  none
///   effects: none
///   thread:  heap thread
CAIRN_API void cairn_heap_set_soft_limit(cairn_heap* heap,
                                         size_t bytes,
                                         cairn_soft_limit_fn hook,
                                         void* user_data);

/// Writes what the heap uses now.
///   owns:    nothing
///   errors:  none
///   effects: none
///   thread:  heap thread
CAIRN_API void cairn_heap_get_usage(const cairn_heap* heap, cairn_heap_usage* out_usage);

/// Gives pages without a live object back to the allocator. Full collections do so too when they
/// freed much; automatic ones keep what was in use since the one before. Time grows with the heap's
/// size.
///   owns:    nothing
///   errors:  does nothing inside a collection
///   effects: none
///   thread:  heap thread
CAIRN_API void cairn_heap_trim(cairn_heap* heap);

/// Declares `*location` a root: a variable that holds an owned reference, or NULL. Roots let a
/// full collection prove most of the heap alive in one pass. They are never required: every
/// counted reference keeps its object alive. A reference that is not counted must not be declared.
///   owns:    the variable stays the host's and must live until cairn_root_remove()
///   errors:  CAIRN_NO_MEMORY
///   effects: allocates
///   thread:  heap thread
CAIRN_API cairn_status cairn_root_add(cairn_heap* heap, cairn_object* const* location);

/// Takes back a declaration.
///   owns:    nothing
///   errors:  CAIRN_NOT_FOUND when `location` is not declared
///   effects: none
///   thread:  heap thread
CAIRN_API cairn_status cairn_root_remove(cairn_heap* heap, cairn_object* const* location);

/// Calls `visit(referent, visit_data)` for owned references that lie where no variable of its own
/// could be declared: on the stack of an interpreter, say. Which ones, and how many, is up to the
/// host; `referent` may be NULL. It must not allocate, change counts, or call into the heap.
typedef void (*cairn_visit_roots_fn)(cairn_visit_fn visit, void* visit_data, void* user_data);

/// Sets what shows a full collection more roots, beside the declared ones; NULL takes it back. The
/// same holds for them: they save time, and are never required. The end of the heap collects too,
/// so what it needs must live as long.
///   owns:    nothing; a reference that is not counted must not be shown
///   errors:  none
///   effects: none
///   thread:  heap thread
CAIRN_API void cairn_heap_set_root_visitor(cairn_heap* heap,
                                           cairn_visit_roots_fn visit_roots,
                                           void* user_data);

#ifdef __cplusplus
}
#endif

#endif
