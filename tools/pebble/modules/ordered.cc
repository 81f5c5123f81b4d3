// SPDX-License-Identifier: MIT
#include "modules/modules.h"

namespace pebble {
namespace {

// What collections.OrderedDict does to its order, without running code once a key is found.

Ref move_to_end(Value, const Args& args) {
    bool last = true;
    bool found = false;
    if (!is_true(args[2], &last) || !dict_move(as<Dict>(args[0]), args[1], last, &found)) {
        return {};
    }
    return found ? Ref::own(none()) : Ref(raise_key(args[1]));
}

Ref pop_end(Value, const Args& args) {
    bool last = true;
    Ref pair = is_true(args[1], &last) ? new_tuple(2) : Ref();
    Ref key;
    Ref value;
    if (!pair) {
        return {};
    }
    if (!dict_pop_end(as<Dict>(args[0]), last, &key, &value)) {
        return raise(vm.exceptions.KeyError, "dictionary is empty");
    }
    pair.as<Tuple>()->items[0] = key.take();
    pair.as<Tuple>()->items[1] = value.take();
    return pair;
}

const NativeDef kFunctions[] = {{"move_to_end", move_to_end, "dict key last /"},
                                {"pop_end", pop_end, "dict last /"},
                                {nullptr, nullptr, nullptr}};

}  // namespace

bool fill_ordered(Module* module) {
    return module_add(module, kFunctions);
}

}  // namespace pebble
