// SPDX-License-Identifier: MIT
/// The operations on registered finalizers.
#include <fmt/format.h>

#include "trace_operations.h"

namespace tool {
namespace {

cairn_status run_registered(cairn_object* /*argument*/, void* user_data) {
    const auto* finalizer = static_cast<RegisteredFinalizer*>(user_data);
    return finalizer->machine->run_function(
        "finalize", finalizer->label, finalizer->serial, finalizer->action, nullptr);
}

Outcome op_finalize(Machine& machine, Arguments args, std::string& /*text*/) {
    if (args.size() < 2 || machine.finalizer(machine.name(args[0])) != nullptr) {
        return Outcome::kError;
    }
    const Reference object = Reference::to(node_in(machine, args[1]));
    auto callback = parse_callback(machine, args.subspan(2));
    if (!object || !callback.has_value()) {
        return Outcome::kError;
    }
    if (callback->action.verb == Verb::kNone) {
        callback->action.verb = Verb::kLog;
    }
    const Name label = machine.name(args[0]);
    const bool made =
        machine.new_finalizer(object.get(), label, callback->action, callback->owned.get());
    return made ? Outcome::kDone : Outcome::kNoMemory;
}

cairn_object* finalizer_in(Machine& machine, Arguments args, size_t count) {
    if (args.size() != count) {
        return nullptr;
    }
    const RegisteredFinalizer* finalizer = machine.finalizer(machine.name(args[0]));
    return finalizer == nullptr ? nullptr : finalizer->object.get();
}

Outcome op_fin_call(Machine& machine, Arguments args, std::string& text) {
    cairn_object* finalizer = finalizer_in(machine, args, 1);
    if (finalizer == nullptr) {
        return Outcome::kError;
    }
    int ran = cairn_finalizer_is_alive(finalizer);
    const cairn_status status = cairn_finalizer_call(finalizer, &ran);
    if (status == CAIRN_USER_ERROR) {
        machine.log_event(fmt::format("unraisable {}", args[0]));
    }
    text = fmt::format("fin_call {} -> {}", args[0], ran);
    return status == CAIRN_USER_ERROR ? Outcome::kDone : outcome_of(status);
}

Outcome op_fin_alive(Machine& machine, Arguments args, std::string& text) {
    cairn_object* finalizer = finalizer_in(machine, args, 1);
    if (finalizer == nullptr) {
        return Outcome::kError;
    }
    text = fmt::format("fin_alive {} -> {}", args[0], cairn_finalizer_is_alive(finalizer));
    return Outcome::kDone;
}

Outcome op_fin_detach(Machine& machine, Arguments args, std::string& text) {
    cairn_object* finalizer = finalizer_in(machine, args, 1);
    if (finalizer == nullptr) {
        return Outcome::kError;
    }
    text = fmt::format("fin_detach {} -> {}", args[0], cairn_finalizer_detach(finalizer));
    return Outcome::kDone;
}

Outcome op_fin_atexit(Machine& machine, Arguments args, std::string& /*text*/) {
    cairn_object* finalizer = finalizer_in(machine, args, 2);
    if (finalizer == nullptr || (args[1] != "on" && args[1] != "off")) {
        return Outcome::kError;
    }
    // A dead finalizer has no say any more, and that is not an error.
    return outcome_of_removal(cairn_finalizer_set_atexit(finalizer, args[1] == "on" ? 1 : 0));
}

constexpr Operation kFinalizerOperations[] = {
    {"finalize", op_finalize},
    {"fin_call", op_fin_call},
    {"fin_alive", op_fin_alive},
    {"fin_detach", op_fin_detach},
    {"fin_atexit", op_fin_atexit},
};

}  // namespace

std::span<const Operation> finalizer_operations() {
    return kFinalizerOperations;
}

void run_exit_finalizers(Machine& machine) {
    cairn_finalizers_run_atexit(machine.heap());
}

bool Machine::new_finalizer(cairn_object* object, Name label, Action action, cairn_object* owned) {
    // The registry is given the entry's address, so the entry comes first.
    const uint32_t serial = watch("registered finalizer", label, false);
    finalizers_.push_back({this, label, action, serial, Reference()});
    RegisteredFinalizer& entry = finalizers_.back();
    entry.object = Reference(cairn_finalizer_new(object, run_registered, owned, &entry));
    if (!entry.object) {
        finalizers_.pop_back();
        return false;
    }
    return true;
}

}  // namespace tool
