// SPDX-License-Identifier: MIT
/// The operations of the trace language.
#ifndef CAIRN_TOOL_TRACE_OPERATIONS_H
#define CAIRN_TOOL_TRACE_OPERATIONS_H

#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "cairn/inspect.h"
#include "trace_machine.h"

namespace tool {

enum class Outcome : uint8_t {
    kDone,
    kError,       ///< it cannot be done; nothing was changed
    kNoMemory,    ///< memory is out; nothing was changed
    kUnexpected,  ///< the heap answered what it must not
    kExit         ///< done, and the trace is over
};

using Arguments = std::span<const std::string_view>;

/// Does one operation. `text` receives what is logged after the events of a successful one.
using OperationFn = Outcome (*)(Machine& machine, Arguments arguments, std::string& text);

struct Operation {
    std::string_view word;
    OperationFn run;
};

/// Runs a whole line and logs it.
Outcome run_operation(Machine& machine, std::string_view line);
/// Runs a line that is part of an action: what it logs is an event of the operation under way.
void run_inner_operation(Machine& machine, std::string_view line);

/// The operations on weak containers.
std::span<const Operation> container_operations();
/// The operations on registered finalizers.
std::span<const Operation> finalizer_operations();
/// The operations that steer the collector, or ask for its state.
std::span<const Operation> collector_operations();
void run_exit_finalizers(Machine& machine);

// What the operations of all files are made of.

Outcome outcome_of(cairn_status status);
/// The same, but nothing to find is nothing to do.
Outcome outcome_of_removal(cairn_status status);

/// The object in a root, if it is of the kind that is needed.
cairn_object* node_in(Machine& machine, std::string_view root);
cairn_object* node_or_weakref_in(Machine& machine, std::string_view root);

/// "0" to "7", or nothing.
std::optional<uint32_t> parse_slot_index(std::string_view text);
/// "0", "1", "2", or nothing.
std::optional<int> parse_generation(std::string_view text);

/// Cuts a text at the first `mark`; without one the second part is empty.
std::pair<std::string_view, std::string_view> cut_at(std::string_view text, char mark);

/// Parses `[KEY=ACTION]`, the rest of the words of an operation; nothing when it is none.
std::optional<Action> parse_action(Machine& machine,
                                   Arguments rest,
                                   std::string_view key,
                                   bool for_finalizer);

/// The words `cb=ACTION own=ROOT` that may end an operation; both may be left out, the first only
/// with the second.
struct CallbackWords {
    Action action;
    Reference owned;
};
std::optional<CallbackWords> parse_callback(Machine& machine, Arguments rest);

/// "LABEL LABEL", sorted, or "-".
std::string join_sorted(std::vector<std::string_view> words);
std::string join_labels(Machine& machine, const cairn_objects& objects, bool weakrefs_too);

}  // namespace tool

#endif
