// SPDX-License-Identifier: MIT
/// Files about a heap: snapshots, which `cairn heap`, Chrome DevTools and memlab open, with sampled
/// allocation sites; traces of collections.
#ifndef CAIRN_SNAPSHOT_H
#define CAIRN_SNAPSHOT_H

#include <stddef.h>
#include <stdint.h>

#include "cairn/inspect.h"

#ifdef __cplusplus
extern "C" {
#endif

// --- allocation sites ----------------------------------------------------------------------------

/// Returns a number of the host's for the place in the program where an object of `type` is being
/// made. Must not use the heap. Must return.
typedef uint32_t (*cairn_site_fn)(cairn_heap* heap,
                                  const cairn_type* type,
                                  size_t bytes,
                                  void* user_data);

/// Calls `site` for an allocation every `interval` bytes on average; 1: for each one. 0 ends
/// sampling (`site` may be NULL); a new heap has 0. Samples stay known until the heap is freed. An
/// allocation of s bytes is sampled with the probability 1 - exp(-s / interval). If memory runs out
/// for a sample, it is left out. A snapshot has the interval that is set when it is written.
///
/// While it is off, it costs nothing. While it is on, every allocation takes the path that a soft
/// limit makes it take; deaths never pay.
CAIRN_API void cairn_heap_set_sampler(cairn_heap* heap,
                                      size_t interval,
                                      cairn_site_fn site,
                                      void* user_data);

/// The sums of one site: as sampled, not scaled.
typedef struct cairn_site_sum {
    size_t size;  ///< bytes of the struct that the library knows
    uint32_t site;
    size_t live_objects;  ///< that are alive
    size_t live_bytes;
    uint64_t objects;  ///< ever allocated
    uint64_t bytes;
} cairn_site_sum;

/// Called by cairn_visit_sites() for each site; returns 0 to stop. `sum` is valid during the call.
/// Must not change counts, allocate on the heap, or run user code. Must return.
typedef int (*cairn_visit_site_fn)(const cairn_site_sum* sum, void* user_data);

/// Visits the sites where objects were sampled, most live bytes first. O(heap).
///   errors:  CAIRN_NO_MEMORY
///   effects: allocates
CAIRN_API cairn_status cairn_visit_sites(cairn_heap* heap,
                                         cairn_visit_site_fn visit,
                                         void* user_data);

// --- snapshots -----------------------------------------------------------------------------------

/// One call on the way to an allocation site. The texts are the host's, and must stay valid until
/// the snapshot is written.
typedef struct cairn_frame {
    const char* function;
    const char* file;
    uint32_t line;    ///< from 1; 0: not known
    uint32_t column;  ///< the same
} cairn_frame;

/// Writes call number `depth`, 0 being the outermost, on the way to `site`, and returns 1; returns
/// 0 if there are no more, of which 1,000 are shown at most. Called several times for each. Must
/// not use the heap. Must return.
typedef int (*cairn_frame_fn)(uint32_t site, size_t depth, cairn_frame* out_frame, void* user_data);

/// How readers of a snapshot show an object.
typedef enum cairn_node_kind {
    CAIRN_NODE_OBJECT = 0,
    CAIRN_NODE_STRING = 1,  ///< readers put all strings together, and show the text
    CAIRN_NODE_NUMBER = 2   ///< the same for numbers
} cairn_node_kind;

#define CAIRN_NODE_TEXT_SIZE 128

/// How an object is called in a snapshot.
typedef struct cairn_node {
    cairn_node_kind kind;
    /// Of an object: the name of its class, which readers group by; NULL: its type's name. Must be
    /// the same address for the same name, and stay valid until the snapshot is written.
    const char* name;
    /// Of a string or number: the value, ending with a NUL, perhaps cut off.
    char text[CAIRN_NODE_TEXT_SIZE];
} cairn_node;

/// Writes how `object` is called. `out_node` is an object without a name before. Called three times
/// for each object, and must write the same each time. Must not change counts, allocate on the
/// heap, or run user code. Must return.
typedef void (*cairn_describe_fn)(cairn_object* object, cairn_node* out_node, void* user_data);

/// Takes the next `size` bytes of a file; returns 0 to give up. Must not use the heap. Must return.
typedef int (*cairn_write_fn)(const void* data, size_t size, void* user_data);

/// Facts that a snapshot gives about itself. Fill with cairn_snapshot_options_init(), then change
/// fields.
typedef struct cairn_snapshot_options {
    size_t size;          ///< sizeof(cairn_snapshot_options); set by the init call
    const char* program;  ///< NULL: left out, as the next two
    const char* host;
    const char* build;
    uint64_t process;            ///< the process id; 0: left out
    uint64_t time_ms;            ///< milliseconds since 1970, UTC; 0: left out
    cairn_describe_fn describe;  ///< NULL: objects are called by their types
    void* describe_data;         ///< passed to `describe`
    cairn_frame_fn frame;        ///< NULL: sites are called "site 7"
    void* frame_data;            ///< passed to `frame`
} cairn_snapshot_options;

/// Fills `options` with the defaults.
///   thread:  any thread
CAIRN_INLINE void cairn_snapshot_options_init(cairn_snapshot_options* options);

/// Writes a snapshot of the heap in the form of docs/snapshots.md, in parts of up to 8 KiB. If
/// `options` is NULL, uses the defaults. Makes a mark (cairn_mark()). The memory that it takes
/// meanwhile is at most 1 % of the heap, or 128 KiB, plus up to 64 bytes for each object with more
/// than 255 references, class name of `describe`, and site. Besides, it keeps for the ids of
/// objects, which are the same in each snapshot, about 32 bytes for each page of 64 KiB and each
/// mark since which an object of the page is alive. Safe in finalizers and callbacks, and inside a
/// collection.
///   errors:  CAIRN_NO_MEMORY; CAIRN_INVALID if the size of `options` is unknown; CAIRN_USER_ERROR
///            if `write` gave up. Part of the file may have been written
///   effects: allocates
CAIRN_API cairn_status cairn_snapshot_write(cairn_heap* heap,
                                            const cairn_snapshot_options* options,
                                            cairn_write_fn write,
                                            void* user_data);

// --- traces of collections -----------------------------------------------------------------------

/// Starts to write an event for each collection and each of its phases, in the JSON form of
/// Chrome's trace viewer (chrome://tracing, Perfetto, speedscope). A cycle of slices has an event
/// for each slice, and one on a track of its own. If `write` gives up, nothing more is written.
/// cairn_heap_free() writes events too, and does not complete the file.
///   errors:  CAIRN_BUSY if a trace is being written
CAIRN_API cairn_status cairn_gc_trace_start(cairn_heap* heap,
                                            cairn_write_fn write,
                                            void* user_data);

/// Completes the file, if a trace is being written. Readers also take one that was not completed.
CAIRN_API void cairn_gc_trace_stop(cairn_heap* heap);

#ifndef CAIRN_NO_INLINE
// Inline, because a later library's struct may be longer than the host's.
static inline void cairn_snapshot_options_init(cairn_snapshot_options* options) {
    options->size = sizeof(cairn_snapshot_options);
    options->program = NULL;
    options->host = NULL;
    options->build = NULL;
    options->process = 0;
    options->time_ms = 0;
    options->describe = NULL;
    options->describe_data = NULL;
    options->frame = NULL;
    options->frame_data = NULL;
}
#endif

#ifdef __cplusplus
}
#endif

#endif
