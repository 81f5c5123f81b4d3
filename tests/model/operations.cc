// SPDX-License-Identifier: MIT
/// What a program does: each operation changes the model first, then the heap, so that user code
/// that runs inside the call finds the model as it will be.
#include <string>

#include "cairn/testing.h"
#include "program.h"

namespace cairn_model {

namespace {

bool is_any(const Record& record) {
    return record.object != nullptr;
}
bool is_map(const Record& record) {
    return record.kind == kMap;
}
bool is_node(const Record& record) {
    return record.is_node() && record.object != nullptr;
}
bool has_slots(const Record& record) {
    return record.has_slots() && record.object != nullptr;
}
bool is_weakref(const Record& record) {
    return record.kind == kWeakref;
}

}  // namespace

void Program::perform(const Operation& o) {
    const size_t target_variable = o.a % kVariables;
    switch (o.verb) {
        case kNew:
            make_node(target_variable, static_cast<Kind>(o.b % kNodeKinds), o);
            break;
        case kLink:
        case kCut:
            if (const Id holder = find_variable(o.a, has_slots)) {
                link(holder, o.c % kSlots, o.verb == kLink ? variable(o.b) : 0);
            }
            break;
        case kForget:
            assign(target_variable, 0);
            break;
        case kNewWeakref:
            make_weakref(o);
            break;
        case kGetReferent:
            deref(o.b, target_variable);
            break;
        case kNewMap:
            make_map(target_variable, static_cast<cairn_weak_kind>(1 + o.b % 3));
            break;
        case kSet:
        case kTangle: {
            const Id map = find_variable(o.a, is_map);
            const Id key = find_variable(o.b, o.verb == kSet ? is_any : is_node);
            const Id value = find_variable(o.c, o.verb == kSet ? is_any : has_slots);
            if (map == 0 || key == 0 || value == 0) {
                break;
            }
            store(map, key, value, false);
            if (o.verb == kTangle) {
                const Id ends[] = {key, map, variable(o.d), variable(o.d / kVariables)};
                link(value, o.d % kSlots, ends[o.d / 2 % 4]);
                for (size_t v = 0; v < kVariables; ++v) {
                    const Id held = model_.variables[v];
                    if (o.d % 3 != 0 && (held == key || held == value)) {
                        assign(v, 0);
                    }
                }
            }
            break;
        }
        case kGet:
            look_up(o);
            break;
        case kRemove:
            remove(o);
            break;
        case kPopLast:
            pop_last(o);
            break;
        case kClear:
            clear_map(o);
            break;
        case kUpdate:
            update(o);
            break;
        case kCopy:
            copy(o);
            break;
        case kOpen:
            open(o);
            break;
        case kStep:
            step(model_.iterators[o.a % kIterators]);
            break;
        case kClose:
            close(model_.iterators[o.a % kIterators]);
            break;
        case kRegister:
            make_registered(o);
            break;
        case kCallRegistered:
            use_registered(o, false);
            break;
        case kDetach:
            use_registered(o, true);
            break;
        case kRunSome:
            run_some(o.a % 5);
            break;
        case kCollectYoung:
            expect(cairn_gc_collect(heap_, static_cast<int>(o.a % 2), nullptr) == CAIRN_OK,
                   "a collection failed");
            break;
        case kCollectFull:
            collect_full();
            break;
        case kStepCycle: {
            const uint64_t budgets[] = {1, 1, 1000, UINT64_MAX};
            step_cycle(budgets[o.a % std::size(budgets)]);
            break;
        }
        case kSetTarget:
            set_pause_target(o.a % 2);
            break;
        case kSettle:
            settle();
            break;
        case kFreeze:
            freeze(o.a % 2 == 0);
            break;
        default:
            break;
    }
    if (o.verb == kVerify || operation_ % 8 == 0) {
        expect(cairn_verify_for_testing(heap_) == 1, "the verifier has complaints");
    }
}

// Making and linking.

Id Program::new_record(Kind kind, cairn_object* object) {
    const auto id = static_cast<Id>(model_.records.size());
    Record& record = model_.records.emplace_back();
    record.kind = kind;
    record.object = object;
    if (kind == kMap || kind == kRegistered) {
        by_address_[object] = id;
    }
    return id;
}

Id Program::find_variable(uint32_t from, bool (*wanted)(const Record&)) const {
    for (uint32_t i = 0; i < kVariables; ++i) {
        const Id id = variable(from + i);
        if (id != 0 && wanted(model_.records[id])) {
            return id;
        }
    }
    return 0;
}

void Program::assign(size_t variable, Id owned) {
    const Id old = model_.variables[variable];
    model_.variables[variable] = owned;
    root_variables_[variable] = at(owned).object;
    if (old != 0) {
        cairn_decref(at(old).object);
    }
}

void Program::link(Id holder, size_t slot, Id value) {
    at(holder).slots[slot] = value;
    cairn_set(&slots_of(holder)[slot], at(value).object);
}

void Program::make_node(size_t variable, Kind kind, const Operation& o) {
    cairn_object* object = new_node(kind);
    const Id id = new_record(kind, object);
    reinterpret_cast<uint64_t*>(object + 1)[0] = id;
    Record& record = at(id);
    record.value = o.c % 4;
    record.action = o.c % 2 == 0 ? kNothing : static_cast<Action>(o.c / 2 % kActions);
    record.parameter = o.d;
    assign(variable, id);
}

void Program::make_weakref(const Operation& o) {
    const Id target = variable(o.b);
    if (target == 0) {
        return;
    }
    const bool has_callback = o.c % 3 != 0;
    const Id argument = has_callback && o.c % 2 == 0 ? variable(o.d) : 0;
    cairn_object* ref = cairn_weakref_new_typed(ref_type_,
                                                at(target).object,
                                                has_callback ? &callback : nullptr,
                                                at(argument).object,
                                                this);
    const Id id = new_record(kWeakref, ref);
    *reinterpret_cast<uint64_t*>(reinterpret_cast<char*>(ref) + CAIRN_WEAKREF_SIZE) = id;
    Record& record = at(id);
    record.target = target;
    record.argument = argument;
    record.has_callback = has_callback;
    record.action = o.d % 3 == 0 ? static_cast<Action>(o.d / 3 % kActions) : kNothing;
    record.parameter = o.c;
    assign(o.a % kVariables, id);
}

void Program::make_registered(const Operation& o) {
    const Id target = variable(o.b);
    if (target == 0) {
        return;
    }
    const Id argument = o.c % 2 == 0 ? variable(o.d) : 0;
    const auto id = static_cast<Id>(model_.records.size());
    Record& record = at(new_record(kRegistered, nullptr));
    cairn_object* made =
        cairn_finalizer_new(at(target).object, &registered, at(argument).object, &record);
    by_address_.erase(nullptr);
    by_address_[made] = id;
    record.object = made;
    record.target = target;
    record.argument = argument;
    record.registered = true;
    record.action = o.d % 3 == 0 ? static_cast<Action>(o.d / 3 % kActions) : kNothing;
    record.parameter = o.c;
    if (o.d % 5 == 0) {
        record.at_exit = false;
        expect(cairn_finalizer_set_atexit(made, 0) == CAIRN_OK, "at-exit cannot be set");
        expect(cairn_finalizer_get_atexit(made) == 0, "at-exit is not what was set");
    }
    assign(o.a % kVariables, id);
}

void Program::deref(size_t from, size_t to) {
    const Id ref = find_variable(static_cast<uint32_t>(from), is_weakref);
    if (ref == 0) {
        return;
    }
    cairn_object* object = cairn_weakref_get(at(ref).object);
    if (object != nullptr) {
        expect(id_of(object) == at(ref).target, "a weak reference leads elsewhere");
        assign(to, at(ref).target);
    }
}

// Weak containers.

void Program::make_map(size_t variable, cairn_weak_kind kind) {
    cairn_object* map = cairn_weakmap_new(heap_, kind);
    const Id id = new_record(kMap, map);
    at(id).map_kind = kind;
    assign(variable, id);
}

void Program::adopt(Id map) {
    // What is left in a map that is being cleared, and what user code adds, goes too.
    at(map).entries = at(map).clearing ? std::vector<Entry>() : read_map(map);
    at(map).adopted = true;
}

void Program::store(Id map, Id key, Id value, bool by_user_code) {
    Record& record = at(map);
    const Hold hold_map(record.object);
    const Hold hold_key(at(key).object);
    const Hold hold_value(at(value).object);
    const bool is_set = record.map_kind == CAIRN_WEAK_SET;
    if (by_user_code) {
        adopt(map);
    }
    if (record.iterators == 0) {
        model_.purge(map);
    }
    const size_t found = model_.find(map, key);
    const bool is_new = found == record.entries.size();
    const bool is_busy = is_new && record.iterators > 0;
    if (is_new && !is_busy) {
        record.entries.push_back({key, is_set ? 0 : value, false, true});
    } else if (!is_new && !is_set) {
        record.entries[found].value = value;
        record.entries[found].is_new = true;
    }
    const cairn_status status =
        is_set ? cairn_weakset_add(record.object, at(key).object)
               : cairn_weakmap_set(record.object, at(key).object, at(value).object);
    if (!record.adopted) {
        expect(status == (is_busy ? CAIRN_BUSY : CAIRN_OK), "storing in a container");
    }
    if (by_user_code) {
        adopt(map);
    }
}

void Program::look_up(const Operation& o) {
    const Id map = find_variable(o.a, is_map);
    const Id key = variable(o.b);
    if (map == 0 || key == 0) {
        return;
    }
    const Record& record = at(map);
    const size_t found = model_.find(map, key);
    const bool is_there = found < record.entries.size();
    int contains = -1;
    expect(cairn_weakmap_contains(record.object, at(key).object, &contains) == CAIRN_OK &&
               contains == (is_there ? 1 : 0),
           "contains");
    cairn_object* value = nullptr;
    const cairn_status status = cairn_weakmap_get(record.object, at(key).object, &value);
    if (record.map_kind == CAIRN_WEAK_SET) {
        expect(status == CAIRN_INVALID, "a set has no values");
    } else if (!is_there) {
        expect(status == CAIRN_NOT_FOUND, "an entry that is not there was found");
    } else {
        expect(status == CAIRN_OK && id_of(value) == record.entries[found].value, "get");
    }
    if (value != nullptr) {
        assign(o.c % kVariables, id_of(value));
    }
}

void Program::remove(const Operation& o) {
    const Id map = find_variable(o.a, is_map);
    const Id key = variable(o.b);
    if (map == 0 || key == 0) {
        return;
    }
    Record& record = at(map);
    const Hold hold_map(record.object);
    const Hold hold_key(at(key).object);
    const bool pops = o.c % 2 == 0;
    const size_t found = model_.find(map, key);
    const bool invalid = pops && record.map_kind == CAIRN_WEAK_SET;
    const cairn_status expected = invalid                          ? CAIRN_INVALID
                                  : record.iterators > 0           ? CAIRN_BUSY
                                  : found == record.entries.size() ? CAIRN_NOT_FOUND
                                                                   : CAIRN_OK;
    Id value = 0;
    if (expected == CAIRN_OK) {
        value = record.entries[found].value;
        record.entries.erase(record.entries.begin() + static_cast<std::ptrdiff_t>(found));
    }
    cairn_object* popped = nullptr;
    const cairn_status status = pops ? cairn_weakmap_pop(record.object, at(key).object, &popped)
                                     : cairn_weakmap_delete(record.object, at(key).object);
    expect(status == expected, "removing from a container");
    expect(!pops || status != CAIRN_OK || id_of(popped) == value, "pop gives another value");
    cairn_clear(&popped);
}

void Program::pop_last(const Operation& o) {
    const Id map = find_variable(o.a, is_map);
    if (map == 0) {
        return;
    }
    Record& record = at(map);
    const Hold hold_map(record.object);
    const size_t found = model_.find_last(map);
    const bool is_there = found < record.entries.size();
    const cairn_status expected = record.iterators > 0 ? CAIRN_BUSY
                                  : is_there           ? CAIRN_OK
                                                       : CAIRN_NOT_FOUND;
    Id key = 0;
    Id value = 0;
    if (expected == CAIRN_OK) {
        key = record.entries[found].key;
        value = record.entries[found].value;
        record.entries.erase(record.entries.begin() + static_cast<std::ptrdiff_t>(found));
    }
    cairn_object* popped_key = nullptr;
    cairn_object* popped_value = nullptr;
    const cairn_status status = cairn_weakmap_pop_last(record.object, &popped_key, &popped_value);
    expect(status == expected, "removing the last entry of a container");
    expect(id_of(popped_key) == key && id_of(popped_value) == value, "another entry is the last");
    cairn_clear(&popped_value);
    cairn_clear(&popped_key);
}

void Program::clear_map(const Operation& o) {
    const Id map = find_variable(o.a, is_map);
    if (map == 0) {
        return;
    }
    touch_garbage();
    Record& record = at(map);
    const Hold hold_map(record.object);
    const bool is_busy = record.iterators > 0;
    if (!is_busy) {
        record.entries.clear();
        record.clearing = record.map_kind != CAIRN_WEAK_SET;
    }
    expect(cairn_weakmap_clear(record.object) == (is_busy ? CAIRN_BUSY : CAIRN_OK), "clear");
    at(map).clearing = false;
}

void Program::update(const Operation& o) {
    const Id to = find_variable(o.a, is_map);
    const Id from = find_variable(o.b, is_map);
    if (to == 0) {
        return;
    }
    Record& target = at(to);
    const Record& source = at(from);
    const Hold hold_target(target.object);
    const Hold hold_source(source.object);
    cairn_status expected = target.map_kind == source.map_kind ? CAIRN_OK : CAIRN_INVALID;
    if (expected == CAIRN_OK && to != from) {
        for (const Entry& entry : source.entries) {
            if (entry.dead || expected != CAIRN_OK) {
                continue;
            }
            if (target.iterators == 0) {
                model_.purge(to);
            }
            const size_t found = model_.find(to, entry.key);
            if (found < target.entries.size()) {
                target.entries[found].value = entry.value;
                target.entries[found].is_new = true;
            } else if (target.iterators > 0) {
                expected = CAIRN_BUSY;
            } else {
                target.entries.push_back({entry.key, entry.value, false, true});
            }
        }
        if (source.iterators == 0) {
            model_.purge(from);
        }
    }
    const cairn_status status = cairn_weakmap_update(target.object, source.object);
    touch_garbage();
    expect(status == expected || target.adopted || source.adopted, "update");
}

void Program::copy(const Operation& o) {
    const Id from = find_variable(o.b, is_map);
    if (from == 0) {
        return;
    }
    const Hold hold(at(from).object);
    cairn_object* made = nullptr;
    if (at(from).iterators == 0) {
        model_.purge(from);
    }
    expect(cairn_weakmap_copy(at(from).object, &made) == CAIRN_OK, "copy");
    touch_garbage();
    const Id id = new_record(kMap, made);
    at(id).map_kind = at(from).map_kind;
    for (const Entry& entry : at(from).entries) {
        if (!entry.dead) {
            at(id).entries.push_back({entry.key, entry.value, false, true});
        }
    }
    assign(o.a % kVariables, id);
}

void Program::open(const Operation& o) {
    Iterator& iterator = model_.iterators[o.b % kIterators];
    const Id map = find_variable(o.a, is_map);
    if (map == 0 || iterator.map != 0) {
        return;
    }
    cairn_weakmap_iterator_open(at(map).object, &iterator.handle);
    iterator.map = map;
    iterator.position = 0;
    ++at(map).iterators;
}

void Program::step(Iterator& iterator) {
    if (iterator.map == 0) {
        return;
    }
    const std::vector<Entry>& entries = at(iterator.map).entries;
    while (iterator.position < entries.size() && entries[iterator.position].dead) {
        ++iterator.position;
    }
    const bool is_more = iterator.position < entries.size();
    iterator.key = is_more ? entries[iterator.position].key : 0;
    iterator.value = is_more ? entries[iterator.position].value : 0;
    iterator.position += is_more ? 1 : 0;
    cairn_object* key = nullptr;
    cairn_object* value = nullptr;
    const int more = cairn_weakmap_iterator_next(&iterator.handle, &key, &value);
    expect(more == (is_more ? 1 : 0), "an iterator does not end where it should");
    expect(id_of(key) == iterator.key && id_of(value) == iterator.value,
           "an iterator gives another entry");
}

void Program::close(Iterator& iterator) {
    if (iterator.map == 0) {
        return;
    }
    const Id map = iterator.map;
    iterator.map = iterator.key = iterator.value = 0;
    if (--at(map).iterators == 0) {
        model_.purge(map);
    }
    cairn_weakmap_iterator_close(&iterator.handle);
    cairn_weakmap_iterator_close(&iterator.handle);
}

}  // namespace cairn_model
