// SPDX-License-Identifier: MIT
/// Every call is made wrongly: on a thread that does not own the heap (but for those that may come
/// from any thread), and with objects that have been freed; and each that changes something in a
/// visit function. Each is reported.
#include <algorithm>
#include <cstddef>
#include <iterator>
#include <thread>

#include <gtest/gtest.h>

#include "cairn/cairn.h"
#include "cairn/testing.h"
#include "is_reported.h"

namespace {

struct List {
    cairn_object head;
    cairn_object* slot;
    cairn_buffer items;
};

struct Things {
    cairn_heap* heap;
    cairn_type* type;
    cairn_object* object;
    cairn_object* map;
    cairn_object* set;
    cairn_object* ref;
    cairn_object* finalizer;
    cairn_object* list;               ///< with a buffer
    cairn_weakmap_iterator iterator;  ///< open, on the map
    cairn_type_spec spec;
    cairn_edge edge;
    // What results are written to.
    cairn_object* got;
    cairn_object* slot;
    cairn_objects objects;
    cairn_buffer buffer;
    cairn_weakmap_iterator other_iterator;
    cairn_type* new_type;
    cairn_gc_cycle_stats cycle_stats;
    cairn_gc_pauses pauses;
    cairn_gc_stats stats;
    cairn_heap_usage usage;
    size_t size;
    uint64_t number;
    int flag;
    uint32_t numbers[3];
    char text[80];
};

struct Call {
    const char* name;
    void (*make)(Things&);
    bool only_reads;
};

#define CALL(expression)                                   \
    {                                                      \
#expression, [](Things & t) { expression; }, false \
    }
#define READ(expression)                                  \
    {                                                     \
#expression, [](Things & t) { expression; }, true \
    }

int end_visit(cairn_object*, void*) {
    return 0;
}

cairn_status do_nothing(cairn_heap*, cairn_gc_phase, const cairn_gc_info*, void*) {
    return CAIRN_OK;
}

cairn_status finalize(cairn_object*, void*) {
    return CAIRN_OK;
}

cairn_status never_equal(cairn_object*, void*, int* out_equal) {
    *out_equal = 0;
    return CAIRN_OK;
}

int refuse(const void*, size_t, void*) {
    return 0;
}

constexpr Call kHeapCalls[] = {
    CALL(cairn_buffer_release(t.heap, &t.buffer)),
    CALL(cairn_census(
        t.heap, [](const cairn_census_row*, void*) { return 0; }, nullptr)),
    CALL(cairn_census_since(
        t.heap, 0, [](const cairn_census_row*, void*) { return 0; }, nullptr)),
    READ(cairn_finalizers_pending(t.heap)),
    CALL(cairn_finalizers_run(t.heap, 0, 0)),
    CALL(cairn_finalizers_run_atexit(t.heap)),
    CALL(cairn_gc_callback_add(t.heap, do_nothing, nullptr)),
    CALL(cairn_gc_callback_remove(t.heap, do_nothing, nullptr)),
    CALL(cairn_gc_collect(t.heap, 2, &t.size)),
    CALL(cairn_gc_disable(t.heap)),
    CALL(cairn_gc_enable(t.heap)),
    CALL(cairn_gc_freeze(t.heap)),
    READ(cairn_gc_freeze_count(t.heap)),
    CALL(cairn_gc_garbage_clear(t.heap)),
    READ(cairn_gc_garbage_count(t.heap)),
    READ(cairn_gc_garbage_get(t.heap, 0)),
    READ(cairn_gc_get_counts(t.heap, t.numbers)),
    READ(cairn_gc_get_cycle_state(t.heap)),
    READ(cairn_gc_get_cycle_stats(t.heap, &t.cycle_stats)),
    READ(cairn_gc_get_debug(t.heap)),
    READ(cairn_gc_get_pauses(t.heap, CAIRN_GC_PAUSE_SLICE, &t.pauses)),
    READ(cairn_gc_get_stats(t.heap, 2, &t.stats)),
    READ(cairn_gc_get_thresholds(t.heap, t.numbers)),
    READ(cairn_gc_is_collecting(t.heap)),
    READ(cairn_gc_is_enabled(t.heap)),
    READ(cairn_gc_pause_target(t.heap)),
    CALL(cairn_gc_set_byte_thresholds(t.heap, 0, 0)),
    CALL(cairn_gc_set_debug(t.heap, 0)),
    CALL(cairn_gc_set_pause_target(t.heap, 0)),
    CALL(cairn_gc_set_thresholds(t.heap, t.numbers)),
    CALL(cairn_gc_step(t.heap, 1, &t.flag)),
    CALL(cairn_gc_trace_start(t.heap, refuse, nullptr)),
    CALL(cairn_gc_trace_stop(t.heap)),
    CALL(cairn_gc_unfreeze(t.heap)),
    CALL(cairn_get_objects(t.heap, -1, &t.objects)),
    CALL(cairn_heap_add_external(t.heap, 1)),
    CALL(cairn_heap_finalize(t.heap)),
    CALL(cairn_heap_free(t.heap)),
    READ(cairn_heap_get_usage(t.heap, &t.usage)),
    CALL(cairn_heap_set_finalizers_waiting_hook(t.heap, nullptr, nullptr)),
    CALL(cairn_heap_set_memory_limit(t.heap, 0)),
    CALL(cairn_heap_set_root_visitor(t.heap, nullptr, nullptr)),
    CALL(cairn_heap_set_sampler(t.heap, 0, nullptr, nullptr)),
    CALL(cairn_heap_set_soft_limit(t.heap, 0, nullptr, nullptr)),
    CALL(cairn_heap_set_unraisable_hook(t.heap, nullptr, nullptr)),
    CALL(cairn_heap_trim(t.heap)),
    CALL(cairn_mark(t.heap)),
    CALL(cairn_objects_release(t.heap, &t.objects)),
    CALL(cairn_root_add(t.heap, &t.object)),
    CALL(cairn_root_remove(t.heap, &t.object)),
    CALL(cairn_snapshot_write(t.heap, nullptr, refuse, nullptr)),
    CALL(cairn_type_new(t.heap, &t.spec, &t.new_type)),
    CALL(cairn_visit_held(
        t.heap, [](cairn_object*, size_t, size_t, void*) { return 0; }, nullptr)),
    READ(cairn_visit_objects(t.heap, end_visit, nullptr)),
    CALL(cairn_visit_sites(
        t.heap, [](const cairn_site_sum*, void*) { return 0; }, nullptr)),
    CALL(cairn_weakmap_new(t.heap, CAIRN_WEAK_KEY_MAP)),
    CALL(cairn_fail_allocation_for_testing(t.heap, 0)),
    READ(cairn_allocation_requests_for_testing(t.heap)),
    CALL(cairn_collect_every_for_testing(t.heap, 0)),
    CALL(cairn_verify_for_testing(t.heap)),
    // Of a type.
    CALL(cairn_new(t.type)),
    CALL(cairn_new_var(t.type, 0)),
    // Of an iterator.
    CALL(cairn_weakmap_iterator_close(&t.iterator)),
    CALL(cairn_weakmap_iterator_next(&t.iterator, &t.got, &t.got)),
};

constexpr Call kObjectCalls[] = {
    CALL(cairn_get_referrers(t.heap, &t.object, 1, &t.objects)),
    CALL(cairn_retained(t.heap, &t.object, 1, nullptr, end_visit, nullptr)),
    CALL(cairn_weakref_new_typed(t.type, t.object, nullptr, nullptr, nullptr)),
    CALL(cairn_add_references_for_testing(t.object, 1)),
    CALL(cairn_buffer_clear(t.list)),
    CALL(cairn_buffer_exchange(t.list, &t.buffer)),
    CALL(cairn_buffer_insert(t.list, 0, 1)),
    CALL(cairn_buffer_remove(t.list, 0, 0)),
    CALL(cairn_buffer_replace(t.list, 0, &t.buffer)),
    CALL(cairn_buffer_reserve(t.list, 1)),
    CALL(cairn_buffer_resize(t.list, 1)),
    CALL(cairn_buffer_shift_out(t.list, 0, &t.got)),
    CALL(cairn_buffer_trim(t.list)),
    READ(cairn_check_store(&t.slot, t.object)),
    CALL(cairn_clear(&t.slot)),
    CALL(cairn_decref(t.object)),
    READ(cairn_edge_text(t.object, &t.edge, t.text, sizeof t.text)),
    CALL(cairn_equal(t.object, t.object, &t.flag)),
    READ(cairn_gc_is_finalized(t.object)),
    READ(cairn_gc_is_tracked(t.object)),
    CALL(cairn_gc_track(t.object)),
    CALL(cairn_gc_untrack(t.object)),
    CALL(cairn_get_referents(t.object, &t.objects)),
    CALL(cairn_get_weakrefs(t.object, &t.objects)),
    CALL(cairn_hash(t.object, &t.number)),
    CALL(cairn_incref(t.object)),
    READ(cairn_is_immortal(t.object)),
    READ(cairn_is_newer(t.object, 0)),
    CALL(cairn_make_immortal(t.object)),
    CALL(cairn_new_ref(t.object)),
    READ(cairn_object_external_size(t.object)),
    READ(cairn_object_size(t.object)),
    CALL(cairn_path_to_root(
        t.object, [](const cairn_path_step*, void*) { return 0; }, nullptr)),
    READ(cairn_refcount(t.object)),
    READ(cairn_repr(t.object, t.text, sizeof t.text)),
    CALL(cairn_set(&t.slot, t.object)),
    CALL(cairn_set_consume(&t.slot, t.object)),
    CALL(cairn_value_clear(&t.slot)),
    CALL(cairn_value_decref(t.object)),
    CALL(cairn_value_incref(t.object)),
    CALL(cairn_value_new_ref(t.object)),
    CALL(cairn_value_set(&t.slot, t.object)),
    CALL(cairn_value_set_consume(&t.slot, t.object)),
    READ(cairn_visit_referents(
        t.object, [](cairn_object*, const cairn_edge*, void*) { return 0; }, nullptr)),
    // Of a registered finalizer.
    CALL(cairn_finalizer_call(t.finalizer, &t.flag)),
    CALL(cairn_finalizer_detach(t.finalizer)),
    READ(cairn_finalizer_get_atexit(t.finalizer)),
    READ(cairn_finalizer_is_alive(t.finalizer)),
    READ(cairn_finalizer_is_waiting(t.object)),
    CALL(cairn_finalizer_new(t.object, finalize, nullptr, nullptr)),
    CALL(cairn_finalizer_peek(t.finalizer, &t.got, &t.got, nullptr)),
    CALL(cairn_finalizer_set_atexit(t.finalizer, 1)),
    // Of a weak reference.
    READ(cairn_weakref_argument(t.ref)),
    READ(cairn_weakref_count(t.object)),
    CALL(cairn_weakref_equal(t.ref, t.ref, &t.flag)),
    CALL(cairn_weakref_get(t.ref)),
    READ(cairn_weakref_has_callback(t.ref)),
    CALL(cairn_weakref_hash(t.ref, &t.number)),
    READ(cairn_weakref_is_cleared(t.ref)),
    CALL(cairn_weakref_new(t.object, nullptr, nullptr, nullptr)),
    // Of a weak container.
    CALL(cairn_weakmap_clear(t.map)),
    CALL(cairn_weakmap_contains(t.map, t.object, &t.flag)),
    CALL(cairn_weakmap_copy(t.map, &t.got)),
    CALL(cairn_weakmap_delete(t.map, t.object)),
    CALL(cairn_weakmap_find(t.map, 1, never_equal, nullptr, &t.got, &t.got)),
    CALL(cairn_weakmap_get(t.map, t.object, &t.got)),
    CALL(cairn_weakmap_iterator_open(t.map, &t.other_iterator)),
    READ(cairn_weakmap_length(t.map)),
    CALL(cairn_weakmap_pop(t.map, t.object, &t.got)),
    CALL(cairn_weakmap_pop_last(t.map, &t.got, &t.got)),
    CALL(cairn_weakmap_refs(t.map, &t.objects)),
    CALL(cairn_weakmap_set(t.map, t.object, t.object)),
    CALL(cairn_weakmap_store(t.map, 1, never_equal, nullptr, t.object, t.object, &t.got)),
    CALL(cairn_weakmap_update(t.map, t.map)),
    CALL(cairn_weakset_add(t.set, t.object)),
};

#undef CALL
#undef READ

cairn_type* make_type(Things& t, size_t buffer_offset) {
    cairn_type_spec spec = {};
    spec.name = "list";
    spec.object_size = sizeof(List);
    spec.slots_offset = offsetof(List, slot);
    spec.slot_count = 1;
    spec.buffer_offset = static_cast<uint32_t>(buffer_offset);
    cairn_type* type = nullptr;
    EXPECT_EQ(cairn_type_new(t.heap, &spec, &type), CAIRN_OK);
    return type;
}

void make_things(Things& t) {
    t.heap = cairn_heap_new(nullptr);
    ASSERT_NE(t.heap, nullptr);
    t.type = make_type(t, 0);
    t.object = cairn_new(t.type);
    t.list = cairn_new(make_type(t, offsetof(List, items)));
    t.map = cairn_weakmap_new(t.heap, CAIRN_WEAK_KEY_MAP);
    t.set = cairn_weakmap_new(t.heap, CAIRN_WEAK_SET);
    t.ref = cairn_weakref_new(t.object, nullptr, nullptr, nullptr);
    t.finalizer = cairn_finalizer_new(t.object, finalize, nullptr, nullptr);
    cairn_weakmap_iterator_open(t.map, &t.iterator);
    cairn_set(&t.slot, t.object);
}

/// The pointers stay.
void free_objects(Things& t) {
    cairn_weakmap_iterator_close(&t.iterator);
    cairn_finalizer_detach(t.finalizer);
    for (cairn_object* object : {t.slot, t.finalizer, t.ref, t.set, t.map, t.list, t.object}) {
        cairn_decref(object);
    }
}

TEST(EveryCallTest, ReportsAForeignThread) {
    Things t = {};
    make_things(t);
    const auto make_on_a_thread = [&](const Call& call) {
        std::thread([&] { call.make(t); }).join();
    };
    for (const Call& call : kHeapCalls) {
        EXPECT_TRUE(is_reported("thread", [&] { make_on_a_thread(call); })) << call.name;
    }
    for (const Call& call : kObjectCalls) {
        EXPECT_TRUE(is_reported("thread", [&] { make_on_a_thread(call); })) << call.name;
    }
    free_objects(t);
    EXPECT_EQ(cairn_heap_free(t.heap), 0u);
}

TEST(EveryCallTest, ReportsAChangeInAVisitFunction) {
    Things t = {};
    make_things(t);
    const auto make_in_a_visit = [&](const Call& call) {
        struct Made {
            Things& things;
            const Call& call;
        } made{t, call};
        cairn_visit_objects(
            t.heap,
            [](cairn_object*, void* data) {
                const auto* to = static_cast<Made*>(data);
                to->call.make(to->things);
                return 0;
            },
            &made);
    };
    const auto expect_report_of_changes = [&](const Call& call) {
        EXPECT_NE(is_reported("visit function", [&] { make_in_a_visit(call); }), call.only_reads)
            << call.name;
    };
    std::for_each(std::begin(kHeapCalls), std::end(kHeapCalls), expect_report_of_changes);
    std::for_each(std::begin(kObjectCalls), std::end(kObjectCalls), expect_report_of_changes);
    free_objects(t);
    EXPECT_EQ(cairn_heap_free(t.heap), 0u);
}

TEST(EveryCallTest, ReportsAFreedObject) {
    Things t = {};
    make_things(t);
    for (const Call& call : kObjectCalls) {
        EXPECT_TRUE(is_reported("freed", [&] {
            free_objects(t);
            call.make(t);
        })) << call.name;
    }
    free_objects(t);
    EXPECT_EQ(cairn_heap_free(t.heap), 0u);
}

}  // namespace
