// SPDX-License-Identifier: MIT
/// The interpreter's beginning and end.
#ifndef PEBBLE_CORE_START_H
#define PEBBLE_CORE_START_H

#include "core/protocol.h"

namespace pebble {

struct StartOptions {
    size_t memory_limit = 0;        ///< bytes, 0 = none
    uint64_t young_every = 0;       ///< a young collection before every n-th allocation, 0 = never
    uint64_t collect_every = 0;     ///< a full collection before every n-th allocation, 0 = never
    uint64_t pause_target = 0;      ///< of a full collection, nanoseconds; 0 = in one piece
    bool cpython_order = false;     ///< finalizers in a cycle in CPython's order exactly
    bool queue_finalizers = false;  ///< they and callbacks wait for cairn.finalizers_run()
};

/// Makes the heap, the builtin classes, and the modules builtins and sys. False: no memory.
bool start(const StartOptions& options);
/// Ends what start() made as CPython ends: functions registered with atexit, modules, heap.
void stop();
/// Registers a function for stop(); the last one is called first. Borrowed.
bool at_exit(Value function, Value args, Value keywords);
bool forget_at_exit(Value function);

}  // namespace pebble

#endif
