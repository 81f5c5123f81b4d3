// SPDX-License-Identifier: MIT
/// Debug flags and the garbage list.
#include "heap_test.h"

namespace cairn_test {
namespace {

class GcDebugTest : public HeapTest {
  protected:
    /// What a full collection writes to standard error.
    std::string report() {
        testing::internal::CaptureStderr();
        collect();
        return testing::internal::GetCapturedStderr();
    }

    static size_t lines_with(const std::string& text, const std::string& word) {
        size_t count = 0;
        size_t start = 0;
        while (start < text.size()) {
            const size_t end = std::min(text.find('\n', start), text.size());
            count += text.substr(start, end - start).find(word) != std::string::npos ? 1u : 0u;
            start = end + 1;
        }
        return count;
    }

    std::string garbage() {
        std::vector<std::string> names;
        std::string text;
        for (size_t i = 0; i < cairn_gc_garbage_count(heap); ++i) {
            cairn_object* object = cairn_gc_garbage_get(heap, i);
            names.push_back(label_of(object));
            cairn_decref(object);
        }
        std::sort(names.begin(), names.end());
        for (const std::string& name : names) {
            text += (text.empty() ? "" : " ") + name;
        }
        return text;
    }
};

TEST_F(GcDebugTest, FlagsAreOffAtBirthAndKept) {
    EXPECT_EQ(cairn_gc_get_debug(heap), 0u);
    cairn_gc_set_debug(heap, CAIRN_GC_DEBUG_STATS | CAIRN_GC_DEBUG_SAVEALL);
    EXPECT_EQ(cairn_gc_get_debug(heap),
              static_cast<uint32_t>(CAIRN_GC_DEBUG_STATS) |
                  static_cast<uint32_t>(CAIRN_GC_DEBUG_SAVEALL));
    cairn_gc_set_debug(heap, 0);
    EXPECT_EQ(cairn_gc_get_debug(heap), 0u);
}

TEST_F(GcDebugTest, NothingIsWrittenWithoutFlags) {
    cairn_decref(make_ring(logged, {"a", "b"}));
    EXPECT_EQ(report(), "");
}

TEST_F(GcDebugTest, StatsWriteALineForEachCollection) {
    cairn_gc_set_debug(heap, CAIRN_GC_DEBUG_STATS);
    const std::string text = report();
    EXPECT_EQ(std::count(text.begin(), text.end(), '\n'), 1) << text;
    testing::internal::CaptureStderr();
    collect(0);
    collect(1);
    EXPECT_EQ(lines_with(testing::internal::GetCapturedStderr(), ""), 2u);
}

TEST_F(GcDebugTest, CollectableWritesALineForEachObjectFreed) {
    cairn_gc_set_debug(heap, CAIRN_GC_DEBUG_COLLECTABLE);
    cairn_decref(make_ring(logged, {"a", "b", "c"}));
    const std::string text = report();
    EXPECT_EQ(lines_with(text, "logged"), 3u) << text;
    EXPECT_EQ(std::count(text.begin(), text.end(), '\n'), 3) << text;
    EXPECT_EQ(count_events("dealloc a"), 1u);
}

TEST_F(GcDebugTest, SaveallKeepsWhatIsFound) {
    cairn_gc_set_debug(heap, CAIRN_GC_DEBUG_SAVEALL);
    cairn_object* a = make_ring(logged, {"a", "b"});
    give(a, 1, make(logged, "c"));
    give(a, 2, make(leaf, "leaf"));
    cairn_decref(a);
    EXPECT_EQ(collect(), 3u);
    EXPECT_EQ(take_log(), "");
    EXPECT_EQ(cairn_gc_garbage_count(heap), 3u);
    EXPECT_EQ(garbage(), "a b c");
    EXPECT_EQ(referents(a), "b c leaf");
    EXPECT_EQ(objects(2), "a b c");
    EXPECT_EQ(collect(), 0u) << "the list holds them";
    cairn_gc_set_debug(heap, 0);
    cairn_gc_garbage_clear(heap);
    EXPECT_EQ(cairn_gc_garbage_count(heap), 0u);
    EXPECT_EQ(collect(), 3u);
    EXPECT_EQ(take_sorted_log(), "dealloc a, dealloc b, dealloc c, dealloc leaf");
}

TEST_F(GcDebugTest, SaveallRunsFinalizersAndCallbacksAllTheSame) {
    cairn_gc_set_debug(heap, CAIRN_GC_DEBUG_SAVEALL);
    cairn_object* a = make_fin("a");
    set(a, 0, a);
    cairn_object* w = weak(a, "w");
    cairn_decref(a);
    EXPECT_EQ(collect(), 1u);
    EXPECT_EQ(take_log(), "cb w, fin a");
    EXPECT_EQ(deref(w), "-");
    EXPECT_TRUE(cairn_gc_is_finalized(a));
    cairn_gc_set_debug(heap, 0);
    cairn_gc_garbage_clear(heap);
    EXPECT_EQ(collect(), 1u);
    EXPECT_EQ(take_log(), "dealloc a");
    cairn_decref(w);
}

TEST_F(GcDebugTest, SaveallOfCustomTypesDoesNotClear) {
    cairn_gc_set_debug(heap, CAIRN_GC_DEBUG_SAVEALL);
    cairn_object* a = make_ring(custom, {"a", "b"});
    cairn_decref(a);
    EXPECT_EQ(collect(), 2u);
    EXPECT_EQ(referents(a), "b");
    EXPECT_EQ(take_sorted_log(), "fin a, fin b");
    cairn_gc_set_debug(heap, 0);
    cairn_gc_garbage_clear(heap);
    EXPECT_EQ(collect(), 2u);
}

TEST_F(GcDebugTest, SaveallLeavesDeathByCountAlone) {
    cairn_gc_set_debug(heap, CAIRN_GC_DEBUG_SAVEALL);
    cairn_decref(make(logged, "a"));
    EXPECT_EQ(take_log(), "dealloc a");
    EXPECT_EQ(cairn_gc_garbage_count(heap), 0u);
}

TEST_F(GcDebugTest, GarbageListGrowsWithEachCollection) {
    cairn_gc_set_debug(heap, CAIRN_GC_DEBUG_SAVEALL);
    for (size_t i = 1; i <= 500; ++i) {
        cairn_decref(make_ring(plain, {"a", "b"}));
        EXPECT_EQ(collect(0), 2u);
        EXPECT_EQ(cairn_gc_garbage_count(heap), 2 * i);
    }
    cairn_gc_set_debug(heap, 0);
    EXPECT_TRUE(verify());
    cairn_gc_garbage_clear(heap);
    EXPECT_EQ(collect(), 1000u);
}

TEST_F(GcDebugTest, GarbageBeyondTheListIsNull) {
    EXPECT_EQ(cairn_gc_garbage_get(heap, 0), nullptr);
    EXPECT_EQ(cairn_gc_garbage_get(heap, SIZE_MAX), nullptr);
}

TEST_F(GcDebugTest, GarbageClearReleasesFirstToLast) {
    cairn_gc_set_debug(heap, CAIRN_GC_DEBUG_SAVEALL);
    for (const char* label : {"1", "2", "3"}) {
        cairn_object* a = make(logged, label);
        set(a, 0, a);
        cairn_decref(a);
        EXPECT_EQ(collect(), 1u);
    }
    cairn_gc_set_debug(heap, 0);
    for (size_t i = 0; i < 3; ++i) {
        cairn_object* a = cairn_gc_garbage_get(heap, i);
        cairn_clear(slot(a, 0));
        cairn_decref(a);
    }
    cairn_gc_garbage_clear(heap);
    EXPECT_EQ(take_log(), "dealloc 1, dealloc 2, dealloc 3");
}

TEST_F(GcDebugTest, FinalizersOfClearedGarbageMayAddToTheListAgain) {
    cairn_gc_set_debug(heap, CAIRN_GC_DEBUG_SAVEALL);
    cairn_object* a = make(logged, "a");
    set(a, 0, a);
    give(a, 1, make(leaf_fin, "leaf"));
    on_finalize("leaf", [&](cairn_object*) {
        cairn_decref(make_ring(plain, {"x", "y"}));
        EXPECT_EQ(collect(), 2u);
        return CAIRN_OK;
    });
    cairn_decref(a);
    EXPECT_EQ(collect(), 1u);
    cairn_clear(slot(a, 0));
    cairn_gc_garbage_clear(heap);
    EXPECT_EQ(count_events("dealloc a"), 1u);
    EXPECT_TRUE(verify());
    cairn_gc_set_debug(heap, 0);
    cairn_gc_garbage_clear(heap);
    collect();
    EXPECT_EQ(usage().objects, 0u);
}

TEST_F(GcDebugTest, GarbageOnTheListIsFreedWithTheHeap) {
    cairn_gc_set_debug(heap, CAIRN_GC_DEBUG_SAVEALL);
    cairn_decref(make_ring(logged, {"a", "b"}));
    EXPECT_EQ(collect(), 2u);
}

TEST_F(GcDebugTest, UncollectableWritesALineForEachObjectLeft) {
    static std::vector<cairn_object*> kept;
    cairn_type_spec spec = node_spec("keeping");
    spec.slots_offset = 0;
    spec.slot_count = 0;
    spec.traverse = [](cairn_object* self, cairn_visit_fn visit, void* data) {
        visit(get(self, 0), data);
    };
    spec.clear = [](cairn_object* self) {
        if (get(self, 0) != nullptr) {
            kept.push_back(cairn_new_ref(get(self, 0)));
            cairn_clear(slot(self, 0));
        }
    };
    cairn_decref(make_ring(type(spec), {"a", "b"}));
    cairn_gc_set_debug(heap, CAIRN_GC_DEBUG_UNCOLLECTABLE);
    const std::string text = report();
    EXPECT_EQ(lines_with(text, "uncollectable"), 2u) << text;
    EXPECT_EQ(lines_with(text, "keeping"), 2u) << text;
    ASSERT_EQ(kept.size(), 2u);
    for (cairn_object* object : kept) {
        cairn_decref(object);
    }
    EXPECT_EQ(usage().objects, 0u);
}

}  // namespace
}  // namespace cairn_test
