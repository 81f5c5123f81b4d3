// SPDX-License-Identifier: MIT
// A heap's whole state, in one struct: there is no other.
#ifndef CAIRN_HEAP_HEAP_H
#define CAIRN_HEAP_HEAP_H

#include <cstddef>
#include <cstdint>

#include "base/array.h"
#include "base/block_map.h"
#include "base/memory.h"
#include "base/pointer_map.h"
#include "cairn/finalize.h"
#include "cairn/gc.h"
#include "cairn/heap.h"
#include "cairn/snapshot.h"
#include "memory/space.h"
#include "object/header.h"
#include "object/order.h"
#include "object/type.h"

namespace cairn {

struct WeakrefObject;
struct ExitRun;
struct FinalizerObject;
struct WeakMapObject;
struct Cycle;

// When to collect: the numbers of CPython's policy, and bytes.
struct Policy {
    bool enabled = true;
    uint64_t trigger = 700;  // young_count() above this sets off a look at the rest
    uint32_t counts[CAIRN_GENERATIONS] = {0, 0, 0};  // the first is unused: see young_count
    int64_t young_floor = 0;  // the least that births less deaths have been since the count was 0
    uint32_t thresholds[CAIRN_GENERATIONS] = {700, 10, 10};
    size_t long_lived_total = 0;    // survivors of the last full collection
    size_t long_lived_pending = 0;  // joined the oldest generation since, less deaths there
    size_t young_bytes = 0;         // of pages and large objects taken since the last collection
    size_t young_bytes_threshold = size_t{64} << 20;
    size_t external_growth = 0;   // since the last full collection
    size_t external_at_full = 0;  // after the last full collection
    size_t external_threshold = size_t{16} << 20;
    uint64_t deallocations_at_sweep = 0;
    bool has_pause_target = false;  // full collections go in slices: see collect/cycle/
    bool is_cycling = false;        // one is under way
    uint64_t next_slice = 0;        // is due at this young_count(); 0: not by a count
    bool owes_slice = false;        // there was none since the last collection
    uint64_t young_by_bytes = 0;    // counted by the last collection, if bytes made it due; or 0
    uint64_t young_at_slice = 0;    // the count when the slice began, and the births until then
    uint64_t made_at_slice = 0;
    size_t soft_limit = 0;         // 0: none
    bool past_soft_limit = false;  // the hook was told
    cairn_soft_limit_fn on_soft_limit = nullptr;
    void* soft_limit_data = nullptr;
};

struct GcCallback {
    cairn_gc_callback_fn function;
    void* user_data;
};

// With a mark stack of so many the collector can work when memory is out, if slowly.
inline constexpr size_t kLeastMarkStack = 256;

struct GcState {
    bool collecting = false;
    uint32_t debug = 0;
    uint64_t user_code_runs = 0;  // finalizers and callbacks started, ever
    cairn_gc_stats stats[CAIRN_GENERATIONS] = {};
    cairn_gc_pauses pauses[CAIRN_GC_PAUSE_KINDS] = {};
    Array<GcCallback> callbacks;
    Array<cairn_object*> garbage;
    Array<cairn_object*> mark_stack;
    PointerMap<int64_t> overflow;       // candidates whose count does not fit a side byte
    Segment* first_examined = nullptr;  // the segments with examined pages, in a list
    Segment* last_examined = nullptr;
};

// References, of a checked build: to containers, and to leaves.
struct RefTally {
    uint64_t containers = 0;
    uint64_t leaves = 0;

    void add(const cairn_object* referent) {
        ++((referent->flags & kContainer) != 0 ? containers : leaves);
    }
};

struct ReclaimState {
    uint32_t depth = 0;                // nested deaths on the C stack
    cairn_object* deferred = nullptr;  // dying objects that wait for the outermost one
    RefTally released;                 // checked builds: decrefs made by the running clear function
};

// The generation lists of a heap with CAIRN_HEAP_CPYTHON_ORDER.
struct OrderState {
    OrderList generations[CAIRN_GENERATIONS];
    OrderList permanent;
    OrderList unreachable;
    OrderList seen;
};

enum class QueueKind : uint8_t { kFinalizer, kCallback, kRegistered };

constexpr uint32_t kNoItem = UINT32_MAX;

struct QueueItem {
    cairn_object* object;  // owned, unless it has kIsBorrowed
    uint32_t next;         // in its list; kNoItem: none
    uint32_t previous;
    uint32_t set_off_by;  // FinalizerQueue::runs when it began to wait
    QueueKind kind;
};

struct QueueList {
    uint32_t first = kNoItem;
    uint32_t last = kNoItem;
    size_t count = 0;
};

// What waits for cairn_finalizers_run(); see finalize/queue.h.
struct FinalizerQueue {
    QueueItem* items = nullptr;
    size_t capacity = 0;
    uint32_t free_item = kNoItem;  // the first of the unused, which their `next` links
    QueueList waiting;
    QueueList fresh;              // set off by the item that runs: goes before what waits
    size_t reserved = 0;          // may come to wait
    size_t borrowed = 0;          // of those that wait
    PointerMap<uint32_t> places;  // the items of all that wait borrowed, if they are noted
    uint32_t runs = 0;            // items that have begun to run
    bool noted = false;           // from a long search on, until the queue is empty
    bool running = false;

    [[nodiscard]] size_t count() const { return waiting.count + fresh.count; }
};

// The lists of objects that hosts have and have not released.
struct OpenLists {
    size_t count = 0;
    size_t bytes = 0;
};

// What cairn_mark() has counted: mark number `base` + n has the stamp n.
struct Marks {
    uint64_t base = 0;
    uint32_t last = 0;  // the newest stamp
};

// The numbers of objects in snapshots: see inspect/object_ids.h.
struct IdTable {
    PointerMap<uint32_t> firsts;
    uint32_t next = 0;
    uint64_t base = 0;  // Marks::base when it was made
};

// An object whose allocation was sampled, by address. Nobody removes the entry when it dies: what
// counts is the flag of the object that is there.
struct Sample {
    uint32_t place;  // of the site
    size_t bytes;
};

// All that was ever sampled at one allocation site.
struct SiteSum {
    uint32_t site;
    uint64_t objects;
    uint64_t bytes;
};

// See cairn_heap_set_sampler(); inspect/sites.h reads it.
struct Sampler {
    size_t interval = 0;  // bytes, on average; 0: off
    int64_t left = 0;     // bytes until the next sample
    uint64_t random = 0x9E3779B97F4A7C15U;
    cairn_site_fn site = nullptr;
    void* site_data = nullptr;
    PointerMap<Sample> samples;
    size_t samples_limit = 0;  // stale entries are removed when there are so many
    Array<SiteSum> sums;
    PointerMap<uint32_t> places;  // of sites among the sums
};

// See cairn_gc_trace_start().
struct GcTrace {
    cairn_write_fn write = nullptr;  // nullptr: none is written
    void* write_data = nullptr;
    // Writes a phase that ends now; nullptr while no trace is written.
    void (*put_phase)(GcTrace& trace, const char* name, uint64_t start_ns) = nullptr;
    // Notes that a collection begins, or writes it.
    void (*put_collection)(GcTrace& trace,
                           cairn_gc_phase phase,
                           const cairn_gc_info& info) = nullptr;
    uint64_t start_ns[CAIRN_GENERATIONS] = {};  // of the last collection of each
    bool has_events = false;
    bool gave_up = false;
};

struct TestHooks {
    uint64_t collect_every = 0;
    uint64_t collect_countdown = 0;
    uint64_t requests = 0;          // for objects, on the slow path
    uint64_t slow_allocations = 0;  // objects made on it
};

}  // namespace cairn

struct cairn_heap {
    // Set when the allocation path has more to do than take a cell: a soft limit, samples, test
    // hooks.
    bool slow_allocation = false;
    bool ordered = false;
    uint32_t flags = 0;
    cairn::Memory memory;
    cairn::Space space;
    // Objects ever made and freed, by is_container. `made[1]` counts the containers that hosts
    // asked for, which the policy counts; what that leaves out or has too many is in `made[0]`.
    // Not among the first bytes of the heap, which often lie at the start of a page of the system
    // as the first object of each of ours does: see the notes on W1 in docs/performance.md.
    uint64_t made[2] = {0, 0};
    uint64_t freed[2] = {0, 0};
    cairn::Policy policy;
    cairn::ReclaimState reclaim;
    cairn::GcState gc;
    cairn::Cycle* cycle = nullptr;  // made for the first pause target
    cairn::OrderState order;
    cairn::Marks marks;
    cairn::IdTable ids;
    cairn::Sampler sampler;
    cairn::GcTrace trace;
    cairn::TestHooks testing;
    cairn::OpenLists lists;
    cairn::BlockMap<cairn::WeakrefObject> weakrefs;  // referent -> newest reference or shared one
    cairn::Array<cairn_object* const*> roots;
    cairn_visit_roots_fn visit_roots = nullptr;
    void* visit_roots_data = nullptr;
    cairn_type* types = nullptr;
    cairn_type* weakref_type = nullptr;
    cairn_type* weakmap_types[4] = {};  // by cairn_weak_kind; this and the next three when needed
    cairn_type* entry_ref_type = nullptr;
    cairn_type* finalizer_type = nullptr;
    cairn_type* finalizer_ref_type = nullptr;
    size_t weak_key_maps = 0;
    cairn::WeakMapObject* first_iterated = nullptr;  // of the weak-key maps with open iterators
    cairn::FinalizerObject* newest_finalizer = nullptr;
    cairn::ExitRun* exit_run = nullptr;  // the innermost
    uint32_t registered_running = 0;     // functions of registered finalizers on the C stack
    cairn::FinalizerQueue queue;
    const void* owner = nullptr;  // the heap thread: see heap/thread.h
    bool closing = false;
    bool silent = false;     // new objects have no user code, and nothing is registered
    bool finalized = false;  // no user code runs any more: see finalize_heap()
    cairn_unraisable_fn on_unraisable = nullptr;
    void* unraisable_data = nullptr;
    cairn_finalizers_waiting_fn on_finalizers_waiting = nullptr;
    void* finalizers_waiting_data = nullptr;
    void* user_data = nullptr;
};

namespace cairn {

inline cairn_heap* heap_of(const cairn_object* object) {
    return segment_of(object)->heap;
}

inline bool has_option(const cairn_heap* heap, cairn_heap_flags option) {
    return (heap->flags & static_cast<uint32_t>(option)) != 0;
}

// Objects ever made, and ever freed.
inline uint64_t allocations(const cairn_heap* heap) {
    return heap->made[0] + heap->made[1];
}

inline uint64_t deallocations(const cairn_heap* heap) {
    return heap->freed[0] + heap->freed[1];
}

inline int64_t births_less_deaths(const cairn_heap* heap) {
    return static_cast<int64_t>(heap->made[1] - heap->freed[1]);
}

// Generation 0's count: births of containers less deaths, but never below zero. It is kept as two
// numbers that only grow and the floor that deaths have pushed down, so that neither a birth nor a
// death waits for the other's store. The floor follows before each birth, if only then.
inline void lower_young_floor(cairn_heap* heap) {
    const int64_t now = births_less_deaths(heap);
    heap->policy.young_floor = now < heap->policy.young_floor ? now : heap->policy.young_floor;
}

inline uint64_t young_count(const cairn_heap* heap) {
    const int64_t count = births_less_deaths(heap) - heap->policy.young_floor;
    return count < 0 ? 0 : static_cast<uint64_t>(count);
}

// The birth of a container counts now; `made[0]` has it too, or will have when it is made.
inline void count_birth(cairn_heap* heap) {
    lower_young_floor(heap);
    ++heap->made[1];
    --heap->made[0];
}

// What was counted in advance was not made after all.
inline void uncount_birth(cairn_heap* heap) {
    --heap->made[1];
    ++heap->made[0];
}

inline void set_young_count(cairn_heap* heap, uint64_t count) {
    heap->policy.young_floor = births_less_deaths(heap) - static_cast<int64_t>(count);
}

// Between these two calls deaths do not lower generation 0's count.
inline void begin_uncounted_deaths(cairn_heap* heap) {
    heap->policy.young_at_slice = young_count(heap);
    heap->policy.made_at_slice = heap->made[1];
}
inline void end_uncounted_deaths(cairn_heap* heap) {
    const Policy& policy = heap->policy;
    set_young_count(heap, policy.young_at_slice + heap->made[1] - policy.made_at_slice);
}

inline void zero_young_count(cairn_heap* heap) {
    set_young_count(heap, 0);
    begin_uncounted_deaths(heap);
}

// One comparison tells an allocation that there is something to do before it: the count is at the
// trigger, or the floor must follow, and then the difference is huge.
inline bool has_to_look(const cairn_heap* heap) {
    return static_cast<uint64_t>(births_less_deaths(heap) - heap->policy.young_floor) >=
           heap->policy.trigger;
}

inline bool bytes_are_due(const Policy& policy) {
    return policy.young_bytes_threshold > 0 && policy.young_bytes > policy.young_bytes_threshold;
}

// A full collection, or haste for the cycle that is under way.
inline bool external_is_due(const Policy& policy) {
    return policy.external_threshold > 0 && policy.external_growth > policy.external_threshold &&
           policy.external_growth > policy.external_at_full / 2;
}

// At which count generation 0 is due, or a slice before it.
inline uint64_t first_look_at(const Policy& policy) {
    constexpr uint64_t kNever = uint64_t{1} << 62;
    const uint64_t young = policy.thresholds[0] > 0 ? policy.thresholds[0] : kNever;
    return policy.next_slice != 0 && policy.next_slice < young ? policy.next_slice : young;
}

// The young count at which allocations must look at the policy; 0: at each.
inline uint64_t trigger_wanted(const cairn_heap* heap) {
    const Policy& policy = heap->policy;
    return heap->slow_allocation   ? 0
           : !policy.enabled       ? uint64_t{1} << 62
           : bytes_are_due(policy) ? 0
                                   : first_look_at(policy);
}

// Called wherever that changes: INV-POLICY-TRIGGER.
inline void set_trigger(cairn_heap* heap) {
    heap->policy.trigger = trigger_wanted(heap);
}

// Says whether allocations have more to look at.
inline void set_slow_allocation(cairn_heap* heap) {
    heap->slow_allocation = heap->testing.collect_every != 0 || heap->memory.fail_after != 0 ||
                            heap->policy.soft_limit != 0 || heap->sampler.interval != 0;
    set_trigger(heap);
}

// Tells the unraisable hook. USER CODE.
void unraisable(cairn_heap* heap, cairn_place place, cairn_status status, cairn_object* object);

// Makes a type for the heap's own use, with `more_flags` in its objects' headers; nullptr when
// memory is out.
cairn_type* make_own_type(cairn_heap* heap, const cairn_type_spec& spec, uint32_t more_flags);

// Makes a heap with its own types; nullptr when memory is out.
cairn_heap* new_heap(const cairn_heap_options& options);

// Frees a heap whose objects have had what was due to them.
void delete_heap(cairn_heap* heap);

}  // namespace cairn

#endif
