// SPDX-License-Identifier: MIT
/// What finalizers and callbacks of a trace do.
#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "trace_operations.h"

namespace tool {
namespace {

struct VerbWord {
    std::string_view word;
    Verb verb;
    bool finalizers_only;
    enum { kNothing, kRoot, kSlot, kOperations } takes;
};

constexpr VerbWord kVerbs[] = {
    {"log", Verb::kLog, false, VerbWord::kNothing},
    {"raise", Verb::kRaise, false, VerbWord::kNothing},
    {"keep", Verb::kKeep, true, VerbWord::kRoot},
    {"drop", Verb::kDrop, false, VerbWord::kRoot},
    {"new", Verb::kNew, false, VerbWord::kRoot},
    {"cut", Verb::kCut, false, VerbWord::kSlot},
    {"link", Verb::kLink, true, VerbWord::kSlot},
    {"collect", Verb::kCollect, false, VerbWord::kNothing},
    {"deref", Verb::kDeref, false, VerbWord::kRoot},
    {"do", Verb::kDo, false, VerbWord::kOperations},
};

const VerbWord* find_verb(std::string_view word) {
    for (const VerbWord& verb : kVerbs) {
        if (verb.word == word) {
            return &verb;
        }
    }
    return nullptr;
}

/// Cuts `OPERATION;OPERATION`, the words of each separated by commas, into lines; nothing when one
/// is empty.
std::optional<std::vector<std::string>> cut_operations(std::string_view text) {
    std::vector<std::string> lines;
    for (size_t at = 0; at <= text.size();) {
        const size_t end = std::min(text.find(';', at), text.size());
        std::string& line = lines.emplace_back();
        for (const char c : text.substr(at, end - at)) {
            if (c != ',') {
                line += c;
            } else if (!line.empty() && line.back() != ' ') {
                line += ' ';
            }
        }
        if (!line.empty() && line.back() == ' ') {
            line.pop_back();
        }
        if (line.empty()) {
            return std::nullopt;
        }
        at = end + 1;
    }
    return lines;
}

}  // namespace

std::optional<Action> parse_action(Machine& machine,
                                   Arguments rest,
                                   std::string_view key,
                                   bool for_finalizer) {
    if (rest.empty()) {
        return Action();
    }
    const auto [name, value] = cut_at(rest[0], '=');
    if (rest.size() > 1 || name != key || name.size() == rest[0].size()) {
        return std::nullopt;
    }
    const auto [word, argument] = cut_at(value, ':');
    const VerbWord* verb = find_verb(word);
    if (verb == nullptr || (verb->finalizers_only && !for_finalizer) ||
        (verb->takes == VerbWord::kNothing) != argument.empty()) {
        return std::nullopt;
    }
    Action action{verb->verb};
    if (verb->takes == VerbWord::kSlot) {
        const auto [root, index_text] = cut_at(argument, '.');
        const auto index = parse_slot_index(index_text);
        if (!index.has_value()) {
            return std::nullopt;
        }
        action.root = machine.name(root);
        action.slot = *index;
    } else if (verb->takes == VerbWord::kRoot) {
        action.root = machine.name(argument);
    } else if (verb->takes == VerbWord::kOperations) {
        auto lines = cut_operations(argument);
        if (!lines.has_value()) {
            return std::nullopt;
        }
        action.root = machine.add_operations(*std::move(lines));
    }
    return action;
}

std::optional<CallbackWords> parse_callback(Machine& machine, Arguments rest) {
    CallbackWords words;
    if (!rest.empty() && rest.back().starts_with("own=")) {
        words.owned = Reference::to(node_in(machine, rest.back().substr(4)));
        rest = rest.first(rest.size() - 1);
        if (rest.empty() || !words.owned) {
            return std::nullopt;
        }
        machine.note_entailed_death();
    }
    const auto action = parse_action(machine, rest, "cb", false);
    if (!action.has_value()) {
        return std::nullopt;
    }
    words.action = *action;
    return words;
}

/// Where memory is out, an action does nothing.
void Machine::act(const Action& action, cairn_object* self) {
    switch (action.verb) {
        case Verb::kNone:
        case Verb::kLog:
        case Verb::kRaise:
            break;
        case Verb::kKeep:
            put(action.root, self);
            break;
        case Verb::kDrop:
            drop(action.root);
            break;
        case Verb::kNew:
            if (const Reference made = new_node(action.root, Action())) {
                put(action.root, made.get());
            }
            break;
        case Verb::kCut:
        case Verb::kLink:
            if (is_node(root(action.root))) {
                const Reference holder = Reference::to(root(action.root));
                cairn_set(&node(holder.get())->slots[action.slot],
                          action.verb == Verb::kLink ? self : nullptr);
            }
            break;
        case Verb::kCollect:
            set_disorder();
            (void)cairn_gc_collect(heap_, CAIRN_GENERATIONS - 1, nullptr);
            break;
        case Verb::kDeref: {
            const bool is_weak = is_weakref(root(action.root));
            const Reference seen(is_weak ? cairn_weakref_get(root(action.root)) : nullptr);
            log_event(fmt::format("sees {}", label(seen.get())));
            break;
        }
        case Verb::kDo:
            run_operations(operations_[action.root], self);
            break;
    }
}

void Machine::run_operations(const std::vector<std::string>& lines, cairn_object* self) {
    cairn_object* outer = std::exchange(dying_, self);
    for (const std::string& line : lines) {
        run_inner_operation(*this, line);
    }
    dying_ = outer;
}

}  // namespace tool
