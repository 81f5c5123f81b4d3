#include <algorithm>
#include <vector>

#include "types/types.h"

namespace pebble {
namespace {

std::vector<Value>& under_way() {
    static std::vector<Value> values;
    return values;
}

}  // namespace

ReprGuard::ReprGuard(Value v)
    : again_(std::find(under_way().begin(), under_way().end(), v) != under_way().end()) {
    under_way().push_back(v);
}

ReprGuard::~ReprGuard() {
    under_way().pop_back();
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
