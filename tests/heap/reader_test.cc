// SPDX-License-Identifier: MIT
/// The reader: what it accepts, and where it says that a fault is.
#include <chrono>
#include <string>

#include <gtest/gtest.h>

#include "random_heap.h"
#include "retaining_edges.h"
#include "snapshot_reader.h"
#include "utf8.h"

namespace heap_tests {
namespace {

using tool::heap::FileFault;
using tool::heap::Snapshot;

constexpr std::string_view kHeader =
    R"({"snapshot":{"meta":{"node_fields":["type","name","id","self_size","edge_count"],)"
    R"("node_types":[["synthetic","object"],"string","number","number","number"],)"
    R"("edge_fields":["type","name_or_index","to_node"],)"
    R"("edge_types":[["property","element","weak"],"string_or_number","node"]},)"
    R"("node_count":2,"edge_count":1},)";
constexpr std::string_view kNodes = R"("nodes":[0,0,1,0,1,1,1,3,8,0],)";
constexpr std::string_view kEdges = R"("edges":[0,1,5],)";
constexpr std::string_view kStrings = R"("strings":["","Thing"]})";

std::string whole() {
    return std::string(kHeader) + std::string(kNodes) + std::string(kEdges) + std::string(kStrings);
}

Snapshot read(std::string_view text) {
    tool::heap::ByteSource source(text);
    return tool::heap::read_snapshot(source);
}

/// Replaces `old`, which must be there, by `now`.
std::string with(std::string text, std::string_view old, std::string_view now) {
    const size_t at = text.find(old);
    EXPECT_NE(at, text.npos) << old;
    return text.replace(at, old.size(), now);
}

std::string fault_of(const std::string& text) {
    try {
        (void)read(text);
    } catch (const FileFault& fault) {
        EXPECT_LE(fault.offset(), text.size());
        return fault.what();
    }
    return "no fault";
}

TEST(HeapReader, ReadsASmallFile) {
    const Snapshot s = read(whole());
    ASSERT_EQ(s.node_count(), 2u);
    ASSERT_EQ(s.edge_count(), 1u);
    EXPECT_EQ(s.text(1), "Thing");
    EXPECT_EQ(s.edge_text(0), ".Thing");
    EXPECT_EQ(s.edge_to[0], 1u);
    EXPECT_EQ(s.edge_from(0), 0u);
    EXPECT_TRUE(s.site_id.empty());
}

TEST(HeapReader, EveryPrefixIsAFaultWithAPlaceInTheFile) {
    const std::string text = random_heap_text({.seed = 3, .nodes = 12, .has_sites = true});
    for (size_t length = 0; length < text.size(); ++length) {
        const std::string fault = fault_of(text.substr(0, length));
        ASSERT_TRUE(fault.starts_with("byte ")) << length << ": " << fault;
    }
    EXPECT_EQ(fault_of(text), "no fault");
}

TEST(HeapReader, FaultsSayWhatIsWrong) {
    struct Case {
        std::string_view old;
        std::string_view now;
        std::string_view fault;
    };
    constexpr Case kCases[] = {
        {"\"node_count\":2", "\"node_count\":3", "\"nodes\" has 2 nodes, node_count says 3"},
        {"\"edge_count\":1}", "\"edge_count\":2}", "\"edges\" has 1 edges, edge_count says 2"},
        {"\"node_count\":2", "\"node_count\":4000000", "has no room for them"},
        {"[0,0,1,0,1,", "[0,0,1,0,2,", "the nodes' edge_count add up to 2"},
        {"[0,1,5]", "[0,1,4]", "edge 0 leads to 4, where no node begins"},
        {"[0,1,5]", "[0,1,10]", "edge 0 leads to 10, where no node begins"},
        {"[0,1,5]", "[3,1,5]", "an edge's type is too large: 3, at most 2"},
        {"[0,1,5]", "[0,2,5]", "edge 0 has string 2, but \"strings\" has 2"},
        {"[0,1,5]", "[0,1]", "\"edges\" ends in the middle of edge 0: it has 2 of 3"},
        {"1,1,3,8,0]", "1,1,3,8]", "\"nodes\" ends in the middle of node 1: it has 4 of 5 fields"},
        {"1,1,3,8,0]", "1,7,3,8,0]", "node 1 has string 7, but \"strings\" has 2"},
        {"1,1,3,8,0]", "1,1,3,1.5e3,0]", "a node's self_size must be a whole number, found '.'"},
        {"1,1,3,8,0]", "1,1,-3,8,0]", "expected a whole number without sign (a node's id)"},
        {"1,1,3,8,0]", "1,1,4294967296,8,0]", "a node's id is too large: 4294967296"},
        {"1,1,3,8,0]", "1,1,3,99999999999999999999,0]", "a node's self_size is too large"},
        {"\"id\",", "\"di\",", "node_fields has no \"id\""},
        {"\"id\",", "\"id\",\"id\",", "node_fields has more than one \"id\""},
        {"\"to_node\"]", "\"to\"]", "edge_fields has no \"to_node\""},
        {"\"nodes\":[0,0,1,0,1,1,1,3,8,0],", "", "the file has no \"nodes\""},
        {"\"strings\"", "\"texts\"", "the file has no \"strings\""},
        {"\"edges\":", "\"nodes\":", "a second \"nodes\""},
        {"\"Thing\"]}", "\"Thing\"]} x", "expected the end of the file, found 'x'"},
        {"\"Thing\"]}", "\"Thi\\ng\\q\"]}", "unknown escape: 'q'"},
        {"\"Thing\"]}", "\"Thi\\u12g4\"]}", "\\u needs four hexadecimal digits, found 'g'"},
        {"\"Thing\"]}", "\"Thi\nng\"]}", "a control character (byte 0x0a)"},
        {"{\"snapshot\"", "[\"snapshot\"", "expected '{', found '['"},
        {"\"snapshot\":{", "\"x\":[[{\"y\":[tru]}]],\"snapshot\":{", "'tru' is not a value"},
        {"\"snapshot\":{", "\"x\":[[{\"y\":1]}]],\"snapshot\":{", "expected '}', found ']'"},
    };
    for (const Case& each : kCases) {
        const std::string fault = fault_of(with(whole(), each.old, each.now));
        EXPECT_NE(fault.find(each.fault), fault.npos) << fault << "\nexpected: " << each.fault;
    }
}

TEST(HeapReader, AFaultIsWhereItIs) {
    const std::string text = with(whole(), "1,1,3,8,0]", "1,1,3,x,0]");
    try {
        (void)read(text);
        FAIL();
    } catch (const FileFault& fault) {
        EXPECT_EQ(fault.offset(), text.find("x,0]"));
    }
}

TEST(HeapReader, ArraysMayComeInAnyOrderAfterTheHeader) {
    const std::string text = std::string(kHeader) + R"("strings":["","Thing"],)" +
                             std::string(kEdges) + R"("more":{"a":[1,{"b":null}]},)" +
                             R"("nodes":[0,0,1,0,1,1,1,3,8,0]})";
    EXPECT_EQ(read(text).edge_to[0], 1u);
    for (const std::string key : {"nodes", "edges", "trace_function_infos", "trace_tree"}) {
        const std::string early = "{\"" + key + "\":[]," + whole().substr(1);
        EXPECT_NE(fault_of(early).find("\"" + key + "\" comes before \"snapshot\""),
                  std::string::npos);
    }
}

TEST(HeapReader, NestingDoesNotUseTheStack) {
    constexpr size_t kDepth = 2'000'000;
    std::string text = R"({"x":)" + std::string(kDepth, '[') + std::string(kDepth, ']') + ",";
    text += whole().substr(1);
    EXPECT_EQ(read(text).node_count(), 2u);
}

TEST(HeapReader, StringsBecomeUtf8) {
    const auto text_of = [](std::string_view json) {
        return std::string(read(with(whole(), "Thing", json)).texts[1]);
    };
    EXPECT_EQ(text_of(R"(a\"\\\/\n\t)"), "a\"\\/\n\t");
    EXPECT_EQ(text_of(R"(\u0041\u00e9\u20ac)"), "Aé€");
    EXPECT_EQ(text_of(R"(\ud83d\ude00)"), "😀");
    EXPECT_EQ(text_of(R"(\ud83d)"), "\uFFFD");
    EXPECT_EQ(text_of(R"(\ud83dx)"), "\uFFFDx");
    EXPECT_EQ(text_of(R"(\ud83d\n)"), "\uFFFD\n");
    EXPECT_EQ(text_of(R"(\ud83d\ud83d\ude00)"), "\uFFFD😀");
    EXPECT_EQ(text_of(R"(\ude00)"), "\uFFFD");
    EXPECT_EQ(text_of("\xc3\xa9"), "é");
    EXPECT_EQ(text_of("\xff\xc3z"), "\uFFFD\uFFFDz");
    EXPECT_EQ(text_of("\xed\xa0\x80"), "\uFFFD\uFFFD\uFFFD");
}

TEST(HeapReader, NoCharacterOfATextIsObeyed) {
    using tool::heap::one_line;
    EXPECT_EQ(one_line("a\n\x1b[1m\x7f|", 20), "a  [1m |");
    EXPECT_EQ(one_line("\u0080\u009b\u009f\u00a0", 20), "   \u00a0");
    EXPECT_EQ(one_line("\u2027\u2028\u2029\u202a\u202e\u202f", 20), "\u2027    \u202f");
    EXPECT_EQ(one_line("\u2065\u2066\u2069\u206a", 20), "\u2065  \u206a");
    EXPECT_EQ(one_line("é\u2028\u009b€", 4), "é  €");
    EXPECT_EQ(one_line("é\u2028\u009b€", 3), "é …");
    EXPECT_EQ(one_line("\xe2\x80", 3), "\xe2\x80");
}

TEST(HeapReader, ReadsWhereObjectsWereAllocated) {
    const Snapshot s = read(random_heap_text({.seed = 5, .nodes = 60, .has_sites = true}));
    ASSERT_EQ(s.sites.size(), 5u);
    EXPECT_EQ(s.sites[0].parent, tool::heap::kNone);
    for (uint32_t i = 1; i < s.sites.size(); ++i) {
        EXPECT_EQ(s.sites[i].parent, i - 1);
        EXPECT_EQ(s.sites[i].id, i + 1);
        EXPECT_EQ(s.sites[i].bytes, 6400 * i);
    }
    EXPECT_EQ(s.texts[s.functions[2].name], "function1");
    EXPECT_EQ(s.functions[2].line, 11u);
    EXPECT_FALSE(s.site_id.empty());
}

TEST(HeapReader, KnowsTheNamesOfWeakMapEntries) {
    using tool::heap::parse_entry_name;
    const auto parsed = parse_entry_name(
        "12 / part of key (K @3) -> value (V (x) @55) pair in WeakMap (table @77)");
    ASSERT_TRUE(parsed.has_value());
    EXPECT_EQ(parsed->table_id, 77u);
    EXPECT_TRUE(parsed->shared_part.starts_with(" / part of key"));
    for (const char* other :
         {"",
          "12",
          "12 / part of key (K @3)",
          " / part of key (K @3) -> value (V @5) pair in WeakMap (table @7)",
          "1 / part of key (K @) -> value (V @5) pair in WeakMap (table @7)",
          "1 / part of key (K3) -> value (V @5) pair in WeakMap (table @7)",
          "1 / part of key (3) -> value (V @5) pair in WeakMap (table @7)",
          "1 / part of key (K @3) -> value (V) pair in WeakMap (table @7)",
          "1 / part of key (K @3) -> value (V @5) pair in WeakMap (table @7) ",
          "1 / part of key (K @3) -> value (V @5x) pair in WeakMap (table @7)",
          "1 / part of key (K @3) -> value (V @5) pair in WeakMap (table @x)"}) {
        EXPECT_FALSE(parse_entry_name(other).has_value()) << other;
    }
}

/// A minute or more if each part looked through all before it.
TEST(HeapReader, ALongNameWithManyPartsOfAnEntryTakesOneLook) {
    constexpr size_t kParts = 100'000;
    std::string name = "1 / part of key (";
    for (size_t i = 0; i < kParts; ++i) {
        name += ") -> value (";
    }
    name += " @5) pair in WeakMap (table @7)";
    const auto start = std::chrono::steady_clock::now();
    EXPECT_FALSE(tool::heap::parse_entry_name(name).has_value());
    EXPECT_LT(std::chrono::steady_clock::now() - start, std::chrono::seconds(10));
}

}  // namespace
}  // namespace heap_tests
