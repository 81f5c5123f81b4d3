// SPDX-License-Identifier: MIT
/// Cairn: an embeddable object heap for scripting runtimes. Includes every stable header.
///
/// Conventions of all calls:
///
///  1. Each function has a one-sentence summary and up to four contract fields. A field that is
///     left out has its default:
///       `owns:`    who owns what afterwards. Default: nothing changes owner. *Owned*: the receiver
///                  must release the reference. *Borrowed*: it must not. *Consumed*: the callee
///                  takes the reference over.
///       `errors:`  how the call fails. Default: it cannot fail.
///       `effects:` any of: allocates (takes memory from the heap's allocator); may collect; may
///                  run user code. Default: none of them.
///       `thread:`  who may call. Default: the heap thread only.
///  2. A heap belongs to one thread at a time, the heap thread. There is no global state but the
///     misuse hook, and the lists of checked builds: heaps on different threads share nothing.
///  3. A *host function* is one that the host passes to the library. It must return: neither a
///     longjmp nor a C++ exception may pass through the library (a checked build reports it at the
///     next call that sees it). *User code* means the host functions that may call the library:
///     finalizers, callbacks, hash and equal functions, clear functions, and hooks. It may make
///     every call unless its typedef says otherwise. After a call that may run user code, a
///     reference that you do not own may be dead.
///  4. Every allocation can fail. The call then returns CAIRN_NO_MEMORY or NULL, and changes
///     nothing unless its text says otherwise.
///  5. Errors of finalizers and callbacks go to the unraisable hook, and the call continues.
///  6. Out parameters come last, are named out_*, and are written only on success. Truth values are
///     int, 0 or 1.
///  7. Nothing recurses on the shape of the user's graph.
///  8. Arguments must not be NULL unless the text allows it. An object must stay alive until the
///     call returns: the caller sees to it that user code does not drop the last reference. All
///     objects passed to one call must belong to the same heap, and an object must be of the kind
///     that the parameter's name says. A checked build (CAIRN_CHECK_LEVEL above 0) reports misuse
///     and aborts.
///  9. Sizes are bytes; times are nanoseconds.
/// 10. A struct that may grow starts with `size`. Set it to the struct's sizeof before a call that
///     reads or fills the struct; 0 means the fields of version 0.2. (Options are filled by their
///     init calls, and 0 is refused there.) A call reads and writes the fields that host and
///     library both know, and sets `size` to the bytes that it wrote. In a struct that the library
///     passes to a host function, `size` says which fields are there.
#ifndef CAIRN_CAIRN_H
#define CAIRN_CAIRN_H

#include "cairn/buffer.h"
#include "cairn/config.h"
#include "cairn/finalize.h"
#include "cairn/gc.h"
#include "cairn/heap.h"
#include "cairn/inspect.h"
#include "cairn/object.h"
#include "cairn/snapshot.h"
#include "cairn/status.h"
#include "cairn/type.h"
#include "cairn/weakmap.h"
#include "cairn/weakref.h"

#endif
