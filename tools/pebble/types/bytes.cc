// SPDX-License-Identifier: MIT
#include "types/bytes.h"

#include <algorithm>

#include "types/codec.h"
#include "types/types.h"

namespace pebble {
namespace {

Ref make_bytes(Class* cls, std::string_view data) {
    Bytes* bytes = make<Bytes>(cls, data.size() + 1);
    if (bytes != nullptr) {
        bytes->size = data.size();
        std::copy(data.begin(), data.end(), bytes->data);
    }
    return Ref::own(bytes);
}

}  // namespace

bool is_bytes_like(Value v) {
    return is<Bytes>(v) || is<ByteArray>(v);
}

std::string_view bytes_view(Value v) {
    return is<ByteArray>(v) ? std::string_view(*as<ByteArray>(v)->text)
                            : std::string_view(as<Bytes>(v)->data, as<Bytes>(v)->size);
}

Ref new_bytes(std::string_view data) {
    return make_bytes(vm.classes.bytes, data);
}

Ref new_bytes_like(Value model, std::string_view data) {
    return is<ByteArray>(model) ? new_bytearray(data) : new_bytes(data);
}

namespace {

bool bytes_hash(Value self, int64_t* out) {
    const auto hash = static_cast<int64_t>(std::hash<std::string_view>()(bytes_view(self)));
    *out = hash == -1 ? -2 : hash;
    return true;
}

Ref bytes_create(Class* cls, const Args& args) {
    if (args.count == 1 && args.keyword_count() == 0 && cls == vm.classes.bytes &&
        class_of(args[0]) == vm.classes.bytes) {
        return Ref::share(args[0]);
    }
    std::string data;
    return bytes_from(args, &data) ? make_bytes(cls, data) : Ref();
}

}  // namespace

Value option(const Args& args, size_t position, std::string_view name) {
    for (size_t i = 0; i < args.keyword_count(); ++i) {
        if (view(args.keywords->items[i]) == name) {
            return args[args.count + i];
        }
    }
    return position < args.count ? args[position] : nullptr;
}

bool bytes_from(const Args& args, std::string* out) {
    out->clear();
    if (args.count == 0) {
        return true;
    }
    if (is_bytes_like(args[0])) {
        *out = bytes_view(args[0]);
        return true;
    }
    if (is<Str>(args[0])) {
        if (args.count + args.keyword_count() == 1) {
            return raise_type("string argument without an encoding");
        }
        return encode_text(args[0], option(args, 1, "encoding"), option(args, 2, "errors"), out);
    }
    if (class_lookup(class_of(args[0]), vm.names.bytes) != nullptr) {
        Ref bytes = call_special(args[0], vm.names.bytes, {});
        if (bytes && !is<Bytes>(bytes)) {
            return raise_type("__bytes__ returned non-bytes (type %s)", type_name(bytes));
        }
        *out = bytes ? bytes_view(bytes) : std::string_view();
        return static_cast<bool>(bytes);
    }
    if (is_int(args[0])) {
        int64_t count = 0;
        if (!to_int64(args[0], &count)) {
            return false;
        }
        if (count < 0) {
            return raise(vm.exceptions.ValueError, "negative count");
        }
        if (!check_room(static_cast<size_t>(count))) {
            return false;
        }
        out->assign(static_cast<size_t>(count), '\0');
        return true;
    }
    return for_each(args[0], [out](const Ref& item) -> bool {
        int64_t byte = 0;
        if (!to_int64(item, &byte)) {
            return false;
        }
        *out += static_cast<char>(byte);
        return (byte >= 0 && byte < 256) ||
               raise(vm.exceptions.ValueError, "bytes must be in range(0, 256)");
    });
}

Ref bytes_repr(Value self) {
    const std::string_view data = bytes_view(self);
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

Ref bytes_compare(Value a, Value b, CmpOp op) {
    if (!is_bytes_like(a) || !is_bytes_like(b)) {
        return Ref::own(not_implemented());
    }
    return compare(small(bytes_view(a).compare(bytes_view(b))), small(0), op);
}

bool bytes_length(Value self, int64_t* out) {
    *out = static_cast<int64_t>(bytes_view(self).size());
    return true;
}

Ref bytes_get_item(Value self, Value given) {
    Ref key = settled_key(given);
    if (!key) {
        return {};
    }
    const std::string_view data = bytes_view(self);
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
    return new_bytes_like(self, part);
}

bool bytes_contains(Value self, Value item, bool* out) {
    if (is_bytes_like(item)) {
        *out = bytes_view(self).find(bytes_view(item)) != std::string_view::npos;
        return true;
    }
    int64_t byte = 0;
    if (!to_int64(item, &byte)) {
        return false;
    }
    *out = bytes_view(self).find(static_cast<char>(byte)) != std::string_view::npos;
    return true;
}

Ref bytes_iter(Value self) {
    return new_iterator(self);
}

Ref bytes_binary(Value a, Value b, BinOp op) {
    if (op == BinOp::Add && is_bytes_like(a) && is_bytes_like(b)) {
        return new_bytes_like(a, std::string(bytes_view(a)).append(bytes_view(b)));
    }
    Value bytes = is_bytes_like(a) ? a : b;
    Value times = is_bytes_like(a) ? b : a;
    int64_t count = 0;
    if (op != BinOp::Mul || !is_int(times)) {
        return Ref::own(not_implemented());
    }
    if (!to_int64(times, &count)) {
        return {};
    }
    std::string data;
    for (int64_t i = 0; i < count; ++i) {
        data += bytes_view(bytes);
    }
    return new_bytes_like(bytes, data);
}

namespace {

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
                            .binary_mask = bit(BinOp::Add) | bit(BinOp::Mul)}};

}  // namespace

void make_bytes_class() {
    vm.classes.bytes = make_native_class(bytes_class, vm.classes.object);
    add_bytes_methods(vm.classes.bytes);
}

}  // namespace pebble
