// SPDX-License-Identifier: MIT
/// A heap under test with the object types, the user code and the event log that tests share.
///
/// Every object that `make` and its sisters build has a label. What happens to it is logged:
/// "fin a" when its finalizer runs, "cb w" when a weak reference's callback does, "dealloc a" when
/// it is gone, "unraisable finalizer" when an error reached the hook.
#ifndef CAIRN_TESTS_UNIT_WORLD_H
#define CAIRN_TESTS_UNIT_WORLD_H

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include "cairn/cairn.h"
#include "cairn/testing.h"
#include "counting_allocator.h"

namespace cairn_test {

/// What the user code of one object or callback does; it is given the object or the reference.
using Action = std::function<cairn_status(cairn_object*)>;

constexpr size_t kSlots = 4;

/// A value that is no reference, for types with tagged slots.
inline cairn_object* immediate(uintptr_t value) {
    return reinterpret_cast<cairn_object*>(value << 1 | 1);
}

/// All labelled objects start like this.
struct Labelled {
    cairn_object head;
    uint64_t label;
};

struct Node {
    cairn_object head;
    uint64_t label;
    cairn_object* slots[kSlots];
};

/// The items follow.
struct Array {
    cairn_object head;
    uint64_t label;
    size_t count;
};

struct Unraisable {
    cairn_place place;
    cairn_status status;
    cairn_object* object;
};

class World {
  public:
    explicit World(uint32_t flags = 0) {
        cairn_heap_options options;
        cairn_heap_options_init(&options);
        options.flags = flags;
        options.allocator = memory.vtable();
        options.on_unraisable = &log_unraisable;
        options.user_data = this;
        heap = cairn_heap_new(&options);
        if (heap == nullptr) {
            return;
        }
        // Tests say themselves when to collect, also in a build that collects at each allocation.
        cairn_collect_every_for_testing(heap, 0);
        cairn_gc_disable(heap);
        make_types();
    }

    World(const World&) = delete;
    World& operator=(const World&) = delete;

    ~World() { close(); }

    /// Checks the heap and ends it; the number of objects still held must be `held`.
    void close(size_t held = 0) {
        if (heap == nullptr) {
            return;
        }
        EXPECT_TRUE(verify());
        EXPECT_EQ(cairn_heap_free(heap), held) << "objects that are still held";
        heap = nullptr;
        EXPECT_EQ(memory.blocks(), 0u) << memory.bytes() << " bytes were not given back";
    }

    bool verify() { return cairn_verify_for_testing(heap) == 1; }

    // Types.

    cairn_type* type(const cairn_type_spec& spec) {
        cairn_type* result = nullptr;
        EXPECT_EQ(cairn_type_new(heap, &spec, &result), CAIRN_OK) << cairn_type_spec_problem(&spec);
        return result;
    }

    /// A spec of a type with the slots of Node.
    cairn_type_spec node_spec(const char* name) {
        cairn_type_spec spec = {};
        spec.name = name;
        spec.object_size = sizeof(Node);
        spec.slots_offset = offsetof(Node, slots);
        spec.slot_count = kSlots;
        spec.user_data = this;
        return spec;
    }

    /// A spec of a type without references.
    cairn_type_spec leaf_spec(const char* name) {
        cairn_type_spec spec = {};
        spec.name = name;
        spec.object_size = sizeof(Labelled);
        spec.user_data = this;
        return spec;
    }

    /// A spec of a type whose references, in the first two slots of Node, only its functions know.
    cairn_type_spec function_spec(const char* name) {
        cairn_type_spec spec = node_spec(name);
        spec.slots_offset = 0;
        spec.slot_count = 0;
        spec.traverse = [](cairn_object* self, cairn_visit_fn visit, void* data) {
            visit(get(self, 0), data);
            visit(get(self, 1), data);
        };
        spec.clear = [](cairn_object* self) {
            cairn_clear(slot(self, 0));
            cairn_clear(slot(self, 1));
        };
        return spec;
    }

    /// A spec of a type whose items are references.
    cairn_type_spec array_spec(const char* name) {
        cairn_type_spec spec = {};
        spec.name = name;
        spec.flags = CAIRN_TYPE_ITEMS_ARE_SLOTS;
        spec.object_size = sizeof(Array);
        spec.item_size = sizeof(cairn_object*);
        spec.item_count_offset = offsetof(Array, count);
        spec.user_data = this;
        return spec;
    }

    cairn_type* plain = nullptr;   ///< slots, nothing else: the heap may free these in bulk
    cairn_type* logged = nullptr;  ///< slots and dealloc
    cairn_type* fin = nullptr;     ///< slots, finalizer and dealloc
    cairn_type* custom = nullptr;  ///< traverse, clear, finalizer and dealloc
    cairn_type* array = nullptr;   ///< items and dealloc
    cairn_type* leaf = nullptr;    ///< dealloc
    cairn_type* leaf_fin = nullptr;
    cairn_type* by_hand = nullptr;  ///< slots and dealloc, tracked by hand

    // Objects.

    cairn_object* make(cairn_type* of, const std::string& label) {
        cairn_object* object = cairn_new(of);
        EXPECT_NE(object, nullptr);
        relabel(object, label);
        return object;
    }

    cairn_object* make_array(size_t count, const std::string& label) {
        cairn_object* object = cairn_new_var(array, count);
        EXPECT_NE(object, nullptr);
        relabel(object, label);
        return object;
    }

    void relabel(cairn_object* object, const std::string& label) {
        reinterpret_cast<Labelled*>(object)->label = label_index(label);
    }

    /// An object of type `fin` whose finalizer does `action`.
    cairn_object* make_fin(const std::string& label, Action action = nullptr) {
        on_finalize(label, std::move(action));
        return make(fin, label);
    }

    void on_finalize(const std::string& label, Action action) {
        finalizers_[label] = std::move(action);
    }

    static cairn_object** slot(cairn_object* node, size_t i) {
        return &reinterpret_cast<Node*>(node)->slots[i];
    }

    static cairn_object** item(cairn_object* object, size_t i) {
        char* start = reinterpret_cast<char*>(object) + sizeof(Array);
        return reinterpret_cast<cairn_object**>(start) + i;
    }

    /// Slot i of `node` refers to `value`, too.
    static void set(cairn_object* node, size_t i, cairn_object* value) {
        cairn_set(slot(node, i), value);
    }

    /// Slot i of `node` takes over the caller's reference.
    static void give(cairn_object* node, size_t i, cairn_object* value) {
        cairn_set_consume(slot(node, i), value);
    }

    static cairn_object* get(cairn_object* node, size_t i) { return *slot(node, i); }

    /// Builds a ring of `labels` through slot 0. The caller owns a reference to the first only.
    cairn_object* make_ring(cairn_type* of, const std::vector<std::string>& labels) {
        cairn_object* first = make(of, labels.front());
        cairn_object* last = first;
        for (size_t i = 1; i < labels.size(); ++i) {
            give(last, 0, make(of, labels[i]));
            last = get(last, 0);
        }
        set(last, 0, first);
        return first;
    }

    // Weak references.

    /// The shared weak reference.
    static cairn_object* weak(cairn_object* referent) {
        cairn_object* ref = cairn_weakref_new(referent, nullptr, nullptr, nullptr);
        EXPECT_NE(ref, nullptr);
        return ref;
    }

    /// A weak reference whose callback logs "cb LABEL" and does `action`.
    cairn_object* weak(cairn_object* referent,
                       const std::string& label,
                       Action action = nullptr,
                       cairn_object* argument = nullptr) {
        callbacks_.push_back({this, label, std::move(action)});
        cairn_object* ref =
            cairn_weakref_new(referent, &run_callback, argument, &callbacks_.back());
        EXPECT_NE(ref, nullptr);
        return ref;
    }

    /// The callback itself and its user data, for tests that call the library on their own.
    static cairn_weakref_fn callback() { return &run_callback; }
    void* callback_data(const std::string& label, Action action = nullptr) {
        callbacks_.push_back({this, label, std::move(action)});
        return &callbacks_.back();
    }

    /// Label of the referent, "-" if the reference is cleared.
    std::string deref(cairn_object* ref) {
        cairn_object* object = cairn_weakref_get(ref);
        if (object == nullptr) {
            return "-";
        }
        std::string result = label_of(object);
        cairn_decref(object);
        return result;
    }

    // Collecting and looking.

    size_t collect(int generation = 2) {
        size_t found = SIZE_MAX;
        EXPECT_EQ(cairn_gc_collect(heap, generation, &found), CAIRN_OK);
        return found;
    }

    /// Labels of the labelled objects in a list, sorted. Releases the list.
    std::string labels(cairn_objects* objects) {
        std::vector<std::string> names;
        for (size_t i = 0; i < objects->count; ++i) {
            if (!cairn_is_weakref(objects->items[i])) {
                names.push_back(label_of(objects->items[i]));
            }
        }
        cairn_objects_release(heap, objects);
        std::sort(names.begin(), names.end());
        return join(names, " ");
    }

    /// Labels of the tracked objects in a generation.
    std::string objects(int generation = -1) {
        cairn_objects list = {};
        EXPECT_EQ(cairn_get_objects(heap, generation, &list), CAIRN_OK);
        return labels(&list);
    }

    std::string referrers(const std::vector<cairn_object*>& targets) {
        cairn_objects list = {};
        EXPECT_EQ(cairn_get_referrers(heap, targets.data(), targets.size(), &list), CAIRN_OK);
        return labels(&list);
    }

    /// Labels of what `object` refers to, in traversal order.
    std::string referents(cairn_object* object) {
        cairn_objects list = {};
        EXPECT_EQ(cairn_get_referents(object, &list), CAIRN_OK);
        std::vector<std::string> names;
        for (size_t i = 0; i < list.count; ++i) {
            names.push_back(label_of(list.items[i]));
        }
        cairn_objects_release(heap, &list);
        return join(names, " ");
    }

    std::string label_of(cairn_object* object) {
        if (cairn_is_weakref(object)) {
            return "weakref";
        }
        return names_[reinterpret_cast<Labelled*>(object)->label];
    }

    // The log.

    void note(const std::string& event) { log_.push_back(event); }

    /// The events since the last call, in order.
    std::string take_log() { return join(std::exchange(log_, {}), ", "); }

    /// The events since the last call, sorted: for what comes in no promised order.
    std::string take_sorted_log() {
        std::sort(log_.begin(), log_.end());
        return take_log();
    }

    [[nodiscard]] size_t count_events(const std::string& event) const {
        return static_cast<size_t>(std::count(log_.begin(), log_.end(), event));
    }

    [[nodiscard]] const std::vector<std::string>& log() const { return log_; }

    cairn_heap_usage usage() {
        cairn_heap_usage result = {};
        cairn_heap_get_usage(heap, &result);
        return result;
    }

    CountingAllocator memory;
    cairn_heap* heap = nullptr;
    std::vector<Unraisable> unraisables;
    bool log_deaths = true;

  private:
    struct Callback {
        World* world;
        std::string label;
        Action action;
    };

    static std::string join(const std::vector<std::string>& words, const char* separator) {
        std::string text;
        for (const std::string& word : words) {
            text += text.empty() ? "" : separator;
            text += word;
        }
        return text;
    }

    size_t label_index(const std::string& label) {
        const auto [at, added] = indices_.try_emplace(label, names_.size());
        if (added) {
            names_.push_back(label);
        }
        return at->second;
    }

    static World* world_of(cairn_object* self) {
        return static_cast<World*>(cairn_type_user_data(cairn_type_of(self)));
    }

    static cairn_status run_finalizer(cairn_object* self) {
        World* world = world_of(self);
        const std::string label = world->label_of(self);
        world->note("fin " + label);
        const auto found = world->finalizers_.find(label);
        if (found == world->finalizers_.end() || found->second == nullptr) {
            return CAIRN_OK;
        }
        const Action action = found->second;  // The action may replace itself.
        return action(self);
    }

    static cairn_status run_callback(cairn_object* ref, cairn_object*, void* user_data) {
        auto* callback = static_cast<Callback*>(user_data);
        callback->world->note("cb " + callback->label);
        return callback->action == nullptr ? CAIRN_OK : callback->action(ref);
    }

    static void log_death(cairn_object* self) {
        World* world = world_of(self);
        if (world->log_deaths) {
            world->note("dealloc " + world->names_[reinterpret_cast<Labelled*>(self)->label]);
        }
    }

    static void log_unraisable(cairn_heap*,
                               cairn_place place,
                               cairn_status status,
                               cairn_object* object,
                               void* user_data) {
        static constexpr const char* kPlaces[] = {"finalizer", "callback", "registered", "gc"};
        auto* world = static_cast<World*>(user_data);
        world->unraisables.push_back({place, status, object});
        world->note(std::string("unraisable ") + kPlaces[place]);
    }

    static void traverse_node(cairn_object* self, cairn_visit_fn visit, void* visit_data) {
        for (size_t i = 0; i < kSlots; ++i) {
            visit(get(self, i), visit_data);
        }
    }

    static void clear_node(cairn_object* self) {
        for (size_t i = 0; i < kSlots; ++i) {
            cairn_clear(slot(self, i));
        }
    }

    void make_types() {
        cairn_type_spec spec = node_spec("plain");
        plain = type(spec);
        spec.name = "logged";
        spec.dealloc = &log_death;
        logged = type(spec);
        spec.name = "by_hand";
        spec.flags = CAIRN_TYPE_TRACK_BY_HAND;
        by_hand = type(spec);
        spec.name = "fin";
        spec.flags = 0;
        spec.finalize = &run_finalizer;
        fin = type(spec);
        spec.name = "custom";
        spec.slots_offset = 0;
        spec.slot_count = 0;
        spec.traverse = &traverse_node;
        spec.clear = &clear_node;
        custom = type(spec);
        spec = leaf_spec("leaf");
        spec.dealloc = &log_death;
        leaf = type(spec);
        spec.name = "leaf_fin";
        spec.finalize = &run_finalizer;
        leaf_fin = type(spec);
        spec = array_spec("array");
        spec.dealloc = &log_death;
        array = type(spec);
    }

    std::deque<Callback> callbacks_;
    std::map<std::string, Action> finalizers_;
    std::map<std::string, size_t> indices_{{"?", 0}};
    std::deque<std::string> names_{"?"};
    std::vector<std::string> log_;
};

}  // namespace cairn_test

#endif
