// SPDX-License-Identifier: MIT
// What every entry point asks of its arguments in a checked build.
#ifndef CAIRN_API_CHECK_H
#define CAIRN_API_CHECK_H

#include "heap/thread.h"
#include "object/host_call.h"
#include "object/misuse.h"

namespace cairn {

// The heap of an object that the caller says is alive, used by the heap thread, while no host
// function runs that must not make such a call.
[[gnu::always_inline]] inline cairn_heap* enter(const cairn_object* object,
                                                Access access = Access::kAny) {
    check_address(object);
    cairn_heap* heap = heap_of(object);
    check_thread(heap);
    check_access(heap, access);
    check_alive(object);
    return heap;
}

[[gnu::always_inline]] inline cairn_heap* enter(cairn_heap* heap, Access access = Access::kAny) {
    check_thread(heap);
    check_access(heap, access);
    return heap;
}

// The same for calls that change nothing.
[[gnu::always_inline]] inline cairn_heap* look_at(const cairn_object* object) {
    return enter(object, Access::kRead);
}

[[gnu::always_inline]] inline void look_at(const cairn_heap* heap) {
    check_thread(heap);
    check_access(heap, Access::kRead);
}

// Another argument of the same call, which may be nullptr.
inline void check_argument(const cairn_object* object, const cairn_object* argument) {
    if (argument != nullptr) {
        check_alive(argument);
        check_same_heap(object, argument);
    }
}

}  // namespace cairn

#endif
