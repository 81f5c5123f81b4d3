// SPDX-License-Identifier: MIT
/// Makes a random heap of the library's and writes a snapshot of it, and what readers must find:
///   cairn_heap_write SEED OBJECTS FILE
/// FILE.expected has the numbers of nodes and edges, then the distance, size and retained size of
/// each object, in the order of the file: by a search of our own with each object left out in
/// turn. Of large heaps only some retained sizes are computed; the others are -1.
#include <cstdio>
#include <cstdlib>
#include <string>
#include <unordered_map>

#include "../unit/random_graph.h"

namespace {

using cairn_test::RandomGraph;

constexpr size_t kRootNodes = 7;  // the root, all roots, and five groups of them
constexpr size_t kNowhere = SIZE_MAX;
constexpr size_t kSampled = 300;

class Expected {
  public:
    explicit Expected(const RandomGraph& graph) : objects_(graph.objects()), edges_of_(size()) {
        for (size_t i = 0; i < size(); ++i) {
            numbers_[objects_[i]] = i;
        }
        for (const auto& [object, count] : graph.held) {
            held_.push_back(numbers_.at(object));
        }
        edges_ += held_.size();
        add_ephemerons(graph);
        for (size_t i = 0; i < size(); ++i) {
            for (const RandomGraph::Edge& edge : RandomGraph::edges(objects_[i])) {
                ++edges_;
                const bool is_value = edge.edge.kind == CAIRN_EDGE_EPHEMERON_VALUE;
                if (!edge.is_weak() &&
                    !(is_value && ephemerons_.count({objects_[i], edge.edge.index}) != 0)) {
                    edges_of_[i].push_back(numbers_.at(edge.to));
                }
            }
        }
    }

    [[nodiscard]] bool write(const std::string& path) const {
        std::FILE* const file = std::fopen(path.c_str(), "w");
        if (file == nullptr) {
            return false;
        }
        const std::vector<size_t> distances = search(kNowhere);
        const size_t all = bytes_of(distances);
        const size_t step = size() <= 1000 ? 1 : size() / kSampled;
        (void)std::fprintf(file, "%zu %zu\n", kRootNodes + size(), edges_);
        for (size_t i = 0; i < size(); ++i) {
            const bool is_sampled = i % step == 0;
            const size_t left = is_sampled ? bytes_of(search(i)) : 0;
            (void)std::fprintf(file,
                               "%zu %zu %lld\n",
                               distances[i],
                               cairn_object_size(objects_[i]),
                               is_sampled ? static_cast<long long>(all - left) : -1LL);
        }
        return std::fclose(file) == 0;
    }

  private:
    [[nodiscard]] size_t size() const { return objects_.size(); }

    /// The values of these entries hang on their keys.
    void add_ephemerons(const RandomGraph& graph) {
        for (const RandomGraph::Entry& entry : graph.entries()) {
            if (graph.is_ephemeron(entry)) {
                ephemerons_.insert({entry.map, entry.index});
                edges_of_[numbers_.at(entry.weak)].push_back(numbers_.at(entry.strong));
                ++edges_;
            }
        }
    }

    /// How far each object is from the root if `without` were not there.
    [[nodiscard]] std::vector<size_t> search(size_t without) const {
        std::vector<size_t> distances(size(), kNowhere);
        std::vector<size_t> queue;
        const auto reach = [&](size_t object, size_t distance) {
            if (object != without && distances[object] == kNowhere) {
                distances[object] = distance;
                queue.push_back(object);
            }
        };
        for (const size_t object : held_) {
            reach(object, 3);
        }
        for (size_t at = 0; at < queue.size(); ++at) {
            for (const size_t to : edges_of_[queue[at]]) {
                reach(to, distances[queue[at]] + 1);
            }
        }
        return distances;
    }

    [[nodiscard]] size_t bytes_of(const std::vector<size_t>& distances) const {
        size_t bytes = 0;
        for (size_t i = 0; i < size(); ++i) {
            bytes += distances[i] == kNowhere ? 0 : cairn_object_size(objects_[i]);
        }
        return bytes;
    }

    std::vector<cairn_object*> objects_;
    std::unordered_map<cairn_object*, size_t> numbers_;
    std::vector<std::vector<size_t>> edges_of_;  // without weak ones
    std::vector<size_t> held_;
    std::set<std::pair<cairn_object*, size_t>> ephemerons_;
    size_t edges_ = kRootNodes - 1;
};

bool write_snapshot(cairn_heap* heap, const char* path) {
    std::FILE* const file = std::fopen(path, "wb");
    if (file == nullptr) {
        return false;
    }
    const cairn_status status = cairn_snapshot_write(
        heap,
        nullptr,
        [](const void* data, size_t size, void* to) {
            return std::fwrite(data, 1, size, static_cast<std::FILE*>(to)) == size ? 1 : 0;
        },
        file);
    return std::fclose(file) == 0 && status == CAIRN_OK;
}

}  // namespace

int main(int argc, char** argv) {
    if (argc != 4) {
        (void)std::fprintf(stderr, "usage: %s SEED OBJECTS FILE\n", argv[0]);
        return 2;
    }
    const RandomGraph graph(static_cast<uint32_t>(std::strtoul(argv[1], nullptr, 10)),
                            std::strtoul(argv[2], nullptr, 10));
    const std::string expected = std::string(argv[3]) + ".expected";
    if (!Expected(graph).write(expected) || !write_snapshot(graph.heap, argv[3])) {
        std::perror(argv[3]);
        return 1;
    }
    return 0;
}
