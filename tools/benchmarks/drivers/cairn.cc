// SPDX-License-Identifier: MIT
// Cairn, through its public headers: three slots and a payload of 8 bytes, 48 bytes in all.

#include <cairn/cairn.h>
#include <cstdlib>

#include "services.h"

namespace {

struct Node {
    cairn_object head;
    cairn_object* slots[bench::kSlots];
    uint64_t payload;
};
static_assert(sizeof(Node) == 48);

struct List {
    cairn_object head;
    size_t count;
    cairn_object* items[1];
};

size_t callbacks_seen = 0;
size_t full_collections = 0;
uint64_t full_collections_ns = 0;

cairn_status note_collection(cairn_heap*, cairn_gc_phase phase, const cairn_gc_info* info, void*) {
    if (phase == CAIRN_GC_STOP && info->generation == 2) {
        ++full_collections;
        full_collections_ns += info->duration_ns;
    }
    return CAIRN_OK;
}

cairn_status count_callback(cairn_object*, cairn_object*, void*) {
    ++callbacks_seen;
    return CAIRN_OK;
}

class Cairn {
  public:
    static constexpr bool kCounted = true;
    static constexpr bool kCallbacks = true;
    using Handle = cairn_object*;

    Cairn() : heap_(make_heap()) {
        bench::expect(heap_ != nullptr, "a heap is made");
        cairn_gc_disable(heap_);
        cairn_type_spec node = {};
        node.name = "node";
        node.object_size = sizeof(Node);
        node.slots_offset = offsetof(Node, slots);
        node.slot_count = bench::kSlots;
        cairn_type_spec list = {};
        list.name = "list";
        list.flags = CAIRN_TYPE_ITEMS_ARE_SLOTS;
        list.object_size = offsetof(List, items);
        list.item_size = sizeof(cairn_object*);
        list.item_count_offset = offsetof(List, count);
        bench::expect(cairn_type_new(heap_, &node, &node_type_) == CAIRN_OK, "type node");
        bench::expect(cairn_type_new(heap_, &list, &list_type_) == CAIRN_OK, "type list");
    }

    void places(size_t n) { places_.assign(n, nullptr); }
    void make(size_t i) { places_[i] = cairn_new(node_type_); }
    void clear(size_t i) { cairn_clear(&places_[i]); }
    void make_and_drop() { cairn_decref(cairn_new(node_type_)); }

    Handle tree_node() { return cairn_new(node_type_); }
    void tree_adopt(Handle parent, unsigned slot, Handle child) {
        reinterpret_cast<Node*>(parent)->slots[slot] = child;
    }
    void tree_drop(Handle tree) { cairn_decref(tree); }

    void link(size_t i, unsigned slot, size_t j) {
        reinterpret_cast<Node*>(places_[i])->slots[slot] = cairn_new_ref(places_[j]);
    }

    size_t collect() {
        size_t found = 0;
        bench::expect(cairn_gc_collect(heap_, 2, &found) == CAIRN_OK, "a full collection");
        return found;
    }
    size_t live() {
        cairn_heap_usage usage = {};
        cairn_heap_get_usage(heap_, &usage);
        return usage.objects - (container_ != nullptr);
    }
    size_t used_bytes() {
        cairn_heap_usage usage = {};
        cairn_heap_get_usage(heap_, &usage);
        return usage.object_bytes + usage.table_bytes;
    }
    void watch_full_collections() {
        bench::expect(cairn_gc_callback_add(heap_, note_collection, nullptr) == CAIRN_OK,
                      "a callback");
    }
    /// Those that have ended since then, on average; 0: there was none.
    double full_collection_ns() {
        const auto count = static_cast<double>(std::exchange(full_collections, 0));
        const auto ns = static_cast<double>(std::exchange(full_collections_ns, 0));
        return count == 0 ? 0 : ns / count;
    }
    /// All slices of a full collection, with nothing between them. False: there is no pause target.
    bool collect_in_slices() {
        const uint64_t target = cairn_gc_pause_target(heap_);
        int done = target == 0 ? 1 : 0;
        while (done == 0) {
            bench::expect(cairn_gc_step(heap_, target, &done) == CAIRN_OK, "a slice");
        }
        return target != 0;
    }
    /// With the pause target that the environment names.
    void automatic(bool on) {
        const char* target = std::getenv("CAIRN_BENCH_PAUSE_TARGET");
        if (on && target != nullptr) {
            bench::expect(
                cairn_gc_set_pause_target(heap_, std::strtoull(target, nullptr, 10)) == CAIRN_OK,
                "a pause target");
        }
        on ? cairn_gc_enable(heap_) : cairn_gc_disable(heap_);
    }

    bool hold(const std::string& holder, size_t step) {
        if (holder.rfind("container", 0) == 0) {
            container_ = cairn_new_var(list_type_, places_.size());
            bench::expect(container_ != nullptr, "a container");
            auto* list = reinterpret_cast<List*>(container_);
            for (size_t i = 0; i < places_.size(); ++i) {
                list->items[i] = std::exchange(places_[i], nullptr);
            }
        }
        if (holder == "container-declared") {
            declare(&container_);
        } else if (holder == "few-declared") {
            for (size_t i = 0; i < places_.size(); i += step) {
                declare(&places_[i]);
            }
        }
        return true;
    }
    void let_go() {
        for (cairn_object* const* location : declared_) {
            bench::expect(cairn_root_remove(heap_, location) == CAIRN_OK, "a root is removed");
        }
        declared_.clear();
        cairn_clear(&container_);
    }

    void freeze() { cairn_gc_freeze(heap_); }

    cairn_object* node(size_t i) { return places_[i]; }
    static void incref(cairn_object* object) { cairn_incref(object); }
    static void decref(cairn_object* object) { cairn_decref(object); }

    void weak_places(size_t n) { weak_.assign(n, nullptr); }
    void make_referable(size_t i) { make(i); }
    void weak_make(size_t i, size_t k, bool callback) {
        weak_[k] =
            cairn_weakref_new(places_[i], callback ? count_callback : nullptr, nullptr, nullptr);
    }
    void weak_clear(size_t k) { cairn_clear(&weak_[k]); }
    bool weak_read(size_t k) {
        cairn_object* referent = cairn_weakref_get(weak_[k]);
        if (referent == nullptr) {
            return false;
        }
        cairn_decref(referent);
        return true;
    }
    size_t callbacks() { return callbacks_seen; }

    size_t referrers(size_t first, size_t count) {
        cairn_objects list = {};
        bench::expect(cairn_get_referrers(heap_, &places_[first], count, &list) == CAIRN_OK,
                      "referrers");
        return release(list);
    }
    size_t all_objects() {
        cairn_objects list = {};
        bench::expect(cairn_get_objects(heap_, -1, &list) == CAIRN_OK, "all objects");
        return release(list);
    }

  private:
    /// The environment says whether its memory is to come in huge pages.
    static cairn_heap* make_heap() {
        cairn_heap_options options;
        cairn_heap_options_init(&options);
        options.flags =
            std::getenv("CAIRN_BENCH_HUGE_PAGES") != nullptr ? CAIRN_HEAP_HUGE_PAGES : 0;
        return cairn_heap_new(&options);
    }

    void declare(cairn_object* const* location) {
        bench::expect(cairn_root_add(heap_, location) == CAIRN_OK, "a root is declared");
        declared_.push_back(location);
    }
    size_t release(cairn_objects& list) {
        const size_t count = list.count;
        cairn_objects_release(heap_, &list);
        return count;
    }

    cairn_heap* heap_;
    cairn_type* node_type_ = nullptr;
    cairn_type* list_type_ = nullptr;
    cairn_object* container_ = nullptr;
    std::vector<cairn_object*> places_;
    std::vector<cairn_object*> weak_;
    std::vector<cairn_object* const*> declared_;
};

}  // namespace

int main(int argc, char** argv) {
    return bench::drive<Cairn>(argc, argv);
}
