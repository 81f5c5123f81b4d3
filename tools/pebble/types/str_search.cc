// SPDX-License-Identifier: MIT
#include <algorithm>

#include "types/str.h"
#include "types/types.h"

namespace pebble {

bool text_of(Value v, const char* what, std::string_view* out) {
    if (!is<Str>(v)) {
        return raise_type("%s%smust be str, not %s", what, *what != '\0' ? " " : "", type_name(v));
    }
    *out = view(v);
    return true;
}

namespace {

/// The bytes of the part that start and stop choose, and the character where it begins. Without
/// data: start lies behind stop or the end, where not even nothing is found.
bool part_of(Value self, Value start, Value stop, std::string_view* out, size_t* first) {
    Str* str = as<Str>(self);
    const auto length = static_cast<int64_t>(str->length);
    int64_t from = 0;
    int64_t to = length;
    if ((start != nullptr && !is_none(start) && !to_index(start, &from)) ||
        (stop != nullptr && !is_none(stop) && !to_index(stop, &to))) {
        return false;
    }
    from = std::max<int64_t>(from < 0 ? from + length : from, 0);
    to = std::clamp<int64_t>(to < 0 ? to + length : to, 0, length);
    *out = from > to ? std::string_view()
                     : str_slice(str, static_cast<size_t>(from), static_cast<size_t>(to));
    *first = static_cast<size_t>(from);
    return true;
}

Ref find(Value self, const Args& args, bool last, bool must) {
    std::string_view what;
    std::string_view part;
    size_t first = 0;
    if (!text_of(args[0], "", &what) || !part_of(self, args[1], args[2], &part, &first)) {
        return {};
    }
    const size_t at = part.data() == nullptr ? std::string_view::npos
                      : last                 ? part.rfind(what)
                                             : part.find(what);
    if (at == std::string_view::npos) {
        return must ? Ref(raise(vm.exceptions.ValueError, "substring not found"))
                    : Ref::own(small(-1));
    }
    return new_int(static_cast<int64_t>(first + utf8_length(part.substr(0, at))));
}
Ref find_method(Value self, const Args& args) {
    return find(self, args, false, false);
}
Ref rfind_method(Value self, const Args& args) {
    return find(self, args, true, false);
}
Ref index_method(Value self, const Args& args) {
    return find(self, args, false, true);
}
Ref rindex_method(Value self, const Args& args) {
    return find(self, args, true, true);
}

Ref count_method(Value self, const Args& args) {
    std::string_view what;
    std::string_view part;
    size_t first = 0;
    if (!text_of(args[0], "", &what) || !part_of(self, args[1], args[2], &part, &first)) {
        return {};
    }
    if (what.empty()) {
        return new_int(part.data() == nullptr ? 0 : static_cast<int64_t>(utf8_length(part)) + 1);
    }
    int64_t count = 0;
    for (size_t at = part.find(what); at != std::string_view::npos;
         at = part.find(what, at + what.size())) {
        ++count;
    }
    return new_int(count);
}

Ref affix_test(Value self, const Args& args, bool prefix) {
    std::string_view part;
    size_t first = 0;
    if (!part_of(self, args[1], args[2], &part, &first)) {
        return {};
    }
    Ref options = is<Tuple>(args[0]) ? Ref::share(args[0]) : make_tuple({args[0]});
    for (size_t i = 0; options && i < options.as<Tuple>()->count; ++i) {
        Value option = options.as<Tuple>()->items[i];
        if (!is<Str>(option)) {
            return raise_type("%s first arg must be str or a tuple of str, not %s",
                              prefix ? "startswith" : "endswith",
                              type_name(option));
        }
        const std::string_view affix = view(option);
        if (part.data() != nullptr && part.size() >= affix.size() &&
            part.substr(prefix ? 0 : part.size() - affix.size(), affix.size()) == affix) {
            return Ref::own(truth(true));
        }
    }
    return options ? Ref::own(truth(false)) : Ref();
}
Ref startswith_method(Value self, const Args& args) {
    return affix_test(self, args, true);
}
Ref endswith_method(Value self, const Args& args) {
    return affix_test(self, args, false);
}

}  // namespace

const NativeDef kStrSearchMethods[] = {{"find", find_method, "sub start? end? /"},
                                       {"rfind", rfind_method, "sub start? end? /"},
                                       {"index", index_method, "sub start? end? /"},
                                       {"rindex", rindex_method, "sub start? end? /"},
                                       {"count", count_method, "sub start? end? /"},
                                       {"startswith", startswith_method, "prefix start? end? /"},
                                       {"endswith", endswith_method, "suffix start? end? /"},
                                       {nullptr, nullptr, nullptr}};

}  // namespace pebble
