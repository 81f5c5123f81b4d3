// SPDX-License-Identifier: MIT
// A host in C++17 without exceptions: owned, borrowed, slots, and types from member pointers.
#include <cstdio>
#include <cstdlib>

#include "cairn/cairn.hpp"
#include "cairn/testing.h"

namespace {

int failures = 0;
int finalized = 0;
int deallocated = 0;

void check(bool holds, const char* what) {
    if (!holds) {
        std::printf("failed: %s\n", what);
        ++failures;
    }
}

struct node {
    cairn_object head;
    cairn::slot<node> left;
    cairn::slot<node> right;
    cairn::slot<cairn_object> any[2];
    int number;
};

struct list {
    cairn_object head;
    cairn_buffer items;
};

cairn_status end_node(node& self) noexcept {
    finalized += self.number;
    return CAIRN_OK;
}

void free_node(node&) noexcept {
    ++deallocated;
}

cairn::owned<node> pair_of(const cairn::type<node>& type, cairn::borrowed<node> left) {
    cairn::owned<node> result = type.make();
    result->left = left;
    return result;
}

void ownership(const cairn::type<node>& type) {
    cairn::owned<node> a = type.make();
    a->number = 1;
    check(cairn_refcount(a.object()) == 1, "made with one reference");
    cairn::owned<node> b = pair_of(type, a);
    check(cairn_refcount(a.object()) == 2, "a borrowed reference is shared by a slot");
    cairn::owned<node> c = a.share();
    check(cairn_refcount(a.object()) == 3, "share() adds a reference");
    b->right = std::move(c);
    check(!c && cairn_refcount(a.object()) == 3, "a slot takes over what is moved");
    b->any[1] = cairn::borrowed<cairn_object>::of(a.object());
    check(cairn_refcount(a.object()) == 4, "any object");
    cairn::owned<node> taken = b->left.take();
    check(!b->left && taken.get_raw() == a.get_raw(), "take() moves out of a slot");
    taken = nullptr;
    b->left = b->right;
    check(cairn_refcount(a.object()) == 4 && b->left.get() == b->right.get(), "slot to slot");
    b->left = nullptr;
    b->right = nullptr;
    b->any[1] = nullptr;
    check(cairn_refcount(a.object()) == 1, "empty slots hold nothing");
    a = nullptr;
    check(finalized == 1 && deallocated == 1, "the finalizer and dealloc have run");
    // To C code and back.
    node* given = b.release();
    check(!b, "released");
    b = cairn::owned<node>::adopt(given);
    b->left = b;
    check(cairn_refcount(b.object()) == 2, "a cycle");
}

void limits() {
    cairn::heap small = cairn::heap_builder().memory_limit(200'000).build();
    const cairn::type<node> type =
        cairn::type_builder<node>("node").slots(&node::left, &node::right, &node::any).build(small);
    check(bool(small) && bool(type), "a small heap");
    cairn::owned<node> all;
    size_t made = 0;
    for (cairn::owned<node> next = type.make(); next; next = type.make(), ++made) {
        next->left = std::move(all);
        all = std::move(next);
    }
    check(made > 500, "an empty owned says that memory is out");
}

}  // namespace

int main() {
    cairn::heap heap;
    auto builder = cairn::type_builder<node>("node");
    builder.slots(&node::left, &node::right, &node::any).finalize<end_node>().dealloc<free_node>();
    check(builder.problem() == nullptr, "a good description");
    const cairn::type<node> type = builder.build(heap);
    auto wrong = cairn::type_builder<node>("wrong");
    wrong.slots(&node::right, &node::left);
    check(wrong.problem() != nullptr && !wrong.build(heap), "slots out of order");
    const cairn::type<list> lists =
        cairn::type_builder<list>("list").buffer<cairn::slot<node>>(&list::items).build(heap);
    ownership(type);
    size_t found = 0;
    check(cairn_gc_collect(heap.get(), 2, &found) == CAIRN_OK && found == 1, "the cycle is found");
    {
        cairn::owned<list> l = lists.make();
        check(cairn_buffer_resize(l.object(), 3) == CAIRN_OK, "a buffer");
        static_cast<cairn::slot<node>*>(l->items.records)[2] = type.make();
        check(!type.cast(cairn::borrowed<cairn_object>::of(l.object())), "a list is no node");
        check(bool(lists.cast(cairn::borrowed<cairn_object>::of(l.object()))), "it is a list");
    }
    limits();
    check(cairn_verify_for_testing(heap.get()) == 1, "the heap is consistent");
    check(heap.close() == 0, "nothing leaks");
    return failures == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
