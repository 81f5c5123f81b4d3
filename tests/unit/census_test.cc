// SPDX-License-Identifier: MIT
/// What is there by type, marks, and what has grown since one.
#include "heap_test.h"
#include "random_graph.h"

namespace cairn_test {
namespace {

struct Row {
    std::string type;
    size_t objects;
    size_t bytes;
    size_t external_bytes;
    size_t held;
};

int add_row(const cairn_census_row* row, void* data) {
    static_cast<std::vector<Row>*>(data)->push_back(
        {cairn_type_name(row->type), row->objects, row->bytes, row->external_bytes, row->held});
    return 1;
}

std::string text_of(const std::vector<Row>& rows) {
    std::string text;
    for (const Row& row : rows) {
        text += (text.empty() ? "" : ", ") + row.type + " " + std::to_string(row.objects);
    }
    return text;
}

class CensusTest : public HeapTest {
  protected:
    std::vector<Row> census() {
        std::vector<Row> rows;
        EXPECT_EQ(cairn_census(heap, add_row, &rows), CAIRN_OK);
        return rows;
    }

    std::string since(uint64_t mark) {
        std::vector<Row> rows;
        EXPECT_EQ(cairn_census_since(heap, mark, add_row, &rows), CAIRN_OK);
        return text_of(rows);
    }
};

TEST_F(CensusTest, OneRowATypeMostBytesFirst) {
    EXPECT_TRUE(census().empty());
    cairn_object* a = make_ring(logged, {"a", "b", "c"});
    cairn_object* big = make_array(1000, "big");
    cairn_object* x = make(leaf, "x");
    const std::vector<Row> rows = census();
    ASSERT_EQ(text_of(rows), "array 1, logged 3, leaf 1");
    EXPECT_EQ(rows[0].bytes, cairn_object_size(big));
    EXPECT_EQ(rows[1].bytes, 3 * cairn_object_size(a));
    EXPECT_EQ(rows[1].held, 1u);
    EXPECT_EQ(rows[2].held, 1u);
    cairn_decref(big);
    cairn_decref(x);
    cairn_decref(a);
    collect();
}

TEST_F(CensusTest, ExternalBytesCountForTheOrder) {
    cairn_type_spec spec = leaf_spec("buffer");
    spec.external_size = [](cairn_object*) { return size_t{100000}; };
    cairn_object* buffer = make(type(spec), "buffer");
    cairn_object* big = make_array(1000, "big");
    const std::vector<Row> rows = census();
    ASSERT_EQ(text_of(rows), "buffer 1, array 1");
    EXPECT_EQ(rows[0].external_bytes, 100000u);
    cairn_decref(buffer);
    cairn_decref(big);
}

TEST_F(CensusTest, StopsWhenTheVisitorSaysSo) {
    cairn_object* a = make(plain, "a");
    cairn_object* x = make(leaf, "x");
    size_t rows = 0;
    const cairn_visit_census_fn stop = [](const cairn_census_row*, void* data) {
        ++*static_cast<size_t*>(data);
        return 0;
    };
    EXPECT_EQ(cairn_census(heap, stop, &rows), CAIRN_OK);
    EXPECT_EQ(rows, 1u);
    cairn_decref(a);
    cairn_decref(x);
}

TEST_F(CensusTest, GrowthSinceAMark) {
    cairn_object* old_one = make(plain, "old");
    const uint64_t mark = cairn_mark(heap);
    EXPECT_EQ(mark, 1u);
    EXPECT_EQ(since(mark), "");
    cairn_object* young = make(plain, "young");
    cairn_object* x = make(leaf, "x");
    EXPECT_EQ(since(mark), "plain 1, leaf 1");
    EXPECT_EQ(cairn_is_newer(old_one, mark), 0);
    EXPECT_EQ(cairn_is_newer(young, mark), 1);
    EXPECT_EQ(cairn_is_newer(old_one, 0), 1);
    const uint64_t second = cairn_mark(heap);
    EXPECT_EQ(since(mark), "plain 1, leaf 1");
    EXPECT_EQ(since(second), "");
    EXPECT_EQ(cairn_is_newer(young, mark), 1);
    EXPECT_EQ(cairn_is_newer(young, second), 0);
    EXPECT_TRUE(verify());
    cairn_decref(old_one);
    cairn_decref(young);
    cairn_decref(x);
}

TEST_F(CensusTest, ACellThatIsUsedAgainIsNew) {
    cairn_object* a = make(plain, "a");
    const uint64_t mark = cairn_mark(heap);
    std::set<cairn_object*> cells = {a};
    cairn_decref(a);
    bool again = false;
    std::vector<cairn_object*> made;
    for (int i = 0; i < 2000 && !again; ++i) {
        made.push_back(make(plain, "new"));
        again = cells.count(made.back()) != 0;
        EXPECT_EQ(cairn_is_newer(made.back(), mark), 1);
    }
    EXPECT_EQ(since(mark), "plain " + std::to_string(made.size()));
    for (cairn_object* object : made) {
        cairn_decref(object);
    }
}

TEST_F(CensusTest, NoSuchMark) {
    const cairn_visit_census_fn visit = [](const cairn_census_row*, void*) { return 1; };
    EXPECT_EQ(cairn_census_since(heap, 0, visit, nullptr), CAIRN_INVALID);
    EXPECT_EQ(cairn_census_since(heap, 1, visit, nullptr), CAIRN_INVALID);
    EXPECT_EQ(cairn_mark(heap), 1u);
    EXPECT_EQ(cairn_census_since(heap, 1, visit, nullptr), CAIRN_OK);
    EXPECT_EQ(cairn_census_since(heap, 2, visit, nullptr), CAIRN_INVALID);
}

TEST_F(CensusTest, MarksGoOnWhenStampsAreUsedUp) {
    cairn_object* first = make(plain, "first");
    uint64_t mark = 0;
    for (uint64_t i = 1; i <= 20000; ++i) {
        mark = cairn_mark(heap);
        ASSERT_EQ(mark, i);
    }
    cairn_object* middle = make(plain, "middle");
    for (uint64_t i = 20001; i <= 40000; ++i) {
        ASSERT_EQ(cairn_mark(heap), i);
    }
    cairn_object* last = make(plain, "last");
    EXPECT_EQ(cairn_is_newer(first, 20000), 0);
    EXPECT_EQ(cairn_is_newer(middle, 20000), 1);
    EXPECT_EQ(cairn_is_newer(middle, 20001), 0);
    EXPECT_EQ(cairn_is_newer(last, 40000), 1);
    EXPECT_EQ(cairn_is_newer(first, 1), 0);  // Taken for the oldest mark that is known.
    EXPECT_EQ(since(20000), "plain 2");
    EXPECT_TRUE(verify());
    cairn_decref(first);
    cairn_decref(middle);
    cairn_decref(last);
}

TEST_F(CensusTest, MarksTakeNoMemoryAndSurviveCollections) {
    cairn_object* a = make_ring(fin, {"a", "b"});
    const uint64_t requests = memory.requests();
    const uint64_t mark = cairn_mark(heap);
    EXPECT_EQ(memory.requests(), requests);
    collect();
    EXPECT_EQ(cairn_is_newer(a, mark), 0);
    EXPECT_EQ(cairn_is_newer(get(a, 0), mark), 0);
    cairn_decref(a);
    collect();
}

TEST_F(CensusTest, InsideFinalizersOfACycle) {
    uint64_t mark = 0;
    std::string seen;
    on_finalize("a", [&](cairn_object*) {
        seen = text_of(census());
        mark = cairn_mark(heap);
        return CAIRN_OK;
    });
    cairn_object* kept = make(plain, "kept");
    cairn_decref(make_ring(fin, {"a", "b"}));
    EXPECT_EQ(collect(), 2u);
    EXPECT_EQ(seen, "fin 2, plain 1");
    EXPECT_EQ(since(mark), "");
    cairn_decref(kept);
}

TEST_F(CensusTest, EachAllocationMayFail) {
    cairn_object* a = make(plain, "a");
    size_t failures = 0;
    std::vector<Row> rows;
    for (;; ++failures) {
        memory.fail_at(failures + 1);
        const cairn_status status = cairn_census(heap, add_row, &rows);
        memory.fail_at(0);
        if (status == CAIRN_OK) {
            break;
        }
        ASSERT_EQ(status, CAIRN_NO_MEMORY);
        ASSERT_TRUE(rows.empty());
        ASSERT_LT(failures, 20u);
    }
    EXPECT_EQ(failures, 4u);  // The rows, two for the index, a byte for each cell.
    cairn_decref(a);
}

TEST(CensusModel, RandomHeaps) {
    for (uint32_t seed = 1; seed <= 1000 && !testing::Test::HasFailure(); ++seed) {
        const RandomGraph graph(seed);
        std::map<std::string, Row> expected;
        for (cairn_object* object : graph.objects()) {
            const std::string name = cairn_type_name(cairn_type_of(object));
            Row& row = expected.try_emplace(name, Row{name, 0, 0, 0, 0}).first->second;
            ++row.objects;
            row.bytes += cairn_object_size(object);
            row.held += graph.held.count(object);
        }
        std::vector<Row> rows;
        EXPECT_EQ(cairn_census(graph.heap, add_row, &rows), CAIRN_OK);
        EXPECT_EQ(rows.size(), expected.size());
        for (size_t i = 0; i < rows.size(); ++i) {
            const Row& row = rows[i];
            const Row& wanted = expected[row.type];
            EXPECT_TRUE(row.objects == wanted.objects && row.bytes == wanted.bytes &&
                        row.held == wanted.held)
                << "seed " << seed << ", " << row.type;
            EXPECT_TRUE(i == 0 || rows[i - 1].bytes >= row.bytes);
        }
    }
}

}  // namespace
}  // namespace cairn_test
