// SPDX-License-Identifier: MIT
/// Snapshots: every object and edge, names, ids that last, memory, failures.
#include <array>
#include <cstdio>

#include "random_graph.h"
#include "snapshot_file.h"
#include "weakmap_helpers.h"

namespace cairn_test {
namespace {

constexpr size_t kFirstObject = 7;

class SnapshotTest : public WeakmapTest {
  public:
    explicit SnapshotTest(uint32_t heap_flags = 0) : WeakmapTest(heap_flags) {}

    /// Objects are called by their labels.
    SnapshotFile labelled() {
        cairn_snapshot_options options;
        cairn_snapshot_options_init(&options);
        options.describe = [](cairn_object* object, cairn_node* out_node, void* data) {
            auto* test = static_cast<SnapshotTest*>(data);
            if (cairn_weakmap_kind(object) == CAIRN_NOT_WEAK && !cairn_is_weakref(object)) {
                out_node->name = test->stable(test->label_of(object));
            }
        };
        options.describe_data = this;
        return take_snapshot(heap, &options);
    }

    const char* stable(const std::string& name) { return stable_.insert(name).first->c_str(); }

  private:
    std::set<std::string> stable_;
};

TEST_F(SnapshotTest, OfAnEmptyHeap) {
    const SnapshotFile file = take_snapshot(heap);
    ASSERT_EQ(file.nodes.size(), kFirstObject);
    EXPECT_EQ(file.edges_of(0), "element 1 (GC roots)");
    EXPECT_EQ(file.edges_of(1),
              "element 0 (Globals), element 1 (Frames), element 2 (Host handles), "
              "element 3 (Library), element 4 (Immortal objects)");
    // What readers of V8's format expect, field by field.
    const std::string meta = R"({"snapshot":{"meta":{"node_fields":["type","name","id",)"
                             R"("self_size","edge_count","trace_node_id","detachedness"],)"
                             R"("node_types":[["hidden","array","string","object","code",)"
                             R"("closure","regexp","number","native","synthetic",)"
                             R"("concatenated string","sliced string","symbol","bigint",)"
                             R"("object shape"],"string","number","number","number","number",)"
                             R"("number"],"edge_fields":["type","name_or_index","to_node"],)"
                             R"("edge_types":[["context","element","property","internal",)"
                             R"("hidden","shortcut","weak"],"string_or_number","node"],)"
                             R"("trace_function_info_fields":["function_id","name",)"
                             R"("script_name","script_id","line","column"],)"
                             R"("trace_node_fields":["id","function_info_index","count",)"
                             R"("size","children"],"sample_fields":["timestamp_us",)"
                             R"("last_assigned_id"],"location_fields":["object_index",)"
                             R"("script_id","line","column"]},"node_count":)";
    EXPECT_EQ(file.text().substr(0, meta.size()), meta);
}

TEST_F(SnapshotTest, SlotsItemsAndTraverse) {
    std::array<const char*, kSlots> names = {"friend", nullptr, "home"};
    cairn_type_spec spec = node_spec("named");
    spec.slot_names = names.data();
    cairn_object* a = make(type(spec), "a");
    give(a, 0, make(plain, "b"));
    give(a, 2, make_array(3, "c"));
    *item(get(a, 2), 1) = make(custom, "d");
    give(*item(get(a, 2), 1), 3, make(leaf, "e"));
    set(get(a, 0), 2, a);
    const SnapshotFile file = labelled();
    EXPECT_EQ(file.edges_of(4), "element 0 a");
    EXPECT_EQ(file.edges_of(file.find("a")), "property friend b, property home c");
    EXPECT_EQ(file.edges_of(file.find("b")), "element 2 a");
    EXPECT_EQ(file.edges_of(file.find("c")), "element 1 d");
    EXPECT_EQ(file.edges_of(file.find("d")), "element 0 e");
    EXPECT_EQ(file.edges_of(file.find("e")), "");
    EXPECT_EQ(file.nodes[file.find("c")].self_size, cairn_object_size(get(a, 2)));
    cairn_clear(slot(get(a, 0), 2));
    cairn_decref(a);
}

TEST_F(SnapshotTest, RootsByTheirKind) {
    cairn_object* declared = make(plain, "declared");
    ASSERT_EQ(cairn_root_add(heap, &declared), CAIRN_OK);
    cairn_object* reported = make(plain, "reported");
    cairn_heap_set_root_visitor(
        heap,
        [](cairn_visit_fn visit, void* data, void* user_data) {
            visit(static_cast<cairn_object*>(user_data), data);
        },
        reported);
    cairn_object* immortal = make(plain, "immortal");
    cairn_make_immortal(immortal);
    cairn_object* held = make(plain, "held");
    const SnapshotFile file = labelled();
    EXPECT_EQ(file.edges_of(2), "element 0 declared");
    EXPECT_EQ(file.edges_of(3), "element 0 reported");
    EXPECT_EQ(file.edges_of(4), "element 0 held");
    EXPECT_EQ(file.edges_of(5), "");
    EXPECT_EQ(file.edges_of(6), "element 0 immortal");
    cairn_heap_set_root_visitor(heap, nullptr, nullptr);
    ASSERT_EQ(cairn_root_remove(heap, &declared), CAIRN_OK);
    cairn_decref(declared);
    cairn_decref(reported);
    cairn_decref(held);
}

class SnapshotQueueTest : public SnapshotTest {
  public:
    SnapshotQueueTest() : SnapshotTest(CAIRN_HEAP_QUEUE_FINALIZERS) {}
};

// What a collection found waits for its finalizer without a reference of the queue's.
TEST_F(SnapshotQueueTest, TheLibraryHoldsWhatWaits) {
    cairn_decref(make_ring(fin, {"a", "b"}));
    cairn_decref(make(fin, "c"));
    collect();
    EXPECT_EQ(cairn_finalizers_pending(heap), 3u);
    EXPECT_EQ(labelled().edges_of(5), "element 0 c, element 1 a, element 2 b");
    EXPECT_EQ(cairn_finalizers_run(heap, 0, 0), 3u);
}

TEST_F(SnapshotQueueTest, TheLibraryHoldsReferencesThatWaitWithTheirReferents) {
    cairn_object* a = make(fin, "a");
    cairn_object* ref = weak(a, "w");
    cairn_decref(a);
    cairn_decref(ref);
    EXPECT_EQ(labelled().edges_of(5), "element 0 a, element 1 weakref");
    EXPECT_EQ(cairn_finalizers_run(heap, 0, 0), 2u);
}

TEST_F(SnapshotTest, WeakContainersAndReferences) {
    cairn_object* map = make_map(CAIRN_WEAK_KEY_MAP);
    cairn_object* key = make(plain, "key");
    cairn_object* value = make(plain, "value");
    ASSERT_EQ(put(map, key, value), CAIRN_OK);
    cairn_decref(value);
    SnapshotFile file = labelled();
    EXPECT_EQ(file.edges_of(file.find("weak-key map")),
              "internal entry weak container reference, weak value value, weak key key");
    EXPECT_EQ(file.edges_of(file.find("key")), "internal value value");
    EXPECT_EQ(file.edges_of(file.find("weak container reference")), "weak referent key");
    cairn_decref(map);
    map = make_map(CAIRN_WEAK_VALUE_MAP);
    ASSERT_EQ(put(map, key, key), CAIRN_OK);
    cairn_object* ref = weak(key, "cb", nullptr, map);
    file = labelled();
    EXPECT_EQ(file.edges_of(file.find("weak-value map")),
              "internal entry weak container reference, internal key key, weak value key");
    EXPECT_EQ(file.edges_of(file.find("weakref")),
              "weak referent key, internal callback argument weak-value map");
    cairn_decref(ref);
    cairn_decref(map);
    map = make_map(CAIRN_WEAK_SET);
    ASSERT_EQ(put(map, key, nullptr), CAIRN_OK);
    file = labelled();
    EXPECT_EQ(file.edges_of(file.find("weak set")),
              "internal entry weak container reference, weak member key");
    cairn_decref(map);
    cairn_decref(key);
}

TEST_F(SnapshotTest, TextsOfStringsAndEdges) {
    cairn_type_spec spec = node_spec("table");
    spec.edge_name = [](cairn_object*, const cairn_edge* edge, char* buffer, size_t size) {
        return static_cast<size_t>(
            snprintf(buffer, size, "['%zu\"\\\n\xC3\xA9\xFF\xF0\x9F\x98\x80']", edge->index));
    };
    cairn_object* table = make(type(spec), "t");
    give(table, 0, make(leaf, "x"));
    give(table, 3, get(table, 0));
    cairn_incref(get(table, 0));
    cairn_snapshot_options options;
    cairn_snapshot_options_init(&options);
    options.program = "a \"program\"";
    options.time_ms = 1234567890123;
    options.describe = [](cairn_object* object, cairn_node* out_node, void* data) {
        if (cairn_type_of(object) == data) {
            out_node->kind = CAIRN_NODE_STRING;
            (void)snprintf(out_node->text, sizeof out_node->text, "hello");
        }
    };
    options.describe_data = leaf;
    const SnapshotFile file = take_snapshot(heap, &options);
    EXPECT_EQ(file.edges_of(file.find("table")),
              "property ['0\"\\<000a><00e9><fffd><d83d><de00>'] hello, "
              "property ['3\"\\<000a><00e9><fffd><d83d><de00>'] hello");
    EXPECT_EQ(file.nodes[file.find("hello")].type, 2u);
    EXPECT_NE(file.text().find("\"cairn\":{\"version\":1,\"program\":\"a \\\"program\\\"\","
                               "\"time_ms\":1234567890123}"),
              std::string::npos);
    cairn_decref(table);
}

TEST_F(SnapshotTest, ExternalBytesCountAndAreShown) {
    cairn_type_spec spec = leaf_spec("buffer");
    spec.external_size = [](cairn_object*) { return size_t{1000}; };
    cairn_object* buffer = make(type(spec), "b");
    cairn_object* a = make(plain, "a");
    const SnapshotFile file = take_snapshot(heap);
    const FileNode& node = file.nodes[file.find("buffer")];
    EXPECT_EQ(node.external_size, 1000u);
    EXPECT_EQ(node.self_size, 1000 + cairn_object_size(buffer));
    EXPECT_EQ(file.nodes[file.find("plain")].external_size, 0u);
    cairn_decref(buffer);
    cairn_decref(a);
}

TEST_F(SnapshotTest, IdsLastAndAreNeverUsedAgain) {
    std::vector<cairn_object*> kept;
    for (int i = 0; i < 50; ++i) {
        kept.push_back(make(plain, "kept"));
    }
    std::set<uint64_t> used;
    std::map<cairn_object*, uint64_t> ids;
    for (int round = 0; round < 20; ++round) {
        // Cells are used again and again.
        std::vector<cairn_object*> passing;
        for (int i = 0; i < 30; ++i) {
            passing.push_back(make(plain, "passing"));
        }
        const SnapshotFile file = take_snapshot(heap);
        std::vector<cairn_object*> objects;
        cairn_visit_objects(
            heap,
            [](cairn_object* object, void* data) {
                static_cast<std::vector<cairn_object*>*>(data)->push_back(object);
                return 1;
            },
            &objects);
        ASSERT_EQ(file.nodes.size(), kFirstObject + objects.size());
        std::map<cairn_object*, uint64_t> now;
        for (size_t i = 0; i < objects.size(); ++i) {
            const uint64_t id = file.nodes[kFirstObject + i].id;
            EXPECT_EQ(id % 2, 1u);
            EXPECT_GT(id, 2 * kFirstObject);
            now[objects[i]] = id;
            const bool is_kept = std::find(kept.begin(), kept.end(), objects[i]) != kept.end();
            if (round == 0 || !is_kept) {
                EXPECT_TRUE(used.insert(id).second) << "an id is used again";
            } else {
                EXPECT_EQ(ids[objects[i]], id);
            }
        }
        ids = now;
        for (cairn_object* object : passing) {
            cairn_decref(object);
        }
    }
    for (cairn_object* object : kept) {
        cairn_decref(object);
    }
}

TEST_F(SnapshotTest, TheHostMayGiveUp) {
    cairn_object* a = make(plain, "a");
    const cairn_write_fn give_up = [](const void*, size_t, void*) { return 0; };
    EXPECT_EQ(cairn_snapshot_write(heap, nullptr, give_up, nullptr), CAIRN_USER_ERROR);
    cairn_snapshot_options options;
    cairn_snapshot_options_init(&options);
    options.size = 1;
    EXPECT_EQ(cairn_snapshot_write(heap, &options, give_up, nullptr), CAIRN_INVALID);
    cairn_decref(a);
}

// A host may not do that; the file is whole all the same.
TEST_F(SnapshotTest, AnObjectThatIsNamedOtherwiseLaterHasItsTypesName) {
    cairn_object* a = make(plain, "a");
    static constexpr char kNames[][8] = {"one", "two", "three"};
    size_t asked = 0;
    cairn_snapshot_options options;
    cairn_snapshot_options_init(&options);
    options.describe = [](cairn_object*, cairn_node* out_node, void* data) {
        out_node->name = kNames[++*static_cast<size_t*>(data) % 3];
    };
    options.describe_data = &asked;
    const SnapshotFile file = take_snapshot(heap, &options);
    EXPECT_EQ(asked, 3u);
    EXPECT_EQ(file.nodes.back().name, "plain");
    cairn_decref(a);
}

TEST_F(SnapshotTest, EachAllocationMayFail) {
    cairn_object* a = make(plain, "a");
    size_t failures = 0;
    std::string text;
    cairn_snapshot_options options;
    cairn_snapshot_options_init(&options);
    options.describe = [](cairn_object*, cairn_node* out_node, void*) { out_node->name = "class"; };
    for (;; ++failures) {
        memory.fail_at(failures + 1);
        const cairn_status status = cairn_snapshot_write(heap, &options, append, &text);
        memory.fail_at(0);
        if (status == CAIRN_OK) {
            break;
        }
        ASSERT_EQ(status, CAIRN_NO_MEMORY);
        ASSERT_TRUE(text.empty());
        ASSERT_LT(failures, 30u);
    }
    EXPECT_GE(failures, 9u);
    const SnapshotFile file(text);
    EXPECT_EQ(file.nodes.back().name, "class");
    cairn_decref(a);
}

TEST_F(SnapshotTest, InsideAFinalizerOfACycle) {
    std::string seen;
    cairn_object* kept = make(plain, "kept");
    on_finalize("a", [&](cairn_object*) {
        const SnapshotFile file = labelled();
        seen = file.edges_of(4) + "; " + file.edges_of(file.find("b"));
        return CAIRN_OK;
    });
    cairn_decref(make_ring(fin, {"a", "b"}));
    EXPECT_EQ(collect(), 2u);
    EXPECT_TRUE(seen == "element 0 kept, element 1 a; element 0 a" ||
                seen == "element 0 a, element 1 kept; element 0 a")
        << seen;
    cairn_decref(kept);
}

/// At most a hundredth of the heap, whatever the size of its objects.
TEST_F(SnapshotTest, MemoryOfALargeHeap) {
    cairn_type_spec spec = {};
    spec.name = "small";
    spec.object_size = 32;
    spec.slots_offset = 16;
    spec.slot_count = 2;
    cairn_type* small = type(spec);
    cairn_object* list = nullptr;
    for (int i = 0; i < 1000000; ++i) {
        cairn_object* object = cairn_new(small);
        ASSERT_NE(object, nullptr);
        reinterpret_cast<cairn_object**>(object)[2] = list;
        list = object;
    }
    const cairn_heap_usage before = usage();
    struct Watch {
        SnapshotTest* test;
        size_t written;
        size_t peak;
    } watch = {this, 0, 0};
    EXPECT_EQ(cairn_snapshot_write(
                  heap,
                  nullptr,
                  [](const void*, size_t size, void* data) {
                      auto* w = static_cast<Watch*>(data);
                      w->written += size;
                      w->peak = std::max(w->peak, w->test->usage().table_bytes);
                      return 1;
                  },
                  &watch),
              CAIRN_OK);
    EXPECT_GT(watch.written, size_t{30} << 20);
    EXPECT_LT(watch.peak - before.table_bytes, before.object_bytes / 100);
    EXPECT_LT(usage().peak_bytes - before.object_bytes - before.table_bytes,
              before.object_bytes / 100);
    EXPECT_LT(usage().table_bytes - before.table_bytes, before.object_bytes / 1000);
    cairn_decref(list);
}

TEST(SnapshotModel, RandomHeaps) {
    for (uint32_t seed = 1; seed <= 1000 && !testing::Test::HasFailure(); ++seed) {
        const RandomGraph graph(seed);
        const SnapshotFile file = take_snapshot(graph.heap);
        const std::vector<cairn_object*> objects = graph.objects();
        ASSERT_EQ(file.nodes.size(), kFirstObject + objects.size());
        std::map<cairn_object*, size_t> numbers;
        for (size_t i = 0; i < objects.size(); ++i) {
            numbers[objects[i]] = kFirstObject + i;
        }
        std::set<size_t> held;
        for (size_t i = 0; i < file.nodes[4].edge_count; ++i) {
            held.insert(file.edges[file.nodes[4].first_edge + i].to);
        }
        std::set<uint64_t> ids;
        for (cairn_object* object : objects) {
            const FileNode& node = file.nodes[numbers[object]];
            ASSERT_EQ(node.name, cairn_type_name(cairn_type_of(object)));
            ASSERT_EQ(node.self_size, cairn_object_size(object));
            ASSERT_TRUE(ids.insert(node.id).second);
            ASSERT_EQ(held.count(numbers[object]), graph.held.count(object)) << "seed " << seed;
            // Values that hang on a key come first.
            const std::vector<RandomGraph::Edge> edges = RandomGraph::edges(object);
            ASSERT_GE(node.edge_count, edges.size());
            const size_t first = node.first_edge + node.edge_count - edges.size();
            for (size_t i = 0; i < edges.size(); ++i) {
                ASSERT_EQ(file.edges[first + i].to, numbers[edges[i].to]) << "seed " << seed;
            }
        }
    }
}

TEST_F(SnapshotTest, TheFirstAndTheLastCharacterOfEachLength) {
    const std::pair<const char*, const char*> cases[] = {
        {"\xC2\x80", "\\u0080"},
        {"\xDF\xBF", "\\u07ff"},
        {"\xE0\xA0\x80", "\\u0800"},
        {"\xED\x9F\xBF", "\\ud7ff"},
        {"\xEE\x80\x80", "\\ue000"},
        {"\xEF\xBF\xBF", "\\uffff"},
        {"\xF0\x90\x80\x80", "\\ud800\\udc00"},
        {"\xF4\x8F\xBF\xBF", "\\udbff\\udfff"},
        {"\xC1\xBF", "\\ufffd\\ufffd"},
        {"\xE0\x9F\xBF", "\\ufffd\\ufffd\\ufffd"},
        {"\xF0\x8F\xBF\xBF", "\\ufffd\\ufffd\\ufffd\\ufffd"},
        {"\xF4\x90\x80\x80", "\\ufffd\\ufffd\\ufffd\\ufffd"},
        {"\xED\xBF\xBF", "\\ufffd\\ufffd\\ufffd"},
    };
    for (const auto& [name, written] : cases) {
        cairn_object* a = make(plain, name);
        const std::string text = labelled().text();
        EXPECT_NE(text.find('"' + std::string(written) + '"'), std::string::npos) << text;
        cairn_decref(a);
    }
}

TEST_F(SnapshotTest, BytesThatAreNoTextAreReplaced) {
    for (const char* name : {"bad\xE2(", "bad\xE2\x82(", "bad\xFF(", "bad\xED\xA0\x80("}) {
        cairn_object* a = make(plain, name);
        const std::string text = labelled().text();
        EXPECT_NE(text.find("bad\\ufffd"), std::string::npos) << text;
        EXPECT_NE(text.find("(\""), std::string::npos) << text;
        cairn_decref(a);
    }
}

}  // namespace
}  // namespace cairn_test
