// SPDX-License-Identifier: MIT
#include "object/host_call.h"

#if CAIRN_CHECK_LEVEL >= 1

#include <cstddef>
#include <cstdio>

#if defined(__GLIBC__)
#include <pthread.h>
#endif

#include "object/misuse.h"

namespace cairn {

namespace {

struct RunningCall {
    const cairn_heap* heap;
    const cairn_object* object;
    const void* frame;
    HostFunction function;
};

// The outermost ones; those that are nested deeper are only counted. Kept apart from the stack,
// because a function that was left by a longjmp leaves nothing there to rely on.
constexpr size_t kMostCalls = 128;
thread_local RunningCall running[kMostCalls];
thread_local size_t depth = 0;

const char* name_of(HostFunction function) {
    switch (function) {
        case HostFunction::kFinalizer:
            return "finalizer";
        case HostFunction::kWeakrefCallback:
            return "weak reference callback";
        case HostFunction::kRegisteredFinalizer:
            return "registered finalizer";
        case HostFunction::kGcCallback:
            return "collection callback";
        case HostFunction::kSoftLimitHook:
            return "soft limit hook";
        case HostFunction::kUnraisableHook:
            return "unraisable hook";
        case HostFunction::kHash:
            return "hash function";
        case HostFunction::kEqual:
            return "equal function";
        case HostFunction::kClear:
            return "clear function";
        case HostFunction::kVisit:
            return "visit function";
        case HostFunction::kRepr:
            return "repr function";
        case HostFunction::kExternalSize:
            return "size function";
        case HostFunction::kDealloc:
            return "dealloc function";
        case HostFunction::kTraverse:
            return "traverse function";
        case HostFunction::kVisitRoots:
            return "root visitor";
        case HostFunction::kFinalizersWaitingHook:
            return "finalizers waiting hook";
    }
    return "host function";
}

bool may_make(HostFunction function, Access access) {
    switch (function) {
        case HostFunction::kVisit:
        case HostFunction::kRepr:
        case HostFunction::kExternalSize:
        case HostFunction::kTraverse:
        case HostFunction::kFinalizersWaitingHook:
            return access == Access::kRead;
        case HostFunction::kDealloc:
            return access == Access::kLessExternal;
        case HostFunction::kVisitRoots:
            return false;
        default:
            return true;
    }
}

// Do both addresses lie on the stack that the system gave to this thread? On a stack of the host's
// own (a fiber's) they say nothing about which function is further out.
bool are_on_thread_stack(const void* one, const void* other) {
#if defined(__GLIBC__)
    pthread_attr_t attributes;
    void* start = nullptr;
    size_t size = 0;
    if (pthread_getattr_np(pthread_self(), &attributes) != 0) {
        return false;
    }
    const bool is_known = pthread_attr_getstack(&attributes, &start, &size) == 0;
    (void)pthread_attr_destroy(&attributes);
    const auto* first = static_cast<const char*>(start);
    const auto is_inside = [first, size](const void* address) {
        return address >= first && address < first + size;
    };
    return is_known && is_inside(one) && is_inside(other);
#else
    const auto distance = reinterpret_cast<uintptr_t>(one) - reinterpret_cast<uintptr_t>(other);
    return distance < size_t{64} << 10;
#endif
}

[[noreturn]] void report_call(const RunningCall& call, const char* what) {
    char text[128];
    (void)std::snprintf(text, sizeof text, "a %s %s", name_of(call.function), what);
    report_misuse(call.object, text);
}

}  // namespace

void HostCall::begin(const cairn_heap* heap,
                     HostFunction function,
                     const cairn_object* object,
                     const void* frame) {
    if (depth < kMostCalls) {
        running[depth] = {heap, object, frame, function};
    }
    ++depth;
}

void HostCall::end() {
    --depth;
}

void check_host_calls(const cairn_heap* heap, Access access, const void* frame) {
    const size_t known = depth < kMostCalls ? depth : kMostCalls;
    if (known == 0) {
        return;
    }
    // Stacks grow downwards: whatever the host function has called lies below its caller's frame.
    const RunningCall& last = running[known - 1];
    if (frame >= last.frame && are_on_thread_stack(frame, last.frame)) {
        report_call(last, "was left by a longjmp or an exception, and must return");
    }
    for (size_t i = known; i-- > 0;) {
        const RunningCall& call = running[i];
        if (call.heap == heap) {
            if (!may_make(call.function, access)) {
                report_call(call, "makes a call that it must not make");
            }
            return;
        }
    }
}

}  // namespace cairn

#endif
