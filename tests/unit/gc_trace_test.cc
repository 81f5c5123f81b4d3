// SPDX-License-Identifier: MIT
/// Collections as events of Chrome's trace format.
#include <chrono>
#include <regex>
#include <utility>

#include "heap_test.h"
#include "snapshot_file.h"

namespace cairn_test {
namespace {

class GcTraceTest : public HeapTest {
  public:
    std::string text;

    /// What was written, with every time as "T".
    std::string events() {
        const std::regex time("\"(ts|dur)\":[0-9]+[.][0-9][0-9][0-9]");
        return std::regex_replace(text, time, "\"$1\":T");
    }

    /// Start and end of each event in nanoseconds.
    std::vector<std::pair<uint64_t, uint64_t>> times() {
        const std::regex time("\"ts\":([0-9]+)[.]([0-9]+),\"dur\":([0-9]+)[.]([0-9]+)");
        std::vector<std::pair<uint64_t, uint64_t>> spans;
        for (std::sregex_iterator each(text.begin(), text.end(), time), end; each != end; ++each) {
            const uint64_t start = std::stoull((*each)[1].str() + (*each)[2].str());
            spans.emplace_back(start, start + std::stoull((*each)[3].str() + (*each)[4].str()));
        }
        return spans;
    }

    static std::string phases(const std::vector<std::string>& names) {
        std::string all;
        for (const std::string& name : names) {
            all += "{\"name\":\"" + name + "\"," +
                   R"("cat":"phase","ph":"X","pid":1,"tid":1,"ts":T,"dur":T},)" + "\n";
        }
        return all;
    }
};

TEST_F(GcTraceTest, AnEventForEachCollection) {
    ASSERT_EQ(cairn_gc_trace_start(heap, append, &text), CAIRN_OK);
    EXPECT_EQ(cairn_gc_trace_start(heap, append, &text), CAIRN_BUSY);
    cairn_decref(make_ring(plain, {"a", "b"}));
    EXPECT_EQ(collect(0), 2u);
    EXPECT_EQ(collect(2), 0u);
    cairn_gc_trace_stop(heap);
    EXPECT_EQ(collect(2), 0u);
    cairn_gc_trace_stop(heap);
    EXPECT_EQ(events(),
              "[\n" + phases({"find", "user code", "free"}) +
                  R"({"name":"generation 0","cat":"gc","ph":"X","pid":1,"tid":1,"ts":T,"dur":T,)"
                  R"("args":{"automatic":false,"candidates":2,"collected":2,"uncollectable":0}},)"
                  "\n" +
                  phases({"find"}) +
                  R"({"name":"generation 2","cat":"gc","ph":"X","pid":1,"tid":1,"ts":T,"dur":T,)"
                  R"("args":{"automatic":false,"candidates":0,"collected":0,"uncollectable":0}})"
                  "\n]\n");
}

TEST_F(GcTraceTest, ACollectionHoldsItsPhasesHoweverLongACallbackTakes) {
    const auto wait = [](cairn_heap*, cairn_gc_phase phase, const cairn_gc_info*, void*) {
        const auto end = std::chrono::steady_clock::now() + std::chrono::milliseconds(2);
        while (phase == CAIRN_GC_START && std::chrono::steady_clock::now() < end) {
        }
        return CAIRN_OK;
    };
    ASSERT_EQ(cairn_gc_trace_start(heap, append, &text), CAIRN_OK);
    ASSERT_EQ(cairn_gc_callback_add(heap, wait, nullptr), CAIRN_OK);
    cairn_decref(make_ring(plain, {"a", "b"}));
    ASSERT_EQ(collect(0), 2u);
    cairn_gc_trace_stop(heap);
    const auto spans = times();
    ASSERT_EQ(spans.size(), 4u) << text;
    for (const auto& [start, end] : spans) {
        EXPECT_GE(start, spans.back().first) << text;
        EXPECT_LE(end, spans.back().second) << text;
    }
}

TEST_F(GcTraceTest, SlicesAndTheirCycle) {
    ASSERT_EQ(cairn_gc_set_pause_target(heap, 100000), CAIRN_OK);
    cairn_object* a = make_ring(logged, {"a", "b"});
    ASSERT_EQ(collect(1), 0u);
    cairn_decref(a);
    int done = 0;
    ASSERT_EQ(cairn_gc_trace_start(heap, append, &text), CAIRN_OK);
    while (done == 0) {
        ASSERT_EQ(cairn_gc_step(heap, 1000000, &done), CAIRN_OK);
    }
    cairn_gc_trace_stop(heap);
    const std::string all = events();
    EXPECT_NE(all.find(phases({"find", "user code", "free", "prove"})), std::string::npos) << all;
    EXPECT_NE(all.find(phases({"slice"})), std::string::npos) << all;
    const std::regex cycle(
        "\"name\":\"generation 2\",\"cat\":\"gc\",\"ph\":\"X\",\"pid\":1,"
        "\"tid\":2,.*\"collected\":2,.*\"slices\":[1-9]");
    EXPECT_TRUE(std::regex_search(all, cycle)) << all;
}

TEST_F(GcTraceTest, WithoutCollectionsAnEmptyList) {
    ASSERT_EQ(cairn_gc_trace_start(heap, append, &text), CAIRN_OK);
    cairn_gc_trace_stop(heap);
    EXPECT_EQ(text, "[\n]\n");
    ASSERT_EQ(cairn_gc_trace_start(heap, append, &text), CAIRN_OK);  // and is left unfinished
}

TEST_F(GcTraceTest, StopsWritingWhenTheHostGivesUp) {
    size_t calls = 0;
    const cairn_write_fn give_up = [](const void*, size_t, void* data) {
        ++*static_cast<size_t*>(data);
        return 0;
    };
    ASSERT_EQ(cairn_gc_trace_start(heap, give_up, &calls), CAIRN_OK);
    collect();
    cairn_gc_trace_stop(heap);
    EXPECT_EQ(calls, 1u);
}

TEST_F(GcTraceTest, ASecondTraceBeginsAnew) {
    const cairn_write_fn refuse = [](const void*, size_t, void*) { return 0; };
    for (const cairn_write_fn first : {cairn_write_fn{append}, refuse}) {
        ASSERT_EQ(cairn_gc_trace_start(heap, first, &text), CAIRN_OK);
        collect();
        cairn_gc_trace_stop(heap);
        text.clear();
        ASSERT_EQ(cairn_gc_trace_start(heap, append, &text), CAIRN_OK);
        collect();
        cairn_gc_trace_stop(heap);
        EXPECT_EQ(events().substr(0, 3), "[\n{") << text;
    }
}

TEST_F(GcTraceTest, NeedsNoMemory) {
    memory.fail_at(1);
    EXPECT_EQ(cairn_gc_trace_start(heap, append, &text), CAIRN_OK);
    memory.fail_at(0);
}

TEST_F(GcTraceTest, ACallbackThatStopsItTakesNoStopFromOthers) {
    ASSERT_EQ(cairn_gc_trace_start(heap, append, &text), CAIRN_OK);
    const cairn_gc_callback_fn stop =
        [](cairn_heap* of, cairn_gc_phase phase, const cairn_gc_info*, void*) {
            if (phase == CAIRN_GC_STOP) {
                cairn_gc_trace_stop(of);
            }
            return CAIRN_OK;
        };
    const cairn_gc_callback_fn count =
        [](cairn_heap*, cairn_gc_phase phase, const cairn_gc_info*, void* data) {
            *static_cast<int*>(data) += phase == CAIRN_GC_START ? 1 : 10;
            return CAIRN_OK;
        };
    int calls = 0;
    ASSERT_EQ(cairn_gc_callback_add(heap, stop, nullptr), CAIRN_OK);
    ASSERT_EQ(cairn_gc_callback_add(heap, count, &calls), CAIRN_OK);
    collect();
    EXPECT_EQ(calls, 11);
    EXPECT_EQ(events().find("generation"), std::string::npos);
}

TEST_F(GcTraceTest, LeavesOutThePhaseThatItBeginsIn) {
    cairn_object* object =
        make_fin("fin", [&](cairn_object*) { return cairn_gc_trace_start(heap, append, &text); });
    set(object, 0, object);
    cairn_decref(object);
    collect();
    EXPECT_EQ(events().find("user code"), std::string::npos) << text;
    EXPECT_NE(events().find("free"), std::string::npos) << text;
}

TEST_F(GcTraceTest, GoesOnAfterTheHeapHasBeenFinalized) {
    ASSERT_EQ(cairn_gc_trace_start(heap, append, &text), CAIRN_OK);
    cairn_heap_finalize(heap);
    text.clear();
    collect();
    EXPECT_NE(events().find("\"name\":\"generation 2\""), std::string::npos) << text;
}

}  // namespace
}  // namespace cairn_test
