// SPDX-License-Identifier: MIT
/// The verifier finds what it looks for: each test breaks one thing inside a heap that is in order,
/// sees the report, and puts the thing back.
#include "buffer_list.h"
#include "finalize/queue.h"
#include "finalize/registry.h"
#include "heap/heap.h"
#include "heap_test.h"
#include "object/header.h"
#include "weakref/weakmap.h"

namespace cairn_test {
namespace {

class VerifierTest : public BufferTest {
  protected:
    explicit VerifierTest(uint32_t flags = 0) : BufferTest(flags) {}

    /// Sets `place` to `broken`, expects a report with `text`, and sets it back.
    template <typename T>
    void expect_report(T& place, std::type_identity_t<T> broken, const char* text) {
        const T was = place;
        place = broken;
        expect_report(text);
        place = was;
        EXPECT_TRUE(verify()) << text;
    }

    void expect_report(const char* text) {
        testing::internal::CaptureStderr();
        EXPECT_FALSE(verify()) << text;
        const std::string report = testing::internal::GetCapturedStderr();
        EXPECT_NE(report.find(text), std::string::npos) << report;
    }

    static uint8_t& side(const cairn_object* object) { return *cairn::side_of(object); }
};

TEST_F(VerifierTest, Segments) {
    cairn_object* a = make(plain, "a");
    cairn::Segment* segment = cairn::segment_of(a);
    expect_report(segment->heap, nullptr, "is linked wrongly");
    const uint64_t bit = uint64_t{1} << cairn::page_index_of(a);
    expect_report(segment->free_pages, segment->free_pages | bit, "free pages do not match");
    expect_report(heap->memory.object_bytes, 1, "but 1 are counted");
    expect_report(segment->young_pages, 0, "its page is not marked for its generation");
    cairn_decref(a);
}

TEST_F(VerifierTest, FreeCells) {
    std::vector<cairn_object*> all;
    for (int i = 0; i < 300; ++i) {
        all.push_back(make(plain, "a"));
    }
    cairn::Page* page = cairn::page_of(all[0]);
    cairn_object* kept = all.back();
    all.pop_back();
    for (cairn_object* object : all) {
        cairn_decref(object);
    }
    cairn::FreeCell* first = page->free;
    ASSERT_NE(first, nullptr);
    cairn::FreeCell* second = cairn::next_free(first);
    ASSERT_NE(second, nullptr);
    expect_report(*cairn::side_of(first), cairn::kYoung, "is not a free cell of that bin");
    expect_report(*cairn::side_of(first), cairn::kYoung, "has side byte 1");
    cairn::FreeCell* third = cairn::next_free(second);
    cairn::set_next_free(second, first);
    expect_report("is twice in a free list");
    cairn::set_next_free(second, nullptr);
    expect_report(" listed");
    cairn::set_next_free(second, third);
    EXPECT_TRUE(verify());
    cairn::Bin* other = heap->space.first_bin();
    while (other == page->bin || other->cell_size < page->cell_size) {
        other = other->next;
    }
    expect_report(page->bin, other, "is in the list of another bin");
    ASSERT_EQ(page->bin->current, page);
    expect_report(page->is_available, false, "is taken from, and would be offered");
    cairn_decref(kept);
}

TEST_F(VerifierTest, SideBytes) {
    cairn_object* a = make(plain, "a");
    cairn_object* immortal = make(plain, "immortal");
    cairn_make_immortal(immortal);
    expect_report(side(immortal), cairn::kYoung, "of type plain has side byte 1");
    expect_report(a->flags, a->flags | cairn::kUncounted, "is tracked and was not counted");
    expect_report(side(a), cairn::kUnreachable, "outside a collection");
    heap->gc.collecting = true;
    expect_report(side(a), cairn::kUnreachable, "lies in a block that is not examined");
    heap->gc.collecting = false;
    cairn_decref(a);
}

TEST_F(VerifierTest, Headers) {
    cairn_object* a = make(plain, "a");
    cairn_object* b = make(leaf, "b");
    expect_report(b->flags, b->flags | cairn::kContainer, "header, type and page disagree");
    expect_report(a->flags, a->flags | uint32_t{1} << 31, "with a mark that was never made");
    expect_report(heap->made[0], heap->made[0] + 1, "objects are alive");
    cairn_object* items = make_list("list", {"x", "y"});
    expect_report(buffer_in(items).capacity, 1, "whose count is above its capacity");
    cairn_decref(items);
    cairn_decref(a);
    cairn_decref(b);
}

TEST_F(VerifierTest, ReferencesToAnotherHeap) {
    World other;
    cairn_object* a = make(plain, "a");
    cairn_object* foreign = other.make(other.plain, "foreign");
    expect_report(*slot(a, 0), foreign, "which is of another heap");
    cairn_decref(foreign);
    cairn_decref(a);
}

TEST_F(VerifierTest, WeakReferences) {
    cairn_object* a = make(plain, "a");
    cairn_object* b = make(plain, "b");
    cairn_object* ref = weak(a, "one");
    cairn_object* another = weak(a, "other");
    cairn::WeakrefObject* first = cairn::first_weakref(heap, a);
    expect_report(first->previous, first->next, "is linked wrongly");
    expect_report(a->flags, a->flags & ~uint32_t{cairn::kHasWeakrefs}, "has an entry at");
    expect_report(b->flags, b->flags | cairn::kHasWeakrefs, "not in the weak reference table");
    expect_report(a->refcount, 0, "which is free");
    for (cairn_object* object : {a, b, ref, another}) {
        cairn_decref(object);
    }
}

TEST_F(VerifierTest, WeakMaps) {
    cairn_object* map = cairn_weakmap_new(heap, CAIRN_WEAK_VALUE_MAP);
    cairn_object* key = make(plain, "key");
    cairn_object* value = make(plain, "value");
    ASSERT_EQ(cairn_weakmap_set(map, key, value), CAIRN_OK);
    auto* inside = cairn::as_weakmap(map);
    expect_report(inside->table.entries[0].ref->weakref.entry, 1, "and its reference disagree");
    const char* const counted =
        "1 live, 0 dead, 0 left over, 0 removed entries are not what it counts";
    expect_report(inside->length, 2, counted);
    expect_report(inside->left_over, 1, counted);
    cairn_object* by_key = cairn_weakmap_new(heap, CAIRN_WEAK_KEY_MAP);
    cairn_object* text = make(leaf, "text");
    ASSERT_EQ(cairn_weakmap_set(by_key, text, value), CAIRN_OK);
    expect_report(cairn::page_of(text)->holds_keys, false, "is a key, which its page does not say");
    for (cairn_object* object : {key, value, map, by_key, text}) {
        cairn_decref(object);
    }
}

TEST_F(VerifierTest, EntriesThatAreToLeave) {
    cairn_object* set = cairn_weakmap_new(heap, CAIRN_WEAK_SET);
    cairn_object* members[] = {make(plain, "a"), make(plain, "b"), make(plain, "c")};
    for (cairn_object* member : members) {
        ASSERT_EQ(cairn_weakset_add(set, member), CAIRN_OK);
    }
    cairn_weakmap_iterator iterator;
    cairn_weakmap_iterator_open(set, &iterator);
    for (cairn_object* member : members) {
        cairn_decref(member);
    }
    cairn::EntryRef* last = cairn::as_weakmap(set)->pending;
    const char* const wrong = "that is to leave is linked wrongly";
    expect_report(last->weakref.previous, &last->weakref, wrong);
    expect_report(last->weakref.state, last->weakref.state & ~cairn::kIsPending, wrong);
    expect_report(cairn::as_weakmap(set)->table.entries[1].ref->weakref.previous, nullptr, wrong);
    cairn_weakmap_iterator_close(&iterator);
    cairn_decref(set);
}

TEST_F(VerifierTest, RegisteredFinalizers) {
    cairn_object* a = make(plain, "a");
    const auto ignore = [](cairn_object*, void*) { return CAIRN_OK; };
    cairn_object* registered = cairn_finalizer_new(a, ignore, nullptr, nullptr);
    ASSERT_NE(registered, nullptr);
    expect_report(cairn::as_finalizer(registered)->is_alive, false, "is in the list and is not");
    expect_report(heap->newest_finalizer, nullptr, "1 registered finalizers are alive, 0 in");
    cairn_decref(registered);
    cairn_decref(a);
}

TEST_F(VerifierTest, Policy) {
    expect_report(heap->policy.trigger, heap->policy.trigger + 1, "too late");
}

TEST_F(VerifierTest, ManyProblemsMakeFewLines) {
    std::vector<cairn_object*> all;
    for (int i = 0; i < 50; ++i) {
        all.push_back(make(plain, "a"));
        all.back()->flags |= cairn::kUncounted;
    }
    testing::internal::CaptureStderr();
    EXPECT_FALSE(verify());
    const std::string report = testing::internal::GetCapturedStderr();
    EXPECT_EQ(std::count(report.begin(), report.end(), '\n'), 8) << report;
    for (cairn_object* object : all) {
        object->flags &= ~uint32_t{cairn::kUncounted};
        cairn_decref(object);
    }
}

class QueueVerifierTest : public VerifierTest {
  protected:
    QueueVerifierTest() : VerifierTest(CAIRN_HEAP_QUEUE_FINALIZERS) {}
};

TEST_F(QueueVerifierTest, Queue) {
    cairn_object* other = make(plain, "other");
    cairn_object* waits = make(fin, "waits");
    cairn_decref(waits);
    ASSERT_EQ(cairn_finalizers_pending(heap), 1u);
    expect_report(
        waits->flags, waits->flags | cairn::kDying, "waits in the queue and is not alive");
    expect_report(
        waits->flags, waits->flags & ~uint32_t{cairn::kFinalized}, "waits in the queue without");
    expect_report(other->flags, other->flags | cairn::kIsQueued, "1 finalizers wait, 2 objects");
    expect_report(heap->queue.reserved, heap->queue.capacity, "the queue has 16 places for 17");
    expect_report(heap->queue.capacity, 17, "the queue counts 1 of 1 items in 17 places");
    EXPECT_EQ(cairn_finalizers_run(heap, 0, 0), 1u);
    cairn_decref(other);
}

class OrderVerifierTest : public VerifierTest {
  protected:
    OrderVerifierTest() : VerifierTest(CAIRN_HEAP_CPYTHON_ORDER) {}
};

TEST_F(OrderVerifierTest, OrderLists) {
    cairn_object* a = make(plain, "a");
    cairn_object* untracked = make(by_hand, "untracked");
    expect_report(side(a), cairn::kMiddle, "is in the wrong order list");
    expect_report(side(untracked), cairn::kYoung, "2 objects are tracked, 1 in order lists");
    cairn_decref(a);
    cairn_decref(untracked);
}

}  // namespace
}  // namespace cairn_test
