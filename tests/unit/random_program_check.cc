// SPDX-License-Identifier: MIT
/// The random program against its model.
#include <vector>

#include <gtest/gtest.h>

#include "cairn/testing.h"
#include "random_program.h"

namespace cairn_test {

/// Learns which objects are alive.
void RandomProgram::observe() {
    for (Record& record : records_) {
        record.alive = false;
    }
    cairn_visit_objects(
        heap_,
        [](cairn_object* object, void* user_data) {
            auto* program = static_cast<RandomProgram*>(user_data);
            const Id id = program->id_of(object);
            EXPECT_NE(id, 0u) << "an object that nobody made";
            EXPECT_FALSE(program->records_[id].alive) << "visited twice";
            EXPECT_EQ(program->records_[id].object, object);
            program->records_[id].alive = true;
            return 1;
        },
        this);
}

/// A reference that was called lets go of its argument after the call, or, where a collection made
/// the call, when it dies.
void RandomProgram::observe_arguments() {
    for (Record& record : records_) {
        if (record.kind != kWeakref || !record.alive || record.called == 0) {
            continue;
        }
        cairn_objects held = {};
        while (cairn_get_referents(record.object, &held) != CAIRN_OK) {  // It was to fail once.
        }
        record.slots[0] = held.count == 0 ? 0 : record.argument;
        cairn_objects_release(heap_, &held);
        if (!records_[record.target].was_candidate) {
            EXPECT_EQ(record.slots[0], 0u) << "a death by count leaves no argument";
        }
    }
}

/// Compares the heap with the model, between two operations.
void RandomProgram::check() {
    observe();
    observe_arguments();
    const std::vector<bool> reached = reachable();
    std::vector<uint32_t> holders(records_.size(), 0);
    for (const Id id : variables_) {
        ++holders[id];
    }
    for (const Record& record : records_) {
        for (const Id to : record.slots) {
            holders[to] += record.alive ? 1u : 0u;
        }
    }
    for (Id id = 1; id < records_.size(); ++id) {
        check_record(id, holders[id], reached[id]);
    }
}

void RandomProgram::check_record(Id id, uint32_t holders, bool reached) {
    const Record& record = records_[id];
    const bool finalizes = record.kind == kFin || record.kind == kCustom || record.kind == kArray ||
                           record.kind == kLeafFin;
    const bool deallocates = record.kind != kPlain && record.kind != kWeakref;
    if (!record.alive) {
        EXPECT_FALSE(reached) << "object " << id << " is held but dead";
        EXPECT_EQ(record.finalized, finalizes ? 1 : 0) << "dead object " << id;
        EXPECT_EQ(record.deallocated, deallocates ? 1 : 0) << "dead object " << id;
        return;
    }
    EXPECT_EQ(record.deallocated, 0) << "living object " << id;
    EXPECT_EQ(cairn_refcount(record.object), holders) << "object " << id;
    EXPECT_GT(holders, 0u) << "object " << id << " lives though nobody refers to it";
    if (record.kind == kWeakref) {
        check_weakref(id);
        return;
    }
    EXPECT_EQ(cairn_gc_is_finalized(record.object), record.finalized) << "object " << id;
    for (size_t i = 0; i < record.slots.size(); ++i) {
        EXPECT_EQ(*address(id, i), records_[record.slots[i]].object) << "object " << id;
    }
}

void RandomProgram::check_weakref(Id id) {
    const Record& record = records_[id];
    const Record& target = records_[record.target];
    const bool cleared = cairn_weakref_is_cleared(record.object) != 0;
    if (!target.alive) {
        EXPECT_TRUE(cleared) << "weak reference " << id << " to a dead object";
    } else if (!target.was_candidate && !record.was_candidate) {
        EXPECT_FALSE(cleared) << "weak reference " << id << " to an object that was never garbage";
    }
    if (cleared && record.has_callback && !record.was_candidate && !record.made_in_collection) {
        EXPECT_EQ(record.called, 1) << "weak reference " << id;
    }
    if (record.called != 0) {
        EXPECT_TRUE(cleared) << "weak reference " << id;
    }
    EXPECT_LE(record.called, record.has_callback ? 1 : 0);
}

/// Collects until no user code runs; then only what the variables reach may live.
void RandomProgram::check_nothing_else_lives() {
    cairn_fail_allocation_for_testing(heap_, 0);
    if (frozen_) {
        return;
    }
    for (size_t before = user_code_runs_ + 1; before != user_code_runs_;) {
        before = user_code_runs_;
        EXPECT_EQ(cairn_gc_collect(heap_, 2, nullptr), CAIRN_OK);
    }
    observe();
    observe_arguments();
    const std::vector<bool> reached = reachable();
    for (Id id = 1; id < records_.size(); ++id) {
        EXPECT_EQ(records_[id].alive, reached[id]) << "object " << id;
    }
}

void RandomProgram::finish() {
    cairn_fail_allocation_for_testing(heap_, 0);
    cairn_gc_unfreeze(heap_);
    frozen_ = false;
    for (size_t before = user_code_runs_ + 1; before != user_code_runs_;) {
        before = user_code_runs_;
        for (size_t i = 0; i < kVariables; ++i) {
            assign(i, 0);
        }
        check_nothing_else_lives();
    }
    check();
    EXPECT_TRUE(cairn_verify_for_testing(heap_));
    EXPECT_EQ(reported_, raised_);
    cairn_heap_usage usage = {};
    cairn_heap_get_usage(heap_, &usage);
    EXPECT_EQ(usage.objects, 0u);
}

}  // namespace cairn_test
