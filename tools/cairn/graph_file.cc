// SPDX-License-Identifier: MIT
#include "graph_file.h"

#include <algorithm>
#include <array>
#include <limits>
#include <lzma.h>
#include <string_view>

#include <fmt/format.h>

#include "file.h"

namespace tool {
namespace {

constexpr std::string_view kMagic = "HGRAPH1\n";
constexpr std::string_view kXzMagic(
    "\xFD"
    "7zXZ\0",
    6);

// What grows while it is read is there twice when it moves to a larger place.
constexpr size_t kGrowing = 2;

std::string xz_error(lzma_ret status, size_t limit) {
    switch (status) {
        case LZMA_BUF_ERROR:
            return "the .xz data ends too early";
        case LZMA_MEM_ERROR:
            return "no memory to read .xz data";
        case LZMA_MEMLIMIT_ERROR:
            return needs_more_than(limit);
        default:
            return "the .xz data is damaged";
    }
}

/// Unfolds .xz data. Returns an empty string, or what went wrong.
std::string unfold(std::string_view packed, size_t limit, std::string& out_bytes) {
    lzma_stream stream = LZMA_STREAM_INIT;
    if (lzma_stream_decoder(&stream, limit, LZMA_CONCATENATED) != LZMA_OK) {
        return "no memory to read .xz data";
    }
    stream.next_in = reinterpret_cast<const uint8_t*>(packed.data());
    stream.avail_in = packed.size();
    std::array<uint8_t, 1 << 16> buffer;
    std::string error;
    lzma_ret status = LZMA_OK;
    while (status == LZMA_OK && error.empty()) {
        stream.next_out = buffer.data();
        stream.avail_out = buffer.size();
        status = lzma_code(&stream, LZMA_FINISH);
        const size_t got = buffer.size() - stream.avail_out;
        if (lzma_memusage(&stream) + kGrowing * (out_bytes.size() + got) > limit) {
            error = needs_more_than(limit);
        } else {
            out_bytes.append(reinterpret_cast<const char*>(buffer.data()), got);
        }
    }
    lzma_end(&stream);
    if (error.empty() && status != LZMA_STREAM_END) {
        error = xz_error(status, limit);
    }
    return error;
}

/// Reads numbers off the front of bytes, and counts what is made of them towards a limit. After the
/// first error all it returns is 0.
class Reader {
  public:
    Reader(std::string_view bytes, size_t limit) : bytes_(bytes), limit_(limit) {
        take(kGrowing * bytes.size());
    }

    [[nodiscard]] bool has_failed() const { return !error_.empty(); }
    [[nodiscard]] const std::string& error() const { return error_; }
    [[nodiscard]] size_t left() const { return has_failed() ? 0 : bytes_.size() - position_; }

    void fail(std::string_view what) {
        if (!has_failed()) {
            error_ = fmt::format("damaged at byte {}: {}", position_, what);
        }
    }

    /// Counts `bytes`, which are about to be allocated.
    void take(size_t bytes) {
        if (!has_failed() && bytes > limit_ - taken_) {
            error_ = needs_more_than(limit_);
        }
        taken_ += has_failed() ? 0 : bytes;
    }
    /// Returns what was counted for the graph.
    [[nodiscard]] size_t taken() const { return taken_ - kGrowing * bytes_.size(); }

    uint64_t varint() {
        uint64_t value = 0;
        for (uint32_t shift = 0; left() > 0; shift += 7) {
            const auto byte = static_cast<unsigned char>(bytes_[position_]);
            if (shift > 63 || (shift == 63 && byte > 1)) {
                fail("a number above 64 bits");
                return 0;
            }
            ++position_;
            value |= uint64_t{byte & 0x7FU} << shift;
            if (byte < 0x80) {
                return value;
            }
        }
        fail("the file ends too early");
        return 0;
    }

    /// A number from 0 to `most`.
    template <typename Number>
    Number varint_up_to(uint64_t most, std::string_view what) {
        const uint64_t value = varint();
        if (value > most) {
            fail(fmt::format("{} {}, where at most {} is possible", what, value, most));
            return 0;
        }
        return static_cast<Number>(value);
    }

    std::string_view text(size_t size) {
        const std::string_view result = bytes_.substr(position_, std::min(size, left()));
        position_ += result.size();
        return result;
    }

  private:
    std::string_view bytes_;
    size_t limit_;
    size_t taken_ = 0;
    size_t position_ = kMagic.size();
    std::string error_;
};

// The fewest bytes that the parts of a file take, by which a claimed count can be judged.
constexpr size_t kLeastTypeBytes = 3;
constexpr size_t kLeastNodeBytes = 4;
constexpr uint64_t kMostSize = uint64_t{1} << 47;  // no address space has room for more

void read_types(Reader& reader, Graph& graph) {
    const auto count =
        reader.varint_up_to<size_t>(reader.left() / kLeastTypeBytes, "number of types");
    reader.take(count * (sizeof(GraphType) + sizeof(void*)));
    graph.types.reserve(reader.has_failed() ? 0 : count);
    for (size_t i = 0; i < count && !reader.has_failed(); ++i) {
        const auto length = reader.varint_up_to<size_t>(reader.left(), "length of a name");
        reader.take(length);
        GraphType type;
        type.name = reader.text(length);
        type.is_container = reader.varint_up_to<uint32_t>(1, "container flag") != 0;
        if (type.name.empty() || type.name.find('\0') != std::string::npos) {
            reader.fail("the name of a type is empty or has a NUL in it");
        }
        graph.types.push_back(std::move(type));
    }
}

void read_edges(Reader& reader, size_t node_count, Graph& graph, GraphNode& node) {
    node.first_edge = graph.edges.size();
    node.edge_count = reader.varint_up_to<uint32_t>(
        std::min<size_t>(reader.left(), std::numeric_limits<uint32_t>::max()), "number of edges");
    if (node.edge_count != 0 && !graph.types[node.type].is_container) {
        reader.fail(fmt::format("an object of the atom type {} has references",
                                graph.types[node.type].name));
    }
    reader.take(kGrowing * sizeof(uint32_t) * node.edge_count);
    for (uint32_t i = 0; i < node.edge_count && !reader.has_failed(); ++i) {
        graph.edges.push_back(reader.varint_up_to<uint32_t>(node_count - 1, "edge to node"));
    }
}

void read_nodes(Reader& reader, Graph& graph) {
    const size_t most =
        std::min<size_t>(reader.left() / kLeastNodeBytes, std::numeric_limits<uint32_t>::max());
    const auto count = reader.varint_up_to<size_t>(most, "number of nodes");
    if (count != 0 && graph.types.empty()) {
        reader.fail("there are nodes but no types");
    }
    reader.take(count * (sizeof(GraphNode) + sizeof(void*)));
    graph.nodes.reserve(reader.has_failed() ? 0 : count);
    for (size_t i = 0; i < count && !reader.has_failed(); ++i) {
        GraphNode node;
        node.type = reader.varint_up_to<uint32_t>(graph.types.size() - 1, "type");
        node.size = reader.varint_up_to<size_t>(kMostSize, "size");
        node.external_references =
            reader.varint_up_to<uint32_t>(kUncountedReferences, "number of external references");
        reader.take(node.size + node.held_references() * sizeof(void*));
        if (reader.has_failed()) {
            return;
        }
        read_edges(reader, count, graph, node);
        graph.bytes += node.size;
        graph.held_references += node.held_references();
        graph.nodes.push_back(node);
    }
    if (reader.left() != 0) {
        reader.fail(fmt::format("{} bytes after the last node", reader.left()));
    }
}

}  // namespace

std::string needs_more_than(size_t limit) {
    return fmt::format("needs more than {} MiB (--memory-limit)", limit >> 20);
}

std::string read_graph(const std::string& path, size_t limit, Graph& out_graph) {
    FileBytes file = read_file(path);
    if (!file.error.empty()) {
        return file.error;
    }
    if (std::string_view(file.bytes).starts_with(kXzMagic)) {
        std::string bytes;
        if (std::string error = unfold(file.bytes, limit, bytes); !error.empty()) {
            return error;
        }
        file.bytes = std::move(bytes);
    }
    if (!std::string_view(file.bytes).starts_with(kMagic)) {
        return "not a graph file";
    }
    Reader reader(file.bytes, limit);
    read_types(reader, out_graph);
    if (!reader.has_failed()) {
        read_nodes(reader, out_graph);
    }
    out_graph.table_bytes = reader.has_failed() ? 0 : reader.taken() - out_graph.bytes;
    return reader.error();
}

}  // namespace tool
