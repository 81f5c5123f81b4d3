// SPDX-License-Identifier: MIT
#include "cairn/inspect.h"

#include "api/check.h"
#include "heap/cells.h"
#include "inspect/edges.h"
#include "inspect/inspect.h"

using cairn::enter;

void cairn_objects_release(cairn_heap* heap, cairn_objects* objects) {
    cairn::release_objects(enter(heap), objects);  // USER CODE
}

cairn_status cairn_get_objects(cairn_heap* heap, int generation, cairn_objects* out_objects) {
    enter(heap);
    if (generation < -1 || generation >= CAIRN_GENERATIONS) {
        return CAIRN_INVALID;
    }
    return cairn::list_objects(heap, generation, out_objects);
}

cairn_status cairn_get_referents(cairn_object* object, cairn_objects* out_objects) {
    return cairn::list_referents(enter(object), object, out_objects);
}

cairn_status cairn_get_referrers(cairn_heap* heap,
                                 cairn_object* const* targets,
                                 size_t target_count,
                                 cairn_objects* out_objects) {
    enter(heap);
    for (size_t i = 0; i < target_count; ++i) {
        cairn::check_alive(targets[i]);
    }
    return cairn::list_referrers(heap, targets, target_count, out_objects);
}

cairn_status cairn_get_weakrefs(cairn_object* object, cairn_objects* out_objects) {
    return cairn::list_weakrefs(enter(object), object, out_objects);
}

void cairn_visit_objects(cairn_heap* heap, cairn_visit_object_fn visit, void* user_data) {
    cairn::look_at(heap);
    bool go_on = true;
    cairn::for_each_object(heap, [&](cairn_object* object) {
        const cairn::HostCall call(heap, cairn::HostFunction::kVisit, object);
        go_on = go_on && visit(object, user_data) != 0;  // HOST CODE
    });
}

void cairn_visit_referents(cairn_object* object, cairn_visit_edge_fn visit, void* user_data) {
    cairn::look_at(object);
    cairn::visit_edges(object, visit, user_data);
}
