// SPDX-License-Identifier: MIT
#include "cairn/inspect.h"

#include "api/check.h"
#include "heap/cells.h"
#include "inspect/census.h"
#include "inspect/edges.h"
#include "inspect/held.h"
#include "inspect/inspect.h"
#include "inspect/path.h"
#include "inspect/retained.h"

using cairn::enter;

namespace {

void check_all(cairn_object* const* objects, size_t count) {
    for (size_t i = 0; i < count; ++i) {
        cairn::check_alive(objects[i]);
    }
}

}  // namespace

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
    check_all(targets, target_count);
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

size_t cairn_edge_text(cairn_object* from, const cairn_edge* edge, char* buffer, size_t size) {
    cairn::look_at(from);
    return cairn::edge_text(from, *edge, buffer, size);
}

cairn_status cairn_census(cairn_heap* heap, cairn_visit_census_fn visit, void* user_data) {
    return cairn::take_census(enter(heap), 0, visit, user_data);
}

cairn_status cairn_visit_held(cairn_heap* heap, cairn_visit_held_fn visit, void* user_data) {
    return cairn::visit_held(enter(heap), visit, user_data);
}

uint64_t cairn_mark(cairn_heap* heap) {
    return cairn::make_mark(enter(heap));
}

int cairn_is_newer(const cairn_object* object, uint64_t mark) {
    return cairn::is_newer(cairn::look_at(object), object, mark) ? 1 : 0;
}

cairn_status cairn_census_since(cairn_heap* heap,
                                uint64_t mark,
                                cairn_visit_census_fn visit,
                                void* user_data) {
    enter(heap);
    if (!cairn::is_mark(heap, mark)) {
        return CAIRN_INVALID;
    }
    return cairn::take_census(heap, mark, visit, user_data);
}

cairn_status cairn_path_to_root(cairn_object* object, cairn_visit_path_fn visit, void* user_data) {
    return cairn::show_path(enter(object), object, visit, user_data);
}

cairn_status cairn_retained(cairn_heap* heap,
                            cairn_object* const* objects,
                            size_t count,
                            cairn_retained_size* out_size,
                            cairn_visit_object_fn visit,
                            void* user_data) {
    enter(heap);
    check_all(objects, count);
    return cairn::measure_retained(heap, objects, count, out_size, visit, user_data);
}
