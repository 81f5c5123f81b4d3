// SPDX-License-Identifier: MIT
// std::shared_ptr, made with make_shared. With CAIRN_BENCH_ATOMIC the process has had a second
// thread, so that libstdc++ counts with atomic instructions.

#include <cstring>
#include <memory>
#include <new>
#include <thread>

#include "services.h"

namespace {

struct Node {
    std::shared_ptr<Node> slots[bench::kSlots];
    uint64_t payload = 0;
};

class SharedPtr {
  public:
    static constexpr bool kCounted = true;
    static constexpr bool kCallbacks = false;
    using Handle = std::shared_ptr<Node>;

    SharedPtr() {
#ifdef CAIRN_BENCH_ATOMIC
        std::thread([] {}).join();
#endif
    }

    void places(size_t n) {
        places_.clear();
        places_.resize(n);
    }
    void make(size_t i) {
        places_[i] = std::make_shared<Node>();
    }
    void clear(size_t i) {
        places_[i].reset();
    }
    void make_and_drop() {
        const std::shared_ptr<Node> node = std::make_shared<Node>();
        bench::keep(node.get());
    }

    Handle tree_node() {
        return std::make_shared<Node>();
    }
    void tree_adopt(Handle& parent, unsigned slot, Handle child) {
        parent->slots[slot] = std::move(child);
    }
    void tree_drop(Handle tree) {
        tree.reset();
    }
    void link(size_t i, unsigned slot, size_t j) {
        places_[i]->slots[slot] = places_[j];
    }

    // A reference is a copy of the pointer: it is made into, and destroyed in, raw memory.
    std::shared_ptr<Node>* node(size_t i) {
        return &places_[i];
    }
    static void incref(std::shared_ptr<Node>* pointer) {
        new (scratch_) std::shared_ptr<Node>(*pointer);
    }
    static void decref(std::shared_ptr<Node>* pointer) {
        // Destroying any copy drops one reference of what both point to.
        auto* copy = reinterpret_cast<std::shared_ptr<Node>*>(scratch_);
        std::memcpy(static_cast<void*>(copy), pointer, sizeof(*pointer));
        copy->~shared_ptr();
    }

    void weak_places(size_t n) {
        weak_.clear();
        weak_.resize(n);
    }
    void make_referable(size_t i) {
        make(i);
    }
    void weak_make(size_t i, size_t k, bool) {
        weak_[k] = places_[i];
    }
    void weak_clear(size_t k) {
        weak_[k].reset();
    }
    bool weak_read(size_t k) {
        return weak_[k].lock() != nullptr;
    }
    size_t callbacks() {
        return 0;
    }

  private:
    alignas(std::shared_ptr<Node>) static unsigned char scratch_[sizeof(std::shared_ptr<Node>)];
    std::vector<std::shared_ptr<Node>> places_;
    std::vector<std::weak_ptr<Node>> weak_;
};

alignas(std::shared_ptr<Node>) unsigned char SharedPtr::scratch_[sizeof(std::shared_ptr<Node>)];

}  // namespace

int main(int argc, char** argv) {
    return bench::drive<SharedPtr>(argc, argv);
}
