// SPDX-License-Identifier: MIT
/// Reads what cairn_snapshot_write() writes, as strictly as can be: for tests of the writer.
/// Readers for users are elsewhere (tools/cairn/heap).
#ifndef CAIRN_TESTS_UNIT_SNAPSHOT_FILE_H
#define CAIRN_TESTS_UNIT_SNAPSHOT_FILE_H

#include <cstdint>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "cairn/snapshot.h"

namespace cairn_test {

struct FileNode {
    uint64_t type;
    std::string name;
    uint64_t id;
    uint64_t self_size;
    uint64_t edge_count;
    uint64_t external_size;
    size_t first_edge;
};

struct FileEdge {
    uint64_t type;
    uint64_t name;  ///< a number, or the index of a text
    size_t to;

    bool operator==(const FileEdge& other) const {
        return type == other.type && name == other.name && to == other.to;
    }
};

class SnapshotFile {
  public:
    explicit SnapshotFile(std::string text) : text_(std::move(text)) {
        const uint64_t node_count = number_after("\"node_count\":");
        const uint64_t edge_count = number_after("\"edge_count\":");
        const bool has_external = text_.find("\"external_size\"") != std::string::npos;
        read_strings();
        const size_t fields = has_external ? 8 : 7;
        const std::vector<uint64_t> numbers = list("\"nodes\":[");
        EXPECT_EQ(numbers.size(), node_count * fields);
        size_t first_edge = 0;
        for (size_t i = 0; i + fields <= numbers.size(); i += fields) {
            EXPECT_LT(numbers[i + 1], strings.size());
            EXPECT_EQ(numbers[i + 5], 0u);
            EXPECT_EQ(numbers[i + 6], 0u);
            nodes.push_back({numbers[i],
                             strings[numbers[i + 1]],
                             numbers[i + 2],
                             numbers[i + 3],
                             numbers[i + 4],
                             has_external ? numbers[i + 7] : 0,
                             first_edge});
            first_edge += numbers[i + 4];
        }
        EXPECT_EQ(first_edge, edge_count);
        const std::vector<uint64_t> edge_numbers = list("\"edges\":[");
        EXPECT_EQ(edge_numbers.size(), edge_count * 3);
        for (size_t i = 0; i + 3 <= edge_numbers.size(); i += 3) {
            EXPECT_EQ(edge_numbers[i + 2] % fields, 0u);
            EXPECT_LT(edge_numbers[i + 2] / fields, node_count);
            EXPECT_TRUE(edge_numbers[i] == 1 || edge_numbers[i + 1] < strings.size());
            edges.push_back({edge_numbers[i], edge_numbers[i + 1], edge_numbers[i + 2] / fields});
        }
    }

    /// "property friend b, element 3 c": edges of a node, by names of nodes.
    [[nodiscard]] std::string edges_of(size_t node) const {
        static constexpr const char* kTypes[] = {
            "context", "element", "property", "internal", "hidden", "shortcut", "weak"};
        std::string text;
        for (size_t i = 0; i < nodes[node].edge_count; ++i) {
            const FileEdge& edge = edges[nodes[node].first_edge + i];
            text += text.empty() ? "" : ", ";
            text += std::string(kTypes[edge.type]) + " ";
            text += edge.type == 1 ? std::to_string(edge.name) : strings[edge.name];
            text += " " + nodes[edge.to].name;
        }
        return text;
    }

    /// The only node of that name.
    [[nodiscard]] size_t find(const std::string& name) const {
        size_t found = SIZE_MAX;
        for (size_t i = 0; i < nodes.size(); ++i) {
            if (nodes[i].name == name) {
                EXPECT_EQ(found, SIZE_MAX) << name << " is there twice";
                found = i;
            }
        }
        EXPECT_NE(found, SIZE_MAX) << name << " is not there";
        return found == SIZE_MAX ? 0 : found;
    }

    [[nodiscard]] const std::string& text() const { return text_; }

    std::vector<FileNode> nodes;
    std::vector<FileEdge> edges;
    std::vector<std::string> strings;

  private:
    [[nodiscard]] uint64_t number_after(const std::string& key) const {
        const size_t at = text_.find(key);
        EXPECT_NE(at, std::string::npos) << key;
        return at == std::string::npos
                   ? 0
                   : std::strtoull(text_.c_str() + at + key.size(), nullptr, 10);
    }

    [[nodiscard]] std::vector<uint64_t> list(const std::string& key) const {
        std::vector<uint64_t> numbers;
        const char* at = text_.c_str() + text_.find(key) + key.size();
        while (*at != ']') {
            EXPECT_TRUE((*at >= '0' && *at <= '9')) << key;
            char* end = nullptr;
            numbers.push_back(std::strtoull(at, &end, 10));
            at = end;
            at += *at == '\n' ? 1 : 0;
            at += *at == ',' ? 1 : 0;
            if (testing::Test::HasFailure()) {
                break;
            }
        }
        return numbers;
    }

    void read_strings() {
        const std::string key = "\"strings\":[";
        const char* at = text_.c_str() + text_.find(key) + key.size();
        while (*at != ']' && !testing::Test::HasFailure()) {
            at += *at == ',' ? 1 : 0;
            at += *at == '\n' ? 1 : 0;
            EXPECT_EQ(*at, '"');
            std::string value;
            for (++at; *at != '"'; ++at) {
                EXPECT_TRUE(*at >= 0x20 && *at < 0x7F);
                if (*at == '\\' && at[1] == 'u') {
                    value += "<" + std::string(at + 2, 4) + ">";
                    at += 5;
                } else {
                    at += *at == '\\' ? 1 : 0;
                    value += *at;
                }
            }
            strings.push_back(value);
            ++at;
        }
        EXPECT_EQ(std::string(at), "]}\n");  // Nothing follows.
    }

    std::string text_;
};

inline int append(const void* data, size_t size, void* user_data) {
    static_cast<std::string*>(user_data)->append(static_cast<const char*>(data), size);
    return 1;
}

inline SnapshotFile take_snapshot(cairn_heap* heap,
                                  const cairn_snapshot_options* options = nullptr) {
    std::string text;
    EXPECT_EQ(cairn_snapshot_write(heap, options, append, &text), CAIRN_OK);
    return SnapshotFile(std::move(text));
}

}  // namespace cairn_test

#endif
