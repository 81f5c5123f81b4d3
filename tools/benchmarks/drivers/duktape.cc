// SPDX-License-Identifier: MIT
// Duktape, through its C API: a plain object with four properties. The places are an array, so
// that every node has a reference from one container. It counts references, and marks and sweeps
// for cycles; its own voluntary collections cannot be switched off.

#include <duktape.h>

#include "services.h"

namespace {

// Duktape's own default functions, and a count of the blocks that are alive.

size_t blocks = 0;

void* allocate(void*, size_t size) {
    ++blocks;
    return std::malloc(size);
}

void release(void*, void* block) {
    blocks -= block != nullptr;
    std::free(block);
}

void* reallocate(void* udata, void* block, size_t size) {
    if (size == 0) {
        release(udata, block);
        return nullptr;
    }
    blocks += block == nullptr;
    return std::realloc(block, size);
}

class Duktape {
  public:
    static constexpr bool kCounted = true;
    using Handle = int;  // nodes under construction lie on Duktape's stack, the newest on top

    Duktape() : duktape_(duk_create_heap(allocate, reallocate, release, nullptr, nullptr)) {
        bench::expect(duktape_ != nullptr && duk_check_stack(duktape_, 100), "a Duktape heap");
        // One node stays, so that the strings that name its properties do.
        duk_push_global_stash(duktape_);
        new_node();
        duk_put_prop_literal(duktape_, -2, "node");
    }

    void places(size_t n) {
        duk_set_top(duktape_, 0);
        duk_push_array(duktape_);
        for (size_t i = 0; i < n; ++i) {
            clear(i);
        }
        collect();
        base_blocks_ = blocks;
    }
    void make(size_t i) {
        new_node();
        duk_put_prop_index(duktape_, 0, static_cast<duk_uarridx_t>(i));
    }
    void clear(size_t i) {
        duk_push_undefined(duktape_);
        duk_put_prop_index(duktape_, 0, static_cast<duk_uarridx_t>(i));
    }
    void make_and_drop() {
        new_node();
        duk_pop(duktape_);
    }

    Handle tree_node() {
        new_node();
        return 0;
    }
    void tree_adopt(Handle, unsigned slot, Handle) { put_slot(slot); }
    void tree_drop(Handle) { duk_pop(duktape_); }

    void link(size_t i, unsigned slot, size_t j) {
        duk_get_prop_index(duktape_, 0, static_cast<duk_uarridx_t>(i));
        duk_get_prop_index(duktape_, 0, static_cast<duk_uarridx_t>(j));
        put_slot(slot);
        duk_pop(duktape_);
    }

    size_t collect() {
        duk_gc(duktape_, 0);
        return bench::kUnknown;
    }
    // A node is two blocks: the object and its table of properties.
    size_t live() { return (blocks - base_blocks_) / 2; }
    bool hold(const std::string& holder, size_t) {
        return holder == "container" || holder == "few";
    }
    void let_go() {}

  private:
    void new_node() {
        duk_push_object(duktape_);
        for (unsigned slot = 0; slot < bench::kSlots; ++slot) {
            duk_push_null(duktape_);
            put_slot(slot);
        }
        duk_push_uint(duktape_, 0);
        duk_put_prop_literal(duktape_, -2, "payload");
    }
    /// Moves what is on top of the stack into a slot of the node below it.
    void put_slot(unsigned slot) {
        if (slot == 0) {
            duk_put_prop_literal(duktape_, -2, "a");
        } else if (slot == 1) {
            duk_put_prop_literal(duktape_, -2, "b");
        } else {
            duk_put_prop_literal(duktape_, -2, "c");
        }
    }

    duk_context* duktape_;
    size_t base_blocks_ = 0;
};

}  // namespace

int main(int argc, char** argv) {
    return bench::drive<Duktape>(argc, argv);
}
