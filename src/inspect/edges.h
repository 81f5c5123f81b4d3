// SPDX-License-Identifier: MIT
// The references of one object, strong and weak, with the places where they lie.
#ifndef CAIRN_INSPECT_EDGES_H
#define CAIRN_INSPECT_EDGES_H

#include "cairn/inspect.h"
#include "object/walk.h"
#include "weakref/weakmap.h"
#include "weakref/weakref.h"

namespace cairn {

inline cairn_object* living_referent(const WeakrefObject* ref) {
    cairn_object* referent = ref->referent;
    const bool is_alive =
        referent != nullptr && (referent->flags & kDying) == 0 && referent->refcount != 0;
    return is_alive ? referent : nullptr;
}

// What the two sides of an entry are: weak containers have three kinds of entries.
inline cairn_edge_kind kind_of_weak_side(cairn_weak_kind kind) {
    return kind == CAIRN_WEAK_KEY_MAP ? CAIRN_EDGE_EPHEMERON_KEY : CAIRN_EDGE_WEAK;
}

inline cairn_edge_kind kind_of_strong_side(cairn_weak_kind kind) {
    return kind == CAIRN_WEAK_KEY_MAP ? CAIRN_EDGE_EPHEMERON_VALUE : CAIRN_EDGE_ENTRY_KEY;
}

// The edge of a slot as the host's spec has it. The first slot of a weak reference is the
// library's.
inline cairn_edge as_declared(const cairn_type* type, cairn_edge edge) {
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

// Calls `visit(referent, edge)` for each reference of an object, strong and weak, until it returns
// false. Takes no memory, and changes nothing.
template <typename F>
inline void for_each_edge(cairn_object* object, F visit) {
    const auto show_if_any = [&](cairn_object* referent, cairn_edge_kind kind, size_t index) {
        return referent == nullptr || visit(referent, cairn_edge{kind, 0, index, nullptr});
    };
    if (is_weakmap(object)) {
        const WeakMapObject* map = as_weakmap(object);
        for (uint32_t i = 0; i < map->table.used; ++i) {
            const WeakEntry& entry = map->table.entries[i];
            if (entry.ref != nullptr &&
                (!show_if_any(&entry.ref->weakref.head, CAIRN_EDGE_ENTRY, i) ||
                 !show_if_any(entry.strong, kind_of_strong_side(map->kind), i) ||
                 !show_if_any(weak_side(entry), kind_of_weak_side(map->kind), i))) {
                return;
            }
        }
        return;
    }
    if (is_weakref(object) &&
        !show_if_any(living_referent(as_weakref(object)), CAIRN_EDGE_WEAK, 0)) {
        return;
    }
    const cairn_type* type = object->type;
    for_each_strong_edge(object, [&](cairn_object* referent, const cairn_edge& edge) {
        return visit(referent, as_declared(type, edge));
    });
}

// See cairn_visit_referents().
void visit_edges(cairn_object* object, cairn_visit_edge_fn visit, void* visit_data);

// The name that the type of `object` gives an edge of it, as cairn_edge_name_fn has it; 0: none.
size_t edge_name(cairn_object* object, const cairn_edge& edge, char* buffer, size_t size);

// See cairn_edge_text().
size_t edge_text(cairn_object* object, const cairn_edge& edge, char* buffer, size_t size);

}  // namespace cairn

#endif
