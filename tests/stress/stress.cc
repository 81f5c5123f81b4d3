// SPDX-License-Identifier: MIT
#include "stress.h"

#include <chrono>
#include <cstdio>
#include <cstdlib>

#include "cairn/testing.h"

namespace cairn_stress {

namespace {

void traverse(cairn_object* self, cairn_visit_fn visit, void* visit_data) {
    visit(node(self)->left, visit_data);
    visit(node(self)->right, visit_data);
}

void clear(cairn_object* self) {
    cairn_clear(&node(self)->left);
    cairn_clear(&node(self)->right);
}

cairn_status count_finalizer(cairn_object* self) {
    ++*static_cast<size_t*>(cairn_type_user_data(cairn_type_of(self)));
    return CAIRN_OK;
}

cairn_type* add_type(cairn_heap* heap, const cairn_type_spec& spec) {
    cairn_type* type = nullptr;
    require(cairn_type_new(heap, &spec, &type) == CAIRN_OK, "the type is made");
    return type;
}

}  // namespace

double now() {
    const auto since = std::chrono::steady_clock::now().time_since_epoch();
    return std::chrono::duration<double>(since).count();
}

void require(bool condition, const char* what) {
    if (!condition) {
        std::fprintf(stderr, "stress: not so: %s\n", what);
        std::exit(1);
    }
}

Bench::Bench() : heap(cairn_heap_new(nullptr)), started_(now()) {
    require(heap != nullptr, "the heap is made");
    cairn_gc_disable(heap);
    cairn_collect_every_for_testing(heap, 0);  // Also where a build does so by itself.
    cairn_type_spec spec = {};
    spec.name = "plain";
    spec.object_size = sizeof(Node);
    spec.slots_offset = offsetof(Node, left);
    spec.slot_count = 2;
    plain = add_type(heap, spec);
    spec.name = "fin";
    spec.finalize = &count_finalizer;
    spec.user_data = &finalized;
    fin = add_type(heap, spec);
    spec = {};
    spec.name = "custom";
    spec.object_size = sizeof(Node);
    spec.traverse = &traverse;
    spec.clear = &clear;
    custom = add_type(heap, spec);
    spec = {};
    spec.name = "array";
    spec.flags = CAIRN_TYPE_ITEMS_ARE_SLOTS;
    spec.object_size = sizeof(Array);
    spec.item_size = sizeof(cairn_object*);
    spec.item_count_offset = offsetof(Array, count);
    array = add_type(heap, spec);
}

Bench::~Bench() {
    require(cairn_heap_free(heap) == 0, "nothing is held at the end");
}

cairn_object* Bench::make(cairn_type* type) const {
    cairn_object* object = cairn_new(type);
    require(object != nullptr, "there is memory");
    return object;
}

cairn_object* Bench::make_array(size_t count) const {
    cairn_object* object = cairn_new_var(array, count);
    require(object != nullptr, "there is memory");
    return object;
}

size_t Bench::live() const {
    cairn_heap_usage usage = {};
    cairn_heap_get_usage(heap, &usage);
    return usage.objects;
}

void Bench::built(size_t objects) {
    objects_ = objects;
    built_ = now();
    require(live() == objects, "all objects are alive");
}

void Bench::free_by_count(const char* name, cairn_object* last) {
    cairn_decref(last);
    require(live() == 0, "nothing is left");
    report(name);
}

void Bench::free_by_collection(const char* name, cairn_object* last) {
    size_t found = 0;
    require(cairn_gc_collect(heap, 2, &found) == CAIRN_OK && found == 0, "it is alive");
    cairn_decref(last);
    require(live() == objects_, "only a collection can free it");
    require(cairn_gc_collect(heap, 2, &found) == CAIRN_OK, "the collection works");
    require(found == objects_, "all are found unreachable");
    require(live() == 0, "nothing is left");
    report(name);
}

void Bench::report(const char* name) const {
    std::printf("%s: %zu objects built in %.3f s, freed in %.3f s\n",
                name,
                objects_,
                built_ - started_,
                now() - built_);
}

}  // namespace cairn_stress
