// SPDX-License-Identifier: MIT
/// Status codes, and the hook for errors that have no caller.
#ifndef CAIRN_STATUS_H
#define CAIRN_STATUS_H

#include "cairn/config.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct cairn_heap cairn_heap;
typedef struct cairn_object cairn_object;

/// The result of a call. Zero is success.
typedef enum cairn_status {
    CAIRN_OK = 0,
    /// Memory ran out, or the heap's limit is reached. Nothing was changed unless the call says
    /// otherwise; user code may have run.
    CAIRN_NO_MEMORY,
    /// An argument is not valid for the call. Nothing was changed.
    CAIRN_INVALID,
    /// The requested thing does not exist.
    CAIRN_NOT_FOUND,
    /// The call is refused while the current callback or iteration lasts.
    CAIRN_BUSY,
    /// A host function (finalizer, callback, hash, equal) failed. The host keeps the details.
    CAIRN_USER_ERROR
} cairn_status;

/// The kind of user code that failed without a caller.
typedef enum cairn_place {
    CAIRN_PLACE_FINALIZER = 0,
    CAIRN_PLACE_WEAKREF_CALLBACK,
    CAIRN_PLACE_REGISTERED_FINALIZER,
    CAIRN_PLACE_GC_CALLBACK
} cairn_place;

/// The unraisable hook: receives an error that has no caller; the interrupted work then continues.
/// `object` is borrowed: the object being finalized, the weak reference or the registered finalizer
/// whose function failed, or NULL. May run user code. Must not free the heap. Must return.
typedef void (*cairn_unraisable_fn)(cairn_heap* heap,
                                    cairn_place place,
                                    cairn_status status,
                                    cairn_object* object,
                                    void* user_data);

/// The misuse hook. `report` is the line that was written to standard error. `object` is the object
/// in question if it is alive, else NULL. Must not call the library, except cairn_type_of(),
/// cairn_type_name() and cairn_refcount(). The process ends when it returns. Must return.
typedef void (*cairn_misuse_fn)(const char* report, cairn_object* object, void* user_data);

/// Sets a function that is called when misuse or a failed check of the library has been reported,
/// before the process ends, for example to print the script's stack. NULL removes it. The hook is
/// the one setting that all heaps and threads of the process share.
///   thread:  any thread, while no other thread uses the library
CAIRN_API void cairn_set_misuse_hook(cairn_misuse_fn hook, void* user_data);

/// Returns a short English text for `status`, or "unknown status".
///   owns:    result is static
///   thread:  any thread
CAIRN_API const char* cairn_status_text(cairn_status status);

/// Returns a short English text for `place`, or "unknown place".
///   owns:    result is static
///   thread:  any thread
CAIRN_API const char* cairn_place_text(cairn_place place);

#ifdef __cplusplus
}
#endif

#endif
