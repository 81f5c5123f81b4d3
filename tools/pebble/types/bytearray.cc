// SPDX-License-Identifier: MIT
#include <algorithm>

#include "types/bytes.h"
#include "types/types.h"

namespace pebble {
namespace {

std::string* text_of(Value self) {
    return as<ByteArray>(self)->text;
}

/// Tells the heap how much memory the bytes take now; to be called after each change of size.
void report_size(Value self) {
    auto* array = as<ByteArray>(self);
    const size_t now = array->text->capacity();
    cairn_heap_add_external(vm.heap,
                            static_cast<ptrdiff_t>(now) - static_cast<ptrdiff_t>(array->reported));
    array->reported = now;
}

Ref bytearray_create(Class* cls, const Args&) {
    auto* array = make<ByteArray>(cls);
    if (array != nullptr) {
        array->text = new std::string;
    }
    return Ref::own(array);
}

bool bytearray_init(Value self, const Args& args) {
    std::string data;
    if (!bytes_from(args, &data)) {
        return false;
    }
    *text_of(self) = std::move(data);
    report_size(self);
    return true;
}

Ref bytearray_repr(Value self) {
    Ref inner = bytes_repr(self);
    return inner ? new_str(std::string(class_name(class_of(self))) + "(" + c_str(inner) + ")")
                 : Ref();
}

bool byte_of(Value v, char* out) {
    int64_t byte = 0;
    if (!to_int64(v, &byte)) {
        return false;
    }
    *out = static_cast<char>(byte);
    return (byte >= 0 && byte < 256) ||
           raise(vm.exceptions.ValueError, "byte must be in range(0, 256)");
}

/// What is assigned to a slice, or appended: bytes, or an iterable of ints.
bool data_of(Value v, std::string* out) {
    if (is_int(v) || is<Str>(v)) {
        return raise_type("can assign only bytes, buffers, or iterables of ints in range(0, 256)");
    }
    return bytes_from(Args{&v, 1, nullptr}, out);
}

bool set_slice(Value self, Value given, Value value) {
    std::string data;
    SliceRange range{};
    Ref key = settled_key(given);
    if (!key || (value != nullptr && !data_of(value, &data)) ||
        !slice_range(key, static_cast<int64_t>(text_of(self)->size()), &range)) {
        return false;
    }
    std::string* text = text_of(self);
    if (range.step == 1) {
        text->replace(static_cast<size_t>(range.start), static_cast<size_t>(range.count), data);
    } else if (value != nullptr && static_cast<int64_t>(data.size()) != range.count) {
        return raise(vm.exceptions.ValueError,
                     "attempt to assign bytes of size %zu to extended slice of size %lld",
                     data.size(),
                     static_cast<long long>(range.count));
    } else if (value != nullptr) {
        for (int64_t i = 0; i < range.count; ++i) {
            (*text)[static_cast<size_t>(range.start + i * range.step)] =
                data[static_cast<size_t>(i)];
        }
    } else {
        std::vector<bool> gone(text->size());
        for (int64_t i = 0; i < range.count; ++i) {
            gone[static_cast<size_t>(range.start + i * range.step)] = true;
        }
        std::string kept;
        for (size_t i = 0; i < text->size(); ++i) {
            kept += gone[i] ? "" : std::string(1, (*text)[i]);
        }
        *text = kept;
    }
    report_size(self);
    return true;
}

bool bytearray_set_item(Value self, Value given, Value value) {
    if (class_of(given) == vm.classes.slice) {
        return set_slice(self, given, value);
    }
    size_t index = 0;
    char byte = 0;
    Ref key = settled_key(given);
    if (!key || (value != nullptr && !byte_of(value, &byte)) ||
        !item_index(key, text_of(self)->size(), "bytearray", &index)) {
        return false;
    }
    if (value == nullptr) {
        text_of(self)->erase(index, 1);
    } else {
        (*text_of(self))[index] = byte;
    }
    return true;
}

Ref bytearray_inplace(Value self, Value other, BinOp op) {
    std::string data;
    if (op != BinOp::Add || !is_bytes_like(other)) {
        return Ref::own(not_implemented());
    }
    data = bytes_view(other);
    text_of(self)->append(data);
    report_size(self);
    return Ref::share(self);
}

Ref append_method(Value self, const Args& args) {
    char byte = 0;
    if (!byte_of(args[0], &byte)) {
        return {};
    }
    text_of(self)->push_back(byte);
    report_size(self);
    return Ref::own(none());
}
Ref extend_method(Value self, const Args& args) {
    std::string data;
    if (!data_of(args[0], &data)) {
        return {};
    }
    text_of(self)->append(data);
    report_size(self);
    return Ref::own(none());
}
Ref insert_method(Value self, const Args& args) {
    int64_t at = 0;
    char byte = 0;
    if (!to_index(args[0], &at) || !byte_of(args[1], &byte)) {
        return {};
    }
    const auto size = static_cast<int64_t>(text_of(self)->size());
    at = std::clamp<int64_t>(at < 0 ? at + size : at, 0, size);
    text_of(self)->insert(static_cast<size_t>(at), 1, byte);
    report_size(self);
    return Ref::own(none());
}
Ref pop_method(Value self, const Args& args) {
    size_t index = 0;
    Ref key = settled_key(args[0] != nullptr ? args[0] : small(-1));
    if (!key) {
        return {};
    }
    if (text_of(self)->empty()) {
        return raise(vm.exceptions.IndexError, "pop from empty bytearray");
    }
    if (!item_index(key, text_of(self)->size(), "pop", &index)) {
        return {};
    }
    const auto byte = static_cast<unsigned char>((*text_of(self))[index]);
    text_of(self)->erase(index, 1);
    return Ref::own(small(byte));
}
Ref clear_method(Value self, const Args&) {
    text_of(self)->clear();
    return Ref::own(none());
}
Ref reverse_method(Value self, const Args&) {
    std::reverse(text_of(self)->begin(), text_of(self)->end());
    return Ref::own(none());
}
Ref copy_method(Value self, const Args&) {
    return new_bytes_like(self, bytes_view(self));
}

const NativeDef kMethods[] = {{"append", append_method, "item /"},
                              {"extend", extend_method, "iterable /"},
                              {"insert", insert_method, "index item /"},
                              {"pop", pop_method, "index? /"},
                              {"clear", clear_method, ""},
                              {"reverse", reverse_method, ""},
                              {"copy", copy_method, ""},
                              {nullptr, nullptr, nullptr}};

NativeClass bytearray_class = {"bytearray",
                               kByteArray,
                               {.create = bytearray_create,
                                .init = bytearray_init,
                                .repr = bytearray_repr,
                                .unhashable = true,
                                .compare = bytes_compare,
                                .iter = bytes_iter,
                                .length = bytes_length,
                                .get_item = bytes_get_item,
                                .set_item = bytearray_set_item,
                                .contains = bytes_contains,
                                .binary = bytes_binary,
                                .binary_mask = bit(BinOp::Add) | bit(BinOp::Mul),
                                .inplace = bytearray_inplace,
                                .inplace_mask = bit(BinOp::Add)},
                               kMethods};

}  // namespace

Ref new_bytearray(std::string_view data) {
    Ref array = bytearray_create(vm.classes.bytearray, Args{nullptr, 0, nullptr});
    if (array) {
        *text_of(array) = data;
        report_size(array);
    }
    return array;
}

void make_bytearray_class() {
    vm.classes.bytearray = make_native_class(bytearray_class, vm.classes.object);
    add_bytes_methods(vm.classes.bytearray);
}

}  // namespace pebble
