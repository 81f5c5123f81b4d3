// SPDX-License-Identifier: MIT
/// The heap against the model, after each operation.
#include <algorithm>
#include <string>

#include "cairn/testing.h"
#include "program.h"

namespace cairn_model {

namespace {

std::string name_of(const char* what, Id id) {
    return std::string(what) + " " + std::to_string(id);
}

// Of these the heap alone knows how long they live.
bool is_observed(const Record& record) {
    return record.kind == kMap || record.kind == kRegistered;
}

}  // namespace

/// Learns which containers and registered finalizers are alive.
void Program::observe() {
    const auto count_weak_key_maps = [this] {
        return std::count_if(
            model_.records.begin(), model_.records.end(), [](const Record& record) {
                return record.alive && record.map_kind == CAIRN_WEAK_KEY_MAP;
            });
    };
    const auto maps_before = count_weak_key_maps();
    for (Record& record : model_.records) {
        record.alive = record.alive && !is_observed(record);
    }
    cairn_visit_objects(
        heap_,
        [](cairn_object* object, void* user_data) {
            auto* program = static_cast<Program*>(user_data);
            const bool is_known =
                cairn_weakmap_kind(object) != CAIRN_NOT_WEAK || cairn_is_finalizer(object) != 0;
            const Id id = program->id_of(object);
            program->expect(!is_known || id != 0, "an object that nobody made");
            if (is_known) {
                program->at(id).alive = true;
            } else if (id != 0 && !is_observed(program->at(id))) {
                // (A reference of the heap's own can lie where a dead container lay.)
                program->expect(program->at(id).alive, "a dead object is visited");
            }
            return 1;
        },
        this);
    if (count_weak_key_maps() < maps_before) {
        touch_garbage();  // Values of which a map alone had a reference, but did not keep them.
    }
}

void Program::compare() {
    observe();
    for (Id id = 1; id < model_.records.size(); ++id) {
        if (!at(id).alive) {
            const bool was_finalized = at(id).finalized == (at(id).has_finalizer() ? 1 : 0);
            expect(was_finalized, name_of("dead object", id) + " was never finalized");
        } else if (at(id).is_node()) {
            compare_node(id);
        } else if (at(id).kind == kWeakref) {
            compare_ref(id);
        } else if (at(id).kind == kRegistered) {
            compare_registered(id);
        }
    }
    for (Id id = 1; id < model_.records.size(); ++id) {
        if (at(id).alive && at(id).kind == kMap) {
            compare_map(id);
        }
    }
    decide_waiting_with_target();
    decide_waiting();
    compare_counts();
    compare_liveness();
    compare_queue();
    if (is_full_collection_) {
        compare_unreachable();
    }
}

void Program::end_operation() {
    forget_saved();
    for (Record& record : model_.records) {
        record.candidate = record.unreachable = record.is_new = record.adopted = false;
        for (Entry& entry : record.entries) {
            entry.is_new = false;
        }
    }
    is_full_collection_ = no_action_in_collection_ = false;
    batch_ = static_cast<int64_t>(operation_) + 1;
    hook_calls_ = 0;
    pending_before_ = cairn_finalizers_pending(heap_);
}

/// Must the weak references to this living object be cleared: did a full collection find it
/// unreachable, and is it here only because user code saved it?
bool Program::must_be_cleared(Id target, bool has_callback) const {
    const Record& record = model_.records[target];
    return record.unreachable && !record.is_leaf() && !has_flag(CAIRN_HEAP_FINALIZERS_FIRST) &&
           (has_callback || !has_flag(CAIRN_HEAP_WEAKREFS_OUTLIVE_FINALIZERS));
}

/// Does `from` lead to `to`, by what objects hold?
bool Program::leads_to(Id from, Id to) const {
    std::vector<bool> seen(model_.records.size());
    std::vector<Id> left{from};
    while (!left.empty()) {
        const Id id = left.back();
        left.pop_back();
        if (id == 0 || seen[id]) {
            continue;
        }
        seen[id] = true;
        const Record& record = model_.records[id];
        left.insert(left.end(), record.slots.begin(), record.slots.end());
        left.push_back(record.argument);
        for (const Entry& entry : record.entries) {
            left.push_back(record.strong_side(entry));
        }
    }
    return seen[to];
}

/// May it live because a weak reference that was garbage with it stays to be called?
bool Program::may_be_kept_by_a_call(Id id) const {
    return std::any_of(
        model_.records.begin(), model_.records.end(), [this, id](const Record& record) {
            return record.kind == kWeakref && record.alive && record.candidate &&
                   record.has_callback && leads_to(record.argument, id);
        });
}

/// Must they be readable, whatever collections there were?
bool Program::must_stay(Id target, bool has_callback) const {
    const Record& record = model_.records[target];
    // A reference that stays to be called, for a referent that waits or as the value of a map, was
    // garbage when those to it were cleared.
    const bool was_garbage = record.kind == kWeakref && record.candidate && record.has_callback &&
                             (record.waiting || model_.records[record.target].waiting);
    return record.alive && !was_garbage && !is_left_in_iterated_map(target) &&
           !(record.candidate && may_be_kept_by_a_call(target)) &&
           (has_flag(CAIRN_HEAP_FINALIZERS_FIRST) ||
            (!has_callback && has_flag(CAIRN_HEAP_WEAKREFS_OUTLIVE_FINALIZERS)));
}

/// Is it the value of an entry that may be dead and stays until an iterator closes?
bool Program::is_left_in_iterated_map(Id id) const {
    for (const Record& map : model_.records) {
        for (const Entry& entry : map.entries) {
            if (map.iterators > 0 && map.map_kind == CAIRN_WEAK_KEY_MAP && entry.value == id) {
                return true;
            }
        }
    }
    return false;
}

void Program::compare_node(Id id) {
    Record& record = at(id);
    const std::string name = name_of("object", id);
    const bool is_cleared = record.candidate && is_left_in_iterated_map(id);
    for (size_t slot = 0; record.has_slots() && slot < kSlots; ++slot) {
        if (is_cleared && slots_of(id)[slot] == nullptr) {
            record.slots[slot] = 0;
        }
        expect(slots_of(id)[slot] == at(record.slots[slot]).object,
               name + " has lost what it refers to");
    }
    const bool waits = cairn_finalizer_is_waiting(record.object) != 0;
    const bool may_wait = record.has_finalizer() && record.finalized == 0 &&
                          (record.kind == kQueuedFin || has_flag(CAIRN_HEAP_QUEUE_FINALIZERS));
    expect(!waits || may_wait, name + " waits though it cannot");
    expect(waits || !record.waiting, name + " waits no longer and did not run");
    expect((cairn_gc_is_finalized(record.object) != 0) == (record.finalized == 1),
           name + " is not marked as what it is");
    if (waits && !record.waiting) {
        record.waiting = true;
        record.batch = batch_;
    }
}

/// A reference that was called lets go of its argument after the call, or, where a collection made
/// the call, when it dies.
void Program::observe_argument(Record& ref) {
    cairn_objects held = {};
    expect(cairn_get_referents(ref.object, &held) == CAIRN_OK, "no memory");
    ref.argument = held.count == 0 ? 0 : ref.kept_argument;
    cairn_objects_release(heap_, &held);
    expect(ref.argument == 0 || ref.called_by_collection, "a death by count leaves no argument");
}

void Program::compare_ref(Id id) {
    Record& ref = at(id);
    if (ref.called > 0) {
        ref.called_by_collection = ref.called_by_collection || at(ref.target).candidate;
        observe_argument(ref);
    }
    const Record& target = at(ref.target);
    const std::string name = name_of("weak reference", id);
    const bool cleared = cairn_weakref_is_cleared(ref.object) != 0;
    expect(cleared || !ref.cleared, name + " is no longer cleared");
    if (!cleared) {
        expect(target.alive, name + " leads to a dead object");
        expect(ref.is_new || !must_be_cleared(ref.target, ref.has_callback),
               name + " is not cleared");
        cairn_object* object = cairn_weakref_get(ref.object);
        expect(object == target.object, name + " leads elsewhere");
        cairn_clear(&object);
        return;
    }
    const bool was_trash = ref.candidate && may_be_kept_by_a_call(id);
    expect(ref.cleared || !target.alive || ref.called > 0 || is_left_in_iterated_map(id) ||
               was_trash ||
               ((target.candidate || ref.candidate) && !must_stay(ref.target, ref.has_callback)),
           name + " is cleared though its referent lives");
    const bool may_be_silent = ref.candidate || (ref.is_new && target.candidate);
    if (!ref.cleared && ref.has_callback && ref.called == 0) {
        const bool queues = has_flag(CAIRN_HEAP_QUEUE_FINALIZERS);
        expect(queues || may_be_silent, name + " did not call back");
        ref.called_by_collection = target.candidate;
        ref.waiting = queues;  // If it may be silent, its count will tell.
        ref.silenced = may_be_silent;
        ref.batch = batch_;
    }
    ref.cleared = true;
    if (ref.candidate && is_left_in_iterated_map(id)) {
        cairn_objects held = {};
        expect(cairn_get_referents(ref.object, &held) == CAIRN_OK, "no memory");
        ref.argument = held.count == 0 ? 0 : ref.argument;
        cairn_objects_release(heap_, &held);
    }
}

void Program::compare_registered(Id id) {
    Record& record = at(id);
    const Record& target = at(record.target);
    const std::string name = name_of("registered finalizer", id);
    const bool is_alive = cairn_finalizer_is_alive(record.object) != 0;
    expect(record.registered || !is_alive, name + " is alive again");
    if (is_alive) {
        expect(target.alive && (record.is_new || !must_be_cleared(record.target, true)),
               name + " did not run");
    } else if (record.registered) {
        expect(has_flag(CAIRN_HEAP_QUEUE_FINALIZERS), name + " is dead and did not run");
        expect(!target.alive || (target.candidate && !must_stay(record.target, true)),
               name + " waits though its object lives");
        record.registered = false;
        record.waiting = true;
        record.batch = batch_;
    }
}

/// The entries of a container in their order, the dead ones that are still there included.
std::vector<Entry> Program::read_map(Id map) {
    cairn_objects list = {};
    expect(cairn_get_referents(at(map).object, &list) == CAIRN_OK, "no memory");
    const bool is_value_map = at(map).map_kind == CAIRN_WEAK_VALUE_MAP;
    std::vector<Entry> entries;
    for (size_t i = 0; i < list.count; ++i) {
        cairn_object* object = list.items[i];
        const bool is_own = cairn_is_weakref(object) != 0 && cairn_type_of(object) != ref_type_;
        if (is_own) {
            cairn_object* weak = cairn_weakref_get(object);
            Entry& entry = entries.emplace_back();
            (is_value_map ? entry.value : entry.key) = id_of(weak);
            entry.dead = weak == nullptr;
            entry.is_new = true;
            cairn_clear(&weak);
        } else if (!entries.empty()) {
            (is_value_map ? entries.back().key : entries.back().value) = id_of(object);
        }
    }
    cairn_objects_release(heap_, &list);
    return entries;
}

/// Is `actual` what became of `expected`?
bool Program::is_same_entry(Id map, Entry& expected, const Entry& actual) {
    const Record& record = at(map);
    const Record& weak = at(record.weak_side(expected));
    if (record.strong_side(expected) != record.strong_side(actual)) {
        return false;
    }
    if (!actual.dead) {
        return !expected.dead && record.weak_side(expected) == record.weak_side(actual);
    }
    // A dead one stays only while somebody iterates, or if the map was garbage at that moment.
    const bool may_be_dead = !weak.alive || weak.candidate || record.candidate;
    return expected.dead || (may_be_dead && (record.iterators > 0 || record.candidate));
}

void Program::compare_map(Id map) {
    Record& record = at(map);
    const std::string name = name_of("container", map);
    const std::vector<Entry> actual = read_map(map);
    if (record.adopted || (record.candidate && is_left_in_iterated_map(map))) {
        record.entries = actual;
    }
    size_t next = 0;
    std::vector<Entry> left;
    for (Entry& entry : record.entries) {
        const Id weak = record.weak_side(entry);
        if (next < actual.size() && is_same_entry(map, entry, actual[next])) {
            entry.dead = actual[next++].dead;
            left.push_back(entry);
            expect(entry.dead || at(weak).alive, name + " has a live entry of a dead object");
            expect(entry.dead || entry.is_new || !must_be_cleared(weak, true),
                   name + " keeps an entry of what was unreachable");
        } else {
            const bool may_go =
                entry.dead || !at(weak).alive ||
                ((at(weak).candidate || record.candidate) && !must_stay(weak, true));
            expect(may_go && record.iterators == 0, name + " has lost an entry");
        }
    }
    expect(next == actual.size(), name + " has an entry too many or in another order");
    record.entries = left;
    expect(cairn_weakmap_length(record.object) == model_.length(map), name + ": length");
    cairn_objects refs = {};
    expect(cairn_weakmap_refs(record.object, &refs) == CAIRN_OK && refs.count == model_.length(map),
           name + ": number of references");
    cairn_objects_release(heap_, &refs);
}

std::vector<uint32_t> Program::count_holders() {
    std::vector<uint32_t> holders(model_.records.size(), 0);
    for (const Id id : model_.variables) {
        ++holders[id];
    }
    for (const Iterator& iterator : model_.iterators) {
        ++holders[iterator.map];
        ++holders[iterator.key];
        ++holders[iterator.value];
    }
    for (Id id = 1; id < model_.records.size(); ++id) {
        const Record& record = at(id);
        if (!record.alive) {
            continue;
        }
        holders[id] += (record.waiting ? 1u : 0u) + (record.registered ? 1u : 0u) +
                       (record.waits_with_target ? 1u : 0u);
        for (const Id slot : record.slots) {
            ++holders[slot];
        }
        ++holders[record.argument];
        for (const Entry& entry : record.entries) {
            ++holders[record.strong_side(entry)];
        }
    }
    return holders;
}

/// A reference that would have called back, had its referent's finalizer not had to wait, stays
/// until that has run.
void Program::decide_waiting_with_target() {
    for (Record& record : model_.records) {
        record.waits_with_target = record.waits_with_target && at(record.target).waiting;
    }
    const std::vector<uint32_t> holders = count_holders();
    for (Id id = 1; id < model_.records.size(); ++id) {
        Record& ref = at(id);
        // Nobody holds it, or a collection found it unreachable, if with its holder.
        const bool may_wait = ref.alive && ref.kind == kWeakref && !ref.waits_with_target &&
                              (holders[id] == 0 || ref.candidate);
        if (may_wait && ref.has_callback && !ref.cleared && at(ref.target).waiting) {
            ref.waits_with_target = cairn_refcount(ref.object) == holders[id] + 1;
        }
    }
}

/// A cleared reference that was garbage itself waits if the queue holds it, or never calls back.
void Program::decide_waiting() {
    const std::vector<uint32_t> holders = count_holders();
    for (Id id = 1; id < model_.records.size(); ++id) {
        Record& ref = at(id);
        if (ref.alive && ref.waiting && ref.silenced) {
            ref.waiting = cairn_refcount(ref.object) == holders[id];
            ref.silenced = !ref.waiting;
        }
    }
}

void Program::compare_counts() {
    const std::vector<uint32_t> holders = count_holders();
    for (Id id = 1; id < model_.records.size(); ++id) {
        if (at(id).alive) {
            const uint32_t count = cairn_refcount(at(id).object);
            expect(count == holders[id],
                   name_of("record", id) + " has a count of " + std::to_string(count) + ", not " +
                       std::to_string(holders[id]));
            expect(count > 0, name_of("record", id) + " is held by nobody");
        }
    }
}

void Program::compare_liveness() {
    const std::vector<bool> must = model_.must_live(false);
    for (Id id = 1; id < must.size(); ++id) {
        expect(at(id).alive || !must[id], name_of("record", id) + " is reachable and dead");
    }
}

void Program::compare_queue() {
    size_t waiting = 0;
    for (const Record& record : model_.records) {
        waiting += record.waiting ? 1 : 0;
    }
    const size_t pending = cairn_finalizers_pending(heap_);
    expect(pending == waiting,
           "the queue's length is " + std::to_string(pending) + ", not " + std::to_string(waiting));
    expect(pending_before_ > 0 || pending == 0 || hook_calls_ > 0, "the host was not told");
}

/// What a full collection had to do, user code or not.
void Program::compare_unreachable() {
    const std::vector<bool> may = model_.may_live();
    for (Id id = 1; id < model_.records.size(); ++id) {
        const Record& record = at(id);
        if (!record.unreachable || record.is_leaf()) {
            continue;
        }
        // A cycle begins with a collection of the young, which does not examine old maps: if it
        // finds the key, an iterated map keeps the value.
        const bool is_kept = record.is_cycles && is_left_in_iterated_map(id);
        expect(!record.has_finalizer() || record.finalized == 1 || record.waiting || is_kept,
               name_of("unreachable object", id) + " was not finalized");
        expect(!no_action_in_collection_ || !record.alive || may[id],
               name_of("unreachable record", id) + " survived");
    }
}

std::string Program::run() {
    for (operation_ = 0; operation_ < plan_.operations.size() && failure_.empty(); ++operation_) {
        perform(plan_.operations[operation_]);
        compare();
        end_operation();
    }
    const std::string place =
        failure_.empty() ? "" : "operation " + std::to_string(operation_ - 1) + ": ";
    if (failure_.empty()) {
        finish();
    }
    return failure_.empty() ? "" : place + failure_;
}

/// Ends the heap: then everything has happened once that had to happen.
void Program::finish() {
    freeze(false);
    for (Iterator& iterator : model_.iterators) {
        close(iterator);
        compare();
        end_operation();
    }
    settle();
    closing_ = true;
    for (size_t v = 0; v < kVariables; ++v) {
        assign(v, 0);
    }
    const size_t leaked = cairn_heap_free(heap_);
    expect(leaked == 0, std::to_string(leaked) + " objects were left at the end");
    for (Id id = 1; id < model_.records.size(); ++id) {
        const Record& record = at(id);
        const bool must_end = record.is_node() || record.kind == kWeakref;
        expect(record.deallocated == (must_end ? 1 : 0), name_of("record", id) + " did not end");
        expect(record.finalized == (record.has_finalizer() ? 1 : 0),
               name_of("object", id) + " was never finalized");
        expect(record.kind != kRegistered || !record.registered || !record.at_exit,
               name_of("registered finalizer", id) + " never ran");
    }
}

}  // namespace cairn_model
