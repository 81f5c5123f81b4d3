// SPDX-License-Identifier: MIT
/// The operations on weak containers.
#include <fmt/format.h>

#include "trace_operations.h"

namespace tool {
namespace {

/// An instance that a root holds, and its container.
struct Container {
    Reference instance;
    cairn_object* map = nullptr;
};

/// Nothing if the root holds no container of this kind.
Container container_in(Machine& machine, std::string_view root, cairn_weak_kind kind) {
    cairn_object* object = machine.root(machine.name(root));
    cairn_object* map = machine.maps().map_of(object);
    if (map == nullptr || cairn_weakmap_kind(map) != kind) {
        return {};
    }
    return {Reference::to(object), map};
}

Outcome new_container(Machine& machine, Arguments args, cairn_weak_kind kind) {
    if (args.size() != 1) {
        return Outcome::kError;
    }
    const Reference made = machine.maps().make_instance(kind);
    if (!made) {
        return Outcome::kNoMemory;
    }
    machine.put(machine.name(args[0]), made.get());
    return Outcome::kDone;
}

Outcome op_wvd(Machine& machine, Arguments args, std::string& /*text*/) {
    return new_container(machine, args, CAIRN_WEAK_VALUE_MAP);
}

Outcome op_wkd(Machine& machine, Arguments args, std::string& /*text*/) {
    return new_container(machine, args, CAIRN_WEAK_KEY_MAP);
}

Outcome op_wset(Machine& machine, Arguments args, std::string& /*text*/) {
    return new_container(machine, args, CAIRN_WEAK_SET);
}

/// A container of an operation, and the node in its second argument if `wants_node`.
struct Operands {
    Reference node;
    Container container;

    [[nodiscard]] cairn_object* map() const { return container.map; }
};

std::optional<Operands> operands_of(
    Machine& machine, Arguments args, size_t count, cairn_weak_kind kind, bool wants_node) {
    if (args.size() != count) {
        return std::nullopt;
    }
    Operands operands;
    operands.container = container_in(machine, args[0], kind);
    if (wants_node) {
        operands.node = Reference::to(node_in(machine, args[1]));
    }
    if (operands.map() == nullptr || (wants_node && !operands.node)) {
        return std::nullopt;
    }
    return operands;
}

Outcome length(Machine& machine,
               Arguments args,
               cairn_weak_kind kind,
               std::string_view word,
               std::string& text) {
    const auto operands = operands_of(machine, args, 1, kind, false);
    if (!operands.has_value()) {
        return Outcome::kError;
    }
    text = fmt::format("{} {} -> {}", word, args[0], cairn_weakmap_length(operands->map()));
    return Outcome::kDone;
}

/// Logs the words or the labels of the nodes that are the keys or members of a container.
Outcome keys(Machine& machine,
             Arguments args,
             cairn_weak_kind kind,
             std::string_view word,
             std::string& text) {
    const auto operands = operands_of(machine, args, 1, kind, false);
    if (!operands.has_value()) {
        return Outcome::kError;
    }
    std::vector<std::string_view> found;
    cairn_weakmap_iterator iterator;
    cairn_weakmap_iterator_open(operands->map(), &iterator);
    cairn_object* key = nullptr;
    while (cairn_weakmap_iterator_next(&iterator, &key, nullptr) != 0) {
        found.push_back(machine.label(key));
    }
    cairn_weakmap_iterator_close(&iterator);
    text = fmt::format("{} {} -> {}", word, args[0], join_sorted(std::move(found)));
    return Outcome::kDone;
}

Outcome clear(Machine& machine, Arguments args, cairn_weak_kind kind) {
    const auto operands = operands_of(machine, args, 1, kind, false);
    return operands.has_value() ? outcome_of(cairn_weakmap_clear(operands->map()))
                                : Outcome::kError;
}

/// Tracks the dictionary that is to get the entries of another.
void note_entries(cairn_object* map, cairn_object* source) {
    if (cairn_weakmap_length(source) != 0) {
        MapInstances::note_entry(map);
    }
}

Outcome copy(Machine& machine, Arguments args, cairn_weak_kind kind) {
    if (args.size() != 2) {
        return Outcome::kError;
    }
    const Container source = container_in(machine, args[1], kind);
    if (source.map == nullptr) {
        return Outcome::kError;
    }
    const Reference made = machine.maps().make_instance(kind);
    if (!made) {
        return Outcome::kNoMemory;
    }
    cairn_object* map = machine.maps().map_of(made.get());
    note_entries(map, source.map);
    const cairn_status status = cairn_weakmap_update(map, source.map);
    if (status == CAIRN_OK) {
        machine.put(machine.name(args[0]), made.get());
    }
    return outcome_of(status);
}

Outcome update(Machine& machine, Arguments args, cairn_weak_kind kind) {
    const auto operands = operands_of(machine, args, 2, kind, false);
    if (!operands.has_value()) {
        return Outcome::kError;
    }
    const Container source = container_in(machine, args[1], kind);
    if (source.map == nullptr) {
        return Outcome::kError;
    }
    note_entries(operands->map(), source.map);
    return outcome_of(cairn_weakmap_update(operands->map(), source.map));
}

Outcome popitem(Machine& machine,
                Arguments args,
                cairn_weak_kind kind,
                std::string_view word,
                std::string& text) {
    const auto operands = operands_of(machine, args, 1, kind, false);
    if (!operands.has_value()) {
        return Outcome::kError;
    }
    cairn_object* key = nullptr;
    cairn_object* value = nullptr;
    const cairn_status status = cairn_weakmap_pop_last(operands->map(), &key, &value);
    // The key dies first.
    const Reference owned_value(value);
    const Reference owned_key(key);
    text = fmt::format("{} {} -> {}", word, args[0], machine.label(key));
    if (key != nullptr) {
        text += fmt::format(" {}", machine.label(value));
    }
    return outcome_of_removal(status);
}

Outcome op_wvd_set(Machine& machine, Arguments args, std::string& /*text*/) {
    auto operands = operands_of(machine, args, 3, CAIRN_WEAK_VALUE_MAP, false);
    const Reference value = Reference::to(args.size() == 3 ? node_in(machine, args[2]) : nullptr);
    if (!operands.has_value() || !value) {
        return Outcome::kError;
    }
    const Reference key = machine.new_word(machine.name(args[1]));
    if (!key) {
        return Outcome::kNoMemory;
    }
    MapInstances::note_entry(operands->map());
    return outcome_of(cairn_weakmap_set(operands->map(), key.get(), value.get()));
}

Outcome op_wvd_get(Machine& machine, Arguments args, std::string& text) {
    const auto operands = operands_of(machine, args, 2, CAIRN_WEAK_VALUE_MAP, false);
    if (!operands.has_value()) {
        return Outcome::kError;
    }
    const Reference key = machine.new_word(machine.name(args[1]));
    if (!key) {
        return Outcome::kNoMemory;
    }
    cairn_object* found = nullptr;
    const cairn_status status = cairn_weakmap_get(operands->map(), key.get(), &found);
    const Reference value(found);
    text = fmt::format("wvd_get {} {} -> {}", args[0], args[1], machine.label(value.get()));
    return outcome_of_removal(status);
}

Outcome op_wvd_del(Machine& machine, Arguments args, std::string& /*text*/) {
    const auto operands = operands_of(machine, args, 2, CAIRN_WEAK_VALUE_MAP, false);
    if (!operands.has_value()) {
        return Outcome::kError;
    }
    const Reference key = machine.new_word(machine.name(args[1]));
    if (!key) {
        return Outcome::kNoMemory;
    }
    return outcome_of_removal(cairn_weakmap_delete(operands->map(), key.get()));
}

Outcome op_wvd_keys(Machine& machine, Arguments args, std::string& text) {
    return keys(machine, args, CAIRN_WEAK_VALUE_MAP, "wvd_keys", text);
}

Outcome op_wvd_len(Machine& machine, Arguments args, std::string& text) {
    return length(machine, args, CAIRN_WEAK_VALUE_MAP, "wvd_len", text);
}

Outcome op_wkd_set(Machine& machine, Arguments args, std::string& /*text*/) {
    // The value that was there may drop all three roots as it dies. CPython then lets go of the
    // new value first, then of the container, then of the key.
    const auto operands = operands_of(machine, args, 3, CAIRN_WEAK_KEY_MAP, true);
    const Reference value = Reference::to(args.size() == 3 ? node_in(machine, args[2]) : nullptr);
    if (!operands.has_value() || !value) {
        return Outcome::kError;
    }
    MapInstances::note_entry(operands->map());
    machine.note_entailed_death();
    return outcome_of(cairn_weakmap_set(operands->map(), operands->node.get(), value.get()));
}

Outcome op_wkd_get(Machine& machine, Arguments args, std::string& text) {
    const auto operands = operands_of(machine, args, 2, CAIRN_WEAK_KEY_MAP, true);
    if (!operands.has_value()) {
        return Outcome::kError;
    }
    cairn_object* found = nullptr;
    const cairn_status status = cairn_weakmap_get(operands->map(), operands->node.get(), &found);
    const Reference value(found);
    text = fmt::format("wkd_get {} {} -> {}", args[0], args[1], machine.label(value.get()));
    return outcome_of_removal(status);
}

Outcome op_wkd_del(Machine& machine, Arguments args, std::string& /*text*/) {
    auto operands = operands_of(machine, args, 2, CAIRN_WEAK_KEY_MAP, true);
    if (!operands.has_value()) {
        return Outcome::kError;
    }
    cairn_object* found = nullptr;
    const cairn_status status = cairn_weakmap_pop(operands->map(), operands->node.get(), &found);
    const Reference value(found);
    // The value dies last, when only the roots hold the key and the container.
    operands.reset();
    return outcome_of_removal(status);
}

Outcome op_wkd_keys(Machine& machine, Arguments args, std::string& text) {
    return keys(machine, args, CAIRN_WEAK_KEY_MAP, "wkd_keys", text);
}

Outcome op_wkd_len(Machine& machine, Arguments args, std::string& text) {
    return length(machine, args, CAIRN_WEAK_KEY_MAP, "wkd_len", text);
}

Outcome op_wset_add(Machine& machine, Arguments args, std::string& /*text*/) {
    const auto operands = operands_of(machine, args, 2, CAIRN_WEAK_SET, true);
    if (!operands.has_value()) {
        return Outcome::kError;
    }
    return outcome_of(cairn_weakset_add(operands->map(), operands->node.get()));
}

Outcome op_wset_discard(Machine& machine, Arguments args, std::string& /*text*/) {
    const auto operands = operands_of(machine, args, 2, CAIRN_WEAK_SET, true);
    if (!operands.has_value()) {
        return Outcome::kError;
    }
    return outcome_of_removal(cairn_weakmap_delete(operands->map(), operands->node.get()));
}

Outcome op_wset_has(Machine& machine, Arguments args, std::string& text) {
    const auto operands = operands_of(machine, args, 2, CAIRN_WEAK_SET, true);
    if (!operands.has_value()) {
        return Outcome::kError;
    }
    int found = 0;
    const cairn_status status =
        cairn_weakmap_contains(operands->map(), operands->node.get(), &found);
    text = fmt::format("wset_has {} {} -> {}", args[0], args[1], found);
    return outcome_of(status);
}

Outcome op_wset_labels(Machine& machine, Arguments args, std::string& text) {
    return keys(machine, args, CAIRN_WEAK_SET, "wset_labels", text);
}

Outcome op_wset_len(Machine& machine, Arguments args, std::string& text) {
    return length(machine, args, CAIRN_WEAK_SET, "wset_len", text);
}

Outcome op_wvd_clear(Machine& machine, Arguments args, std::string& /*text*/) {
    return clear(machine, args, CAIRN_WEAK_VALUE_MAP);
}

Outcome op_wvd_copy(Machine& machine, Arguments args, std::string& /*text*/) {
    return copy(machine, args, CAIRN_WEAK_VALUE_MAP);
}

Outcome op_wvd_update(Machine& machine, Arguments args, std::string& /*text*/) {
    return update(machine, args, CAIRN_WEAK_VALUE_MAP);
}

Outcome op_wvd_popitem(Machine& machine, Arguments args, std::string& text) {
    return popitem(machine, args, CAIRN_WEAK_VALUE_MAP, "wvd_popitem", text);
}

Outcome op_wkd_clear(Machine& machine, Arguments args, std::string& /*text*/) {
    return clear(machine, args, CAIRN_WEAK_KEY_MAP);
}

Outcome op_wkd_copy(Machine& machine, Arguments args, std::string& /*text*/) {
    return copy(machine, args, CAIRN_WEAK_KEY_MAP);
}

Outcome op_wkd_update(Machine& machine, Arguments args, std::string& /*text*/) {
    return update(machine, args, CAIRN_WEAK_KEY_MAP);
}

Outcome op_wkd_popitem(Machine& machine, Arguments args, std::string& text) {
    return popitem(machine, args, CAIRN_WEAK_KEY_MAP, "wkd_popitem", text);
}

Outcome op_wset_clear(Machine& machine, Arguments args, std::string& /*text*/) {
    return clear(machine, args, CAIRN_WEAK_SET);
}

Outcome op_wset_copy(Machine& machine, Arguments args, std::string& /*text*/) {
    return copy(machine, args, CAIRN_WEAK_SET);
}

Outcome op_wset_update(Machine& machine, Arguments args, std::string& /*text*/) {
    return update(machine, args, CAIRN_WEAK_SET);
}

Outcome op_wvd_node(Machine& machine, Arguments args, std::string& /*text*/) {
    const auto operands = operands_of(machine, args, 3, CAIRN_WEAK_VALUE_MAP, true);
    const Reference value = Reference::to(args.size() == 3 ? node_in(machine, args[2]) : nullptr);
    if (!operands.has_value() || !value) {
        return Outcome::kError;
    }
    MapInstances::note_entry(operands->map());
    machine.note_entailed_death();
    return outcome_of(cairn_weakmap_set(operands->map(), operands->node.get(), value.get()));
}

constexpr Operation kContainerOperations[] = {
    {"wvd", op_wvd},
    {"wvd_set", op_wvd_set},
    {"wvd_get", op_wvd_get},
    {"wvd_del", op_wvd_del},
    {"wvd_keys", op_wvd_keys},
    {"wvd_len", op_wvd_len},
    {"wvd_clear", op_wvd_clear},
    {"wvd_copy", op_wvd_copy},
    {"wvd_update", op_wvd_update},
    {"wvd_popitem", op_wvd_popitem},
    {"wvd_node", op_wvd_node},
    {"wkd", op_wkd},
    {"wkd_set", op_wkd_set},
    {"wkd_get", op_wkd_get},
    {"wkd_del", op_wkd_del},
    {"wkd_keys", op_wkd_keys},
    {"wkd_len", op_wkd_len},
    {"wkd_clear", op_wkd_clear},
    {"wkd_copy", op_wkd_copy},
    {"wkd_update", op_wkd_update},
    {"wkd_popitem", op_wkd_popitem},
    {"wset", op_wset},
    {"wset_add", op_wset_add},
    {"wset_discard", op_wset_discard},
    {"wset_has", op_wset_has},
    {"wset_labels", op_wset_labels},
    {"wset_len", op_wset_len},
    {"wset_clear", op_wset_clear},
    {"wset_copy", op_wset_copy},
    {"wset_update", op_wset_update},
};

}  // namespace

std::span<const Operation> container_operations() {
    return kContainerOperations;
}

}  // namespace tool
