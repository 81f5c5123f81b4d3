/// Status codes, and the hook for errors that no caller can receive.
#ifndef CAIRN_STATUS_H
#define CAIRN_STATUS_H

#include "cairn/config.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct cairn_heap cairn_heap;
typedef struct cairn_object cairn_object;

/// How a call ended. Zero is success.
typedef enum cairn_status {
    CAIRN_OK = 0,
    /// Memory could not be had, or the heap's limit is reached. Nothing was changed.
    CAIRN_NO_MEMORY,
    /// An argument is not what the call takes. Nothing was changed.
    CAIRN_INVALID,
    /// What was asked for is not there.
    CAIRN_NOT_FOUND,
    /// Not now: the call is refused inside the callback or iteration that is under way.
    CAIRN_BUSY,
    /// A function of the host (finalizer, callback, hash, equal) failed. Its details are the
    /// host's.
    CAIRN_USER_ERROR
} cairn_status;

/// Where user code failed when there was no caller to tell.
typedef enum cairn_place {
    CAIRN_PLACE_FINALIZER = 0,
    CAIRN_PLACE_WEAKREF_CALLBACK,
    CAIRN_PLACE_REGISTERED_FINALIZER,
    CAIRN_PLACE_GC_CALLBACK
} cairn_place;

/// Receives an error that has nobody else to go to; the work that met it goes on afterwards.
/// `object` is borrowed: the object being finalized, the weak reference or registered finalizer
/// whose function failed, or NULL. It may run user code; it must not free the heap.
typedef void (*cairn_unraisable_fn)(cairn_heap* heap,
                                    cairn_place place,
                                    cairn_status status,
                                    cairn_object* object,
                                    void* user_data);

/// Returns a short English text for `status`, "unknown status" for a value that is none.
///   owns:    result is static
///   errors:  none
///   effects: none
///   thread:  any
CAIRN_API const char* cairn_status_text(cairn_status status);

/// Returns a short English text for `place`, "unknown place" for a value that is none.
///   owns:    result is static
///   errors:  none
///   effects: none
///   thread:  any
CAIRN_API const char* cairn_place_text(cairn_place place);

#ifdef __cplusplus
}
#endif

#endif
