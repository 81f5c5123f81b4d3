// SPDX-License-Identifier: MIT
/// A random graph of objects whose program goes on between two slices of a collection.
///
/// It knows each object and whether it is gone. After each slice nothing is gone that the program
/// can reach; after a cycle all is gone that it could not reach when the cycle began, but for what
/// a finalizer saved.
#ifndef CAIRN_TESTS_UNIT_CYCLE_GRAPH_H
#define CAIRN_TESTS_UNIT_CYCLE_GRAPH_H

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <random>
#include <vector>

#include <gtest/gtest.h>

#include "cairn/cairn.h"
#include "cairn/testing.h"

namespace cairn_test {
inline constexpr size_t kCycleSlots = 3;

struct Graph;

struct GraphNode {
    cairn_object head;
    Graph* graph;
    size_t id;
    cairn_object* slots[kCycleSlots];
};

struct GraphRecord {
    GraphNode* node = nullptr;  // nullptr: gone
    int finalized = 0;
    bool resurrects = false;
    bool garbage = false;  // when the cycle began
    bool is_key = false;   // was put into the map
};

enum GraphKind : uint8_t { kPlainNode, kFinalizedNode, kOpaqueNode, kNodeKinds };

inline GraphNode* as_node(cairn_object* object) {
    return reinterpret_cast<GraphNode*>(object);
}

struct Graph {
    explicit Graph(uint64_t seed) : random(seed) {
        cairn_heap_options options;
        cairn_heap_options_init(&options);
        options.on_unraisable = [](cairn_heap*, cairn_place, cairn_status, cairn_object*, void*) {};
        heap = cairn_heap_new(&options);
        cairn_collect_every_for_testing(heap, 0);
        cairn_gc_disable(heap);
        cairn_type_spec spec = {};
        spec.name = "plain";
        spec.object_size = sizeof(GraphNode);
        spec.slots_offset = offsetof(GraphNode, slots);
        spec.slot_count = kCycleSlots;
        spec.dealloc = &dealloc;
        add_type(spec, kPlainNode);
        spec.name = "finalized";
        spec.finalize = &finalize;
        add_type(spec, kFinalizedNode);
        spec.name = "opaque";
        spec.finalize = nullptr;
        spec.slots_offset = 0;
        spec.slot_count = 0;
        spec.traverse = &traverse;
        spec.clear = &clear;
        add_type(spec, kOpaqueNode);
        EXPECT_EQ(cairn_gc_set_pause_target(heap, 100000), CAIRN_OK);
        map = cairn_weakmap_new(heap, CAIRN_WEAK_KEY_MAP);
        EXPECT_NE(map, nullptr);
    }
    Graph(const Graph&) = delete;
    Graph& operator=(const Graph&) = delete;

    ~Graph() {
        closing = true;
        cairn_heap_set_root_visitor(heap, nullptr, nullptr);
        for (cairn_object* handle : handles) {
            cairn_decref(handle);
        }
        for (cairn_object* ref : refs) {
            cairn_decref(ref);
        }
        cairn_decref(map);
        EXPECT_EQ(cairn_heap_free(heap), 0u);
        for (const GraphRecord& record : records) {
            EXPECT_EQ(record.node, nullptr);
            EXPECT_LE(record.finalized, 1);
        }
    }

    // The host says what its roots are: all of them, or every other.
    void report_roots(size_t every) {
        report_every = every;
        cairn_heap_set_root_visitor(
            heap,
            [](cairn_visit_fn visit, void* visit_data, void* graph) {
                static_cast<const Graph*>(graph)->visit_roots(visit, visit_data);
            },
            this);
    }

    void visit_roots(cairn_visit_fn visit, void* visit_data) const {
        for (size_t i = 0; i < handles.size(); i += report_every) {
            visit(handles[i], visit_data);
        }
        for (cairn_object* ref : refs) {
            visit(ref, visit_data);
        }
        visit(map, visit_data);
    }

    void add_type(const cairn_type_spec& spec, GraphKind kind) {
        EXPECT_EQ(cairn_type_new(heap, &spec, &types[kind]), CAIRN_OK);
    }

    static void dealloc(cairn_object* self) {
        Graph* graph = as_node(self)->graph;
        GraphRecord& record = graph->records[as_node(self)->id];
        EXPECT_EQ(record.node, as_node(self));
        record.node = nullptr;
    }

    static cairn_status finalize(cairn_object* self) {
        Graph* graph = as_node(self)->graph;
        GraphRecord& record = graph->records[as_node(self)->id];
        ++record.finalized;
        if (!graph->closing) {
            graph->finalizer(self, record);
        }
        return CAIRN_OK;
    }

    static void traverse(cairn_object* self, cairn_visit_fn visit, void* data) {
        ++as_node(self)->graph->traversals;
        for (cairn_object* referent : as_node(self)->slots) {
            visit(referent, data);
        }
    }

    static void clear(cairn_object* self) {
        for (cairn_object*& slot : as_node(self)->slots) {
            cairn_clear(&slot);
        }
    }

    // What a finalizer may do: save itself, drop and make objects, ask for a collection.
    void finalizer(cairn_object* self, const GraphRecord& record) {
        if (record.resurrects) {
            handles.push_back(cairn_new_ref(self));
            spare(self);
        }
        switch (below(6)) {
            case 0:
                make();
                break;
            case 1:
                drop_handle();
                break;
            case 2:
                if (below(collect_one_in) == 0) {
                    EXPECT_EQ(cairn_gc_collect(heap, 2, nullptr), CAIRN_OK);
                }
                break;
            case 3:
                cairn_clear(&as_node(self)->slots[below(kCycleSlots)]);
                break;
            case 4:
                if (below(collect_one_in) == 0) {
                    cairn_gc_freeze(heap), cairn_gc_unfreeze(heap);
                }
                break;
            default:
                break;
        }
    }

    size_t below(size_t n) { return std::uniform_int_distribution<size_t>(0, n - 1)(random); }

    void make() {
        cairn_type* type = types[below(10) < 8 ? size_t{kPlainNode} : below(kNodeKinds)];
        cairn_object* object = cairn_new(type);
        ASSERT_NE(object, nullptr);
        as_node(object)->graph = this;
        as_node(object)->id = records.size();
        records.push_back({as_node(object), 0, below(4) == 0});
        handles.push_back(object);
        if (below(8) == 0) {
            cairn_object* ref = cairn_weakref_new(object, &callback, nullptr, nullptr);
            refs.push_back(ref);
        }
    }

    static cairn_status callback(cairn_object*, cairn_object*, void*) { return CAIRN_OK; }

    void drop_handle() {
        if (!handles.empty()) {
            const size_t i = below(handles.size());
            cairn_object* handle = handles[i];
            handles[i] = handles.back();
            handles.pop_back();
            cairn_decref(handle);
        }
    }

    cairn_object* any_handle() { return handles[below(handles.size())]; }

    // A reachable object, some steps from a handle.
    cairn_object* walk() {
        cairn_object* object = any_handle();
        for (size_t steps = below(8); steps > 0; --steps) {
            cairn_object* next = as_node(object)->slots[below(kCycleSlots)];
            object = next == nullptr ? object : next;
        }
        return object;
    }

    void mutate() {
        if (handles.empty()) {
            make();
            return;
        }
        cairn_object** slot = &as_node(walk())->slots[below(kCycleSlots)];
        switch (below(12)) {
            case 0:
                make();
                break;
            case 1:
                drop_handle();
                break;
            case 2:
            case 3:
            case 4:
                cairn_set(slot, walk());
                break;
            case 5:
                cairn_clear(slot);
                break;
            case 6:
            case 7:
                // A reference moves without a count.
                if (*slot != nullptr) {
                    handles.push_back(*slot);
                    *slot = nullptr;
                }
                break;
            case 8:
                if (*slot == nullptr) {
                    *slot = handles.back();
                    handles.pop_back();
                }
                break;
            case 9:
                put(walk(), walk());
                break;
            default:
                std::swap(*slot, as_node(walk())->slots[below(kCycleSlots)]);
                break;
        }
    }

    void put(cairn_object* key, cairn_object* value) {
        if (cairn_weakmap_set(map, key, value) == CAIRN_OK) {
            records[as_node(key)->id].is_key = true;
        }
    }

    // Calls `meet` for each referent of `node`, and for the map's value if it is a key.
    template <typename F>
    void for_each_referent(GraphNode* node, F meet) {
        for (cairn_object* referent : node->slots) {
            meet(referent);
        }
        cairn_object* value = nullptr;
        if (records[node->id].is_key && cairn_weakmap_get(map, &node->head, &value) == CAIRN_OK) {
            meet(value);
            cairn_decref(value);
        }
    }

    // Everything that the program can reach is there.
    std::vector<bool> reachable() {
        std::vector<bool> seen(records.size());
        std::vector<GraphNode*> todo;
        const auto meet = [&](cairn_object* object) {
            GraphNode* node = as_node(object);
            if (object != nullptr && !seen[node->id]) {
                EXPECT_EQ(records[node->id].node, node) << "object " << node->id << " is gone";
                seen[node->id] = true;
                todo.push_back(node);
            }
        };
        for (cairn_object* handle : handles) {
            meet(handle);
        }
        while (!todo.empty()) {
            GraphNode* node = todo.back();
            todo.pop_back();
            for_each_referent(node, meet);
        }
        return seen;
    }

    // What a finalizer saves is no garbage any more, nor what it holds, even if both are let go
    // again. What is no garbage holds none.
    void spare(cairn_object* saved) {
        std::vector<GraphNode*> todo;
        const auto meet = [&](cairn_object* object) {
            if (object != nullptr && records[as_node(object)->id].garbage) {
                records[as_node(object)->id].garbage = false;
                todo.push_back(as_node(object));
            }
        };
        meet(saved);
        while (!todo.empty()) {
            GraphNode* node = todo.back();
            todo.pop_back();
            for_each_referent(node, meet);
        }
    }

    // Takes down what is garbage now.
    void note_garbage() {
        const std::vector<bool> seen = reachable();
        for (size_t id = 0; id < records.size(); ++id) {
            records[id].garbage = records[id].node != nullptr && !seen[id];
        }
    }

    void expect_garbage_gone() const {
        for (size_t id = 0; id < records.size(); ++id) {
            EXPECT_TRUE(!records[id].garbage || records[id].node == nullptr)
                << "object " << id << " was garbage";
        }
    }

    cairn_heap* heap;
    cairn_type* types[kNodeKinds] = {};
    cairn_object* map = nullptr;
    std::vector<cairn_object*> handles;
    std::vector<cairn_object*> refs;
    std::vector<GraphRecord> records;
    std::mt19937_64 random;
    size_t report_every = 1;
    size_t collect_one_in = 1;  // of the finalizers that would collect
    size_t traversals = 0;
    bool closing = false;
};

}  // namespace cairn_test

#endif
