// SPDX-License-Identifier: MIT
// The Boehm-Demers-Weiser collector: 32 bytes a node, no header, no count. The places are one
// uncollectable array. Sweeping is lazy: the allocations after a collection pay for it.

#include <cstring>
#include <gc.h>
#include <gc/gc_mark.h>

#include "services.h"

namespace {

struct Node {
    Node* slots[bench::kSlots];
    uint64_t payload;
};

void count_node(void*, size_t bytes, void* count) {
    if (bytes == sizeof(Node)) {
        ++*static_cast<size_t*>(count);
    }
}

void* count_marked(void* count) {
    GC_enumerate_reachable_objects_inner(count_node, count);
    return nullptr;
}

/// Overwrites what finished calls left on the stack, where the collector would take it for
/// references.
__attribute__((noinline)) void wipe_stack() {
    unsigned char stale[8192];
    std::memset(stale, 0, sizeof(stale));
    bench::keep(&stale[0]);
}

class Libgc {
  public:
    static constexpr bool kCounted = false;
    using Handle = Node*;

    Libgc() {
        setenv("GC_MARKERS", "1", 1);     // One thread, whose time is what is measured.
        GC_set_all_interior_pointers(0);  // Otherwise 32 bytes would take 48.
        GC_set_no_dls(1);                 // Its own variables happen to look like references.
        GC_INIT();
        GC_disable();
    }

    void places(size_t n) {
        if (places_ != nullptr) {
            GC_FREE(places_);
        }
        // The nodes' own size is avoided, so that they can be told apart.
        places_ = static_cast<Node**>(GC_MALLOC_UNCOLLECTABLE((n + 16) * sizeof(Node*)));
        for (size_t i = 0; i < n + 16; ++i) {
            places_[i] = nullptr;
        }
    }
    void make(size_t i) { places_[i] = tree_node(); }
    void clear(size_t i) { places_[i] = nullptr; }
    void make_and_drop() { bench::keep(tree_node()); }

    Handle tree_node() { return static_cast<Node*>(GC_MALLOC(sizeof(Node))); }
    void tree_adopt(Handle parent, unsigned slot, Handle child) { parent->slots[slot] = child; }
    void tree_drop(Handle) {}
    void link(size_t i, unsigned slot, size_t j) { places_[i]->slots[slot] = places_[j]; }

    size_t collect() {
        const bool was_disabled = GC_is_disabled();
        if (was_disabled) {
            GC_enable();
        }
        wipe_stack();
        GC_gcollect();
        if (was_disabled) {
            GC_disable();
        }
        return bench::kUnknown;
    }
    size_t live() {
        collect();
        size_t count = 0;
        GC_call_with_alloc_lock(count_marked, &count);
        return count;
    }
    /// Up to a page of free nodes that the allocator has at hand counts as live.
    static constexpr size_t kLiveSlack = 128;
    void automatic(bool on) { on == !GC_is_disabled() ? void() : on ? GC_enable() : GC_disable(); }
    bool hold(const std::string& holder, size_t) {
        return holder == "container" || holder == "few";
    }
    void let_go() {}

  private:
    Node** places_ = nullptr;
};

}  // namespace

int main(int argc, char** argv) {
    return bench::drive<Libgc>(argc, argv);
}
