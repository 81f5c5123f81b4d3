/// Random programs whose finalizers and callbacks do random things.
#include "random_program.h"

#include <cstdlib>
#include <string>

namespace cairn_test {

// Types and user code.

void RandomProgram::make_types() {
    const auto add = [this](Kind kind, cairn_type_spec spec, const char* name) {
        spec.name = name;
        spec.user_data = this;
        EXPECT_EQ(cairn_type_new(heap_, &spec, &types_[kind]), CAIRN_OK);
    };
    cairn_type_spec node = {};
    node.object_size = sizeof(Object) + kNodeSlots * sizeof(cairn_object*);
    node.slots_offset = sizeof(Object);
    node.slot_count = kNodeSlots;
    add(kPlain, node, "plain");
    node.dealloc = &dealloc;
    add(kLogged, node, "logged");
    node.finalize = &finalize;
    add(kFin, node, "fin");
    node.slots_offset = 0;
    node.slot_count = 0;
    node.traverse = &traverse;
    node.clear = &clear;
    add(kCustom, node, "custom");
    cairn_type_spec array = {};
    array.flags = CAIRN_TYPE_ITEMS_ARE_SLOTS;
    array.object_size = sizeof(Object) + sizeof(size_t);
    array.item_size = sizeof(cairn_object*);
    array.item_count_offset = sizeof(Object);
    array.finalize = &finalize;
    array.dealloc = &dealloc;
    add(kArray, array, "array");
    cairn_type_spec leaf = {};
    leaf.object_size = sizeof(Object);
    leaf.dealloc = &dealloc;
    add(kLeaf, leaf, "leaf");
    leaf.finalize = &finalize;
    add(kLeafFin, leaf, "leaf_fin");
}

cairn_status RandomProgram::finalize(cairn_object* self) {
    auto* program = static_cast<RandomProgram*>(cairn_type_user_data(cairn_type_of(self)));
    const auto id = static_cast<Id>(reinterpret_cast<Object*>(self)->id);
    Record& record = program->records_[id];
    EXPECT_EQ(record.object, self);
    EXPECT_EQ(++record.finalized, 1) << "object " << id;
    EXPECT_EQ(record.deallocated, 0) << "object " << id;
    return program->user_code(id);
}

void RandomProgram::dealloc(cairn_object* self) {
    auto* program = static_cast<RandomProgram*>(cairn_type_user_data(cairn_type_of(self)));
    const auto id = static_cast<Id>(reinterpret_cast<Object*>(self)->id);
    Record& record = program->records_[id];
    EXPECT_EQ(record.object, self);
    EXPECT_EQ(++record.deallocated, 1) << "object " << id;
    EXPECT_FALSE(program->reachable()[id]) << "object " << id << " died while it was held";
}

void RandomProgram::traverse(cairn_object* self, cairn_visit_fn visit, void* visit_data) {
    auto** slots = reinterpret_cast<cairn_object**>(reinterpret_cast<Object*>(self) + 1);
    for (size_t i = 0; i < kNodeSlots; ++i) {
        visit(slots[i], visit_data);
    }
}

void RandomProgram::clear(cairn_object* self) {
    auto** slots = reinterpret_cast<cairn_object**>(reinterpret_cast<Object*>(self) + 1);
    for (size_t i = 0; i < kNodeSlots; ++i) {
        cairn_clear(&slots[i]);
    }
}

cairn_status RandomProgram::callback(cairn_object* ref, cairn_object*, void* user_data) {
    auto* program = static_cast<RandomProgram*>(user_data);
    const Id id = program->id_of(ref);
    EXPECT_NE(id, 0u);
    Record& record = program->records_[id];
    EXPECT_EQ(++record.called, 1) << "weak reference " << id;
    EXPECT_TRUE(cairn_weakref_is_cleared(ref));
    const cairn_status status = program->user_code(id);
    record.slots[0] = 0;  // Whether it still holds its argument is seen after the operation.
    return status;
}

cairn_status RandomProgram::note_candidates(cairn_heap*,
                                            cairn_gc_phase phase,
                                            const cairn_gc_info*,
                                            void* user_data) {
    auto* program = static_cast<RandomProgram*>(user_data);
    if (phase == CAIRN_GC_START) {
        const std::vector<bool> reached = program->reachable();
        for (size_t id = 1; id < reached.size(); ++id) {
            program->records_[id].was_candidate |= !reached[id];
        }
    }
    return CAIRN_OK;
}

// The program.

void RandomProgram::operation() {
    switch (below(16)) {
        case 0:
        case 1:
        case 2:
        case 3:
            make(variable(), static_cast<Kind>(below(kWeakref)));
            break;
        case 4:
        case 5:
        case 6:
        case 7:
        case 8:
            (void)act(kLink, 0);
            break;
        case 9:
            (void)act(kCut, 0);
            break;
        case 10:
            (void)act(kDrop, 0);
            break;
        case 11:
            (void)act(kWeak, 0);
            break;
        case 12:
            (void)act(kDeref, 0);
            break;
        case 13:
            (void)act(kCollect, 0);
            break;
        case 14:
            (void)act(kLook, 0);
            break;
        default:
            if (below(4) == 0) {
                frozen_ = !frozen_;
                frozen_ ? cairn_gc_freeze(heap_) : cairn_gc_unfreeze(heap_);
            } else {
                check_nothing_else_lives();
            }
    }
}

cairn_status RandomProgram::user_code(Id self) {
    ++user_code_runs_;
    ++depth_;
    cairn_status status = CAIRN_OK;
    for (const Verb verb : records_[self].actions) {
        if (depth_ < 30 && act(verb, self) != CAIRN_OK) {
            status = CAIRN_USER_ERROR;
        }
    }
    --depth_;
    raised_ += status != CAIRN_OK ? 1 : 0;
    return status;
}

/// Does one thing. `self` is the object whose user code this is; 0 outside user code.
cairn_status RandomProgram::act(Verb verb, Id self) {
    const bool on_object = self != 0 && records_[self].kind != kWeakref;
    const size_t v = variable();
    const Id held = variables_[v];
    const bool has_slots = held != 0 && records_[held].kind != kWeakref &&  //
                           !records_[held].slots.empty();
    switch (verb) {
        case kDrop:
            assign(v, 0);
            break;
        case kNew:
            if (++made_in_user_code_ < 60) {
                make(v, static_cast<Kind>(below(kWeakref)));
            }
            break;
        case kLink:
            if (has_slots) {
                store(held, below(records_[held].slots.size()), variables_[variable()]);
            }
            break;
        case kCut:
            if (has_slots) {
                store(held, below(records_[held].slots.size()), 0);
            }
            break;
        case kKeep:
            if (on_object) {
                cairn_incref(records_[self].object);
                assign(v, self);
            }
            break;
        case kLinkSelf:
            if (on_object && has_slots) {
                store(held, below(records_[held].slots.size()), self);
            }
            break;
        case kSelfLink:
            if (on_object && !records_[self].slots.empty()) {
                store(self, below(records_[self].slots.size()), held);
            }
            break;
        case kCollect:
            (void)cairn_gc_collect(heap_, static_cast<int>(below(3)), nullptr);
            break;
        case kRaise:
            return below(2) == 0 ? CAIRN_USER_ERROR : CAIRN_OK;
        case kLook:
            look(on_object ? self : held);
            break;
        case kWeak:
            if (held != 0) {
                make_weakref(variable(), held);
            }
            break;
        case kWeakSelf:
            if (on_object) {
                make_weakref(v, self);
            }
            break;
        case kDeref:
            if (held != 0 && records_[held].kind == kWeakref) {
                cairn_object* object = cairn_weakref_get(records_[held].object);
                if (object != nullptr) {
                    EXPECT_EQ(id_of(object), records_[held].target);
                    assign(variable(), id_of(object));
                }
            }
            break;
        default:
            EXPECT_TRUE(cairn_verify_for_testing(heap_));
            break;
    }
    return CAIRN_OK;
}

void RandomProgram::choose_actions(Record& record) {
    for (Verb& action : record.actions) {
        action = static_cast<Verb>(below(kVerbs));
    }
}

void RandomProgram::make(size_t variable, Kind kind) {
    const size_t slots = kind == kArray                      ? below(below(20) == 0 ? 5000 : 9)
                         : kind == kLeaf || kind == kLeafFin ? 0
                                                             : kNodeSlots;
    cairn_object* object =
        kind == kArray ? cairn_new_var(types_[kind], slots) : cairn_new(types_[kind]);
    if (object == nullptr) {
        EXPECT_TRUE(settings_.fail_allocations);
        return;
    }
    const auto id = static_cast<Id>(records_.size());
    reinterpret_cast<Object*>(object)->id = id;
    Record& record = records_.emplace_back();
    record.object = object;
    record.kind = kind;
    record.slots.resize(slots, 0);
    record.alive = true;
    choose_actions(record);
    assign(variable, id);
}

void RandomProgram::make_weakref(size_t variable, Id target) {
    const bool with_callback = below(3) != 0;
    Id argument = below(3) == 0 ? variables_[this->variable()] : 0;
    if (!with_callback) {
        argument = 0;
    }
    // What a call is given must be owned while it may run user code.
    cairn_object* of = cairn_new_ref(records_[target].object);
    cairn_object* owned_argument = cairn_new_ref(records_[argument].object);
    cairn_object* ref = cairn_weakref_new(
        of, with_callback ? &callback : nullptr, owned_argument, with_callback ? this : nullptr);
    if (ref != nullptr) {
        adopt_weakref(variable, ref, target, argument, with_callback);
    } else {
        EXPECT_TRUE(settings_.fail_allocations);
    }
    cairn_decref(of);
    cairn_clear(&owned_argument);
}

/// Finds the shared weak reference that `ref` is, or makes a record; then stores it.
void RandomProgram::adopt_weakref(
    size_t variable, cairn_object* ref, Id target, Id argument, bool with_callback) {
    const auto known = weakrefs_.find(ref);
    if (!with_callback && cairn_refcount(ref) > 1 && known != weakrefs_.end()) {
        EXPECT_EQ(records_[known->second].target, target);
        EXPECT_FALSE(records_[known->second].has_callback);
        assign(variable, known->second);
        return;
    }
    const auto id = static_cast<Id>(records_.size());
    weakrefs_[ref] = id;
    Record& record = records_.emplace_back();
    record.object = ref;
    record.kind = kWeakref;
    record.slots = {argument};
    record.argument = argument;
    record.alive = true;
    record.target = target;
    record.has_callback = with_callback;
    record.made_in_collection = cairn_gc_is_collecting(heap_) != 0;
    choose_actions(record);
    assign(variable, id);
}

void RandomProgram::look(Id self) {
    cairn_objects list = {};
    const auto check_and_release = [&](cairn_status status) {
        if (status != CAIRN_OK) {
            EXPECT_EQ(status, CAIRN_NO_MEMORY);
            return;
        }
        for (size_t i = 0; i < list.count; ++i) {
            const Id id = id_of(list.items[i]);
            EXPECT_TRUE(cairn_is_weakref(list.items[i]) || records_[id].object == list.items[i]);
            EXPECT_EQ(records_[id].deallocated, 0);
            EXPECT_GT(cairn_refcount(list.items[i]), 0u);
        }
        cairn_objects_release(heap_, &list);
    };
    check_and_release(cairn_get_objects(heap_, static_cast<int>(below(4)) - 1, &list));
    if (self != 0) {
        cairn_object* object = cairn_new_ref(records_[self].object);
        check_and_release(cairn_get_referrers(heap_, &object, 1, &list));
        check_and_release(cairn_get_referents(object, &list));
        check_and_release(cairn_get_weakrefs(object, &list));
        cairn_decref(object);
    }
}

void RandomProgram::assign(size_t variable, Id owned) {
    const Id old = variables_[variable];
    variables_[variable] = owned;
    if (old != 0) {
        cairn_decref(records_[old].object);
    }
}

void RandomProgram::store(Id holder, size_t slot, Id value) {
    records_[holder].slots[slot] = value;
    cairn_set(address(holder, slot), records_[value].object);
}

cairn_object** RandomProgram::address(Id holder, size_t slot) {
    const Record& record = records_[holder];
    const size_t offset = sizeof(Object) + (record.kind == kArray ? sizeof(size_t) : 0);
    char* start = reinterpret_cast<char*>(record.object) + offset;
    return reinterpret_cast<cairn_object**>(start) + slot;
}

// The model.

std::vector<bool> RandomProgram::reachable() const {
    std::vector<bool> reached(records_.size(), false);
    std::vector<Id> stack;
    const auto reach = [&](Id id) {
        if (id != 0 && !reached[id]) {
            reached[id] = true;
            stack.push_back(id);
        }
    };
    for (const Id id : variables_) {
        reach(id);
    }
    while (!stack.empty()) {
        const Id at = stack.back();
        stack.pop_back();
        for (const Id to : records_[at].slots) {
            reach(to);
        }
    }
    return reached;
}

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
        while (cairn_get_referents(record.object, &held) != CAIRN_OK) {
            // The request that was to fail.
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

namespace {

/// How many seeds each variant runs: 400, or what CAIRN_TEST_SEEDS says.
uint32_t seeds() {
    const char* text = std::getenv("CAIRN_TEST_SEEDS");
    return text == nullptr ? 400 : static_cast<uint32_t>(std::strtoul(text, nullptr, 10));
}

struct Variant {
    const char* name;
    RandomProgram::Settings settings;
};

constexpr Variant kVariants[] = {
    {"CollectedByHand", {}},
    {"CollectedAutomatically", {.automatic = true}},
    {"CollectedAtEveryAllocation", {.collect_every = 1, .length = 80}},
    {"CollectedAtEverySeventhAllocation", {.collect_every = 7}},
    {"WithFailingAllocations", {.automatic = true, .fail_allocations = true}},
    {"InCpythonOrder", {.heap_flags = CAIRN_HEAP_CPYTHON_ORDER, .automatic = true}},
    {"Long", {.length = 1000}},
};

class RandomProgramTest : public ::testing::TestWithParam<size_t> {};

TEST_P(RandomProgramTest, AgreesWithTheModel) {
    RandomProgram::Settings settings = kVariants[GetParam()].settings;
    const uint32_t last = settings.length > 500 ? seeds() / 10 : seeds();
    for (uint32_t seed = 1; seed <= last; ++seed) {
        settings.seed = seed;
        SCOPED_TRACE("seed " + std::to_string(seed));
        RandomProgram program(settings);
        program.run();
        ASSERT_FALSE(HasFailure());
    }
}

INSTANTIATE_TEST_SUITE_P(Variants,
                         RandomProgramTest,
                         ::testing::Range<size_t>(0, std::size(kVariants)),
                         [](const auto& variant) { return kVariants[variant.param].name; });

}  // namespace
}  // namespace cairn_test
