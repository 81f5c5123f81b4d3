// SPDX-License-Identifier: MIT
#include "graph_heap.h"

#include <algorithm>

namespace tool {
namespace {

/// An object of a container type: as many slots as its node has edges, in a cell of its size.
struct Container {
    cairn_object head;
    size_t slot_count;
};

cairn_object** slots_of(cairn_object* object) {
    return reinterpret_cast<cairn_object**>(reinterpret_cast<Container*>(object) + 1);
}

int count_tracked(cairn_object* object, void* user_data) {
    *static_cast<size_t*>(user_data) += cairn_gc_is_tracked(object) != 0 ? 1U : 0U;
    return 1;
}

}  // namespace

GraphHeap::~GraphHeap() {
    let_go();
    for (cairn_object* object : objects_) {
        cairn_decref(object);
    }
    cairn_heap_free(heap_);
}

cairn_status GraphHeap::load(const Graph& graph, size_t limit, uint32_t heap_flags) {
    cairn_heap_options options;
    cairn_heap_options_init(&options);
    options.flags = heap_flags;
    options.memory_limit = limit - graph.table_bytes;
    heap_ = cairn_heap_new(&options);
    if (heap_ == nullptr) {
        return CAIRN_NO_MEMORY;
    }
    cairn_gc_disable(heap_);
    cairn_status status = make_types(graph);
    if (status == CAIRN_OK) {
        status = make_objects(graph);
    }
    if (status == CAIRN_OK) {
        connect(graph);
    }
    return status;
}

cairn_status GraphHeap::make_types(const Graph& graph) {
    for (const GraphType& type : graph.types) {
        cairn_type_spec spec = {};
        spec.name = type.name.c_str();
        if (type.is_container) {
            spec.flags = CAIRN_TYPE_ITEMS_ARE_SLOTS;
            spec.object_size = sizeof(Container);
            spec.item_size = sizeof(cairn_object*);
            spec.item_count_offset = offsetof(Container, slot_count);
        } else {
            spec.object_size = sizeof(cairn_object);
            spec.item_size = 1;
        }
        cairn_type* made = nullptr;
        if (const cairn_status status = cairn_type_new(heap_, &spec, &made); status != CAIRN_OK) {
            return status;
        }
        types_.push_back(made);
    }
    return CAIRN_OK;
}

cairn_status GraphHeap::make_objects(const Graph& graph) {
    objects_.reserve(graph.nodes.size());
    for (const GraphNode& node : graph.nodes) {
        const bool is_container = graph.types[node.type].is_container;
        const size_t base = is_container ? sizeof(Container) : sizeof(cairn_object);
        const size_t item_size = is_container ? sizeof(cairn_object*) : 1;
        const size_t rest = node.size > base ? (node.size - base + item_size - 1) / item_size : 0;
        const size_t items = std::max<size_t>(node.edge_count, rest);
        cairn_object* object = cairn_new_var(types_[node.type], items);
        if (object == nullptr) {
            return CAIRN_NO_MEMORY;
        }
        objects_.push_back(object);
        if (is_container) {
            reinterpret_cast<Container*>(object)->slot_count = node.edge_count;
        }
    }
    return CAIRN_OK;
}

void GraphHeap::connect(const Graph& graph) {
    held_.reserve(graph.held_references);
    for (size_t i = 0; i < graph.nodes.size(); ++i) {
        const GraphNode& node = graph.nodes[i];
        for (uint32_t slot = 0; slot < node.edge_count; ++slot) {
            cairn_object* target = objects_[graph.edges[node.first_edge + slot]];
            slots_of(objects_[i])[slot] = cairn_new_ref(target);
        }
        for (uint32_t count = 0; count < node.held_references(); ++count) {
            held_.push_back(cairn_new_ref(objects_[i]));
        }
    }
    const std::vector<cairn_object*> made = std::move(objects_);
    objects_.clear();
    for (cairn_object* object : made) {
        cairn_decref(object);
    }
}

cairn_heap_usage GraphHeap::usage() const {
    cairn_heap_usage usage = {};
    cairn_heap_get_usage(heap_, &usage);
    return usage;
}

size_t GraphHeap::tracked_count() const {
    size_t count = 0;
    cairn_visit_objects(heap_, count_tracked, &count);
    return count;
}

cairn_status GraphHeap::collect(size_t* out_unreachable) {
    return cairn_gc_collect(heap_, CAIRN_GENERATIONS - 1, out_unreachable);
}

cairn_status GraphHeap::declare_roots() {
    for (; declared_ < held_.size(); ++declared_) {
        const cairn_status status = cairn_root_add(heap_, &held_[declared_]);
        if (status != CAIRN_OK) {
            return status;
        }
    }
    return CAIRN_OK;
}

void GraphHeap::let_go() {
    while (declared_ > 0) {
        cairn_root_remove(heap_, &held_[--declared_]);
    }
    const std::vector<cairn_object*> held = std::move(held_);
    held_.clear();
    for (cairn_object* object : held) {
        cairn_decref(object);
    }
}

}  // namespace tool
