// SPDX-License-Identifier: MIT
// Full collections in slices, without a write barrier. The pages behind this:
// docs/design/bounded-pauses.md.
//
// Trial deletion of any set of objects, done in one piece, is sound, and finds the cycles that lie
// inside the set. So which objects to try may be guessed, over many slices, while the program runs:
// by counting and propagation, as in a collection, but on the shadow bytes. Garbage that was there
// when the cycle began cannot be touched by the program, so its counts stand still, and no guess
// misses it. Live objects may be guessed wrongly; the proof finds that out.
#ifndef CAIRN_COLLECT_CYCLE_CYCLE_H
#define CAIRN_COLLECT_CYCLE_CYCLE_H

#include "collect/cycle/giant.h"
#include "collect/cycle/groups.h"
#include "collect/cycle/hints.h"
#include "collect/cycle/pacing.h"

namespace cairn {

// What a cycle does next. Each stage goes through the enrolled pages, or the members, once or more.
enum class Stage : uint8_t {
    kIdle,
    kEnrol,   // what is old takes part
    kRoots,   // what the host's roots reach, if it has said what they are
    kCount,   // references to the rest from outside it
    kSettle,  // how many have none
    kMark,    // what those with some reach
    kNumber,  // the rest are the members
    kUnite,   // members that refer to each other are in one group
    kPack,    // groups one after the other
    kProve,   // some groups at a time: trial deletion, finalizers, freeing
    kSweep    // empty pages
};

// The one after it.
inline Stage next_of(Stage stage) {
    return static_cast<Stage>(static_cast<uint8_t>(stage) + 1);
}

struct Cycle {
    explicit Cycle(cairn_heap* in_heap) : heap(in_heap) {}

    cairn_heap* heap;
    Pacing pacing;
    cairn_gc_cycle_stats stats{};  // of all cycles
    // Of this one.
    Stage stage = Stage::kIdle;
    Hints hints;
    Groups groups;
    Giant giant;
    size_t refused = 0;  // where the group begins that was no giant
    Bin* to_sweep = nullptr;
    size_t segments_to_release = 0;
    cairn_gc_info info{};
    // What made it due, as far as beginning it took that back: for an end without a collection.
    size_t pending_before = 0;
    uint32_t count_before = 0;
    size_t external_before = 0;
    bool slice_is_fresh = false;  // it has proved nothing yet
    bool failed = false;          // no room in a table
};

// Sets how long a slice may take; 0: full collections are in one piece, as in a new heap. False
// when memory is out. USER CODE.
[[nodiscard]] bool set_pause_target(cairn_heap* heap, uint64_t ns);

// Begins a cycle, with a collection of generation 1, so that all that is tracked is old; its slices
// come later. There must be a pause target, no cycle, and no collection under way. USER CODE.
void begin_cycle(cairn_heap* heap, bool automatic);

// Says at which allocation the next slice of a cycle is due, if one is under way.
void schedule_slice(cairn_heap* heap);

// Goes on with the cycle for so long; 0: as the pause target says, or longer where the heap grows
// too fast. USER CODE.
void run_slice(cairn_heap* heap, uint64_t budget_ns);

// One slice for so long, of a new cycle if none is under way. True: it was the last. USER CODE.
bool step_cycle(cairn_heap* heap, uint64_t budget_ns);

// Drops the guesses of a cycle, if one is under way. What it has freed stays freed. USER CODE.
void abandon_cycle(cairn_heap* heap);

// Frees the state of cycles, which has ended.
void delete_cycle(cairn_heap* heap);

// Is a cycle under way that gives empty segments back? Then young collections leave them to it.
[[nodiscard]] bool gives_back_in_slices(const cairn_heap* heap);

[[nodiscard]] cairn_gc_cycle_state cycle_state(const cairn_heap* heap);

}  // namespace cairn

#endif
