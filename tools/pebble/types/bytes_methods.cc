// SPDX-License-Identifier: MIT
#include <cstdlib>
#include <cstring>

#include "types/bytes.h"
#include "types/codec.h"
#include "types/str.h"
#include "types/types.h"

namespace pebble {
namespace {

// What bytes can do as str can is done by str, with a character for each byte.

constexpr const char* kTextMethods[] = {
    "find",       "rfind",      "index",   "rindex",   "count",        "startswith",
    "endswith",   "lower",      "upper",   "swapcase", "title",        "capitalize",
    "strip",      "lstrip",     "rstrip",  "split",    "rsplit",       "partition",
    "rpartition", "ljust",      "rjust",   "center",   "zfill",        "expandtabs",
    "replace",    "splitlines", "join",    "isdigit",  "isalpha",      "isalnum",
    "isspace",    "isupper",    "islower", "isascii",  "removeprefix", "removesuffix"};
constexpr size_t kSearchCount = 5;  ///< the first ones look for a byte, too

Ref latin1_text(std::string_view data) {
    std::string text;
    for (char c : data) {
        append_utf8(&text, static_cast<unsigned char>(c));
    }
    return new_str(text);
}

Ref text_from(Value v) {
    if (is<Str>(v)) {
        return raise_type("a bytes-like object is required, not 'str'");
    }
    if (is_bytes_like(v)) {
        return latin1_text(bytes_view(v));
    }
    if (is_int(v) || is_none(v)) {
        return Ref::share(v);
    }
    Ref list = new_list();
    const bool ok = list && for_each(v, [&](const Ref& item) {
                        Ref text = text_from(item);
                        return text && list_append(list.as<List>(), text);
                    });
    return !ok ? Ref() : is<Tuple>(v) ? to_tuple(list) : std::move(list);
}

Ref searched(Value v) {
    int64_t byte = 0;
    if (!is_int(v)) {
        return text_from(v);
    }
    if (!to_int64(v, &byte)) {
        return {};
    }
    const char c = static_cast<char>(byte);
    return byte >= 0 && byte < 256
               ? latin1_text({&c, 1})
               : Ref(raise(vm.exceptions.ValueError, "byte must be in range(0, 256)"));
}

/// The result for a `model`: bytes, or a bytearray.
Ref result_from(Value model, Value v) {
    if (is<Str>(v)) {
        std::string data;
        for (size_t at = 0; at < view(v).size();) {
            data += static_cast<char>(next_character(view(v), &at));
        }
        return new_bytes_like(model, data);
    }
    if (!is<List>(v) && !is<Tuple>(v)) {
        return Ref::share(v);
    }
    Ref list = new_list();
    const bool ok = list && for_each(v, [&](const Ref& item) {
                        Ref bytes = result_from(model, item);
                        return bytes && list_append(list.as<List>(), bytes);
                    });
    return !ok ? Ref() : is<Tuple>(v) ? to_tuple(list) : std::move(list);
}

template <size_t kIndex>
Ref text_method(Value self, const Args& args) {
    Ref text = text_from(self);
    Ref method = text ? get_attribute(text, intern(kTextMethods[kIndex])) : Ref();
    Ref given = method ? new_tuple(args.count + args.keyword_count()) : Ref();
    for (size_t i = 0; given && i < given.as<Tuple>()->count; ++i) {
        Ref converted = i == 0 && kIndex < kSearchCount ? searched(args[i]) : text_from(args[i]);
        if (!converted) {
            return {};
        }
        given.as<Tuple>()->items[i] = converted.take();
    }
    Ref result =
        given ? call(method, Args{given.as<Tuple>()->items, args.count, args.keywords}) : Ref();
    return result ? result_from(self, result) : Ref();
}

template <size_t... kIndices>
const NativeDef* text_methods(std::index_sequence<kIndices...>) {
    static const NativeDef defs[] = {{kTextMethods[kIndices], text_method<kIndices>, nullptr}...,
                                     {nullptr, nullptr, nullptr}};
    return defs;
}

Ref decode_method(Value self, const Args& args) {
    return decode_text(self, bytes_view(self), args[0], args[1]);
}

/// With a separator between groups of bytes, which are counted from the end, or from the start if
/// their number is negative.
Ref hex_method(Value self, const Args& args) {
    int64_t each = 1;
    if (args[1] != nullptr && !to_int64(args[1], &each)) {
        return {};
    }
    const std::string_view data = bytes_view(self);
    const auto group = static_cast<size_t>(std::abs(each));
    std::string text;
    for (size_t i = 0; i < data.size(); ++i) {
        if (args[0] != nullptr && i > 0 && group > 0 &&
            (each > 0 ? data.size() - i : i) % group == 0) {
            text += is<Str>(args[0]) ? view(args[0]) : bytes_view(args[0]);
        }
        text += format_text("%02x", static_cast<unsigned>(static_cast<unsigned char>(data[i])));
    }
    return new_str(text);
}

Ref fromhex_method(Value cls, const Args& args) {
    static constexpr char kDigits[] = "0123456789abcdef";
    std::string_view text;
    if (!text_of(args[0], "fromhex() argument", &text)) {
        return {};
    }
    std::string data;
    int high = -1;
    for (size_t i = 0; i <= text.size(); ++i) {
        const char c = i < text.size() ? text[i] : '\0';
        if (high < 0 && (c == '\0' || c == ' ' || c == '\t' || c == '\n')) {
            continue;
        }
        const char* digit = c == '\0' ? nullptr : std::strchr(kDigits, c < 'A' ? c : c | 0x20);
        if (digit == nullptr) {
            return raise(vm.exceptions.ValueError,
                         "non-hexadecimal number found in fromhex() arg at position %zu",
                         i);
        }
        const auto value = static_cast<int>(digit - kDigits);
        if (high >= 0) {
            data += static_cast<char>(high << 4 | value);
        }
        high = high >= 0 ? -1 : value;
    }
    Ref bytes = new_bytes(data);
    return bytes && cls != val(vm.classes.bytes) ? call(cls, {bytes}) : std::move(bytes);
}

const NativeDef kMethods[] = {{"decode", decode_method, "encoding? errors?"},
                              {"hex", hex_method, "sep? bytes_per_sep?"},
                              {"fromhex", fromhex_method, "string /", NativeDef::OfClass},
                              {nullptr, nullptr, nullptr}};

}  // namespace

void add_bytes_methods(Class* cls) {
    add_methods(cls, kMethods);
    add_methods(cls, text_methods(std::make_index_sequence<std::size(kTextMethods)>()));
}

}  // namespace pebble
