// SPDX-License-Identifier: MIT
// inspect.h: objects, referents, referrers, weak references and a visit from C.
#include "cairn/testing.h"
#include "check.h"

static int count_visit(cairn_object* object, void* user_data) {
    CHECK(cairn_refcount(object) > 0);
    ++*(size_t*)user_data;
    return 1;
}

static int check_edge(cairn_object* referent, const cairn_edge* edge, void* user_data) {
    size_t* visited = user_data;
    CHECK(referent != NULL && edge->kind == CAIRN_EDGE_SLOT && edge->name == NULL);
    CHECK(edge->index == *visited && edge->part == 0);
    ++*visited;
    return 1;
}

int main(void) {
    cairn_heap* heap = cairn_heap_new(NULL);
    CHECK(heap != NULL);
    cairn_collect_every_for_testing(heap, 0);  // also where a build does so by itself
    cairn_type* type = pair_type_new(heap);
    cairn_object* a = pair_new(type);
    cairn_object* b = pair_new(type);
    cairn_object* c = pair_new(type);
    cairn_set(&((pair*)a)->first, c);
    cairn_set(&((pair*)a)->second, b);
    cairn_set(&((pair*)b)->first, c);

    cairn_objects list = {0};
    CHECK(cairn_get_objects(heap, 0, &list) == CAIRN_OK && list.count == 3);
    CHECK(cairn_refcount(a) == 2);  // the list owns a reference
    cairn_objects_release(heap, &list);
    CHECK(list.count == 0 && cairn_refcount(a) == 1);
    CHECK(cairn_get_objects(heap, 7, &list) == CAIRN_INVALID);

    CHECK(cairn_get_referents(a, &list) == CAIRN_OK && list.count == 2);
    CHECK(list.items[0] == c && list.items[1] == b);
    cairn_objects_release(heap, &list);

    size_t edges = 0;
    cairn_visit_referents(a, check_edge, &edges);
    CHECK(edges == 2 && cairn_refcount(c) == 3);

    cairn_object* targets[] = {c, b};
    CHECK(cairn_get_referrers(heap, targets, 2, &list) == CAIRN_OK && list.count == 2);
    cairn_objects_release(heap, &list);
    CHECK(cairn_get_referrers(heap, targets + 1, 1, &list) == CAIRN_OK && list.count == 1);
    CHECK(list.items[0] == a);
    cairn_objects_release(heap, &list);

    cairn_object* ref = cairn_weakref_new(c, NULL, NULL, NULL);
    CHECK(ref != NULL);
    CHECK(cairn_get_weakrefs(c, &list) == CAIRN_OK && list.count == 1 && list.items[0] == ref);
    cairn_objects_release(heap, &list);

    size_t visited = 0;
    cairn_visit_objects(heap, count_visit, &visited);
    CHECK(visited == 4);
    cairn_decref(ref);
    cairn_decref(a);
    cairn_decref(b);
    cairn_decref(c);
    CHECK(cairn_heap_free(heap) == 0);
    return 0;
}
