// SPDX-License-Identifier: MIT
/// A random heap for tests of inspection, and what its host holds.
///
/// Nodes with slots, arrays, objects with a traverse function, leaves, weak references and weak
/// containers of all kinds refer to each other at random. The host's own references are counted
/// here, so a test knows them without asking the heap.
#ifndef CAIRN_TESTS_UNIT_RANDOM_GRAPH_H
#define CAIRN_TESTS_UNIT_RANDOM_GRAPH_H

#include <cstddef>
#include <cstdint>
#include <map>
#include <random>
#include <set>
#include <vector>

#include <gtest/gtest.h>

#include "cairn/cairn.h"
#include "cairn/testing.h"

namespace cairn_test {

class RandomGraph {
  public:
    static constexpr size_t kSlots = 3;

    enum class Containers : uint8_t { kAll, kNotWeak };

    /// `size` is how many objects are made, of which some die at once; 0: up to 405.
    explicit RandomGraph(uint32_t seed, size_t size = 0, Containers containers = Containers::kAll)
        : random_(seed), kinds_(containers == Containers::kAll ? 20 : 17) {
        cairn_heap_options options;
        cairn_heap_options_init(&options);
        options.flags = (below(4) == 0 ? uint32_t{CAIRN_HEAP_CPYTHON_ORDER} : 0) |
                        (below(8) == 0 ? uint32_t{CAIRN_HEAP_STRONG_WEAKKEY_VALUES} : 0);
        flags = options.flags;
        heap = cairn_heap_new(&options);
        cairn_collect_every_for_testing(heap, 0);
        cairn_gc_disable(heap);
        make_types();
        make_objects(size != 0 ? size : 5 + below(seed % 50 == 0 ? 400 : 40));
        for (size_t i = 0; i < 3 * made_.size(); ++i) {
            link();
        }
        for (cairn_object* object : made_) {
            take(object, below(8) == 0 ? 1 + below(3) : 0);
            if (below(5) != 0) {
                release(object);
            }
        }
        made_.clear();
        collect();
        // What died was not held.
        EXPECT_EQ(cairn_verify_for_testing(heap), 1);
    }

    RandomGraph(const RandomGraph&) = delete;
    RandomGraph& operator=(const RandomGraph&) = delete;

    ~RandomGraph() {
        while (!held.empty()) {
            release(held.begin()->first);
        }
        // Values that lead to their keys leak where maps hold values strongly.
        (void)cairn_heap_free(heap);
    }

    size_t below(size_t bound) { return random_() % bound; }

    /// Collects until nothing more dies.
    void collect() {
        size_t before = 0;
        do {
            before = live();
            EXPECT_EQ(cairn_gc_collect(heap, 2, nullptr), CAIRN_OK);
        } while (live() != before);
    }

    [[nodiscard]] size_t live() const {
        cairn_heap_usage usage = {};
        cairn_heap_get_usage(heap, &usage);
        return usage.objects;
    }

    [[nodiscard]] std::vector<cairn_object*> objects() const {
        std::vector<cairn_object*> all;
        cairn_visit_objects(
            heap,
            [](cairn_object* object, void* data) {
                static_cast<std::vector<cairn_object*>*>(data)->push_back(object);
                return 1;
            },
            &all);
        return all;
    }

    struct Edge {
        cairn_object* to;
        cairn_edge edge;
        [[nodiscard]] bool is_weak() const {
            return edge.kind == CAIRN_EDGE_WEAK || edge.kind == CAIRN_EDGE_EPHEMERON_KEY;
        }
    };

    static std::vector<Edge> edges(cairn_object* object) {
        std::vector<Edge> all;
        cairn_visit_referents(
            object,
            [](cairn_object* to, const cairn_edge* edge, void* data) {
                static_cast<std::vector<Edge>*>(data)->push_back({to, *edge});
                return 1;
            },
            &all);
        return all;
    }

    /// An entry of a weak container.
    struct Entry {
        cairn_object* map = nullptr;
        size_t index = 0;
        cairn_object* ref = nullptr;
        cairn_object* strong = nullptr;
        cairn_object* weak = nullptr;
    };

    /// The entries of all weak containers.
    [[nodiscard]] std::vector<Entry> entries() const {
        std::vector<Entry> all;
        for (cairn_object* object : objects()) {
            if (cairn_weakmap_kind(object) == CAIRN_NOT_WEAK) {
                continue;
            }
            std::map<size_t, Entry> by_index;
            for (const Edge& edge : edges(object)) {
                Entry& entry = by_index[edge.edge.index];
                entry.map = object;
                entry.index = edge.edge.index;
                (edge.edge.kind == CAIRN_EDGE_ENTRY ? entry.ref
                 : edge.is_weak()                   ? entry.weak
                                                    : entry.strong) = edge.to;
            }
            for (const auto& [index, entry] : by_index) {
                all.push_back(entry);
            }
        }
        return all;
    }

    /// The host takes so many references.
    void take(cairn_object* object, size_t count) {
        for (size_t i = 0; i < count; ++i) {
            cairn_incref(object);
            ++held[object];
        }
    }

    /// The host lets go of one.
    void release(cairn_object* object) {
        if (--held[object] == 0) {
            held.erase(object);
        }
        cairn_decref(object);
    }

    /// Slot `slot` of `from`, a node, refers to `to`, too.
    static void link(cairn_object* from, size_t slot, cairn_object* to) {
        cairn_set(&reinterpret_cast<Node*>(from)->slots[slot], to);
    }

    /// Clears the references of `from` to one of `targets`.
    void cut(cairn_object* from, const std::set<cairn_object*>& targets) {
        for (cairn_object** slot : slots_of(from)) {
            if (targets.count(*slot) != 0) {
                cairn_clear(slot);
            }
        }
    }

    cairn_object* any() { return pick(objects()); }

    cairn_object* pick(const std::vector<cairn_object*>& from) { return from[below(from.size())]; }

    [[nodiscard]] cairn_type* node_type() const { return node_; }

    /// Does the entry's value live only as long as its key? In ordered heaps leaves are no such
    /// keys.
    [[nodiscard]] bool is_ephemeron(const Entry& entry) const {
        return cairn_weakmap_kind(entry.map) == CAIRN_WEAK_KEY_MAP &&
               (flags & CAIRN_HEAP_STRONG_WEAKKEY_VALUES) == 0 &&
               ((flags & CAIRN_HEAP_CPYTHON_ORDER) == 0 || cairn_type_of(entry.weak) != leaf_);
    }

    cairn_heap* heap = nullptr;
    uint32_t flags = 0;                    ///< of the heap
    std::map<cairn_object*, size_t> held;  ///< how often the host holds an object

  private:
    struct Node {
        cairn_object head;
        cairn_object* slots[kSlots];
    };
    struct Items {
        cairn_object head;
        size_t count;
    };

    std::vector<cairn_object**> slots_of(cairn_object* object) const {
        std::vector<cairn_object**> slots;
        const cairn_type* type = cairn_type_of(object);
        if (type == node_ || type == traversed_) {
            for (cairn_object*& slot : reinterpret_cast<Node*>(object)->slots) {
                slots.push_back(&slot);
            }
        } else if (type == items_) {
            auto* items = reinterpret_cast<cairn_object**>(reinterpret_cast<Items*>(object) + 1);
            for (size_t i = 0; i < reinterpret_cast<Items*>(object)->count; ++i) {
                slots.push_back(items + i);
            }
        }
        return slots;
    }

    void make_types() {
        cairn_type_spec spec = {};
        spec.name = "node";
        spec.object_size = sizeof(Node);
        spec.slots_offset = offsetof(Node, slots);
        spec.slot_count = kSlots;
        EXPECT_EQ(cairn_type_new(heap, &spec, &node_), CAIRN_OK);
        spec.name = "traversed";
        spec.slots_offset = spec.slot_count = 0;
        spec.traverse = [](cairn_object* self, cairn_visit_fn visit, void* data) {
            for (cairn_object* referent : reinterpret_cast<Node*>(self)->slots) {
                visit(referent, data);
            }
        };
        spec.clear = [](cairn_object* self) {
            for (cairn_object*& slot : reinterpret_cast<Node*>(self)->slots) {
                cairn_clear(&slot);
            }
        };
        EXPECT_EQ(cairn_type_new(heap, &spec, &traversed_), CAIRN_OK);
        spec = {};
        spec.name = "items";
        spec.flags = CAIRN_TYPE_ITEMS_ARE_SLOTS;
        spec.object_size = sizeof(Items);
        spec.item_size = 8;
        spec.item_count_offset = offsetof(Items, count);
        EXPECT_EQ(cairn_type_new(heap, &spec, &items_), CAIRN_OK);
        spec = {};
        spec.name = "leaf";
        spec.object_size = sizeof(Node);
        EXPECT_EQ(cairn_type_new(heap, &spec, &leaf_), CAIRN_OK);
    }

    void make_objects(size_t count) {
        for (size_t i = 0; i < count; ++i) {
            cairn_object* object = make(below(kinds_));
            if (object != nullptr) {
                made_.push_back(object);
                ++held[object];
            }
        }
    }

    cairn_object* make(size_t kind) {
        if (kind < 8) {
            return cairn_new(node_);
        }
        if (kind < 11) {
            return cairn_new(traversed_);
        }
        if (kind < 13) {
            return cairn_new_var(items_, below(kind == 11 ? 5 : 400));
        }
        if (kind < 15) {
            return cairn_new(leaf_);
        }
        if (kind < 17) {
            cairn_object* target = made_.empty() ? nullptr : pick(made_);
            return target == nullptr || cairn_is_weakref(target)
                       ? nullptr
                       : cairn_weakref_new(target, nullptr, nullptr, nullptr);
        }
        const cairn_weak_kind kinds[] = {CAIRN_WEAK_VALUE_MAP, CAIRN_WEAK_KEY_MAP, CAIRN_WEAK_SET};
        return cairn_weakmap_new(heap, kinds[kind - 17]);
    }

    void link() {
        cairn_object* from = pick(made_);
        cairn_object* to = below(6) == 0 ? made_.front() : pick(made_);
        const std::vector<cairn_object**> slots = slots_of(from);
        if (!slots.empty()) {
            cairn_set(slots[below(slots.size())], to);
            return;
        }
        cairn_object* other = pick(made_);
        if (cairn_is_weakref(to) || cairn_is_weakref(other)) {
            return;
        }
        switch (cairn_weakmap_kind(from)) {
            case CAIRN_WEAK_VALUE_MAP:
            case CAIRN_WEAK_KEY_MAP:
                EXPECT_EQ(cairn_weakmap_set(from, to, other), CAIRN_OK);
                break;
            case CAIRN_WEAK_SET:
                EXPECT_EQ(cairn_weakset_add(from, to), CAIRN_OK);
                break;
            default:
                break;
        }
    }

    std::mt19937 random_;
    size_t kinds_;
    cairn_type* node_ = nullptr;
    cairn_type* traversed_ = nullptr;
    cairn_type* items_ = nullptr;
    cairn_type* leaf_ = nullptr;
    std::vector<cairn_object*> made_;
};

}  // namespace cairn_test

#endif
