// SPDX-License-Identifier: MIT
#include "core/start.h"
#include "modules/modules.h"

namespace pebble {
namespace {

Ref register_function(Value, const Args& args) {
    if (args.count == 0 || !is_callable(args[0])) {
        return raise_type("the first argument must be callable");
    }
    Ref values = new_tuple(args.count - 1 + args.keyword_count(), args.values + 1);
    if (!values) {
        return {};
    }
    return at_exit(args[0], values, val(args.keywords)) ? Ref::share(args[0]) : Ref();
}

Ref unregister(Value, const Args& args) {
    return forget_at_exit(args[0]) ? Ref::own(none()) : Ref();
}

const NativeDef kFunctions[] = {{"register", register_function, nullptr},
                                {"unregister", unregister, "func /"},
                                {nullptr, nullptr, nullptr}};

}  // namespace

bool fill_atexit(Module* module) {
    return module_add(module, kFunctions);
}

}  // namespace pebble
