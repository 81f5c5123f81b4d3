// SPDX-License-Identifier: MIT
#include <algorithm>

#include "types/types.h"

namespace pebble {
ReprGuard::ReprGuard(Value v)
    : again_(std::find(vm.shown.begin(), vm.shown.end(), v) != vm.shown.end()) {
    vm.shown.push_back(v);
}

ReprGuard::~ReprGuard() {
    vm.shown.pop_back();
}

bool append_items(std::string* out, Value iterable) {
    bool first = true;
    const auto append = [&](const Ref& item) {
        Ref text = repr(item);
        if (!text) {
            return false;
        }
        *out += first ? "" : ", ";
        *out += view(text);
        first = false;
        return true;
    };
    Items items{};
    if (!items_of(iterable, &items)) {
        return for_each(iterable, append);
    }
    for (size_t i = 0; items_of(iterable, &items) && i < items.count; ++i) {
        if (!append(Ref::share(items.data[i]))) {
            return false;
        }
    }
    return true;
}

}  // namespace pebble
