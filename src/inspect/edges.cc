// SPDX-License-Identifier: MIT
#include "inspect/edges.h"

#include <cinttypes>
#include <cstdio>

#include "object/host_call.h"

namespace cairn {

void visit_edges(cairn_object* object, cairn_visit_edge_fn visit, void* visit_data) {
    for_each_edge(object, [=](cairn_object* referent, const cairn_edge& edge) {
        const HostCall call(heap_of(referent), HostFunction::kVisit, referent);
        return visit(referent, &edge, visit_data) != 0;  // HOST CODE
    });
}

namespace {

// Edges that a type has a say in: not those of the library's own kinds of objects.
bool is_of_type(const cairn_edge& edge) {
    return edge.kind <= CAIRN_EDGE_TRAVERSE;
}

int print_kind(const cairn_edge& edge, char* buffer, size_t size) {
    switch (edge.kind) {
        case CAIRN_EDGE_SLOT:
            return std::snprintf(buffer, size, "slot %zu", edge.index);
        case CAIRN_EDGE_ARGUMENT:
            return std::snprintf(buffer, size, "callback argument");
        case CAIRN_EDGE_ENTRY:
            return std::snprintf(buffer, size, "reference of entry %zu", edge.index);
        case CAIRN_EDGE_ENTRY_KEY:
        case CAIRN_EDGE_EPHEMERON_KEY:
            return std::snprintf(buffer, size, "key of entry %zu", edge.index);
        case CAIRN_EDGE_EPHEMERON_VALUE:
            return std::snprintf(buffer, size, "value of entry %zu", edge.index);
        case CAIRN_EDGE_WEAK:
            return std::snprintf(buffer, size, "referent");
        default:
            return edge.part == 0
                       ? std::snprintf(buffer, size, "[%zu]", edge.index)
                       : std::snprintf(buffer, size, "[%zu].%" PRIu32, edge.index, edge.part);
    }
}

}  // namespace

size_t edge_name(cairn_object* object, const cairn_edge& edge, char* buffer, size_t size) {
    const cairn_edge_name_fn name = object->type->edge_name;
    if (name == nullptr || !is_of_type(edge)) {
        return 0;
    }
    const HostCall call(object->type->heap, HostFunction::kRepr, object);
    return name(object, &edge, buffer, size);  // HOST CODE
}

size_t edge_text(cairn_object* object, const cairn_edge& edge, char* buffer, size_t size) {
    if (const size_t named = edge_name(object, edge, buffer, size); named > 0) {
        return named;
    }
    const int length = edge.name != nullptr ? std::snprintf(buffer, size, "%s", edge.name)
                                            : print_kind(edge, buffer, size);
    return length < 0 ? 0 : static_cast<size_t>(length);
}

}  // namespace cairn
