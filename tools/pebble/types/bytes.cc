#include <algorithm>

#include "types/types.h"

namespace pebble {
namespace {

std::string_view data_of(Value v) {
    return {as<Bytes>(v)->data, as<Bytes>(v)->size};
}

Ref make_bytes(Class* cls, std::string_view data) {
    Bytes* bytes = make<Bytes>(cls, data.size() + 1);
    if (bytes != nullptr) {
        bytes->size = data.size();
        std::copy(data.begin(), data.end(), bytes->data);
    }
    return Ref::own(bytes);
}

}  // namespace

Ref new_bytes(std::string_view data) {
    return make_bytes(vm.classes.bytes, data);
}

namespace {

Ref bytes_create(Class* cls, const Args& args) {
    std::string data;
    if (args.count == 0) {
        return make_bytes(cls, data);
    }
    if (is<Bytes>(args[0])) {
        return make_bytes(cls, data_of(args[0]));
    }
    if (is<Str>(args[0])) {
        return args.count + args.keyword_count() > 1
                   ? make_bytes(cls, view(args[0]))
                   : Ref(raise_type("string argument without an encoding"));
    }
    if (is_int(args[0])) {
        int64_t count = 0;
        if (!to_int64(args[0], &count)) {
            return {};
        }
        return count < 0 ? Ref(raise(vm.exceptions.ValueError, "negative count"))
                         : make_bytes(cls, std::string(static_cast<size_t>(count), '\0'));
    }
    if (class_lookup(class_of(args[0]), vm.names.bytes) != nullptr) {
        return call_special(args[0], vm.names.bytes, {});
    }
    const bool ok = for_each(args[0], [&](const Ref& item) -> bool {
        int64_t byte = 0;
        if (!to_int64(item, &byte)) {
            return false;
        }
        data += static_cast<char>(byte);
        return (byte >= 0 && byte < 256) ||
               raise(vm.exceptions.ValueError, "bytes must be in range(0, 256)");
    });
    return ok ? make_bytes(cls, data) : Ref();
}

Ref bytes_repr(Value self) {
    const std::string_view data = data_of(self);
    const char quote =
        data.find('\'') == std::string_view::npos || data.find('"') != std::string_view::npos ? '\''
                                                                                              : '"';
    std::string text = std::string("b") + quote;
    for (char c : data) {
        if (c == quote || c == '\\') {
            text += std::string("\\") + c;
        } else if (c == '\n' || c == '\r' || c == '\t') {
            text += c == '\n' ? "\\n" : c == '\r' ? "\\r" : "\\t";
        } else if (c < 0x20 || c == 0x7F) {
            text += format_text("\\x%02x", static_cast<unsigned>(static_cast<unsigned char>(c)));
        } else {
            text += c;
        }
    }
    return new_str(text + quote);
}

bool bytes_hash(Value self, int64_t* out) {
    const auto hash = static_cast<int64_t>(std::hash<std::string_view>()(data_of(self)));
    *out = hash == -1 ? -2 : hash;
    return true;
}

Ref bytes_compare(Value a, Value b, CmpOp op) {
    if (!is<Bytes>(a) || !is<Bytes>(b)) {
        return Ref::own(not_implemented());
    }
    return compare(small(data_of(a).compare(data_of(b))), small(0), op);
}

bool bytes_length(Value self, int64_t* out) {
    *out = static_cast<int64_t>(as<Bytes>(self)->size);
    return true;
}

Ref bytes_get_item(Value self, Value key) {
    const std::string_view data = data_of(self);
    if (class_of(key) != vm.classes.slice) {
        size_t index = 0;
        return item_index(key, data.size(), "index", &index)
                   ? Ref::own(small(static_cast<unsigned char>(data[index])))
                   : Ref();
    }
    SliceRange range{};
    std::string part;
    if (!slice_range(key, static_cast<int64_t>(data.size()), &range)) {
        return {};
    }
    for (int64_t i = 0; i < range.count; ++i) {
        part += data[static_cast<size_t>(range.start + i * range.step)];
    }
    return new_bytes(part);
}

bool bytes_contains(Value self, Value item, bool* out) {
    if (is<Bytes>(item)) {
        *out = data_of(self).find(data_of(item)) != std::string_view::npos;
        return true;
    }
    int64_t byte = 0;
    if (!to_int64(item, &byte)) {
        return false;
    }
    *out = data_of(self).find(static_cast<char>(byte)) != std::string_view::npos;
    return true;
}

Ref bytes_iter(Value self) {
    return make_box(vm.classes.iterator, self);
}

Ref bytes_binary(Value a, Value b, BinOp op) {
    if (op == BinOp::Add && is<Bytes>(a) && is<Bytes>(b)) {
        return new_bytes(std::string(data_of(a)).append(data_of(b)));
    }
    Value bytes = is<Bytes>(a) ? a : b;
    Value times = is<Bytes>(a) ? b : a;
    int64_t count = 0;
    if (op != BinOp::Mul || !is_int(times)) {
        return Ref::own(not_implemented());
    }
    if (!to_int64(times, &count)) {
        return {};
    }
    std::string data;
    for (int64_t i = 0; i < count; ++i) {
        data += data_of(bytes);
    }
    return new_bytes(data);
}

Ref decode_method(Value self, const Args&) {
    return new_str(data_of(self));
}
Ref hex_method(Value self, const Args&) {
    std::string text;
    for (char c : data_of(self)) {
        text += format_text("%02x", static_cast<unsigned>(static_cast<unsigned char>(c)));
    }
    return new_str(text);
}
// What bytes can do as str can is done by str, with a character for each byte.

constexpr const char* kTextMethods[] = {
    "find",       "rfind",        "index",       "rindex",  "count",   "startswith", "endswith",
    "lower",      "upper",        "title",       "strip",   "lstrip",  "rstrip",     "split",
    "rsplit",     "partition",    "ljust",       "rjust",   "center",  "zfill",      "rpartition",
    "splitlines", "replace",      "isdigit",     "isupper", "islower", "isspace",    "isascii",
    "join",       "removeprefix", "removesuffix"};

Ref text_from(Value v) {
    if (is<Str>(v)) {
        return raise_type("a bytes-like object is required, not 'str'");
    }
    if (is<Bytes>(v)) {
        std::string text;
        for (char c : data_of(v)) {
            append_utf8(&text, static_cast<unsigned char>(c));
        }
        return new_str(text);
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

Ref bytes_from(Value v) {
    if (is<Str>(v)) {
        std::string data;
        for (size_t at = 0; at < view(v).size();) {
            data += static_cast<char>(next_character(view(v), &at));
        }
        return new_bytes(data);
    }
    if (!is<List>(v) && !is<Tuple>(v)) {
        return Ref::share(v);
    }
    Ref list = new_list();
    const bool ok = list && for_each(v, [&](const Ref& item) {
                        Ref bytes = bytes_from(item);
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
        Ref converted = text_from(args[i]);
        if (!converted) {
            return {};
        }
        given.as<Tuple>()->items[i] = converted.take();
    }
    Ref result =
        given ? call(method, Args{given.as<Tuple>()->items, args.count, args.keywords}) : Ref();
    return result ? bytes_from(result) : Ref();
}

template <size_t... kIndices>
const NativeDef* text_methods(std::index_sequence<kIndices...>) {
    static const NativeDef defs[] = {{kTextMethods[kIndices], text_method<kIndices>, nullptr}...,
                                     {nullptr, nullptr, nullptr}};
    return defs;
}

const NativeDef kMethods[] = {{"decode", decode_method, "encoding? errors?"},
                              {"hex", hex_method, ""},
                              {nullptr, nullptr, nullptr}};

NativeClass bytes_class = {"bytes",
                           kBytes,
                           {.create = bytes_create,
                            .repr = bytes_repr,
                            .hash = bytes_hash,
                            .compare = bytes_compare,
                            .iter = bytes_iter,
                            .length = bytes_length,
                            .get_item = bytes_get_item,
                            .contains = bytes_contains,
                            .binary = bytes_binary,
                            .binary_mask = bit(BinOp::Add) | bit(BinOp::Mul)},
                           kMethods};

}  // namespace

void make_bytes_class() {
    vm.classes.bytes = make_native_class(bytes_class, vm.classes.object);
    add_methods(vm.classes.bytes,
                text_methods(std::make_index_sequence<std::size(kTextMethods)>()));
}

}  // namespace pebble
