// SPDX-License-Identifier: MIT
/// Garbage that nobody can watch dying is freed at once; where it turns out that somebody can, what
/// was done is undone, and the garbage dies object by object.
#include "heap_test.h"

namespace cairn_test {
namespace {

class PlainGarbageTest : public HeapTest {
  protected:
    PlainGarbageTest() : silent_leaf(type(leaf_spec("silent leaf"))) {}

    static constexpr size_t kMembers = 12;

    /// A ring of plain objects, in the order of their addresses, each of which also refers to a
    /// leaf of its own, to one leaf that all share, and to a live object.
    std::vector<cairn_object*> make_garbage() {
        live = make(plain, "live");
        shared_leaf = make(silent_leaf, "shared");
        std::vector<cairn_object*> ring;
        for (size_t i = 0; i < kMembers; ++i) {
            ring.push_back(make(plain, std::to_string(i)));
            give(ring[i], 1, make(silent_leaf, "own"));
            set(ring[i], 2, shared_leaf);
            set(ring[i], 3, live);
        }
        for (size_t i = 0; i < kMembers; ++i) {
            set(ring[i], 0, ring[(i + 1) % kMembers]);
        }
        return ring;
    }

    static void let_go(const std::vector<cairn_object*>& ring) {
        for (cairn_object* member : ring) {
            cairn_decref(member);
        }
    }

    void expect_only_the_live_are_left() {
        EXPECT_EQ(cairn_refcount(live), 1u);
        EXPECT_EQ(cairn_refcount(shared_leaf), 1u);
        EXPECT_EQ(usage().objects, 2u);
        EXPECT_TRUE(verify());
        cairn_decref(live);
        cairn_decref(shared_leaf);
    }

    cairn_type* silent_leaf;
    cairn_object* live = nullptr;
    cairn_object* shared_leaf = nullptr;
};

TEST_F(PlainGarbageTest, TakesItsLeavesAndItsReferencesWithIt) {
    let_go(make_garbage());
    EXPECT_EQ(collect(), kMembers);
    expect_only_the_live_are_left();
}

TEST_F(PlainGarbageTest, LeafThatOnlyTheGarbageSharedDies) {
    let_go(make_garbage());
    cairn_decref(shared_leaf);
    EXPECT_EQ(collect(), kMembers);
    EXPECT_EQ(usage().objects, 1u);
    EXPECT_EQ(cairn_refcount(live), 1u);
    cairn_decref(live);
}

TEST_F(PlainGarbageTest, AnOldListThatDiesWithItLeavesNoTableBehind) {
    cairn_object* list = nullptr;
    for (int i = 0; i < 100'000; ++i) {
        cairn_object* longer = make(plain, "link");
        give(longer, 0, list);
        list = longer;
    }
    collect();
    const size_t tables = usage().table_bytes;
    cairn_object* young = make(plain, "young");
    set(young, 0, young);
    give(young, 1, list);
    cairn_decref(young);
    EXPECT_EQ(collect(0), 1u);
    EXPECT_EQ(usage().objects, 0u);
    EXPECT_TRUE(verify());
    cairn_heap_trim(heap);
    EXPECT_LE(usage().table_bytes, tables);
}

TEST_F(PlainGarbageTest, ImmortalReferentsAreLeftAlone) {
    const std::vector<cairn_object*> ring = make_garbage();
    cairn_make_immortal(live);
    cairn_make_immortal(shared_leaf);
    let_go(ring);
    EXPECT_EQ(collect(), kMembers);
    EXPECT_EQ(usage().objects, 2u);
    EXPECT_TRUE(cairn_is_immortal(live));
    EXPECT_TRUE(verify());
}

TEST_F(PlainGarbageTest, CellsAreUsedAgain) {
    for (int round = 0; round < 5; ++round) {
        for (int i = 0; i < 2000; ++i) {
            cairn_decref(make_ring(plain, {"a", "b", "c"}));
        }
        EXPECT_EQ(collect(), 6000u);
        EXPECT_EQ(usage().objects, 0u);
        EXPECT_TRUE(verify());
    }
    EXPECT_LT(usage().object_bytes, size_t{1} << 20);
}

/// The member whose death somebody can watch: the collection meets it sooner or later.
class UndoneBulkFreeingTest : public PlainGarbageTest,
                              public ::testing::WithParamInterface<size_t> {};

TEST_P(UndoneBulkFreeingTest, ReferentThatIsMoreThanANumber) {
    const std::vector<cairn_object*> ring = make_garbage();
    // Not tracked, and held by the garbage alone: it dies of the garbage, with a call.
    cairn_set_consume(slot(ring[GetParam()], 1), make(by_hand, "hidden"));
    let_go(ring);
    EXPECT_EQ(collect(), kMembers);
    EXPECT_EQ(take_log(), "dealloc hidden");
    expect_only_the_live_are_left();
}

TEST_P(UndoneBulkFreeingTest, MemberWithADealloc) {
    const std::vector<cairn_object*> ring = make_garbage();
    cairn_object* watched = make(logged, "watched");
    set(watched, 0, ring[GetParam()]);
    cairn_set_consume(slot(ring[GetParam()], 1), watched);
    let_go(ring);
    EXPECT_EQ(collect(), kMembers + 1);
    EXPECT_EQ(take_log(), "dealloc watched");
    expect_only_the_live_are_left();
}

TEST_P(UndoneBulkFreeingTest, LeavesThatHadDiedAlreadyLiveUntilTheirHolderDies) {
    const std::vector<cairn_object*> ring = make_garbage();
    cairn_set_consume(slot(ring[GetParam()], 2), make(by_hand, "hidden"));
    cairn_object* hidden = get(ring[GetParam()], 2);
    // The last reference to the shared leaf is that of the object that the garbage takes with it.
    give(hidden, 0, shared_leaf);
    let_go(ring);
    EXPECT_EQ(collect(), kMembers);
    EXPECT_EQ(take_log(), "dealloc hidden");
    EXPECT_EQ(usage().objects, 1u);
    EXPECT_EQ(cairn_refcount(live), 1u);
    EXPECT_TRUE(verify());
    cairn_decref(live);
}

INSTANTIATE_TEST_SUITE_P(EachMember,
                         UndoneBulkFreeingTest,
                         ::testing::Values(size_t{0}, size_t{1}, size_t{5}, size_t{11}));

class IteratedMapGarbageTest : public HeapTest, public ::testing::WithParamInterface<uint32_t> {
  protected:
    IteratedMapGarbageTest() : HeapTest(GetParam()) {}
};

INSTANTIATE_TEST_SUITE_P(Orders,
                         IteratedMapGarbageTest,
                         ::testing::Values(0U, CAIRN_HEAP_FINALIZERS_FIRST));

TEST_P(IteratedMapGarbageTest, ValueOfADeadKeyStaysWhileItsMapIsIterated) {
    cairn_object* map = cairn_weakmap_new(heap, CAIRN_WEAK_KEY_MAP);
    cairn_object* key = make(plain, "key");
    cairn_object* value = make(plain, "value");
    set(key, 0, key);
    set(value, 0, value);
    EXPECT_EQ(cairn_weakmap_set(map, key, value), CAIRN_OK);
    cairn_weakmap_iterator iterator;
    cairn_weakmap_iterator_open(map, &iterator);
    cairn_decref(key);
    cairn_decref(value);
    for (int i = 0; i < 3; ++i) {
        (void)collect();
        EXPECT_TRUE(verify());
    }
    EXPECT_EQ(usage().objects, 3u) << "map, value, and the reference of the dead entry";
    cairn_weakmap_iterator_close(&iterator);
    (void)collect();
    EXPECT_EQ(usage().objects, 1u);
    cairn_decref(map);
}

}  // namespace
}  // namespace cairn_test
