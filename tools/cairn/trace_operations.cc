// SPDX-License-Identifier: MIT
#include "trace_operations.h"

#include <algorithm>
#include <array>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "trace_lines.h"

namespace tool {
namespace {

struct Slot {
    Node* node;
    size_t index;
};

std::optional<Slot> slot_of(Machine& machine, std::string_view text) {
    const auto [root, index_text] = cut_at(text, '.');
    const auto index = parse_slot_index(index_text);
    cairn_object* object = node_in(machine, root);
    if (!index.has_value() || object == nullptr) {
        return std::nullopt;
    }
    return Slot{Machine::node(object), *index};
}

Outcome op_new(Machine& machine, Arguments args, std::string& /*text*/) {
    if (args.empty()) {
        return Outcome::kError;
    }
    const auto action = parse_action(machine, args.subspan(1), "fin", true);
    if (!action.has_value()) {
        return Outcome::kError;
    }
    const Name label = machine.name(args[0]);
    const Reference made = machine.new_node(label, *action);
    if (!made) {
        return Outcome::kNoMemory;
    }
    machine.put(label, made.get());
    return Outcome::kDone;
}

Outcome op_let(Machine& machine, Arguments args, std::string& /*text*/) {
    if (args.size() != 2) {
        return Outcome::kError;
    }
    const Reference object = Reference::to(node_or_weakref_in(machine, args[1]));
    if (!object) {
        return Outcome::kError;
    }
    machine.put(machine.name(args[0]), object.get());
    return Outcome::kDone;
}

Outcome op_set(Machine& machine, Arguments args, std::string& /*text*/) {
    if (args.size() != 2) {
        return Outcome::kError;
    }
    const auto slot = slot_of(machine, args[0]);
    if (!slot.has_value()) {
        return Outcome::kError;
    }
    // What the slot held may drop both roots as it dies; the node outlives the value.
    const Reference node = Reference::to(&slot->node->head);
    Reference value;
    if (args[1] != "-") {
        value = Reference::to(node_or_weakref_in(machine, args[1]));
        if (!value) {
            return Outcome::kError;
        }
    }
    cairn_set(&slot->node->slots[slot->index], value.get());
    return Outcome::kDone;
}

Outcome op_get(Machine& machine, Arguments args, std::string& text) {
    if (args.size() != 2) {
        return Outcome::kError;
    }
    const auto slot = slot_of(machine, args[1]);
    if (!slot.has_value()) {
        return Outcome::kError;
    }
    const Reference value = Reference::to(slot->node->slots[slot->index]);
    text = fmt::format("get {} {} -> {}", args[0], args[1], machine.label(value.get()));
    const Name root = machine.name(args[0]);
    if (value) {
        machine.put(root, value.get());
    } else {
        machine.drop(root);
    }
    return Outcome::kDone;
}

Outcome op_drop(Machine& machine, Arguments args, std::string& /*text*/) {
    if (args.size() != 1 || machine.root(machine.name(args[0])) == nullptr) {
        return Outcome::kError;
    }
    machine.drop(machine.name(args[0]));
    return Outcome::kDone;
}

Outcome op_weak(Machine& machine, Arguments args, std::string& /*text*/) {
    if (args.size() < 2) {
        return Outcome::kError;
    }
    const Reference referent = Reference::to(node_in(machine, args[1]));
    const auto callback = parse_callback(machine, args.subspan(2));
    if (!referent || !callback.has_value()) {
        return Outcome::kError;
    }
    const Name label = machine.name(args[0]);
    const Reference made =
        machine.new_weakref(referent.get(), label, callback->action, callback->owned.get());
    if (!made) {
        return Outcome::kNoMemory;
    }
    machine.put(label, made.get());
    return Outcome::kDone;
}

Outcome op_deref(Machine& machine, Arguments args, std::string& text) {
    if (args.size() != 1) {
        return Outcome::kError;
    }
    cairn_object* ref = machine.root(machine.name(args[0]));
    if (!machine.is_weakref(ref)) {
        return Outcome::kError;
    }
    const Reference referent(cairn_weakref_get(ref));
    text = fmt::format("deref {} -> {}", args[0], machine.label(referent.get()));
    return Outcome::kDone;
}

Outcome op_weakcount(Machine& machine, Arguments args, std::string& text) {
    cairn_object* object = args.size() == 1 ? node_in(machine, args[0]) : nullptr;
    if (object == nullptr) {
        return Outcome::kError;
    }
    text = fmt::format("weakcount {} -> {}", args[0], cairn_weakref_count(object));
    return Outcome::kDone;
}

Outcome op_refcount(Machine& machine, Arguments args, std::string& text) {
    cairn_object* object = args.size() == 1 ? node_or_weakref_in(machine, args[0]) : nullptr;
    // CPython's interpreter has references of its own to an object whose finalizer runs.
    if (object == nullptr || machine.is_dying(object)) {
        return Outcome::kError;
    }
    text = fmt::format("refcount {} -> {}", args[0], cairn_refcount(object));
    return Outcome::kDone;
}

Outcome op_collect(Machine& machine, Arguments args, std::string& text) {
    const auto generation =
        args.empty() ? std::optional(CAIRN_GENERATIONS - 1) : parse_generation(args[0]);
    if (args.size() > 1 || !generation.has_value()) {
        return Outcome::kError;
    }
    machine.set_disorder();
    size_t unreachable = 0;
    const cairn_status status = cairn_gc_collect(machine.heap(), *generation, &unreachable);
    text = fmt::format("collect {} -> {}", *generation, unreachable);
    return outcome_of(status);
}

Outcome op_referrers(Machine& machine, Arguments args, std::string& text) {
    cairn_object* object = args.size() == 1 ? node_or_weakref_in(machine, args[0]) : nullptr;
    if (object == nullptr) {
        return Outcome::kError;
    }
    cairn_objects referrers = {};
    const cairn_status status = cairn_get_referrers(machine.heap(), &object, 1, &referrers);
    text = fmt::format("referrers {} -> {}", args[0], join_labels(machine, referrers, false));
    cairn_objects_release(machine.heap(), &referrers);
    return outcome_of(status);
}

Outcome op_referents(Machine& machine, Arguments args, std::string& text) {
    cairn_object* object = args.size() == 1 ? node_in(machine, args[0]) : nullptr;
    if (object == nullptr) {
        return Outcome::kError;
    }
    cairn_objects referents = {};
    const cairn_status status = cairn_get_referents(object, &referents);
    text = fmt::format("referents {} -> {}", args[0], join_labels(machine, referents, true));
    cairn_objects_release(machine.heap(), &referents);
    return outcome_of(status);
}

Outcome op_tracked(Machine& machine, Arguments args, std::string& text) {
    cairn_object* object = args.size() == 1 ? node_or_weakref_in(machine, args[0]) : nullptr;
    if (object == nullptr) {
        return Outcome::kError;
    }
    text = fmt::format("tracked {} -> {}", args[0], cairn_gc_is_tracked(object));
    return Outcome::kDone;
}

Outcome op_finalized(Machine& machine, Arguments args, std::string& text) {
    cairn_object* object = args.size() == 1 ? node_or_weakref_in(machine, args[0]) : nullptr;
    if (object == nullptr) {
        return Outcome::kError;
    }
    text = fmt::format("finalized {} -> {}", args[0], cairn_gc_is_finalized(object));
    return Outcome::kDone;
}

Outcome op_exit(Machine& machine, Arguments args, std::string& text) {
    if (!args.empty()) {
        return Outcome::kError;
    }
    machine.set_disorder();
    cairn_gc_set_debug(machine.heap(), 0);
    run_exit_finalizers(machine);
    for (int round = 0; round < 3; ++round) {
        const std::vector<Name> names = machine.root_order();
        for (const Name name : names) {
            machine.drop(name);
        }
        machine.clear_garbage();
        machine.unfreeze();
        // What this collection leaves when memory is out, the next round finds.
        (void)cairn_gc_collect(machine.heap(), CAIRN_GENERATIONS - 1, nullptr);
    }
    text = "exit";
    return Outcome::kExit;
}

constexpr Operation kOperations[] = {
    {"new", op_new},
    {"let", op_let},
    {"set", op_set},
    {"get", op_get},
    {"drop", op_drop},
    {"weak", op_weak},
    {"deref", op_deref},
    {"weakcount", op_weakcount},
    {"refcount", op_refcount},
    {"collect", op_collect},
    {"referrers", op_referrers},
    {"referents", op_referents},
    {"tracked", op_tracked},
    {"finalized", op_finalized},
    {"exit", op_exit},
};

OperationFn find_operation(std::string_view word) {
    for (const std::span<const Operation> table : {std::span<const Operation>(kOperations),
                                                   collector_operations(),
                                                   container_operations(),
                                                   finalizer_operations()}) {
        for (const Operation& operation : table) {
            if (operation.word == word) {
                return operation.run;
            }
        }
    }
    return nullptr;
}

}  // namespace

std::optional<uint32_t> parse_slot_index(std::string_view text) {
    if (text.size() != 1 || text[0] < '0' || text[0] >= '0' + static_cast<int>(kSlots)) {
        return std::nullopt;
    }
    return static_cast<uint32_t>(text[0] - '0');
}

std::optional<int> parse_generation(std::string_view text) {
    if (text.size() != 1 || text[0] < '0' || text[0] >= '0' + CAIRN_GENERATIONS) {
        return std::nullopt;
    }
    return text[0] - '0';
}

std::pair<std::string_view, std::string_view> cut_at(std::string_view text, char mark) {
    const size_t at = std::min(text.find(mark), text.size());
    return {text.substr(0, at), text.substr(std::min(at + 1, text.size()))};
}

Outcome outcome_of(cairn_status status) {
    switch (status) {
        case CAIRN_OK:
            return Outcome::kDone;
        case CAIRN_NO_MEMORY:
            return Outcome::kNoMemory;
        default:
            return Outcome::kUnexpected;
    }
}

Outcome outcome_of_removal(cairn_status status) {
    return status == CAIRN_NOT_FOUND ? Outcome::kDone : outcome_of(status);
}

cairn_object* node_in(Machine& machine, std::string_view root) {
    cairn_object* object = machine.root(machine.name(root));
    return machine.is_node(object) ? object : nullptr;
}

cairn_object* node_or_weakref_in(Machine& machine, std::string_view root) {
    cairn_object* object = machine.root(machine.name(root));
    return machine.is_node(object) || machine.is_weakref(object) ? object : nullptr;
}

std::string join_sorted(std::vector<std::string_view> words) {
    std::sort(words.begin(), words.end());
    return words.empty() ? "-" : fmt::format("{}", fmt::join(words, " "));
}

std::string join_labels(Machine& machine, const cairn_objects& objects, bool weakrefs_too) {
    std::vector<std::string_view> labels;
    for (size_t i = 0; i < objects.count; ++i) {
        cairn_object* object = objects.items[i];
        if (machine.is_node(object) || (weakrefs_too && machine.is_weakref(object))) {
            labels.push_back(machine.label(object));
        }
    }
    return join_sorted(std::move(labels));
}

namespace {

/// Runs a line without logging it; `text` receives what is to be logged after its events.
Outcome run_words(Machine& machine, std::string_view line, std::string& text) {
    const std::vector<std::string_view> words = words_of(line);
    const OperationFn run = find_operation(words[0]);
    const Outcome outcome =
        run == nullptr ? Outcome::kError : run(machine, Arguments(words).subspan(1), text);
    switch (outcome) {
        case Outcome::kDone:
        case Outcome::kExit:
            break;
        case Outcome::kError:
            text = fmt::format("error {}", line);
            break;
        case Outcome::kNoMemory:
            text = fmt::format("no-memory {}", line);
            break;
        case Outcome::kUnexpected:
            text = fmt::format("unexpected {}", line);
            break;
    }
    return outcome;
}

}  // namespace

Outcome run_operation(Machine& machine, std::string_view line) {
    std::string text;
    const Outcome outcome = run_words(machine, line, text);
    machine.flush_events(text);
    return outcome;
}

void run_inner_operation(Machine& machine, std::string_view line) {
    std::string text = "error exit";
    if (line != "exit") {
        text.clear();
        (void)run_words(machine, line, text);
    }
    if (!text.empty()) {
        machine.log_event(std::move(text));
    }
}

}  // namespace tool
