// SPDX-License-Identifier: MIT
#include <algorithm>
#include <cctype>

#include "types/codec.h"
#include "types/str.h"
#include "types/types.h"

namespace pebble {
namespace {

// Letters outside ASCII keep their case: a full Unicode table would be larger than the interpreter.

constexpr std::string_view kSpace = " \t\n\r\f\v";

bool is_space(char c) {
    return kSpace.find(c) != std::string_view::npos;
}
bool is_ascii_digit(char c) {
    return c >= '0' && c <= '9';
}
bool is_letter(char c) {
    return std::isalpha(static_cast<unsigned char>(c)) != 0 || (c & 0x80) != 0;
}
char lower(char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c | 0x20) : c;
}
char upper(char c) {
    return c >= 'a' && c <= 'z' ? static_cast<char>(c & ~0x20) : c;
}

template <class Map>
Ref mapped(Value self, Map map) {
    std::string text(view(self));
    std::transform(text.begin(), text.end(), text.begin(), map);
    return new_str(text);
}

Ref lower_method(Value self, const Args&) {
    return mapped(self, lower);
}
Ref upper_method(Value self, const Args&) {
    return mapped(self, upper);
}
Ref swapcase_method(Value self, const Args&) {
    return mapped(self, [](char c) { return lower(c) != c ? lower(c) : upper(c); });
}
Ref title_method(Value self, const Args&) {
    bool inside = false;
    return mapped(self, [&](char c) {
        const char out = inside ? lower(c) : upper(c);
        inside = is_letter(c);
        return out;
    });
}
Ref capitalize_method(Value self, const Args&) {
    bool first = true;
    return mapped(self, [&](char c) { return std::exchange(first, false) ? upper(c) : lower(c); });
}

template <bool (*kTest)(char), bool kOfNothing = false>
Ref all_method(Value self, const Args&) {
    const std::string_view text = view(self);
    return Ref::own(
        truth(text.empty() ? kOfNothing : std::all_of(text.begin(), text.end(), kTest)));
}
bool is_alnum(char c) {
    return is_letter(c) || is_ascii_digit(c);
}
bool is_ascii(char c) {
    return (c & 0x80) == 0;
}
bool is_printable(char c) {
    return (c & 0x80) != 0 || (c >= 0x20 && c != 0x7F);
}
bool is_word(char c) {
    return is_alnum(c) || c == '_';
}

Ref cased(Value self, bool want_upper) {
    bool some = false;
    for (char c : view(self)) {
        if (lower(c) != upper(c)) {
            if ((c == upper(c)) != want_upper) {
                return Ref::own(truth(false));
            }
            some = true;
        }
    }
    return Ref::own(truth(some));
}
Ref isupper_method(Value self, const Args&) {
    return cased(self, true);
}
/// Each word of letters begins with an upper case one, and has no other.
Ref istitle_method(Value self, const Args&) {
    bool some = false;
    bool inside = false;
    for (char c : view(self)) {
        const bool letter = lower(c) != upper(c);
        if (letter && (c == upper(c)) == inside) {
            return Ref::own(truth(false));
        }
        some = some || letter;
        inside = letter;
    }
    return Ref::own(truth(some));
}
Ref islower_method(Value self, const Args&) {
    return cased(self, false);
}
Ref isidentifier_method(Value self, const Args&) {
    return Ref::own(truth(is_identifier(view(self))));
}

// Stripping.

Ref strip(Value self, Value chars, bool left, bool right) {
    std::string_view set = kSpace;
    if (chars != nullptr && !is_none(chars) && !text_of(chars, "strip arg", &set)) {
        return {};
    }
    const std::string_view text = view(self);
    size_t from = left ? text.find_first_not_of(set) : 0;
    from = from == std::string_view::npos ? text.size() : from;
    size_t to = right ? text.find_last_not_of(set) : text.size() - 1;
    to = to == std::string_view::npos ? from : std::max(from, to + 1);
    return new_str(text.substr(from, to - from));
}
Ref strip_method(Value self, const Args& args) {
    return strip(self, args[0], true, true);
}
Ref lstrip_method(Value self, const Args& args) {
    return strip(self, args[0], true, false);
}
Ref rstrip_method(Value self, const Args& args) {
    return strip(self, args[0], false, true);
}
Ref removeprefix_method(Value self, const Args& args) {
    std::string_view affix;
    return text_of(args[0], "removeprefix() argument", &affix)
               ? new_str(view(self).substr(view(self).rfind(affix, 0) == 0 ? affix.size() : 0))
               : Ref();
}
Ref removesuffix_method(Value self, const Args& args) {
    std::string_view affix;
    if (!text_of(args[0], "removesuffix() argument", &affix)) {
        return {};
    }
    const std::string_view text = view(self);
    const bool there =
        text.size() >= affix.size() && text.substr(text.size() - affix.size()) == affix;
    return new_str(text.substr(0, text.size() - (there ? affix.size() : 0)));
}

// Taking apart and putting together.

Ref list_of(const std::vector<std::string_view>& parts) {
    Ref list = new_list();
    for (std::string_view part : parts) {
        Ref text = new_str(part);
        if (!list || !text || !list_append(list.as<List>(), text)) {
            return {};
        }
    }
    return list;
}

std::vector<std::string_view> split_space(std::string_view text, int64_t most) {
    std::vector<std::string_view> parts;
    while (true) {
        const size_t from = text.find_first_not_of(kSpace);
        if (from == std::string_view::npos) {
            return parts;
        }
        const size_t to = std::min(text.find_first_of(kSpace, from), text.size());
        if (most-- == 0) {
            parts.push_back(text.substr(from));
            return parts;
        }
        parts.push_back(text.substr(from, to - from));
        text.remove_prefix(to);
    }
}

std::vector<std::string_view> rsplit_space(std::string_view text, int64_t most) {
    std::vector<std::string_view> parts;
    while (true) {
        const size_t last = text.find_last_not_of(kSpace);
        if (last == std::string_view::npos) {
            break;
        }
        text = text.substr(0, last + 1);
        if (most-- == 0) {
            parts.push_back(text);
            break;
        }
        const size_t before = text.find_last_of(kSpace);
        parts.push_back(before == std::string_view::npos ? text : text.substr(before + 1));
        text = text.substr(0, before == std::string_view::npos ? 0 : before);
    }
    std::reverse(parts.begin(), parts.end());
    return parts;
}

Ref split(Value self, const Args& args, bool right) {
    int64_t most = -1;
    if (args[1] != nullptr && !to_int64(args[1], &most)) {
        return {};
    }
    std::string_view text = view(self);
    if (args[0] == nullptr || is_none(args[0])) {
        return list_of(right ? rsplit_space(text, most) : split_space(text, most));
    }
    if (!is<Str>(args[0])) {
        return raise_type("must be str or None, not %s", type_name(args[0]));
    }
    const std::string_view separator = view(args[0]);
    if (separator.empty()) {
        return raise(vm.exceptions.ValueError, "empty separator");
    }
    std::vector<std::string_view> parts;
    for (size_t at; most-- != 0 && (at = right ? text.rfind(separator) : text.find(separator)) !=
                                       std::string_view::npos;) {
        parts.push_back(right ? text.substr(at + separator.size()) : text.substr(0, at));
        text = right ? text.substr(0, at) : text.substr(at + separator.size());
    }
    parts.push_back(text);
    if (right) {
        std::reverse(parts.begin(), parts.end());
    }
    return list_of(parts);
}
Ref split_method(Value self, const Args& args) {
    return split(self, args, false);
}
Ref rsplit_method(Value self, const Args& args) {
    return split(self, args, true);
}

Ref splitlines_method(Value self, const Args& args) {
    bool keep = false;
    if (args[0] != nullptr && !is_true(args[0], &keep)) {
        return {};
    }
    std::vector<std::string_view> parts;
    std::string_view text = view(self);
    while (!text.empty()) {
        const size_t end = std::min(text.find_first_of("\n\r"), text.size());
        const size_t skip = text.substr(end, 2) == "\r\n" ? 2 : end < text.size() ? 1 : 0;
        parts.push_back(text.substr(0, end + (keep ? skip : 0)));
        text.remove_prefix(end + skip);
    }
    return list_of(parts);
}

Ref partition(Value self, const Args& args, bool right) {
    std::string_view separator;
    if (!text_of(args[0], "", &separator)) {
        return {};
    }
    if (separator.empty()) {
        return raise(vm.exceptions.ValueError, "empty separator");
    }
    const std::string_view text = view(self);
    const size_t at = right ? text.rfind(separator) : text.find(separator);
    const bool found = at != std::string_view::npos;
    Ref before = new_str(found ? text.substr(0, at) : right ? "" : text);
    Ref middle = new_str(found ? separator : "");
    Ref after = new_str(found ? text.substr(at + separator.size()) : right ? text : "");
    return make_tuple({before, middle, after});
}
Ref partition_method(Value self, const Args& args) {
    return partition(self, args, false);
}
Ref rpartition_method(Value self, const Args& args) {
    return partition(self, args, true);
}

Ref join_method(Value self, const Args& args) {
    return str_join(view(self), args[0]);
}

Ref replace_method(Value self, const Args& args) {
    std::string_view from;
    std::string_view to;
    int64_t most = -1;
    if (!text_of(args[0], "replace() argument 1", &from) ||
        !text_of(args[1], "replace() argument 2", &to) ||
        (args[2] != nullptr && !to_int64(args[2], &most))) {
        return {};
    }
    std::string_view text = view(self);
    std::string out;
    while (most-- != 0) {
        size_t at = text.find(from);
        if (from.empty()) {
            // Between all characters.
            out += to;
            if (text.empty()) {
                return new_str(out);
            }
            at = 0;
            next_character(text, &at);
            out += text.substr(0, at);
            text.remove_prefix(at);
            continue;
        }
        if (at == std::string_view::npos) {
            break;
        }
        out += text.substr(0, at);
        out += to;
        text.remove_prefix(at + from.size());
    }
    return new_str(out.append(text));
}

// Filling.

Ref pad(Value self, const Args& args, char side) {
    int64_t width = 0;
    std::string_view fill = " ";
    if (!to_int64(args[0], &width) ||
        (args[1] != nullptr && !text_of(args[1], "The fill character", &fill))) {
        return {};
    }
    if (utf8_length(fill) != 1) {
        return raise_type("The fill character must be exactly one character long");
    }
    const auto length = static_cast<int64_t>(as<Str>(self)->length);
    const int64_t missing = std::max<int64_t>(width - length, 0);
    if (!check_room(static_cast<size_t>(missing), fill.size())) {
        return {};
    }
    const int64_t left = side == '>'   ? missing
                         : side == '<' ? 0
                                       : missing / 2 + (missing & width & 1);
    std::string out;
    for (int64_t i = 0; i < left; ++i) {
        out += fill;
    }
    out += view(self);
    for (int64_t i = left; i < missing; ++i) {
        out += fill;
    }
    return new_str(out);
}
Ref ljust_method(Value self, const Args& args) {
    return pad(self, args, '<');
}
Ref rjust_method(Value self, const Args& args) {
    return pad(self, args, '>');
}
Ref center_method(Value self, const Args& args) {
    return pad(self, args, '^');
}
Ref zfill_method(Value self, const Args& args) {
    int64_t width = 0;
    if (!to_int64(args[0], &width)) {
        return {};
    }
    std::string text(view(self));
    const size_t sign = !text.empty() && (text[0] == '-' || text[0] == '+') ? 1 : 0;
    const int64_t missing = width - static_cast<int64_t>(as<Str>(self)->length);
    if (missing > 0) {
        if (!check_room(static_cast<size_t>(missing))) {
            return {};
        }
        text.insert(sign, static_cast<size_t>(missing), '0');
    }
    return new_str(text);
}
Ref expandtabs_method(Value self, const Args& args) {
    int64_t size = 8;
    if (args[0] != nullptr && !to_int64(args[0], &size)) {
        return {};
    }
    std::string out;
    int64_t column = 0;
    for (char c : view(self)) {
        if (c == '\t') {
            const int64_t count = size > 0 ? size - column % size : 0;
            out.append(static_cast<size_t>(count), ' ');
            column += count;
        } else {
            out += c;
            column = c == '\n' || c == '\r' ? 0 : column + ((c & 0xC0) != 0x80 ? 1 : 0);
        }
    }
    return new_str(out);
}

Ref format_method(Value self, const Args& args) {
    return format_call(view(self), args);
}
Ref format_map_method(Value self, const Args& args) {
    return format_call(view(self), {nullptr, 0, nullptr}, args[0]);
}
Ref encode_method(Value self, const Args& args) {
    std::string data;
    return encode_text(self, args[0], args[1], &data) ? new_bytes(data) : Ref();
}

/// Each character as the table says, under its code: a string, another code, or None to drop it.
Ref translate_method(Value self, const Args& args) {
    std::string out;
    for (size_t at = 0; at < view(self).size();) {
        const size_t start = at;
        const unsigned code = next_character(view(self), &at);
        Ref found = get_item(args[0], small(code));
        if (!found) {
            if (!swallow(vm.exceptions.LookupError)) {
                return {};
            }
            out += view(self).substr(start, at - start);
        } else if (is_small(found)) {
            append_utf8(&out, static_cast<unsigned>(small_value(found)));
        } else if (is<Str>(found)) {
            out += view(found);
        } else if (!is_none(found)) {
            return raise_type("character mapping must return integer, None or str");
        }
    }
    return new_str(out);
}
/// A table for translate(), from a dict or from two strings and one of what to drop.
Ref maketrans_method(Value, const Args& args) {
    Ref table = new_dict();
    const auto enter = [&](Value from, Value to) {
        size_t at = 0;
        const bool one = is<Str>(from) && as<Str>(from)->length == 1;
        return dict_set(table.as<Dict>(), one ? small(next_character(view(from), &at)) : from, to);
    };
    if (args[1] == nullptr) {
        size_t next_entry = 0;
        if (!is<Dict>(args[0])) {
            return raise_type("if you give only one argument to maketrans it must be a dict");
        }
        for (Value key, value; table && dict_next(as<Dict>(args[0]), &next_entry, &key, &value);) {
            if (!enter(key, value)) {
                return {};
            }
        }
        return table;
    }
    Ref from = to_list(args[0]);
    Ref to = from ? to_list(args[1]) : Ref();
    Ref dropped = !to ? Ref() : args[2] != nullptr ? to_list(args[2]) : new_list();
    if (!dropped) {
        return {};
    }
    if (from.as<List>()->items.count != to.as<List>()->items.count) {
        return raise(vm.exceptions.ValueError,
                     "the first two maketrans arguments must have equal length");
    }
    for (size_t i = 0; table && i < from.as<List>()->items.count; ++i) {
        size_t at = 0;
        Value target = to.as<List>()->items[i];
        if (!enter(from.as<List>()->items[i], small(next_character(view(target), &at)))) {
            return {};
        }
    }
    for (size_t i = 0; table && i < dropped.as<List>()->items.count; ++i) {
        if (!enter(dropped.as<List>()->items[i], none())) {
            return {};
        }
    }
    return table;
}

}  // namespace

bool is_identifier(std::string_view text) {
    return !text.empty() && !is_ascii_digit(text[0]) &&
           std::all_of(text.begin(), text.end(), is_word);
}

const NativeDef kStrMethods[] = {{"lower", lower_method, ""},
                                 {"casefold", lower_method, ""},
                                 {"upper", upper_method, ""},
                                 {"swapcase", swapcase_method, ""},
                                 {"title", title_method, ""},
                                 {"capitalize", capitalize_method, ""},
                                 {"isdigit", all_method<is_ascii_digit>, ""},
                                 {"isdecimal", all_method<is_ascii_digit>, ""},
                                 {"isnumeric", all_method<is_ascii_digit>, ""},
                                 {"isalpha", all_method<is_letter>, ""},
                                 {"isalnum", all_method<is_alnum>, ""},
                                 {"isspace", all_method<is_space>, ""},
                                 {"isascii", all_method<is_ascii, true>, ""},
                                 {"isprintable", all_method<is_printable, true>, ""},
                                 {"isupper", isupper_method, ""},
                                 {"istitle", istitle_method, ""},
                                 {"islower", islower_method, ""},
                                 {"isidentifier", isidentifier_method, ""},
                                 {"strip", strip_method, "chars? /"},
                                 {"lstrip", lstrip_method, "chars? /"},
                                 {"rstrip", rstrip_method, "chars? /"},
                                 {"removeprefix", removeprefix_method, "prefix /"},
                                 {"translate", translate_method, "table /"},
                                 {"maketrans", maketrans_method, "x y? z? /", NativeDef::Static},
                                 {"removesuffix", removesuffix_method, "suffix /"},
                                 {"split", split_method, "sep? maxsplit?"},
                                 {"rsplit", rsplit_method, "sep? maxsplit?"},
                                 {"splitlines", splitlines_method, "keepends?"},
                                 {"partition", partition_method, "sep /"},
                                 {"rpartition", rpartition_method, "sep /"},
                                 {"join", join_method, "iterable /"},
                                 {"replace", replace_method, "old new count? /"},
                                 {"ljust", ljust_method, "width fillchar? /"},
                                 {"rjust", rjust_method, "width fillchar? /"},
                                 {"center", center_method, "width fillchar? /"},
                                 {"zfill", zfill_method, "width /"},
                                 {"expandtabs", expandtabs_method, "tabsize?"},
                                 {"format", format_method, nullptr},
                                 {"format_map", format_map_method, "mapping /"},
                                 {"encode", encode_method, "encoding? errors?"},
                                 {nullptr, nullptr, nullptr}};

}  // namespace pebble
