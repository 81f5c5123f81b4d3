// SPDX-License-Identifier: MIT
// Which host functions are running, in a checked build: so that a call that one of them must not
// make is noticed, and one that was left by a longjmp or an exception.
//
// In a release build none of this takes an instruction.
#ifndef CAIRN_OBJECT_HOST_CALL_H
#define CAIRN_OBJECT_HOST_CALL_H

#include <cstdint>

#include "object/header.h"

struct cairn_heap;

namespace cairn {

enum class HostFunction : uint8_t {
    kFinalizer,
    kWeakrefCallback,
    kRegisteredFinalizer,
    kGcCallback,
    kSoftLimitHook,
    kUnraisableHook,
    kHash,
    kEqual,
    kClear,
    // What these may call is restricted.
    kVisit,
    kRepr,
    kExternalSize,
    kDealloc,
    kTraverse,
    kVisitRoots,
    kFinalizersWaitingHook,
};

// What a call into the library does.
enum class Access : uint8_t {
    kRead,          // it reads, and changes nothing
    kLessExternal,  // cairn_heap_add_external() with a negative number
    kAny,
};

#if CAIRN_CHECK_LEVEL >= 1

// While one lives a host function is running. Objects of this class lie in the frame of the
// library's function that calls it.
class HostCall {
  public:
    [[gnu::always_inline]] HostCall(const cairn_heap* heap,
                                    HostFunction function,
                                    const cairn_object* object) {
        begin(heap, function, object, __builtin_frame_address(0));
    }
    ~HostCall() { end(); }
    HostCall(const HostCall&) = delete;
    HostCall& operator=(const HostCall&) = delete;

  private:
    static void begin(const cairn_heap* heap,
                      HostFunction function,
                      const cairn_object* object,
                      const void* frame);
    static void end();
};

// Reports a call on `heap` that a running host function of it must not make, and a host function
// that is not running any more and has not returned. `frame` is that of the library's entry point.
void check_host_calls(const cairn_heap* heap, Access access, const void* frame);

[[gnu::always_inline]] inline void check_access(const cairn_heap* heap, Access access) {
    check_host_calls(heap, access, __builtin_frame_address(0));
}

#else

class HostCall {
  public:
    HostCall(const cairn_heap*, HostFunction, const cairn_object*) {}
    ~HostCall() {}  // NOLINT(modernize-use-equals-default): so that a variable of it is used
    HostCall(const HostCall&) = delete;
    HostCall& operator=(const HostCall&) = delete;
};

inline void check_access(const cairn_heap*, Access) {}

#endif

}  // namespace cairn

#endif
