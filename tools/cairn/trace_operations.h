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

/// The operations on weak containers and registered finalizers.
std::span<const Operation> container_operations();
void run_exit_finalizers(Machine& machine);

// What the operations of both files are made of.

Outcome outcome_of(cairn_status status);

/// The object in a root, if it is of the kind that is needed.
cairn_object* node_in(Machine& machine, std::string_view root);
cairn_object* node_or_weakref_in(Machine& machine, std::string_view root);

/// Parses `[KEY=ACTION]`, the rest of the words of an operation; nothing when it is none.
std::optional<Action> parse_action(Machine& machine,
                                   Arguments rest,
                                   std::string_view key,
                                   bool for_finalizer);

/// "LABEL LABEL", sorted, or "-".
std::string join_sorted(std::vector<std::string_view> words);

}  // namespace tool

#endif
