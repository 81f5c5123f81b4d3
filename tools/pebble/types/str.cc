// SPDX-License-Identifier: MIT
#include "types/str.h"

#include <algorithm>
#include <cstring>
#include <string>
#include <unordered_map>

#include "core/eval.h"
#include "types/bytes.h"
#include "types/codec.h"
#include "types/types.h"

namespace pebble {

int64_t hash_text(Str* str) {
    if (str->hash == 0) {
        const auto hash = static_cast<int64_t>(std::hash<std::string_view>()(view(val(str))));
        str->hash = hash == 0 || hash == -1 ? 1 : hash;
    }
    return str->hash;
}

Ref make_str(Class* cls, std::string_view text) {
    // One byte more for the terminating NUL; the memory comes zeroed.
    Str* str = make<Str>(cls, text.size() + 1);
    if (str != nullptr) {
        str->size = text.size();
        str->length = utf8_length(text);
        std::copy(text.begin(), text.end(), str->data);
    }
    return Ref::own(str);
}

Ref new_str(std::string_view text) {
    return make_str(vm.classes.str, text);
}

Str* intern(std::string_view text) {
    const auto found = vm.interned.find(text);
    if (found != vm.interned.end()) {
        return found->second;
    }
    // The strings live until the heap ends, and there are no more than a program has names.
    const AboveLimit enough;
    Str* str = as<Str>(make_str(vm.classes.str, text).take());
    if (str == nullptr) {
        fputs("pebble: out of memory\n", stderr);
        abort();
    }
    str->interned = true;
    vm.interned.emplace(view(val(str)), str);
    return str;
}

Str* intern_value(Value v) {
    if (!is<Str>(v)) {
        raise_type("attribute name must be string, not '%s'", type_name(v));
        return nullptr;
    }
    return as<Str>(v)->interned ? as<Str>(v) : intern(view(v));
}

std::string_view str_slice(Str* str, size_t from, size_t to) {
    const std::string_view text = view(val(str));
    if (str->length == str->size) {
        return text.substr(from, to - from);
    }
    size_t at = 0;
    size_t start = 0;
    for (size_t i = 0; i < to; ++i) {
        start = i == from ? at : start;
        next_character(text, &at);
    }
    start = from == to ? at : start;
    return text.substr(start, at - start);
}

namespace {

/// Formats, separators, private use: characters outside of ASCII that show nothing.
bool is_hidden(unsigned c) {
    static const std::pair<unsigned, unsigned> ranges[] = {{0x7F, 0xA0},
                                                           {0xAD, 0xAD},
                                                           {0x600, 0x605},
                                                           {0x61C, 0x61C},
                                                           {0x6DD, 0x6DD},
                                                           {0x70F, 0x70F},
                                                           {0x1680, 0x1680},
                                                           {0x180E, 0x180E},
                                                           {0x2000, 0x200F},
                                                           {0x2028, 0x202F},
                                                           {0x205F, 0x206F},
                                                           {0x3000, 0x3000},
                                                           {0xD800, 0xF8FF},
                                                           {0xFEFF, 0xFEFF},
                                                           {0xFFF0, 0xFFFB},
                                                           {0xFFFE, 0xFFFF},
                                                           {0xE0000, 0xE00FF},
                                                           {0xF0000, 0x10FFFF}};
    return std::any_of(std::begin(ranges), std::end(ranges), [&](const auto& range) {
        return c >= range.first && c <= range.second;
    });
}

std::string escaped(unsigned c) {
    return c < 0x100     ? format_text("\\x%02x", c)
           : c < 0x10000 ? format_text("\\u%04x", c)
                         : format_text("\\U%08x", c);
}

}  // namespace

std::string quoted(std::string_view text) {
    const bool single =
        text.find('\'') == std::string_view::npos || text.find('"') != std::string_view::npos;
    const char quote = single ? '\'' : '"';
    std::string out(1, quote);
    for (size_t i = 0; i < text.size();) {
        const size_t start = i;
        const unsigned c = next_character(text, &i);
        if (c == static_cast<unsigned char>(quote) || c == '\\') {
            out += '\\';
            out += static_cast<char>(c);
        } else if (c == '\n' || c == '\r' || c == '\t') {
            out += c == '\n' ? "\\n" : c == '\r' ? "\\r" : "\\t";
        } else if (c < 0x20 || is_hidden(c)) {
            out += escaped(c);
        } else {
            out += text.substr(start, i - start);
        }
    }
    return out + quote;
}

Ref ascii_repr(Value v) {
    Ref text = repr(v);
    std::string out;
    for (size_t i = 0; text && i < view(text).size();) {
        const unsigned c = next_character(view(text), &i);
        out += c < 0x80 ? std::string(1, static_cast<char>(c)) : escaped(c);
    }
    return text ? new_str(out) : Ref();
}

Ref str_join(std::string_view separator, Value iterable) {
    Ref list = to_list(iterable);
    if (!list && class_lookup(class_of(iterable), vm.names.iter) == nullptr &&
        swallow(vm.exceptions.TypeError)) {
        return raise_type("can only join an iterable");
    }
    std::string text;
    for (size_t i = 0; list && i < list.as<List>()->items.count; ++i) {
        Value item = list.as<List>()->items[i];
        if (!is<Str>(item)) {
            return raise_type(
                "sequence item %zu: expected str instance, %s found", i, type_name(item));
        }
        text += i > 0 ? separator : "";
        text += view(item);
    }
    return list ? new_str(text) : Ref();
}

namespace {

Ref str_create(Class* cls, const Args& args) {
    Ref text;
    if (args.count > 1 || args.keyword_count() > 0) {
        if (args.count == 0 || !is_bytes_like(args[0])) {
            return raise_type("decoding to str: need a bytes-like object, %s found",
                              args.count > 0 ? type_name(args[0]) : "none");
        }
        text = decode_text(
            args[0], bytes_view(args[0]), option(args, 1, "encoding"), option(args, 2, "errors"));
    } else {
        text = args.count == 0 ? Ref::share(val(vm.names.empty)) : str(args[0]);
    }
    return text && cls != vm.classes.str ? make_str(cls, view(text)) : std::move(text);
}

Ref str_repr(Value self) {
    return new_str(quoted(view(self)));
}

Ref str_str(Value self) {
    return class_of(self) == vm.classes.str ? Ref::share(self) : new_str(view(self));
}

bool str_hash(Value self, int64_t* out) {
    *out = hash_text(as<Str>(self));
    return true;
}

Ref str_compare(Value a, Value b, CmpOp op) {
    if (!is<Str>(a) || !is<Str>(b)) {
        return Ref::own(not_implemented());
    }
    return Ref::own(truth(holds(op, view(a).compare(view(b)))));
}

bool str_length(Value self, int64_t* out) {
    *out = static_cast<int64_t>(as<Str>(self)->length);
    return true;
}

bool str_contains(Value self, Value item, bool* out) {
    if (!is<Str>(item)) {
        return raise_type("'in <string>' requires string as left operand, not %s", type_name(item));
    }
    *out = view(self).find(view(item)) != std::string_view::npos;
    return true;
}

Ref str_get_item(Value self, Value key) {
    Str* str = as<Str>(self);
    if (class_of(key) != vm.classes.slice) {
        size_t index = 0;
        return item_index(key, str->length, "string", &index)
                   ? new_str(str_slice(str, index, index + 1))
                   : Ref();
    }
    SliceRange range{};
    if (!slice_range(key, static_cast<int64_t>(str->length), &range)) {
        return {};
    }
    if (range.step == 1) {
        return new_str(str_slice(
            str, static_cast<size_t>(range.start), static_cast<size_t>(range.start + range.count)));
    }
    std::string text;
    for (int64_t i = 0; i < range.count; ++i) {
        const auto at = static_cast<size_t>(range.start + i * range.step);
        text += str_slice(str, at, at + 1);
    }
    return new_str(text);
}

// An iterator over characters: a is the string, i the byte offset.
Ref str_iter(Value self) {
    return new_iterator(self);
}

Ref str_binary(Value a, Value b, BinOp op) {
    if (op == BinOp::Mod && is<Str>(a)) {
        return format_percent(a, b);
    }
    if (op == BinOp::Mul) {
        Value text = is<Str>(a) ? a : b;
        Value times = is<Str>(a) ? b : a;
        int64_t count = 0;
        if (!is_int(times)) {
            return Ref::own(not_implemented());
        }
        if (!to_int64(times, &count)) {
            return {};
        }
        const auto copies = static_cast<size_t>(std::max<int64_t>(count, 0));
        if (!check_room(copies, view(text).size())) {
            return {};
        }
        std::string out;
        out.reserve(copies * view(text).size());
        for (int64_t i = 0; i < count; ++i) {
            out += view(text);
        }
        return new_str(out);
    }
    if (op != BinOp::Add || !is<Str>(a)) {
        return Ref::own(not_implemented());
    }
    if (!is<Str>(b)) {
        return raise_type("can only concatenate str (not \"%s\") to str", type_name(b));
    }
    return new_str(std::string(view(a)).append(view(b)));
}

Ref str_format(Value self, Str* spec) {
    return format_string(view(self), view(val(spec)));
}

NativeClass str_class = {"str",
                         kStr,
                         {.create = str_create,
                          .repr = str_repr,
                          .str = str_str,
                          .hash = str_hash,
                          .compare = str_compare,
                          .iter = str_iter,
                          .length = str_length,
                          .get_item = str_get_item,
                          .contains = str_contains,
                          .binary = str_binary,
                          .binary_mask = bit(BinOp::Add) | bit(BinOp::Mul) | bit(BinOp::Mod),
                          .format = str_format},
                         kStrMethods};

}  // namespace

void make_str_class() {
    vm.classes.str = make_native_class(str_class, vm.classes.object, vm.classes.str);
    add_methods(vm.classes.str, kStrSearchMethods);
}

}  // namespace pebble
