// SPDX-License-Identifier: MIT
#include "inspect/edges.h"

#include <cinttypes>
#include <cstdio>

#include "object/host_call.h"
#include "object/walk.h"
#include "weakref/weakmap.h"
#include "weakref/weakref.h"

namespace cairn {

namespace {

// Hands edges to the host until it wants no more.
class EdgeVisit {
  public:
    EdgeVisit(cairn_visit_edge_fn visit, void* visit_data)
        : visit_(visit), visit_data_(visit_data) {}

    // False: the host wants no more.
    bool show(cairn_object* referent, const cairn_edge& edge) const {
        const HostCall call(heap_of(referent), HostFunction::kVisit, referent);
        return visit_(referent, &edge, visit_data_) != 0;  // HOST CODE
    }

    // The same where there may be no referent.
    bool show_if_any(cairn_object* referent, cairn_edge_kind kind, size_t index) const {
        return referent == nullptr || show(referent, {kind, 0, index, nullptr});
    }

  private:
    cairn_visit_edge_fn visit_;
    void* visit_data_;
};

cairn_object* living_referent(const WeakrefObject* ref) {
    cairn_object* referent = ref->referent;
    const bool is_alive =
        referent != nullptr && (referent->flags & kDying) == 0 && referent->refcount != 0;
    return is_alive ? referent : nullptr;
}

// What the two sides of an entry are: weak containers have three kinds of entries.
cairn_edge_kind kind_of_weak_side(cairn_weak_kind kind) {
    return kind == CAIRN_WEAK_KEY_MAP ? CAIRN_EDGE_EPHEMERON_KEY : CAIRN_EDGE_WEAK;
}

cairn_edge_kind kind_of_strong_side(cairn_weak_kind kind) {
    return kind == CAIRN_WEAK_KEY_MAP ? CAIRN_EDGE_EPHEMERON_VALUE : CAIRN_EDGE_ENTRY_KEY;
}

void visit_entries(const WeakMapObject* map, const EdgeVisit& visit) {
    for (uint32_t i = 0; i < map->table.used; ++i) {
        const WeakEntry& entry = map->table.entries[i];
        if (entry.ref == nullptr) {
            continue;
        }
        if (!visit.show_if_any(&entry.ref->weakref.head, CAIRN_EDGE_ENTRY, i) ||
            !visit.show_if_any(entry.strong, kind_of_strong_side(map->kind), i) ||
            !visit.show_if_any(weak_side(entry), kind_of_weak_side(map->kind), i)) {
            return;
        }
    }
}

// The edge of a slot as the host's spec has it. The first slot of a weak reference is the
// library's.
cairn_edge as_declared(const cairn_type* type, cairn_edge edge) {
    if (edge.kind != CAIRN_EDGE_SLOT) {
        return edge;
    }
    if ((type->flags & CAIRN_TYPE_WEAKREF) != 0) {
        if (edge.index == 0) {
            edge.kind = CAIRN_EDGE_ARGUMENT;
            return edge;
        }
        --edge.index;
    }
    edge.name = type->slot_names.names == nullptr ? nullptr : type->slot_names.names[edge.index];
    return edge;
}

}  // namespace

void visit_edges(cairn_object* object, cairn_visit_edge_fn visit, void* visit_data) {
    const EdgeVisit edges(visit, visit_data);
    if (is_weakmap(object)) {
        visit_entries(as_weakmap(object), edges);
        return;
    }
    if (is_weakref(object) &&
        !edges.show_if_any(living_referent(as_weakref(object)), CAIRN_EDGE_WEAK, 0)) {
        return;
    }
    const cairn_type* type = object->type;
    for_each_strong_edge(object, [&](cairn_object* referent, const cairn_edge& edge) {
        return edges.show(referent, as_declared(type, edge));
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
    return name == nullptr || !is_of_type(edge) ? 0
                                                : name(object, &edge, buffer, size);  // HOST CODE
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
