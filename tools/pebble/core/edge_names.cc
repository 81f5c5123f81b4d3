// SPDX-License-Identifier: MIT
#include "core/edge_names.h"

#include <algorithm>
#include <cstdio>
#include <string>
#include <string_view>

#include "core/class.h"
#include "types/types.h"

namespace pebble {
namespace {

/// The fields behind the class, in the order of the layouts' slots.
constexpr const char* kDictAlone[] = {"__dict__"};
constexpr const char* kFunctionFields[] = {"__code__",
                                           "__globals__",
                                           "__module__",
                                           "__defaults__",
                                           "__kwdefaults__",
                                           "__doc__",
                                           "__name__",
                                           "__dict__",
                                           "__closure__",
                                           "__annotations__",
                                           "__qualname__"};
constexpr const char* kCellFields[] = {"cell_contents"};
constexpr const char* kCodeFields[] = {
    "co_name", "co_qualname", "co_filename", "co_consts", "co_names", "co_varnames"};
constexpr const char* kExceptionFields[] = {
    "__dict__", "args", "__traceback__", "__context__", "__cause__", "name", "obj"};
constexpr const char* kTracebackFields[] = {"tb_next", "tb_frame"};

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

struct Brackets {
    const char* open;
    const char* close;
};

size_t print(char* buffer, size_t size, Brackets brackets, std::string_view text) {
    const int length = static_cast<int>(std::min<size_t>(text.size(), 80));
    const int printed =
        snprintf(buffer, size, "%s%.*s%s", brackets.open, length, text.data(), brackets.close);
    return printed < 0 ? 0 : static_cast<size_t>(printed);
}

size_t print_text(char* buffer, size_t size, std::string_view text) {
    return print(buffer, size, {"", ""}, text);
}

size_t print_key(Value key, char* buffer, size_t size) {
    if (is_small(key)) {
        return print(buffer, size, {"[", "]"}, std::to_string(small_value(key)));
    }
    if (is_immediate(key) || class_of(key) != vm.classes.str) {
        return print(buffer, size, {"[<", ">]"}, type_name(key));
    }
    return print(buffer, size, {"['", "']"}, view(key));
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
    return print_text(buffer, size, view(val(names[index])));
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
