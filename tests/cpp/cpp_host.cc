// SPDX-License-Identifier: MIT
// A host in C++17 without exceptions: owned, borrowed, slots, and types from member pointers.
#include <cstdio>
#include <cstdlib>

#include "cairn/cairn.hpp"
#include "cairn/testing.h"
#ifdef __unix__
#include "../misuse/is_reported.h"
#endif

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

struct Node {
    cairn_object head;
    cairn::slot<Node> left;
    cairn::slot<Node> right;
    cairn::slot<cairn_object> any[2];
    int number;
};

struct List {
    cairn_object head;
    cairn_buffer items;
};

cairn_status end_node(Node& self) noexcept {
    finalized += self.number;
    return CAIRN_OK;
}

void free_node(Node&) noexcept {
    ++deallocated;
}

cairn::owned<Node> pair_of(const cairn::type<Node>& type, cairn::borrowed<Node> left) {
    cairn::owned<Node> result = type.make();
    result->left = left;
    return result;
}

void ownership(const cairn::type<Node>& type) {
    cairn::owned<Node> a = type.make();
    a->number = 1;
    check(cairn_refcount(a.object()) == 1, "made with one reference");
    cairn::owned<Node> b = pair_of(type, a);
    check(cairn_refcount(a.object()) == 2, "a borrowed reference is shared by a slot");
    cairn::owned<Node> c = a.share();
    check(cairn_refcount(a.object()) == 3, "share() adds a reference");
    b->right = std::move(c);
    check(!c, "what was moved is empty");  // NOLINT(bugprone-use-after-move): tested
    check(cairn_refcount(a.object()) == 3, "a slot takes over what is moved");
    b->any[1] = cairn::borrowed<cairn_object>::of(a.object());
    check(cairn_refcount(a.object()) == 4, "any object");
    cairn::owned<Node> taken = b->left.take();
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
    Node* given = b.release();
    check(!b, "released");
    b = cairn::owned<Node>::adopt(given);
    b->left = b;
    check(cairn_refcount(b.object()) == 2, "a cycle");
}

void limits() {
    cairn::heap small = cairn::heap_builder().memory_limit(200'000).build();
    const cairn::type<Node> type =
        cairn::type_builder<Node>("node").slots(&Node::left, &Node::right, &Node::any).build(small);
    check(static_cast<bool>(small) && static_cast<bool>(type), "a small heap");
    cairn::owned<Node> all;
    size_t made = 0;
    for (cairn::owned<Node> next = type.make(); next; next = type.make(), ++made) {
        next->left = std::move(all);
        all = std::move(next);
    }
    check(made > 500, "an empty owned says that memory is out");
}

void empty_ones() {
    cairn_heap_options wrong;
    cairn_heap_options_init(&wrong);
    wrong.flags = UINT32_MAX;
    const cairn::heap none(&wrong);
    check(!none, "wrong options make no heap");
    const cairn::type<Node> type = cairn::type_builder<Node>("node").slots(&Node::left).build(none);
    check(!type && !type.make() && !type.make_var(0), "nor a type and objects");
}

cairn::heap* closed_inside = nullptr;
size_t result_inside = 0;

cairn_status close_heap(Node&) noexcept {
    result_inside = closed_inside->close();
    return CAIRN_OK;
}

void close_inside_a_finalizer() {
    cairn::heap heap;
    closed_inside = &heap;
    const cairn::type<Node> type =
        cairn::type_builder<Node>("node").slots(&Node::left).finalize<close_heap>().build(heap);
    cairn::owned<Node> a = type.make();
    a = nullptr;
    check(result_inside == SIZE_MAX && heap.get() != nullptr, "a heap that is not freed stays");
    check(heap.close() == 0 && !heap, "and is freed later");
}

#if defined(__unix__) && CAIRN_CHECK_LEVEL > 0
void misuse(const cairn::type<Node>& type) {
    cairn::heap other;
    const cairn::type<Node> of_other =
        cairn::type_builder<Node>("node").slots(&Node::left).build(other);
    cairn::owned<Node> a = type.make();
    cairn::owned<Node> b = of_other.make();
    check(is_reported("another heap", [&] { a->left = b.share(); }), "a store of another heap's");
    check(is_reported("freed",
                      [&] {
                          Node* freed = a.get_raw();
                          a = nullptr;
                          freed->left = type.make();
                      }),
          "a store into a freed object");
    check(is_reported("freed",
                      [&] {
                          Node* freed = a.get_raw();
                          a = nullptr;
                          (void)freed->left.take();
                      }),
          "a take from a freed object");
}
#else
void misuse(const cairn::type<Node>&) {}
#endif

}  // namespace

int main() {
    cairn::heap heap;
    auto builder = cairn::type_builder<Node>("node");
    builder.slots(&Node::left, &Node::right, &Node::any).finalize<end_node>().dealloc<free_node>();
    check(builder.problem() == nullptr, "a good description");
    const cairn::type<Node> type = builder.build(heap);
    auto wrong = cairn::type_builder<Node>("wrong");
    wrong.slots(&Node::right, &Node::left);
    check(wrong.problem() != nullptr && !wrong.build(heap), "slots out of order");
    const cairn::type<List> lists =
        cairn::type_builder<List>("list").buffer<cairn::slot<Node>>(&List::items).build(heap);
    ownership(type);
    size_t found = 0;
    check(cairn_gc_collect(heap.get(), 2, &found) == CAIRN_OK && found == 1, "the cycle is found");
    {
        cairn::owned<List> l = lists.make();
        check(cairn_buffer_resize(l.object(), 3) == CAIRN_OK, "a buffer");
        static_cast<cairn::slot<Node>*>(l->items.records)[2] = type.make();
        check(!type.cast(cairn::borrowed<cairn_object>::of(l.object())), "a list is no node");
        check(static_cast<bool>(lists.cast(cairn::borrowed<cairn_object>::of(l.object()))),
              "it is a list");
    }
    limits();
    empty_ones();
    close_inside_a_finalizer();
    misuse(type);
    check(cairn_verify_for_testing(heap.get()) == 1, "the heap is consistent");
    check(heap.close() == 0, "nothing leaks");
    return failures == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
