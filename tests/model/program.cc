// SPDX-License-Identifier: MIT
#include "program.h"

#include <random>

#include "cairn/testing.h"

namespace cairn_model {

namespace {

struct Node {
    cairn_object head;
    uint64_t id;
    cairn_object* slots[kSlots];
};

struct Table {
    cairn_object head;
    uint64_t id;
    cairn_object** records;
    size_t count;
};

struct Ref {
    cairn_object head;
    char weakref[CAIRN_WEAKREF_SIZE - sizeof(cairn_object)];
    uint64_t id;
};

constexpr const char* kVerbNames[] = {
    "new",          "link",     "cut",           "forget",       "new-weakref",
    "get-referent", "new-map",  "set",           "tangle",       "get",
    "remove",       "pop-last", "clear",         "update",       "copy",
    "open",         "step",     "close",         "register",     "call-registered",
    "detach",       "run-some", "collect-young", "collect-full", "settle",
    "freeze",       "verify",   "step-cycle",    "set-target"};
static_assert(std::size(kVerbNames) == kVerbs);

/// How often each verb comes, in the order of the verbs.
constexpr uint32_t kWeights[kPlainVerbs] = {14, 12, 4, 8, 8, 4, 4, 10, 10, 4, 3, 2, 1, 1,
                                            1,  2,  4, 2, 4, 1, 1, 4,  4,  5, 2, 1, 1};

}  // namespace

std::string text_of(const Operation& o) {
    return std::string(kVerbNames[o.verb]) + " " + std::to_string(o.a) + " " + std::to_string(o.b) +
           " " + std::to_string(o.c) + " " + std::to_string(o.d);
}

std::string text_of(const Plan& plan) {
    std::string text = "flags " + std::to_string(plan.heap_flags) +
                       (plan.declare_roots ? ", variables are roots" : "") + ", pause target " +
                       std::to_string(plan.pause_target) + "\n";
    for (size_t i = 0; i < plan.operations.size(); ++i) {
        text += std::to_string(i) + ": " + text_of(plan.operations[i]) + "\n";
    }
    return text;
}

Plan plan_of(uint32_t seed, size_t length) {
    std::mt19937 random(seed);
    Plan plan;
    const uint32_t flags[] = {CAIRN_HEAP_CPYTHON_ORDER,
                              CAIRN_HEAP_QUEUE_FINALIZERS,
                              CAIRN_HEAP_WEAKREFS_OUTLIVE_FINALIZERS,
                              CAIRN_HEAP_FINALIZERS_FIRST,
                              CAIRN_HEAP_STRONG_WEAKKEY_VALUES};
    for (const uint32_t flag : flags) {
        const bool is_rare = flag == CAIRN_HEAP_STRONG_WEAKKEY_VALUES;
        plan.heap_flags |= random() % (is_rare ? 6 : 2) == 0 ? flag : 0;
    }
    plan.declare_roots = random() % 4 == 0;
    std::mt19937 of_cycles(~seed);  // of its own: without a target programs stay what they were
    plan.pause_target = of_cycles() % 2;
    std::discrete_distribution<uint32_t> verbs(std::begin(kWeights), std::end(kWeights));
    for (size_t i = 0; i < length; ++i) {
        const auto number = [&random] { return static_cast<uint32_t>(random() % 1000); };
        plan.operations.push_back(
            {static_cast<Verb>(verbs(random)), number(), number(), number(), number()});
        if (plan.pause_target != 0 && of_cycles() % 4 == 0) {
            const Verb verb = of_cycles() % 16 == 0 ? kSetTarget : kStepCycle;
            plan.operations.push_back({verb, static_cast<uint32_t>(of_cycles() % 1000), 0, 0, 0});
        }
    }
    return plan;
}

std::string Program::state() const {
    static constexpr const char* kKinds[] = {"plain",
                                             "valued",
                                             "table",
                                             "fin",
                                             "custom",
                                             "queued-fin",
                                             "leaf",
                                             "leaf-fin",
                                             "weakref",
                                             "map",
                                             "registered"};
    std::string text = "\nvariables";
    for (const Id id : model_.variables) {
        text += " " + std::to_string(id);
    }
    for (Id id = 1; id < model_.records.size(); ++id) {
        const Record& record = model_.records[id];
        if (!record.alive) {
            continue;
        }
        text += "\n  " + std::to_string(id) + " " + kKinds[record.kind] + " slots " +
                std::to_string(record.slots[0]) + " " + std::to_string(record.slots[1]) +
                " action " + std::to_string(record.action) + " target " +
                std::to_string(record.target) + " argument " + std::to_string(record.argument) +
                (record.waiting ? " waiting" : "") + (record.unreachable ? " unreachable" : "") +
                (record.candidate ? " candidate" : "") + (record.cleared ? " cleared" : "") +
                " kind " + std::to_string(record.map_kind) + " iterators " +
                std::to_string(record.iterators);
        for (const Entry& entry : record.entries) {
            text += " [" + std::to_string(entry.key) + ": " + std::to_string(entry.value) +
                    (entry.dead ? " dead]" : "]");
        }
    }
    return text;
}

Program::Program(const Plan& plan) : plan_(plan) {
    cairn_heap_options options;
    cairn_heap_options_init(&options);
    options.flags = plan.heap_flags;
    options.on_unraisable = [](cairn_heap*, cairn_place, cairn_status, cairn_object*, void*) {};
    options.on_finalizers_waiting = &note_waiting;
    options.user_data = this;
    heap_ = cairn_heap_new(&options);
    cairn_collect_every_for_testing(heap_, 0);
    cairn_gc_disable(heap_);
    model_.strong_values = has_flag(CAIRN_HEAP_STRONG_WEAKKEY_VALUES);
    model_.ordered = has_flag(CAIRN_HEAP_CPYTHON_ORDER);
    make_types();
    set_pause_target(plan.pause_target);
    expect(cairn_gc_callback_add(heap_, &note_candidates, this) == CAIRN_OK, "no memory");
    for (cairn_object*& variable : root_variables_) {
        if (plan.declare_roots) {
            expect(cairn_root_add(heap_, &variable) == CAIRN_OK, "no memory");
        }
    }
}

// Types.

void Program::make_types() {
    const auto add = [this](cairn_type_spec spec, const char* name, cairn_type** out) {
        spec.name = name;
        spec.user_data = this;
        spec.dealloc = &dealloc;
        expect(cairn_type_new(heap_, &spec, out) == CAIRN_OK, "no type");
    };
    cairn_type_spec node = {};
    node.object_size = sizeof(Node);
    node.slots_offset = offsetof(Node, slots);
    node.slot_count = kSlots;
    add(node, "plain", &types_[kPlain]);
    cairn_type_spec valued = node;
    valued.hash = &hash;
    valued.equal = &equal;
    add(valued, "valued", &types_[kValued]);
    node.finalize = &finalize;
    add(node, "fin", &types_[kFin]);
    node.flags = CAIRN_TYPE_QUEUE_FINALIZER;
    add(node, "queued", &types_[kQueuedFin]);
    node.flags = 0;
    node.slots_offset = node.slot_count = 0;
    node.traverse = &traverse;
    node.clear = &clear;
    add(node, "custom", &types_[kCustom]);
    cairn_type_spec table = {};
    table.object_size = sizeof(Table);
    table.array_offset = offsetof(Table, records);
    table.array_count_offset = offsetof(Table, count);
    table.clear = &clear;
    add(table, "table", &types_[kTable]);
    cairn_type_spec leaf = {};
    leaf.object_size = sizeof(Node);
    add(leaf, "leaf", &types_[kLeaf]);
    leaf.finalize = &finalize;
    add(leaf, "leaf_fin", &types_[kLeafFin]);
    cairn_type_spec ref = {};
    ref.flags = CAIRN_TYPE_WEAKREF;
    ref.object_size = sizeof(Ref);
    add(ref, "ref", &ref_type_);
}

Program* Program::program_of(const cairn_object* object) {
    return static_cast<Program*>(cairn_heap_user_data(cairn_heap_of(object)));
}

Id Program::id_in(const cairn_object* object) {
    const bool is_ref = cairn_is_weakref(object) != 0;
    return static_cast<Id>(is_ref ? reinterpret_cast<const Ref*>(object)->id
                                  : reinterpret_cast<const Node*>(object)->id);
}

Id Program::id_of(cairn_object* object) const {
    if (object == nullptr) {
        return 0;
    }
    if (cairn_type_user_data(cairn_type_of(object)) == this) {
        return id_in(object);
    }
    const auto found = by_address_.find(object);
    return found == by_address_.end() ? 0 : found->second;
}

cairn_object** Program::slots_of(Id id) const {
    return slots_in(model_.records[id].object);
}

cairn_object** Program::slots_in(cairn_object* node) {
    const bool is_table = cairn_type_of(node) == program_of(node)->types_[kTable];
    return is_table ? reinterpret_cast<Table*>(node)->records
                    : reinterpret_cast<Node*>(node)->slots;
}

cairn_object* Program::new_node(Kind kind) {
    cairn_object* object = cairn_new(types_[kind]);
    if (kind == kTable) {
        auto* table = reinterpret_cast<Table*>(object);
        table->records = new cairn_object* [kSlots] {};
        table->count = kSlots;
    }
    return object;
}

void Program::traverse(cairn_object* self, cairn_visit_fn visit, void* visit_data) {
    for (cairn_object* slot : reinterpret_cast<Node*>(self)->slots) {
        visit(slot, visit_data);
    }
}

void Program::clear(cairn_object* self) {
    cairn_object** slots = slots_in(self);
    for (size_t i = 0; i < kSlots; ++i) {
        cairn_clear(&slots[i]);
    }
}

cairn_status Program::hash(cairn_object* self, uint64_t* out_hash) {
    *out_hash = program_of(self)->at(id_in(self)).value;
    return CAIRN_OK;
}

cairn_status Program::equal(cairn_object* self, cairn_object* other, int* out_equal) {
    Program* program = program_of(self);
    *out_equal = program->model_.are_equal(id_in(self), program->id_of(other)) ? 1 : 0;
    return CAIRN_OK;
}

// User code.

cairn_status Program::finalize(cairn_object* self) {
    Program* program = program_of(self);
    const Id id = id_in(self);
    Record& record = program->at(id);
    const std::string name = "object " + std::to_string(id);
    program->expect(++record.finalized == 1, name + " is finalized twice");
    program->expect(record.deallocated == 0, name + " is finalized after its end");
    const bool waits = !program->closing_ && (record.kind == kQueuedFin ||
                                              program->has_flag(CAIRN_HEAP_QUEUE_FINALIZERS));
    const bool is_marked = cairn_gc_is_finalized(self) == 1;
    // At a death by count the mark comes after the finalizer.
    program->expect(is_marked || !(waits || record.waiting), name + " is not marked as finalized");
    program->expect(!is_marked || waits || record.waiting || record.candidate || program->closing_,
                    name + " is marked as finalized too early");
    if (record.waiting) {
        program->note_run_from_queue(record);
    } else if (!program->closing_) {
        program->expect(!waits || program->running_queue_, name + " is not queued");
        program->ran_from_queue_ += waits ? 1 : 0;
        program->expect(record.candidate || !program->model_.must_live()[id],
                        name + " is finalized though it is reachable");
    }
    return program->user_code(id);
}

void Program::dealloc(cairn_object* self) {
    Program* program = program_of(self);
    const Id id = id_in(self);
    Record& record = program->at(id);
    const std::string name = "object " + std::to_string(id);
    program->expect(++record.deallocated == 1, name + " ends twice");
    program->expect(!record.waiting, name + " ends while it waits");
    program->expect(program->closing_ || !program->model_.must_live()[id],
                    name + " ends though it is reachable");
    record.alive = false;
    if (record.kind == kTable) {
        delete[] reinterpret_cast<Table*>(self)->records;
    }
}

cairn_status Program::callback(cairn_object* ref, cairn_object* argument, void* user_data) {
    auto* program = static_cast<Program*>(user_data);
    const Id id = id_in(ref);
    Record& record = program->at(id);
    const std::string name = "weak reference " + std::to_string(id);
    program->expect(++record.called == 1, name + " calls back twice");
    program->expect(!record.silenced, name + " calls back though it was cleared in silence");
    program->expect(cairn_weakref_is_cleared(ref) == 1, name + " calls back uncleared");
    program->expect(program->id_of(argument) == record.argument, name + " has another argument");
    const Record& target = program->at(record.target);
    if (record.waiting) {
        program->note_run_from_queue(record);
    } else if (!program->closing_) {
        const bool waits = program->has_flag(CAIRN_HEAP_QUEUE_FINALIZERS);
        program->expect(!waits || program->running_queue_, name + " is not queued");
        program->ran_from_queue_ += waits ? 1 : 0;
        program->expect(target.candidate || !program->model_.must_live()[record.target],
                        name + " calls back though its referent is reachable");
    }
    record.cleared = true;
    record.kept_argument = record.argument;
    record.argument = 0;  // Whether it still holds it is seen after the operation.
    return program->user_code(id);
}

cairn_status Program::registered(cairn_object* argument, void* user_data) {
    auto* record = static_cast<Record*>(user_data);
    Program* program = program_of(record->object);
    const std::string name = "registered finalizer of " + std::to_string(record->target);
    program->expect(++record->called == 1, name + " runs twice");
    program->expect(program->id_of(argument) == record->argument, name + " has another argument");
    program->expect(cairn_finalizer_is_alive(record->object) == 0, name + " is alive when it runs");
    if (record->waiting) {
        program->note_run_from_queue(*record);
    } else if (record->registered && !program->closing_) {
        const bool waits = program->has_flag(CAIRN_HEAP_QUEUE_FINALIZERS);
        program->expect(!waits || program->running_queue_, name + " is not queued");
        program->ran_from_queue_ += waits ? 1 : 0;
        program->expect(
            program->at(record->target).candidate || !program->model_.must_live()[record->target],
            name + " runs though its object is reachable");
    }
    record->registered = false;
    record->argument = 0;
    return program->user_code(program->id_of(record->object));
}

cairn_status Program::note_candidates(cairn_heap*,
                                      cairn_gc_phase phase,
                                      const cairn_gc_info*,
                                      void* user_data) {
    auto* program = static_cast<Program*>(user_data);
    if (phase == CAIRN_GC_START && !program->closing_) {
        program->note_candidates();
    }
    return CAIRN_OK;
}

void Program::note_candidates() {
    const std::vector<bool> reached = model_.must_live();
    for (Id id = 1; id < reached.size(); ++id) {
        at(id).candidate |= !reached[id];
    }
}

void Program::note_waiting(cairn_heap* heap, void* user_data) {
    auto* program = static_cast<Program*>(user_data);
    ++program->hook_calls_;
    program->expect(cairn_finalizers_pending(heap) > 0, "the hook is told of an empty queue");
}

/// Whatever waited since an earlier operation runs before what came later.
void Program::note_run_from_queue(Record& record) {
    expect(running_queue_ || closing_, "something that waits runs on its own");
    ++ran_from_queue_;
    record.waiting = false;
    // What the item before let go of runs next, as it would have died inline.
    const bool was_let_go = record.is_node() && cairn_refcount(record.object) == 1;
    for (const Record& other : model_.records) {
        expect(was_let_go || !other.waiting || other.batch >= record.batch,
               "what was queued later runs before what was queued earlier");
    }
}

cairn_status Program::user_code(Id self) {
    ++deliveries_;
    if (closing_ || depth_ > 20) {
        return CAIRN_OK;
    }
    ++depth_;
    actions_ += at(self).action == kNothing || at(self).action == kFail ? 0U : 1U;
    act(self);
    --depth_;
    return at(self).action == kFail ? CAIRN_USER_ERROR : CAIRN_OK;
}

void Program::act(Id self) {
    const uint32_t parameter = at(self).parameter;
    const Id other = variable(parameter);
    const size_t slot = parameter / kVariables % kSlots;
    switch (at(self).action) {
        case kKeepSelf:
            cairn_incref(at(self).object);
            assign(parameter % kVariables, self);
            break;
        case kLinkSelf:
            if (at(other).has_slots()) {
                link(other, slot, self);
            }
            break;
        case kLinkFromSelf:
            if (at(self).has_slots()) {
                link(self, slot, other);
            }
            break;
        case kDrop:
            assign(parameter % kVariables, 0);
            break;
        case kDeref:
            deref(parameter % kVariables, (parameter + 1) % kVariables);
            break;
        case kStoreSelf:
            if (at(other).kind == kMap && at(self).is_node()) {
                const Id third = variable(parameter + 1);
                store(other, self, third == 0 ? self : third, true);
            }
            break;
        case kCollect:
            expect(cairn_gc_collect(heap_, static_cast<int>(parameter % 3), nullptr) == CAIRN_OK,
                   "a collection failed");
            break;
        case kRunQueue:
            if (running_queue_) {
                expect(cairn_finalizers_run(heap_, 0, 0) == 0, "the queue runs inside itself");
            }
            break;
        default:
            break;
    }
}

}  // namespace cairn_model
