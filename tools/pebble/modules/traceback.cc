// SPDX-License-Identifier: MIT
#include "modules/modules.h"

namespace pebble {
namespace {

Ref format_exception_function(Value, const Args& args) {
    return is<Exception>(args[0])
               ? new_str(format_exception(args[0]))
               : Ref(raise_type("an exception is wanted, not %s", type_name(args[0])));
}

Ref format_tb(Value, const Args& args) {
    return is<Traceback>(args[0])
               ? new_str(format_traceback(args[0]))
               : Ref(raise_type("a traceback is wanted, not %s", type_name(args[0])));
}

const NativeDef kFunctions[] = {{"format_exception", format_exception_function, "exception /"},
                                {"format_tb", format_tb, "traceback /"},
                                {nullptr, nullptr, nullptr}};

}  // namespace

bool fill_traceback(Module* module) {
    return module_add(module, kFunctions);
}

}  // namespace pebble
