/// Cairn: an embeddable object heap for scripting runtimes. Includes every stable header.
///
/// Conventions that every call obeys:
///
///  1. Above each function stand one sentence and four lines. `owns:` uses three words only:
///     *owned* (the receiver must release it), *borrowed* (it must not), *consumed* (the callee
///     takes it over). `errors:` says how failure looks. `effects:` is none, allocates, may
///     collect, or may run user code. `thread:` says who may call.
///  2. A heap belongs to one thread at a time. There is no global state: heaps on different
///     threads share nothing.
///  3. *User code* means the host's finalizers, callbacks, hash and equal functions and hooks. It
///     may call everything unless its typedef says otherwise. A reference that you do not own may
///     be dead after any call that may run user code.
///  4. Every allocation can fail. The call then says so (CAIRN_NO_MEMORY or NULL), and nothing is
///     changed.
///  5. Errors of finalizers and callbacks go to the unraisable hook, and the work goes on.
///  6. Out parameters are last, named out_*, and written only on success. Truth values are int.
///  7. Nothing recurses on the shape of the user's graph.
///  8. Arguments may be NULL only where the text says so. Objects given to one call must belong to
///     one heap. A checked build (CAIRN_CHECK_LEVEL above 0) reports misuse and aborts.
///  9. Sizes are bytes; times are nanoseconds.
#ifndef CAIRN_CAIRN_H
#define CAIRN_CAIRN_H

#include "cairn/config.h"
#include "cairn/finalize.h"
#include "cairn/gc.h"
#include "cairn/heap.h"
#include "cairn/inspect.h"
#include "cairn/object.h"
#include "cairn/status.h"
#include "cairn/type.h"
#include "cairn/weakmap.h"
#include "cairn/weakref.h"

#endif
