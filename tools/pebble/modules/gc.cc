// SPDX-License-Identifier: MIT
#include <algorithm>
#include <vector>

#include "modules/modules.h"

namespace pebble {
namespace {

// The lists gc.garbage and gc.callbacks are the program's to change: they are read at each use.

Ref int_tuple(const uint32_t values[3]) {
    return make_tuple({small(values[0]), small(values[1]), small(values[2])});
}

Ref enable(Value, const Args&) {
    cairn_gc_enable(vm.heap);
    return Ref::own(none());
}
Ref disable(Value, const Args&) {
    cairn_gc_disable(vm.heap);
    return Ref::own(none());
}
Ref isenabled(Value, const Args&) {
    return Ref::own(truth(cairn_gc_is_enabled(vm.heap) != 0));
}

/// Moves what the heap has set aside (DEBUG_SAVEALL) into gc.garbage.
bool take_garbage() {
    const size_t count = cairn_gc_garbage_count(vm.heap);
    for (size_t i = 0; i < count; ++i) {
        Ref object = Ref::own(cairn_gc_garbage_get(vm.heap, i));
        if (object && !list_append(vm.garbage, object)) {
            return false;
        }
    }
    if (count > 0) {
        cairn_gc_garbage_clear(vm.heap);
    }
    return true;
}

Ref collect(Value, const Args& args) {
    int64_t generation = CAIRN_GENERATIONS - 1;
    if (args[0] != nullptr && !to_int64(args[0], &generation)) {
        return {};
    }
    if (generation < 0 || generation >= CAIRN_GENERATIONS) {
        return raise(vm.exceptions.ValueError, "invalid generation");
    }
    size_t unreachable = 0;
    const cairn_status status =
        cairn_gc_collect(vm.heap, static_cast<int>(generation), &unreachable);
    if (status != CAIRN_OK) {
        return raise_status(status);
    }
    return take_garbage() ? new_int(static_cast<int64_t>(unreachable)) : Ref();
}

Ref get_threshold(Value, const Args&) {
    uint32_t thresholds[3];
    cairn_gc_get_thresholds(vm.heap, thresholds);
    return int_tuple(thresholds);
}

Ref set_threshold(Value, const Args& args) {
    if (args[0] == nullptr) {
        return raise_type("set_threshold() takes at least 1 argument (0 given)");
    }
    uint32_t thresholds[3];
    cairn_gc_get_thresholds(vm.heap, thresholds);
    for (size_t i = 0; i < 3; ++i) {
        int64_t value = 0;
        if (args[i] == nullptr) {
            continue;
        }
        if (!to_int64(args[i], &value)) {
            return {};
        }
        thresholds[i] = static_cast<uint32_t>(std::clamp<int64_t>(value, 0, UINT32_MAX));
    }
    cairn_gc_set_thresholds(vm.heap, thresholds);
    return Ref::own(none());
}

Ref get_count(Value, const Args&) {
    uint32_t counts[3];
    cairn_gc_get_counts(vm.heap, counts);
    return int_tuple(counts);
}

Ref get_stats(Value, const Args&) {
    Ref list = new_list();
    for (int generation = 0; list && generation < CAIRN_GENERATIONS; ++generation) {
        cairn_gc_stats stats = {};
        cairn_gc_get_stats(vm.heap, generation, &stats);
        Ref dict = new_dict();
        const std::pair<const char*, size_t> fields[] = {{"collections", stats.collections},
                                                         {"collected", stats.collected},
                                                         {"uncollectable", stats.uncollectable}};
        for (const auto& [name, value] : fields) {
            if (!dict ||
                !dict_set_text(dict.as<Dict>(), name, new_int(static_cast<int64_t>(value)).get())) {
                return {};
            }
        }
        if (!list_append(list.as<List>(), dict)) {
            return {};
        }
    }
    return list;
}

Ref set_debug(Value, const Args& args) {
    int64_t flags = 0;
    if (!to_int64(args[0], &flags)) {
        return {};
    }
    cairn_gc_set_debug(vm.heap, static_cast<uint32_t>(flags));
    return Ref::own(none());
}
Ref get_debug(Value, const Args&) {
    return new_int(cairn_gc_get_debug(vm.heap));
}

/// A list of the program from one of the heap's, without the heap's own objects.
Ref known_objects(cairn_objects* objects, Value except) {
    Ref list = new_list();
    bool ok = static_cast<bool>(list);
    for (size_t i = 0; i < objects->count && ok; ++i) {
        Value object = objects->items[i];
        if (is_known(object) && object != except && object != list.get()) {
            ok = list_append(list.as<List>(), object);
        }
    }
    cairn_objects_release(vm.heap, objects);
    return ok ? std::move(list) : Ref();
}

Ref get_objects(Value, const Args& args) {
    int64_t generation = -1;
    if (args[0] != nullptr && !is_none(args[0])) {
        if (!is<Int>(args[0]) && !is_small(args[0])) {
            return raise_type("argument should be integer or None, not '%s'", type_name(args[0]));
        }
        if (!to_int64(args[0], &generation)) {
            return {};
        }
        if (generation < 0 || generation >= CAIRN_GENERATIONS) {
            return raise(vm.exceptions.ValueError,
                         generation < 0 ? "generation parameter cannot be negative"
                                        : "generation parameter must be less than the number of "
                                          "available generations (3)");
        }
    }
    cairn_objects objects = {};
    const cairn_status status = cairn_get_objects(vm.heap, static_cast<int>(generation), &objects);
    return status == CAIRN_OK ? known_objects(&objects, nullptr) : Ref(raise_status(status));
}

Ref get_referrers(Value, const Args& args) {
    std::vector<Value> targets;
    for (size_t i = 0; i < args.count; ++i) {
        if (!is_immediate(args[i])) {
            targets.push_back(args[i]);
        }
    }
    cairn_objects objects = {};
    const cairn_status status =
        cairn_get_referrers(vm.heap, targets.data(), targets.size(), &objects);
    return status == CAIRN_OK ? known_objects(&objects, nullptr) : Ref(raise_status(status));
}

/// The attributes that an instance keeps inline, then its dict, then its class.
bool append_held(List* list, const Instance* instance) {
    for (size_t i = 0; i < instance->count; ++i) {
        if (instance->items[i] != nullptr && !list_append(list, instance->items[i])) {
            return false;
        }
    }
    const bool has_dict = instance->dict != nullptr && !is_immediate(val(instance->dict));
    return (!has_dict || list_append(list, val(instance->dict))) &&
           list_append(list, val(instance->cls));
}

/// Immediates are no objects to the heap, but a program sees them: containers are asked themselves,
/// in CPython's order (sequences from the end; a dict whose keys are all strings shows none).
bool append_referents(List* list, Value object) {
    Items items{};
    if (is_exact<List>(object) || is_exact<Tuple>(object)) {
        items_of(object, &items);
        for (size_t i = items.count; i > 0; --i) {
            // Each entry may make room, and so run code that changes the object.
            items_of(object, &items);
            if (i <= items.count && !list_append(list, items.data[i - 1])) {
                return false;
            }
        }
        return true;
    }
    if (is_exact<Dict>(object)) {
        const auto* dict = as<Dict>(object);
        size_t at = 0;
        for (Value key, value; dict_next(dict, &at, &key, &value);) {
            Ref kept = Ref::share(key);
            if (!list_append(list, value) || (dict->other_keys && !list_append(list, kept))) {
                return false;
            }
        }
        return true;
    }
    if (class_of(object) == vm.classes.set || class_of(object) == vm.classes.frozenset) {
        size_t at = 0;
        for (Value item; set_next(as<Set>(object), &at, &item);) {
            if (!list_append(list, item)) {
                return false;
            }
        }
        return true;
    }
    if (is_immediate(object) || is<Code>(object)) {
        return true;
    }
    Class* cls = class_of(object);
    if (cls->info->layout == kInstance && is_heap_class(cls)) {
        return append_held(list, as<Instance>(object));
    }
    cairn_objects objects = {};
    const cairn_status status = cairn_get_referents(object, &objects);
    if (status != CAIRN_OK) {
        return raise_status(status);
    }
    // Only classes of the program are counted by their instances, and come last. A frame that is
    // its generator's alone is no object yet.
    Value frame = is_exact<Generator>(object) ? as<Generator>(object)->frame : nullptr;
    const bool hidden = frame != nullptr && !cairn_gc_is_tracked(frame);
    Ref found = known_objects(&objects, hidden ? frame : val(cls));
    return found && list_extend(list, found) &&
           (!is_heap_class(cls) || list_append(list, val(cls)));
}

Ref get_referents(Value, const Args& args) {
    Ref list = new_list();
    for (size_t i = 0; i < args.count; ++i) {
        if (!list || !append_referents(list.as<List>(), args[i])) {
            return {};
        }
    }
    return list;
}

Ref is_tracked(Value, const Args& args) {
    return Ref::own(truth(!is_immediate(args[0]) && cairn_gc_is_tracked(args[0]) != 0));
}
Ref is_finalized(Value, const Args& args) {
    return Ref::own(truth(!is_immediate(args[0]) && cairn_gc_is_finalized(args[0]) != 0));
}
Ref freeze(Value, const Args&) {
    cairn_gc_freeze(vm.heap);
    return Ref::own(none());
}
Ref unfreeze(Value, const Args&) {
    cairn_gc_unfreeze(vm.heap);
    return Ref::own(none());
}
Ref get_freeze_count(Value, const Args&) {
    return new_int(static_cast<int64_t>(cairn_gc_freeze_count(vm.heap)));
}

/// Atoms, and a builtin class among them: other tuples the heap stops tracking by itself.
bool holds_builtin_class(const Tuple* tuple) {
    bool found = false;
    for (size_t i = 0; i < tuple->count; ++i) {
        Value v = tuple->items[i];
        if (v == nullptr || !is_atom(v)) {
            return false;
        }
        found = found || is<Class>(v);
    }
    return found;
}

/// What CPython does in a full collection, for a program that is to see what it sees there: exact
/// dicts that survive it and hold only atoms are no longer tracked, nor are tuples of atoms and
/// builtin classes, which the heap does not take for atoms. It takes a pass over the heap.
void untrack_atomic() {
    std::vector<Value> saved;  // Not survivors: what the collection has put on the garbage list.
    saved.reserve(cairn_gc_garbage_count(vm.heap));
    for (size_t i = 0; i < cairn_gc_garbage_count(vm.heap); ++i) {
        saved.push_back(Ref::own(cairn_gc_garbage_get(vm.heap, i)).get());
    }
    std::sort(saved.begin(), saved.end());
    cairn_objects old = {};
    if (cairn_get_objects(vm.heap, CAIRN_GENERATIONS - 1, &old) != CAIRN_OK) {
        return;
    }
    for (size_t i = 0; i < old.count; ++i) {
        Value v = old.items[i];
        if (std::binary_search(saved.begin(), saved.end(), v)) {
            continue;
        }
        if (is_exact<Dict>(v)) {
            dict_untrack(as<Dict>(v));
        } else if (is_exact<Tuple>(v) && holds_builtin_class(as<Tuple>(v))) {
            cairn_gc_untrack(v);
        }
    }
    cairn_objects_release(vm.heap, &old);
}

/// Calls what is in gc.callbacks with the phase and a dict of numbers.
cairn_status on_collection(cairn_heap*, cairn_gc_phase phase, const cairn_gc_info* info, void*) {
    if (phase == CAIRN_GC_STOP) {
        if (vm.untracks_atomic && info->generation == CAIRN_GENERATIONS - 1 && !vm.ending) {
            untrack_atomic();
        }
        take_garbage();
    }
    if (vm.gc_callbacks->items.count == 0 || vm.ending) {
        return CAIRN_OK;
    }
    const OutOfTurn turn;
    Ref numbers = new_dict();
    const std::pair<const char*, size_t> fields[] = {
        {"generation", static_cast<size_t>(info->generation)},
        {"collected", info->collected},
        {"uncollectable", info->uncollectable}};
    for (const auto& [name, value] : fields) {
        if (numbers) {
            dict_set_text(numbers.as<Dict>(), name, new_int(static_cast<int64_t>(value)).get());
        }
    }
    Ref name = new_str(phase == CAIRN_GC_START ? "start" : "stop");
    for (size_t i = 0; numbers && name && i < vm.gc_callbacks->items.count; ++i) {
        Ref callback = Ref::share(vm.gc_callbacks->items[i]);
        if (!call(callback, {name, numbers})) {
            report_unraisable(nullptr, callback);
        }
    }
    return CAIRN_OK;
}

const NativeDef kFunctions[] = {
    {"enable", enable, ""},
    {"disable", disable, ""},
    {"isenabled", isenabled, ""},
    {"collect", collect, "generation?"},
    {"get_threshold", get_threshold, ""},
    {"set_threshold", set_threshold, "threshold0? threshold1? threshold2? /"},
    {"get_count", get_count, ""},
    {"get_stats", get_stats, ""},
    {"set_debug", set_debug, "flags /"},
    {"get_debug", get_debug, ""},
    {"get_objects", get_objects, "generation?"},
    {"get_referrers", get_referrers, nullptr},
    {"get_referents", get_referents, nullptr},
    {"is_tracked", is_tracked, "obj /"},
    {"is_finalized", is_finalized, "obj /"},
    {"freeze", freeze, ""},
    {"unfreeze", unfreeze, ""},
    {"get_freeze_count", get_freeze_count, ""},
    {nullptr, nullptr, nullptr}};

}  // namespace

bool fill_gc(Module* module) {
    const std::pair<const char*, uint32_t> flags[] = {
        {"DEBUG_STATS", CAIRN_GC_DEBUG_STATS},
        {"DEBUG_COLLECTABLE", CAIRN_GC_DEBUG_COLLECTABLE},
        {"DEBUG_UNCOLLECTABLE", CAIRN_GC_DEBUG_UNCOLLECTABLE},
        {"DEBUG_SAVEALL", CAIRN_GC_DEBUG_SAVEALL},
        {"DEBUG_LEAK",
         CAIRN_GC_DEBUG_COLLECTABLE | CAIRN_GC_DEBUG_UNCOLLECTABLE | CAIRN_GC_DEBUG_SAVEALL}};
    for (const auto& [name, value] : flags) {
        if (!module_set(module, name, small(value))) {
            return false;
        }
    }
    // Both lists live as long as the heap: callbacks come until its end.
    vm.garbage = as<List>(new_list().take());
    vm.gc_callbacks = as<List>(new_list().take());
    return module_set(module, "garbage", val(vm.garbage)) &&
           module_set(module, "callbacks", val(vm.gc_callbacks)) &&
           module_add(module, kFunctions) &&
           cairn_gc_callback_add(vm.heap, on_collection, nullptr) == CAIRN_OK;
}

}  // namespace pebble
