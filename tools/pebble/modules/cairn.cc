// SPDX-License-Identifier: MIT
#include <algorithm>
#include <cairn/testing.h>
#include <unordered_map>

#include "modules/modules.h"

namespace pebble {
namespace {

// The module `cairn`: what the heap knows and can do beyond what CPython's gc module shows.

bool get_size(Value v, size_t* out) {
    int64_t number = 0;
    if (!to_int64(v, &number)) {
        return false;
    }
    if (number < 0) {
        return raise(vm.exceptions.ValueError, "a size cannot be negative");
    }
    *out = static_cast<size_t>(number);
    return true;
}

Ref number(size_t n) {
    return new_int(static_cast<int64_t>(n));
}

Ref numbers(std::initializer_list<std::pair<const char*, size_t>> fields) {
    Ref dict = new_dict();
    for (const auto& [name, value] : fields) {
        if (!dict || !dict_set_text(dict.as<Dict>(), name, number(value).get())) {
            return {};
        }
    }
    return dict;
}

// The finalizer queue.

Ref finalizers_pending(Value, const Args&) {
    return number(cairn_finalizers_pending(vm.heap));
}
Ref finalizers_run(Value, const Args& args) {
    size_t most = 0;
    double seconds = 0;
    if ((args[0] != nullptr && !get_size(args[0], &most)) ||
        (args[1] != nullptr && !to_double(args[1], &seconds))) {
        return {};
    }
    return number(
        cairn_finalizers_run(vm.heap, most, static_cast<uint64_t>(std::max(seconds, 0.0) * 1e9)));
}
Ref is_waiting(Value, const Args& args) {
    return Ref::own(truth(!is_immediate(args[0]) && cairn_finalizer_is_waiting(args[0]) != 0));
}

// Memory.

Ref usage(Value, const Args&) {
    cairn_heap_usage used = {};
    cairn_heap_get_usage(vm.heap, &used);
    return numbers({{"objects", used.objects},
                    {"object_bytes", used.object_bytes},
                    {"table_bytes", used.table_bytes},
                    {"buffer_bytes", used.buffer_bytes},
                    {"reserved_bytes", used.reserved_bytes},
                    {"external_bytes", used.external_bytes},
                    {"peak_bytes", used.peak_bytes}});
}
Ref set_memory_limit(Value, const Args& args) {
    size_t bytes = 0;
    if (!get_size(args[0], &bytes)) {
        return {};
    }
    vm.memory_limit = bytes;
    cairn_heap_set_memory_limit(vm.heap, bytes);
    return Ref::own(none());
}
void on_soft_limit(cairn_heap*, size_t bytes, void*) {
    const OutOfTurn turn;
    Ref function = Ref::share(vm.soft_limit_function);
    Ref argument = number(bytes);
    if (!argument || !call(function, {argument})) {
        report_unraisable(nullptr, function);
    }
}
Ref set_soft_limit(Value, const Args& args) {
    size_t bytes = 0;
    if (!get_size(args[0], &bytes)) {
        return {};
    }
    const bool wanted = args[1] != nullptr && !is_none(args[1]);
    if (wanted && !is_callable(args[1])) {
        return raise_type("'%s' object is not callable", type_name(args[1]));
    }
    cairn_heap_set_soft_limit(
        vm.heap, wanted ? bytes : 0, wanted ? on_soft_limit : nullptr, nullptr);
    store(&vm.soft_limit_function, wanted ? new_ref(args[1]) : nullptr);
    return Ref::own(none());
}
Ref set_byte_thresholds(Value, const Args& args) {
    size_t young = 0;
    size_t external = 0;
    if (!get_size(args[0], &young) || !get_size(args[1], &external)) {
        return {};
    }
    cairn_gc_set_byte_thresholds(vm.heap, young, external);
    return Ref::own(none());
}
Ref trim(Value, const Args&) {
    cairn_heap_trim(vm.heap);
    return Ref::own(none());
}
Ref object_size(Value, const Args& args) {
    return number(is_immediate(args[0]) ? 0 : cairn_object_size(args[0]));
}
Ref external_size(Value, const Args& args) {
    return number(is_immediate(args[0]) ? 0 : cairn_object_external_size(args[0]));
}

// What is there.

/// Tracked objects of generations 0 to 2, then frozen ones.
Ref generation_sizes(Value, const Args&) {
    Ref sizes = new_tuple(CAIRN_GENERATIONS + 1);
    for (int generation = 0; sizes && generation < CAIRN_GENERATIONS; ++generation) {
        cairn_objects objects = {};
        const cairn_status status = cairn_get_objects(vm.heap, generation, &objects);
        if (status != CAIRN_OK) {
            return raise_status(status);
        }
        sizes.as<Tuple>()->items[generation] = number(objects.count).take();
        cairn_objects_release(vm.heap, &objects);
    }
    if (sizes) {
        sizes.as<Tuple>()->items[CAIRN_GENERATIONS] = number(cairn_gc_freeze_count(vm.heap)).take();
    }
    return sizes;
}

Ref stats(Value, const Args&) {
    Ref list = new_list();
    for (int generation = 0; list && generation < CAIRN_GENERATIONS; ++generation) {
        cairn_gc_stats sums = {};
        cairn_gc_get_stats(vm.heap, generation, &sums);
        Ref row = numbers({{"collections", sums.collections},
                           {"collected", sums.collected},
                           {"uncollectable", sums.uncollectable},
                           {"candidates", sums.candidates},
                           {"duration_ns", sums.duration_ns},
                           {"longest_ns", sums.longest_ns}});
        if (!row || !list_append(list.as<List>(), row)) {
            return {};
        }
    }
    return list;
}

// Pauses.

Ref set_pause_target(Value, const Args& args) {
    size_t ns = 0;
    if (!get_size(args[0], &ns)) {
        return {};
    }
    const cairn_status status = cairn_gc_set_pause_target(vm.heap, ns);
    if (status == CAIRN_INVALID) {
        return raise(vm.exceptions.ValueError, "a heap in CPython's order collects in one piece");
    }
    return status == CAIRN_OK ? Ref::own(none()) : Ref(raise_status(status));
}
Ref pause_target(Value, const Args&) {
    return number(cairn_gc_pause_target(vm.heap));
}
/// Has the cycle ended?
Ref gc_step(Value, const Args& args) {
    size_t budget = 0;
    int is_done = 0;
    if (!get_size(args[0], &budget)) {
        return {};
    }
    const cairn_status status = cairn_gc_step(vm.heap, budget, &is_done);
    if (status == CAIRN_INVALID) {
        return raise(vm.exceptions.ValueError, "gc_step() goes with a pause target");
    }
    return status == CAIRN_OK ? Ref::own(truth(is_done != 0)) : Ref(raise_status(status));
}
Ref cycle_state(Value, const Args&) {
    static constexpr const char* kStates[] = {"idle", "guessing", "grouping", "proving"};
    return new_str(kStates[cairn_gc_get_cycle_state(vm.heap)]);
}
Ref cycle_stats(Value, const Args&) {
    cairn_gc_cycle_stats sums = {};
    cairn_gc_get_cycle_stats(vm.heap, &sums);
    return numbers({{"cycles", sums.cycles},
                    {"abandoned", sums.abandoned},
                    {"slices", sums.slices},
                    {"stretched", sums.stretched},
                    {"largest_group", sums.largest_group},
                    {"failed_proofs", sums.failed_proofs}});
}
/// {kind: {"counts": tuple, ...}}; counts[i] is of pauses below 2**i nanoseconds.
Ref pauses(Value, const Args&) {
    static constexpr const char* kKinds[CAIRN_GC_PAUSE_KINDS] = {
        "young", "middle", "whole", "slice"};
    Ref all = new_dict();
    for (int kind = 0; all && kind < CAIRN_GC_PAUSE_KINDS; ++kind) {
        cairn_gc_pauses sums = {};
        cairn_gc_get_pauses(vm.heap, static_cast<cairn_gc_pause_kind>(kind), &sums);
        Ref row = numbers({{"longest_ns", sums.longest_ns}, {"total_ns", sums.total_ns}});
        Ref counts = new_tuple(CAIRN_GC_PAUSE_BINS);
        for (int bin = 0; counts && bin < CAIRN_GC_PAUSE_BINS; ++bin) {
            counts.as<Tuple>()->items[bin] = number(sums.counts[bin]).take();
        }
        if (!row || !counts || !dict_set_text(row.as<Dict>(), "counts", counts) ||
            !dict_set_text(all.as<Dict>(), kKinds[kind], row)) {
            return {};
        }
    }
    return all;
}

struct Share {
    size_t count = 0;
    size_t bytes = 0;  ///< what lies outside the heap included
};
using Shares = std::unordered_map<Class*, Share>;

int count_object(Value object, void* data) {
    if (is_known(object)) {
        Share& share = (*static_cast<Shares*>(data))[class_of(object)];
        ++share.count;
        share.bytes += cairn_object_size(object) + cairn_object_external_size(object);
    }
    return 1;
}

/// {class: (objects, bytes)}, the most bytes first.
Ref histogram(Value, const Args&) {
    Shares shares;
    cairn_visit_objects(vm.heap, count_object, &shares);
    // From here on objects are made: the classes must outlive that.
    std::vector<std::pair<Ref, Share>> rows;
    for (const auto& [cls, share] : shares) {
        rows.emplace_back(Ref::share(cls), share);
    }
    std::sort(rows.begin(), rows.end(), [](const auto& a, const auto& b) {
        return a.second.bytes != b.second.bytes ? a.second.bytes > b.second.bytes
                                                : a.first.get() < b.first.get();
    });
    Ref dict = new_dict();
    for (const auto& [cls, share] : rows) {
        Ref count = number(share.count);
        Ref bytes = number(share.bytes);
        Ref row = make_tuple({count, bytes});
        if (!dict || !row || !dict_set(dict.as<Dict>(), cls, row)) {
            return {};
        }
    }
    return dict;
}

/// Checks the whole heap; what is wrong goes to standard error.
Ref verify(Value, const Args&) {
    return Ref::own(truth(cairn_verify_for_testing(vm.heap) != 0));
}

/// From now on a full collection before every n-th allocation; 0: no more.
Ref collect_every(Value, const Args& args) {
    int64_t n = 0;
    if (!to_int64(args[0], &n)) {
        return {};
    }
    if (n < 0) {
        return raise(vm.exceptions.ValueError, "collect_every() takes a number of allocations");
    }
    cairn_collect_every_for_testing(vm.heap, static_cast<uint64_t>(n));
    return Ref::own(none());
}

const NativeDef kFunctions[] = {{"finalizers_pending", finalizers_pending, ""},
                                {"finalizers_run", finalizers_run, "max_count? max_seconds?"},
                                {"is_waiting", is_waiting, "object /"},
                                {"usage", usage, ""},
                                {"set_memory_limit", set_memory_limit, "size"},
                                {"set_soft_limit", set_soft_limit, "size function?"},
                                {"set_byte_thresholds", set_byte_thresholds, "young external"},
                                {"trim", trim, ""},
                                {"object_size", object_size, "object /"},
                                {"external_size", external_size, "object /"},
                                {"generation_sizes", generation_sizes, ""},
                                {"stats", stats, ""},
                                {"histogram", histogram, ""},
                                {"set_pause_target", set_pause_target, "ns /"},
                                {"pause_target", pause_target, ""},
                                {"gc_step", gc_step, "budget_ns /"},
                                {"cycle_state", cycle_state, ""},
                                {"cycle_stats", cycle_stats, ""},
                                {"pauses", pauses, ""},
                                {"verify", verify, ""},
                                {"collect_every", collect_every, "allocations /"},
                                {nullptr, nullptr, nullptr}};

}  // namespace

bool fill_cairn(Module* module) {
    return module_set(module, "version", new_str(CAIRN_VERSION_STRING).get()) &&
           module_add(module, kFunctions) && fill_cairn_inspect(module);
}

}  // namespace pebble
