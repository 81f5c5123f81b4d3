// SPDX-License-Identifier: MIT
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
