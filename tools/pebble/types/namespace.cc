// SPDX-License-Identifier: MIT
#include "types/types.h"

namespace pebble {
namespace {

// types.SimpleNamespace: attributes and nothing else. It is laid out as a module is.

Ref namespace_create(Class* cls, const Args&) {
    return Ref::own(make<Module>(cls));
}

bool namespace_init(Value self, const Args& args) {
    if (args.count > 0) {
        return raise_type("no positional arguments expected");
    }
    for (size_t i = 0; i < args.keyword_count(); ++i) {
        if (!set_attribute(self, intern_value(args.keywords->items[i]), args[i])) {
            return false;
        }
    }
    return true;
}

Ref namespace_repr(Value self) {
    ReprGuard guard(self);
    Ref dict = attribute_dict(self);
    if (guard.again() || !dict) {
        return new_str("namespace(...)");
    }
    std::string text = "namespace(";
    size_t at = 0;
    for (Value key, value; dict_next(dict.as<Dict>(), &at, &key, &value);) {
        Ref keep = Ref::share(value);
        Ref part = repr(keep);
        if (!part) {
            return {};
        }
        text += (text.back() == '(' ? "" : ", ") + std::string(view(key)) + "=" +
                std::string(view(part));
    }
    return new_str(text + ")");
}

Ref namespace_compare(Value a, Value b, CmpOp op) {
    if (!is_instance(b, vm.classes.namespace_) || (op != CmpOp::Eq && op != CmpOp::Ne)) {
        return Ref::own(not_implemented());
    }
    Ref left = attribute_dict(a);
    Ref right = left ? attribute_dict(b) : Ref();
    return right ? compare(left, right, op) : Ref();
}

NativeClass namespace_class = {"SimpleNamespace",
                               kModule,
                               {.create = namespace_create,
                                .init = namespace_init,
                                .repr = namespace_repr,
                                .unhashable = true,
                                .compare = namespace_compare},
                               nullptr,
                               nullptr,
                               false,
                               "types"};

}  // namespace

void make_namespace_class() {
    vm.classes.namespace_ = make_native_class(namespace_class, vm.classes.object);
}

}  // namespace pebble
