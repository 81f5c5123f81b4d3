// SPDX-License-Identifier: MIT
/// Faults that were once put into the library and that no other test noticed. Each test names the
/// change that it fails with.
#include <cstdint>
#include <cstring>
#include <fstream>
#include <vector>

#include <gtest/gtest.h>

#include "memory/segment.h"
#include "world.h"

#if defined(__linux__)
#include <sys/mman.h>
#include <unistd.h>
#endif

namespace cairn_test {

namespace {

size_t object_bytes(const cairn_heap* heap) {
    cairn_heap_usage usage = {};
    cairn_heap_get_usage(heap, &usage);
    return usage.object_bytes;
}

// ------------------------------------------------------------------------- collection

/// Propagation without `grays_ += fresh` where the stack is full: the collection never ends.
TEST(KnownHoles, MoreFreshReferencesThanTheStackTakesWhileFewAreGray) {
    World w;
    constexpr size_t kItems = 20000;
    constexpr size_t kLeading = 5000;
    cairn_object* hub = w.make_array(kItems, "hub");  // lies before what leads to it
    cairn_object* top = w.make(w.plain, "top");
    cairn_object* last = top;
    for (size_t i = 0; i < kLeading; ++i) {
        World::give(last, 0, w.make(w.plain, "link"));
        last = World::get(last, 0);
    }
    for (size_t i = 0; i < kItems; ++i) {
        *World::item(hub, i) = w.make(w.plain, "item");
        World::give(*World::item(hub, i), 0, w.make(w.plain, "behind"));
    }
    World::give(last, 0, hub);
    cairn_object* garbage = w.make(w.plain, "garbage");
    World::set(garbage, 0, garbage);
    cairn_decref(garbage);
    size_t found = 0;
    EXPECT_EQ(cairn_gc_collect(w.heap, 2, &found), CAIRN_OK);
    EXPECT_EQ(found, 1u);
    for (int i = 0; i < 2; ++i) {
        EXPECT_EQ(cairn_gc_collect(w.heap, 2, &found), CAIRN_OK);
        EXPECT_EQ(found, 0u);
    }
    EXPECT_TRUE(w.verify());
    cairn_decref(top);
}

struct Keeper {
    cairn_object head;
    cairn_object* next;
};

cairn_object* kept_by_clear = nullptr;

void visit_keeper(cairn_object* self, cairn_visit_fn visit, void* visit_data) {
    visit(reinterpret_cast<Keeper*>(self)->next, visit_data);
}

void clear_keeper(cairn_object* self) {
    auto* keeper = reinterpret_cast<Keeper*>(self);
    if (kept_by_clear == nullptr) {
        kept_by_clear = cairn_new_ref(keeper->next);
    }
    cairn_clear(&keeper->next);
}

/// Without the line that adds to `stats.uncollectable`, or with `c.kept` not counted.
TEST(KnownHoles, WhatAClearFunctionKeepsIsUncollectableInTheStatistics) {
    World w;
    cairn_type_spec spec = {};
    spec.name = "keeper";
    spec.object_size = sizeof(Keeper);
    spec.traverse = visit_keeper;
    spec.clear = clear_keeper;
    cairn_type* keeper = w.type(spec);
    cairn_gc_stats stats = {};
    for (size_t round = 1; round <= 2; ++round) {
        cairn_object* first = cairn_new(keeper);
        reinterpret_cast<Keeper*>(first)->next = w.make(w.plain, "kept");
        World::give(reinterpret_cast<Keeper*>(first)->next, 0, first);
        size_t found = 0;
        EXPECT_EQ(cairn_gc_collect(w.heap, 2, &found), CAIRN_OK);
        EXPECT_EQ(found, 2u);
        ASSERT_NE(kept_by_clear, nullptr);
        EXPECT_EQ(cairn_gc_get_stats(w.heap, 2, &stats), CAIRN_OK);
        EXPECT_EQ(stats.uncollectable, round);
        EXPECT_EQ(stats.collected, round);
        cairn_clear(&kept_by_clear);
    }
}

// --------------------------------------------------------------------- death and the end

cairn_object* looked_up = nullptr;
cairn_object* looked_in = nullptr;
bool dead_key_was_compared = false;
bool answer = false;

cairn_status hash_alike(cairn_object*, uint64_t* out_hash) {
    *out_hash = 7;
    return CAIRN_OK;
}

cairn_status equal_if_looked(cairn_object* self, cairn_object*, int* out_equal) {
    // A dead object has a link where its count was.
    dead_key_was_compared = dead_key_was_compared || cairn_refcount(self) > 100;
    *out_equal = answer ? 1 : 0;
    return CAIRN_OK;
}

cairn_status look_up(cairn_object*) {
    int found = 0;
    answer = true;
    EXPECT_EQ(cairn_weakmap_contains(looked_in, looked_up, &found), CAIRN_OK);
    return CAIRN_OK;
}

struct Custom {
    cairn_object head;
    cairn_object* refs[3];
};

void visit_custom(cairn_object* self, cairn_visit_fn visit, void* visit_data) {
    for (cairn_object* referent : reinterpret_cast<Custom*>(self)->refs) {
        visit(referent, visit_data);
    }
}

void clear_custom(cairn_object* self) {
    for (cairn_object*& referent : reinterpret_cast<Custom*>(self)->refs) {
        cairn_clear(&referent);
    }
}

/// The weak map without `candidate = entry_key(map, entry)`: clear functions nest so deep that a
/// dead key is put aside, and it is given to equal.
TEST(KnownHoles, AKeyWhoseDeathIsPutAsideIsNotCompared) {
    World w;
    cairn_type_spec spec = {};
    spec.name = "custom";
    spec.object_size = sizeof(Custom);
    spec.traverse = visit_custom;
    spec.clear = clear_custom;
    cairn_type* custom = w.type(spec);
    cairn_type_spec key_spec = w.leaf_spec("key");
    key_spec.hash = hash_alike;
    key_spec.equal = equal_if_looked;
    cairn_type* key = w.type(key_spec);
    cairn_type_spec fin_spec = w.leaf_spec("looks");
    fin_spec.finalize = look_up;
    cairn_type* looks = w.type(fin_spec);
    for (int depth = 44; depth < 56; ++depth) {
        answer = dead_key_was_compared = false;
        looked_in = cairn_weakmap_new(w.heap, CAIRN_WEAK_SET);
        looked_up = cairn_new(key);
        cairn_object* chain = nullptr;
        for (int i = 0; i < depth; ++i) {
            cairn_object* object = cairn_new(custom);
            cairn_object** refs = reinterpret_cast<Custom*>(object)->refs;
            refs[0] = chain;
            refs[1] = cairn_new(key);
            refs[2] = cairn_new(looks);
            EXPECT_EQ(cairn_weakset_add(looked_in, refs[1]), CAIRN_OK);
            chain = object;
        }
        cairn_decref(chain);
        EXPECT_FALSE(dead_key_was_compared) << "depth " << depth;
        cairn_clear(&looked_up);
        cairn_clear(&looked_in);
    }
}

/// The end of the heap, keeping what it finalizes: without the release the count is one more.
TEST(KnownHoles, AnObjectThatALeakedOneLetsGoInItsFinalizerIsNotLeaked) {
    for (const bool made_first : {false, true}) {
        World w;
        cairn_object* dropped = made_first ? w.make_fin("dropped") : nullptr;
        cairn_object* leaked = w.make_fin("leaked", [](cairn_object* self) {
            cairn_clear(World::slot(self, 0));
            return CAIRN_OK;
        });
        dropped = made_first ? dropped : w.make_fin("dropped");
        World::give(leaked, 0, dropped);
        World::give(leaked, 1, w.make(w.plain, "held"));
        w.close(2);
    }
}

/// The heap's own types made without room for the links of an ordered heap, or with it elsewhere.
TEST(KnownHoles, TheHeapsOwnTypesHaveRoomForLinksInOrderedHeapsAlone) {
    size_t sizes[2][3] = {};
    for (const bool ordered : {false, true}) {
        World w(ordered ? uint32_t{CAIRN_HEAP_CPYTHON_ORDER} : 0u);
        cairn_object* node = w.make(w.plain, "node");
        cairn_object* ref = cairn_weakref_new(node, World::callback(), node, nullptr);
        cairn_object* map = cairn_weakmap_new(w.heap, CAIRN_WEAK_KEY_MAP);
        cairn_object* registered = cairn_finalizer_new(
            w.leaf != nullptr ? ref : nullptr,
            [](cairn_object*, void*) { return CAIRN_OK; },
            node,
            nullptr);
        sizes[ordered][0] = cairn_object_size(ref);
        sizes[ordered][1] = cairn_object_size(map);
        sizes[ordered][2] = cairn_object_size(registered);
        EXPECT_TRUE(w.verify());
        EXPECT_EQ(cairn_weakref_argument(ref), node);
        EXPECT_EQ(cairn_finalizer_detach(registered), 1);
        cairn_decref(registered);
        cairn_decref(map);
        cairn_decref(ref);
        cairn_decref(node);
    }
    for (size_t i = 0; i < 3; ++i) {
        // 24 bytes, of which the cell's padding may have some.
        EXPECT_GT(sizes[true][i], sizes[false][i]) << i;
        EXPECT_LE(sizes[true][i], sizes[false][i] + 32) << i;
    }
    EXPECT_EQ(sizes[false][0], size_t{CAIRN_WEAKREF_SIZE});
    EXPECT_GE(sizes[true][0], size_t{CAIRN_WEAKREF_SIZE} + 24);
}

// ------------------------------------------------------------------------------ memory

/// A leaf type of 64 bytes without a dealloc, 1,024 to a page.
cairn_type* make_small_leaf(World& w) {
    cairn_type_spec spec = {};
    spec.name = "small leaf";
    spec.object_size = 64;
    return w.type(spec);
}

/// How many are in the quarantine of a checked build, at most.
constexpr size_t kInQuarantine = 65;
constexpr size_t kOnPage = 1024;

/// A page that was full while it was the bin's current one: without `is_available = false` when the
/// next one is opened it is never offered again, and without `offer` no page is.
TEST(KnownHoles, AFullPageIsOfferedAgainWhenItsCellsComeBack) {
    World w;
    cairn_type* small = make_small_leaf(w);
    std::vector<cairn_object*> objects;
    for (size_t i = 0; i < 3 * kOnPage; ++i) {
        objects.push_back(cairn_new(small));
    }
    const size_t before = object_bytes(w.heap);
    for (size_t i = 0; i < kOnPage; ++i) {
        cairn_clear(&objects[i]);
    }
    // In a checked build the last of them are not to be had yet.
    for (size_t i = 0; i < kOnPage - (CAIRN_CHECK_LEVEL >= 2 ? kInQuarantine : 0); ++i) {
        objects[i] = cairn_new(small);
    }
    EXPECT_EQ(object_bytes(w.heap), before);
    for (cairn_object*& object : objects) {
        cairn_clear(&object);
    }
}

/// A bin's list of available pages with a link or its last page lost: pages with free cells are
/// forgotten until a collection sweeps.
TEST(KnownHoles, AllPagesWithFreeCellsAreTakenFromBeforeANewOne) {
    World w;
    cairn_type* small = make_small_leaf(w);
    std::vector<cairn_object*> objects;
    for (size_t i = 0; i < 8 * kOnPage; ++i) {
        objects.push_back(cairn_new(small));
    }
    const size_t before = object_bytes(w.heap);
    size_t freed = 0;
    for (size_t i = 0; i < objects.size(); i += 2) {
        cairn_clear(&objects[i]);
        ++freed;
    }
    freed -= CAIRN_CHECK_LEVEL >= 2 ? kInQuarantine : 0;
    for (size_t i = 0; freed > 0; i += 2, --freed) {
        objects[i] = cairn_new(small);
    }
    EXPECT_EQ(object_bytes(w.heap), before);
    for (cairn_object*& object : objects) {
        cairn_clear(&object);
    }
}

/// The same, where a collection has closed the bin in between: its current page is the first and
/// the last of the list then.
TEST(KnownHoles, APageOfferedAfterACollectionIsTakenFrom) {
    World w;
    cairn_type_spec spec = w.node_spec("container");
    spec.finalize = [](cairn_object*) { return CAIRN_OK; };  // never freed in bulk
    cairn_type* type = w.type(spec);
    const size_t on_page = cairn::kPageSize / 64;
    std::vector<cairn_object*> objects;
    for (size_t i = 0; i < 2 * on_page + on_page / 2; ++i) {
        objects.push_back(cairn_new(type));
    }
    const size_t before = object_bytes(w.heap);
    for (size_t round = 0; round < 2; ++round) {
        EXPECT_EQ(cairn_gc_collect(w.heap, 0, nullptr), CAIRN_OK);
        for (size_t i = round * on_page; i < (round + 1) * on_page; ++i) {
            cairn_clear(&objects[i]);
        }
        // On the page that was current and is in the list: it must not come into it twice.
        cairn_clear(&objects[2 * on_page + round]);
    }
    const size_t room =
        2 * on_page + on_page / 2 + 2 - (CAIRN_CHECK_LEVEL >= 2 ? kInQuarantine : 0);
    for (size_t i = 0; i < room; ++i) {
        objects.push_back(cairn_new(type));
    }
    EXPECT_EQ(object_bytes(w.heap), before);
    for (cairn_object*& object : objects) {
        cairn_clear(&object);
    }
}

/// Pages of which only garbage is left go back whole at level 0. With their cells counted as handed
/// out, or without the sweep, they stay; and too little died here for the sweep after a collection.
TEST(KnownHoles, PagesOfPlainGarbageGoBackToTheSegment) {
    World w;
    cairn_type_spec spec = w.node_spec("with three slots");  // a bin without dealloc functions
    spec.slot_count = 3;
    cairn_type* type = w.type(spec);
    const auto make_pages = [type](size_t pages) {
        std::vector<cairn_object*> made;
        for (size_t i = 0; i < pages * (cairn::kPageSize / 64); ++i) {
            made.push_back(cairn_new(type));
        }
        return made;
    };
    const std::vector<cairn_object*> living = make_pages(40);
    (void)cairn_gc_collect(w.heap, 2, nullptr);
    const size_t most = CAIRN_CHECK_LEVEL == 0 ? object_bytes(w.heap) : SIZE_MAX;
    for (size_t round = 0; round < 3; ++round) {
        for (cairn_object* object : make_pages(2)) {
            World::give(object, 0, object);
        }
        size_t found = 0;
        EXPECT_EQ(cairn_gc_collect(w.heap, 2, &found), CAIRN_OK);
        EXPECT_EQ(found, 2 * cairn::kPageSize / 64);
        EXPECT_LE(object_bytes(w.heap), most) << "round " << round;
        EXPECT_TRUE(w.verify());
    }
    for (cairn_object* object : living) {
        cairn_decref(object);
    }
}

#if defined(__linux__) && CAIRN_MAPS_SEGMENTS

/// Bytes of this process: its address space, and what of it is in memory.
struct Footprint {
    size_t mapped = 0;
    size_t resident = 0;
};

Footprint footprint() {
    Footprint result;
    std::ifstream file("/proc/self/statm");
    size_t mapped = 0;
    size_t resident = 0;
    if (file >> mapped >> resident) {
        const auto page = static_cast<size_t>(sysconf(_SC_PAGESIZE));
        result = {mapped * page, resident * page};
    }
    return result;
}

/// A heap with the library's own allocator, `bytes` of leaves, and its end.
void live_and_die(size_t bytes) {
    cairn_heap* heap = cairn_heap_new(nullptr);
    cairn_type_spec spec = {};
    spec.name = "leaf";
    spec.object_size = 1024;
    cairn_type* type = nullptr;
    ASSERT_EQ(cairn_type_new(heap, &spec, &type), CAIRN_OK);
    for (size_t i = 0; i < bytes / spec.object_size; ++i) {
        cairn_object* object = cairn_new(type);
        std::memset(object + 1, 1, spec.object_size - sizeof *object);
    }
    EXPECT_EQ(cairn_heap_free(heap), bytes / spec.object_size);
}

/// The default allocator without its `free` or `munmap`, or with a part of a mapping left over.
TEST(KnownHoles, TheDefaultAllocatorGivesBlocksBack) {
    constexpr size_t kSmall = size_t{300} << 10;  // one segment that is not mapped
    constexpr size_t kLarge = size_t{12} << 20;   // mapped ones
    for (int i = 0; i < 20; ++i) {
        live_and_die(kSmall);
        live_and_die(kLarge);
    }
    const Footprint before = footprint();
    ASSERT_GT(before.resident, 0u);
    for (int i = 0; i < 300; ++i) {
        live_and_die(kSmall);
    }
    const Footprint after_small = footprint();
    EXPECT_LT(after_small.resident, before.resident + (size_t{30} << 20));
    // What lies between makes that the next mapping is not aligned by itself.
    constexpr size_t kBetween = (size_t{5} << 20) + 4096;
    std::vector<void*> between;
    for (int i = 0; i < 30; ++i) {
        between.push_back(mmap(nullptr, kBetween, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0));
        live_and_die(kLarge);
    }
    for (void* part : between) {
        munmap(part, kBetween);
    }
    const Footprint after_large = footprint();
    EXPECT_LT(after_large.resident, after_small.resident + (size_t{60} << 20));
    EXPECT_LT(after_large.mapped, after_small.mapped + (size_t{60} << 20));
}

/// Without `madvise`, or with the wrong pages given to it: trimming keeps the memory of free pages.
TEST(KnownHoles, TrimmingGivesTheMemoryOfFreePagesToTheSystem) {
    constexpr size_t kBytes = size_t{48} << 20;
    cairn_heap* heap = cairn_heap_new(nullptr);
    cairn_gc_disable(heap);
    cairn_collect_every_for_testing(heap, 0);
    cairn_type_spec spec = {};
    spec.name = "leaf";
    spec.object_size = 1024;
    cairn_type* type = nullptr;
    ASSERT_EQ(cairn_type_new(heap, &spec, &type), CAIRN_OK);
    std::vector<cairn_object*> objects;
    for (size_t i = 0; i < kBytes / spec.object_size; ++i) {
        objects.push_back(cairn_new(type));
        std::memset(objects.back() + 1, 1, spec.object_size - sizeof(cairn_object));
    }
    // One object in each MiB stays, so that no segment is empty.
    std::vector<cairn_object*> staying;
    for (size_t i = 0; i < objects.size(); ++i) {
        if (i % 1024 == 512) {
            staying.push_back(objects[i]);
        } else {
            cairn_decref(objects[i]);
        }
    }
    const size_t before = footprint().resident;
    cairn_heap_trim(heap);
    const size_t after = footprint().resident;
    EXPECT_LT(after, before - kBytes * 3 / 4);
    for (cairn_object* object : staying) {
        EXPECT_EQ(reinterpret_cast<unsigned char*>(object)[1000], 1);
    }
    // The pages can be used again.
    for (cairn_object*& object : objects) {
        object = cairn_new(type);
        ASSERT_NE(object, nullptr);
        std::memset(object + 1, 2, spec.object_size - sizeof(cairn_object));
    }
    for (cairn_object* object : staying) {
        EXPECT_EQ(reinterpret_cast<unsigned char*>(object)[1000], 1);
        cairn_decref(object);
    }
    for (cairn_object* object : objects) {
        cairn_decref(object);
    }
    EXPECT_TRUE(cairn_verify_for_testing(heap));
    EXPECT_EQ(cairn_heap_free(heap), 0u);
}

TEST(KnownHoles, TrimLeavesNoMemoryToAnEmptyHeap) {
    cairn_heap* heap = cairn_heap_new(nullptr);
    cairn_type_spec spec{};
    spec.name = "leaf";
    spec.object_size = 1024;
    cairn_type* type = nullptr;
    ASSERT_EQ(cairn_type_new(heap, &spec, &type), CAIRN_OK);
    std::vector<cairn_object*> objects(20000);
    const size_t before = footprint().resident;
    for (cairn_object*& object : objects) {
        object = cairn_new(type);
        std::memset(object + 1, 1, spec.object_size - sizeof(cairn_object));
    }
    for (cairn_object* object : objects) {
        cairn_decref(object);
    }
    cairn_heap_trim(heap);
    cairn_heap_usage usage{};
    usage.size = sizeof usage;
    cairn_heap_get_usage(heap, &usage);
    // One segment stays, without its memory.
    EXPECT_GE(usage.reserved_bytes, size_t{2} << 20);
    EXPECT_LT(footprint().resident, before + (size_t{1} << 20));
    EXPECT_EQ(cairn_heap_free(heap), 0u);
}

#endif

}  // namespace

}  // namespace cairn_test
