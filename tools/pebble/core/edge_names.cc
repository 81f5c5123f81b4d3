// SPDX-License-Identifier: MIT
#include "core/edge_names.h"

#include <algorithm>
#include <cstdio>
#include <cstring>

#include "core/class.h"
#include "types/types.h"

namespace pebble {
namespace {

/// The fields behind the class, in the order of the layouts' slots.
const char* const kDictAlone[] = {"__dict__"};
const char* const kFunctionFields[] = {"__code__",
                                       "__globals__",
                                       "__name__",
                                       "__qualname__",
                                       "__defaults__",
                                       "__kwdefaults__",
                                       "__closure__",
                                       "__annotations__",
                                       "__doc__",
                                       "__module__",
                                       "__dict__"};
const char* const kCellFields[] = {"cell_contents"};
const char* const kCodeFields[] = {
    "co_name", "co_qualname", "co_filename", "co_consts", "co_names", "co_varnames"};
const char* const kExceptionFields[] = {
    "__dict__", "args", "__traceback__", "__context__", "__cause__", "name", "obj"};
const char* const kTracebackFields[] = {"tb_next", "tb_frame"};

struct Fields {
    const char* const* names;
    size_t count;
};

template <size_t kCount>
Fields fields(const char* const (&names)[kCount]) {
    return {names, kCount};
}

Fields fields_of(LayoutId id) {
    switch (id) {
        case kInstance:
        case kList:
        case kDict:
        case kSet:
        case kModule:
            return fields(kDictAlone);
        case kFunction:
            return fields(kFunctionFields);
        case kCell:
            return fields(kCellFields);
        case kCode:
            return fields(kCodeFields);
        case kException:
            return fields(kExceptionFields);
        case kTraceback:
            return fields(kTracebackFields);
        default:
            return {nullptr, 0};
    }
}

size_t print(char* buffer, size_t size, const char* format, const char* text, size_t length) {
    const int printed =
        snprintf(buffer, size, format, static_cast<int>(std::min<size_t>(length, 80)), text);
    return printed < 0 ? 0 : static_cast<size_t>(printed);
}

size_t print_text(char* buffer, size_t size, const char* text) {
    return print(buffer, size, "%.*s", text, strlen(text));
}

size_t print_key(Value key, char* buffer, size_t size) {
    if (is_small(key)) {
        const std::string number = std::to_string(small_value(key));
        return print(buffer, size, "[%.*s]", number.data(), number.size());
    }
    if (is_immediate(key) || class_of(key) != vm.classes.str) {
        return print(buffer, size, "[<%.*s>]", type_name(key), strlen(type_name(key)));
    }
    const std::string_view text = view(key);
    return print(buffer, size, "['%.*s']", text.data(), text.size());
}

size_t name_slot(LayoutId id, bool derived, size_t index, char* buffer, size_t size) {
    if (derived && index == 0) {
        return print_text(buffer, size, "__class__");
    }
    const Fields names = fields_of(id);
    index -= derived ? 1 : 0;
    return index < names.count ? print_text(buffer, size, names.names[index]) : 0;
}

/// Attributes lie in an instance's items.
size_t name_attribute(Value self, size_t index, char* buffer, size_t size) {
    const std::vector<Str*>& names = class_of(self)->info->key_order;
    if (index >= names.size()) {
        return 0;
    }
    const std::string_view text = view(val(names[index]));
    return print(buffer, size, "%.*s", text.data(), text.size());
}

}  // namespace

size_t edge_name(Value self, const cairn_edge* edge, char* buffer, size_t size) {
    const auto* layout = static_cast<const Layout*>(cairn_type_user_data(self->type));
    const auto id = static_cast<LayoutId>(layout - layouts);
    const bool derived = self->type != layout->exact || id == kWeakRef;
    if (edge->kind == CAIRN_EDGE_SLOT) {
        return name_slot(id, derived, edge->index, buffer, size);
    }
    if (edge->kind == CAIRN_EDGE_ITEM && id == kInstance) {
        return name_attribute(self, edge->index, buffer, size);
    }
    if (edge->kind == CAIRN_EDGE_ARRAY && id == kDict) {
        return edge->part == 0 ? print_text(buffer, size, "key")
                               : print_key(as<Dict>(self)->entries[edge->index].key, buffer, size);
    }
    return 0;
}

}  // namespace pebble
