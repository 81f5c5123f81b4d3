// SPDX-License-Identifier: MIT
/// The operations that steer the collector, or ask for its state.
#include <algorithm>
#include <array>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "trace_operations.h"
#include "usage.h"

namespace tool {
namespace {

Outcome op_freeze(Machine& machine, Arguments args, std::string& /*text*/) {
    if (!args.empty()) {
        return Outcome::kError;
    }
    machine.freeze();
    return Outcome::kDone;
}

Outcome op_unfreeze(Machine& machine, Arguments args, std::string& /*text*/) {
    if (!args.empty()) {
        return Outcome::kError;
    }
    machine.unfreeze();
    return Outcome::kDone;
}

Outcome op_saveall(Machine& machine, Arguments args, std::string& /*text*/) {
    if (args.size() != 1 || (args[0] != "on" && args[0] != "off")) {
        return Outcome::kError;
    }
    cairn_gc_set_debug(machine.heap(), args[0] == "on" ? CAIRN_GC_DEBUG_SAVEALL : 0);
    return Outcome::kDone;
}

Outcome op_garbage(Machine& machine, Arguments args, std::string& text) {
    if (args.size() == 1 && args[0] == "clear") {
        machine.set_disorder();
        machine.clear_garbage();
        return Outcome::kDone;
    }
    if (!args.empty()) {
        return Outcome::kError;
    }
    std::vector<std::string_view> labels;
    for (cairn_object* object : machine.garbage()) {
        if (machine.is_node(object) || machine.is_weakref(object)) {
            labels.push_back(machine.label(object));
        }
    }
    text = fmt::format("garbage -> {}", join_sorted(std::move(labels)));
    return Outcome::kDone;
}

Outcome op_objects(Machine& machine, Arguments args, std::string& text) {
    const auto generation = args.size() == 1 ? parse_generation(args[0]) : std::nullopt;
    if (!generation.has_value()) {
        return Outcome::kError;
    }
    cairn_objects objects = {};
    const cairn_status status = cairn_get_objects(machine.heap(), *generation, &objects);
    text = fmt::format("objects {} -> {}", args[0], join_labels(machine, objects, false));
    cairn_objects_release(machine.heap(), &objects);
    return outcome_of(status);
}

Outcome op_where(Machine& machine, Arguments args, std::string& text) {
    const Reference object =
        Reference::to(args.size() == 1 ? node_or_weakref_in(machine, args[0]) : nullptr);
    if (!object) {
        return Outcome::kError;
    }
    std::string place = "-";
    for (int generation = 0; generation < CAIRN_GENERATIONS; ++generation) {
        cairn_objects objects = {};
        const cairn_status status = cairn_get_objects(machine.heap(), generation, &objects);
        if (status != CAIRN_OK) {
            return outcome_of(status);
        }
        const std::span<cairn_object* const> items(objects.items, objects.count);
        if (std::find(items.begin(), items.end(), object.get()) != items.end()) {
            place = std::to_string(generation);
        }
        cairn_objects_release(machine.heap(), &objects);
    }
    text = fmt::format("where {} -> {}", args[0], place);
    return Outcome::kDone;
}

Outcome op_counts(Machine& machine, Arguments args, std::string& text) {
    if (!args.empty()) {
        return Outcome::kError;
    }
    uint32_t counts[CAIRN_GENERATIONS];
    cairn_gc_get_counts(machine.heap(), counts);
    text = fmt::format("counts -> {} {}", counts[1], counts[2]);
    return Outcome::kDone;
}

Outcome op_thresholds(Machine& machine, Arguments args, std::string& text) {
    uint32_t thresholds[CAIRN_GENERATIONS];
    if (args.empty()) {
        cairn_gc_get_thresholds(machine.heap(), thresholds);
        text = fmt::format("thresholds -> {}", fmt::join(thresholds, " "));
        return Outcome::kDone;
    }
    if (args.size() != CAIRN_GENERATIONS) {
        return Outcome::kError;
    }
    for (size_t i = 0; i < CAIRN_GENERATIONS; ++i) {
        const auto number = parse_number(args[i]);
        if (!number.has_value() || *number > kLargestThreshold) {
            return Outcome::kError;
        }
        thresholds[i] = static_cast<uint32_t>(*number);
    }
    if (thresholds[0] != 0 && thresholds[0] < kLeastThreshold) {
        return Outcome::kError;
    }
    cairn_gc_set_thresholds(machine.heap(), thresholds);
    return Outcome::kDone;
}

Outcome op_enable(Machine& machine, Arguments args, std::string& /*text*/) {
    if (!args.empty()) {
        return Outcome::kError;
    }
    cairn_gc_enable(machine.heap());
    return Outcome::kDone;
}

Outcome op_disable(Machine& machine, Arguments args, std::string& /*text*/) {
    if (!args.empty()) {
        return Outcome::kError;
    }
    cairn_gc_disable(machine.heap());
    return Outcome::kDone;
}

Outcome op_enabled(Machine& machine, Arguments args, std::string& text) {
    if (!args.empty()) {
        return Outcome::kError;
    }
    text = fmt::format("enabled -> {}", cairn_gc_is_enabled(machine.heap()));
    return Outcome::kDone;
}

Outcome op_frozen(Machine& machine, Arguments args, std::string& text) {
    if (!args.empty()) {
        return Outcome::kError;
    }
    text = fmt::format("frozen -> {}", cairn_gc_freeze_count(machine.heap()) > 0 ? 1 : 0);
    return Outcome::kDone;
}

struct DebugFlag {
    std::string_view word;
    uint32_t flag;
};

// The other flags write lines of their own to standard error.
constexpr DebugFlag kDebugFlags[] = {
    {"saveall", CAIRN_GC_DEBUG_SAVEALL},
    {"uncollectable", CAIRN_GC_DEBUG_UNCOLLECTABLE},
};

Outcome op_debug(Machine& machine, Arguments args, std::string& text) {
    if (args.empty()) {
        std::vector<std::string_view> words;
        for (const DebugFlag& flag : kDebugFlags) {
            if ((cairn_gc_get_debug(machine.heap()) & flag.flag) != 0) {
                words.push_back(flag.word);
            }
        }
        text = fmt::format("debug -> {}", join_sorted(std::move(words)));
        return Outcome::kDone;
    }
    uint32_t flags = 0;
    if (args.size() != 1 || args[0] != "none") {
        for (const std::string_view word : args) {
            const auto* known = std::find_if(std::begin(kDebugFlags),
                                             std::end(kDebugFlags),
                                             [&](const auto& flag) { return flag.word == word; });
            if (known == std::end(kDebugFlags)) {
                return Outcome::kError;
            }
            flags |= known->flag;
        }
    }
    cairn_gc_set_debug(machine.heap(), flags);
    return Outcome::kDone;
}

constexpr Operation kCollectorOperations[] = {
    {"objects", op_objects},
    {"where", op_where},
    {"counts", op_counts},
    {"thresholds", op_thresholds},
    {"enable", op_enable},
    {"disable", op_disable},
    {"enabled", op_enabled},
    {"freeze", op_freeze},
    {"unfreeze", op_unfreeze},
    {"frozen", op_frozen},
    {"debug", op_debug},
    {"saveall", op_saveall},
    {"garbage", op_garbage},
};

}  // namespace

std::span<const Operation> collector_operations() {
    return kCollectorOperations;
}

}  // namespace tool
