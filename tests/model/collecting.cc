// SPDX-License-Identifier: MIT
/// Registered finalizers, the queue, collections.
#include <string>

#include "cairn/testing.h"
#include "program.h"

namespace cairn_model {

namespace {

bool is_registered(const Record& record) {
    return record.kind == kRegistered;
}

}  // namespace

void Program::use_registered(const Operation& o, bool detach) {
    const Id id = find_variable(o.a, is_registered);
    if (id == 0) {
        return;
    }
    Record& record = at(id);
    const Hold hold(record.object);
    const bool is_alive = record.registered;
    cairn_object* object = nullptr;
    cairn_object* argument = nullptr;
    const cairn_status peeked = cairn_finalizer_peek(record.object, &object, &argument, nullptr);
    expect(peeked == (is_alive ? CAIRN_OK : CAIRN_NOT_FOUND), "peek");
    expect(!is_alive || (id_of(object) == record.target && id_of(argument) == record.argument),
           "peek shows something else");
    cairn_clear(&object);
    cairn_clear(&argument);
    record.registered = false;
    if (detach) {
        record.argument = is_alive ? 0 : record.argument;
        expect(cairn_finalizer_detach(record.object) == (is_alive ? 1 : 0), "detach");
        return;
    }
    int ran = -1;
    const int called_before = record.called;
    const cairn_status status = cairn_finalizer_call(record.object, &ran);
    expect(ran == (is_alive ? 1 : 0) && record.called == called_before + ran, "early call");
    expect(status == (is_alive && record.action == kFail ? CAIRN_USER_ERROR : CAIRN_OK),
           "status of an early call");
}

void Program::run_some(size_t count) {
    ran_from_queue_ = 0;
    running_queue_ = true;
    const size_t ran = cairn_finalizers_run(heap_, count, 0);
    running_queue_ = false;
    // What was set off and is left goes before what waited.
    batch_ = -static_cast<int64_t>(operation_) - 1;
    expect(ran == ran_from_queue_, "the number of finalizers that ran is wrong");
    expect(count == 0 || ran <= count, "too many finalizers ran");
    expect(ran == count || cairn_finalizers_pending(heap_) == 0, "too few finalizers ran");
}

void Program::collect_full() {
    const std::vector<bool> may = model_.may_live();
    for (Id id = 1; id < may.size(); ++id) {
        at(id).unreachable = at(id).alive && !may[id];
    }
    const size_t actions_before = actions_;
    const size_t waiting_before = cairn_finalizers_pending(heap_);
    expect(cairn_gc_collect(heap_, 2, nullptr) == CAIRN_OK, "a collection failed");
    // What begins to wait is alive. If it holds a weak-value map, so are the keys of its dead
    // values when the rescue looks, if that comes before the entries go.
    const bool keys_are_kept =
        has_flag(CAIRN_HEAP_FINALIZERS_FIRST) && cairn_finalizers_pending(heap_) != waiting_before;
    no_action_in_collection_ = actions_ == actions_before && !keys_are_kept;
    is_full_collection_ = true;
}

/// A cycle has found, when it ends, what was unreachable when it began, unless user code did
/// something meanwhile.
void Program::step_cycle(uint64_t budget_ns) {
    int is_done = -1;
    if (cairn_gc_pause_target(heap_) == 0) {
        expect(cairn_gc_step(heap_, budget_ns, &is_done) == CAIRN_INVALID, "a step without target");
        return;
    }
    if (cairn_gc_get_cycle_state(heap_) == CAIRN_GC_CYCLE_IDLE) {
        const std::vector<bool> may = model_.may_live();
        for (Id id = 1; id < may.size(); ++id) {
            at(id).is_cycles = at(id).alive && !may[id];
        }
        actions_before_cycle_ = actions_;
        deliveries_before_cycle_ = deliveries_ + cairn_finalizers_pending(heap_);
    }
    // Only the first slice is told of, but each may find something.
    note_candidates();
    const size_t cycles = cycles_ended();
    expect(cairn_gc_step(heap_, budget_ns, &is_done) == CAIRN_OK, "a step failed");
    const bool is_idle = cairn_gc_get_cycle_state(heap_) == CAIRN_GC_CYCLE_IDLE;
    expect(is_done == (is_idle ? 1 : 0), "a step says something else than the state");
    expect(is_idle || budget_ns != UINT64_MAX, "a step with time for all of it does not end");
    if (cycles_ended() == cycles) {
        return;
    }
    for (Record& record : model_.records) {
        record.unreachable = record.is_cycles;
    }
    no_action_in_collection_ =
        actions_ == actions_before_cycle_ &&
        (!has_flag(CAIRN_HEAP_FINALIZERS_FIRST) ||
         deliveries_ + cairn_finalizers_pending(heap_) == deliveries_before_cycle_);
    is_full_collection_ = true;
}

size_t Program::cycles_ended() const {
    cairn_gc_cycle_stats stats = {};
    cairn_gc_get_cycle_stats(heap_, &stats);
    return stats.cycles;
}

void Program::set_pause_target(uint64_t ns) {
    const bool is_refused = has_flag(CAIRN_HEAP_CPYTHON_ORDER);
    expect(cairn_gc_set_pause_target(heap_, ns) == (is_refused ? CAIRN_INVALID : CAIRN_OK),
           "status of a pause target");
    expect(cairn_gc_pause_target(heap_) == (is_refused ? 0 : ns), "the pause target is another");
}

/// What is reachable again, or frozen, is no more what the cycle has to find.
void Program::forget_saved() {
    const std::vector<bool> may = model_.may_live();
    const bool is_idle = cairn_gc_get_cycle_state(heap_) == CAIRN_GC_CYCLE_IDLE;
    for (Id id = 1; id < may.size(); ++id) {
        at(id).is_cycles = at(id).is_cycles && !is_idle && !may[id];
    }
}

/// Collects until nothing happens any more: then nothing unreachable may be alive.
void Program::settle() {
    size_t before = 0;
    size_t deliveries_before = 0;
    cairn_heap_usage usage = {};
    do {
        deliveries_before = deliveries_ + cairn_finalizers_pending(heap_);
        cairn_heap_get_usage(heap_, &usage);
        before = usage.objects;
        collect_full();
        compare();
        end_operation();
        cairn_heap_get_usage(heap_, &usage);
    } while (failure_.empty() &&
             (usage.objects != before ||
              deliveries_ + cairn_finalizers_pending(heap_) != deliveries_before));
    const std::vector<bool> may = model_.may_live();
    for (Id id = 1; id < may.size(); ++id) {
        expect(!at(id).alive || may[id],
               "record " + std::to_string(id) + " is alive though nothing holds it");
    }
}

/// What a weak container shows of garbage, or lets go of, is no more what the cycle has to find,
/// nor what it leaves out because it is frozen.
void Program::touch_garbage() {
    for (Record& record : model_.records) {
        record.is_cycles = false;
    }
}

void Program::freeze(bool on) {
    touch_garbage();
    on ? cairn_gc_freeze(heap_) : cairn_gc_unfreeze(heap_);
    for (Record& record : model_.records) {
        const bool tracked = record.alive && cairn_gc_is_tracked(record.object) != 0;
        record.frozen = on && (record.frozen || tracked);
    }
}

}  // namespace cairn_model
