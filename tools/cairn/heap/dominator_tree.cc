// SPDX-License-Identifier: MIT
/// `cairn heap dominators`: the dominator tree in a terminal.
#include <algorithm>
#include <cstdio>

#include <fmt/format.h>

#include "paths.h"
#include "request.h"
#include "table.h"

namespace tool::heap {
namespace {

constexpr size_t kTreeDepth = 4;
constexpr size_t kDefaultWidth = 8;

/// Prints a tree down to a depth that the request limits.
class TreePrinter {
  public:
    TreePrinter(const Request& request, const HeapModel& model)
        : model_(model),
          dominated_(model.dominators.dominator),
          depth_(request.depth == 0 ? kTreeDepth : request.depth),
          width_(request.limit == Request().limit ? kDefaultWidth : request.limit) {}

    void print(Node node, const std::string& indent, size_t level) {
        const double share = model_.retained[0] == 0
                                 ? 0.0
                                 : 100.0 * static_cast<double>(model_.retained[node]) /
                                       static_cast<double>(model_.retained[0]);
        fmt::print("{:>15}  {:5.1f} %  {}{}\n",
                   grouped(model_.retained[node]),
                   share,
                   indent,
                   node_text(model_, node));
        if (level == depth_) {
            return;
        }
        const std::vector<Node> below = largest_below(node);
        for (size_t i = 0; i < std::min(width_, below.size()); ++i) {
            print(below[i], indent + "  ", level + 1);
        }
        if (below.size() > width_) {
            uint64_t bytes = 0;
            for (size_t i = width_; i < below.size(); ++i) {
                bytes += model_.retained[below[i]];
            }
            fmt::print("{:>15}           {}  … {} more\n",
                       grouped(bytes),
                       indent,
                       grouped(below.size() - width_));
        }
    }

    void write(JsonWriter& json, Node node, size_t level) {
        json.begin_object();
        json.key("id").number(model_.snapshot.id[node]);
        json.key("object").text(node_text(model_, node));
        json.key("self").number(model_.snapshot.self_size[node]);
        json.key("retained").number(model_.retained[node]);
        const std::vector<Node> below = largest_below(node);
        json.key("dominates").number(below.size());
        json.key("largest").begin_array();
        for (size_t i = 0; level < depth_ && i < std::min(width_, below.size()); ++i) {
            write(json, below[i], level + 1);
        }
        json.end_array().end_object();
    }

  private:
    [[nodiscard]] std::vector<Node> largest_below(Node node) const {
        const DominatedNodes::Range range = dominated_.of(node);
        std::vector<Node> nodes(range.begin(), range.end());
        std::sort(nodes.begin(), nodes.end(), [&](Node a, Node b) {
            const uint64_t bytes_a = model_.retained[a];
            const uint64_t bytes_b = model_.retained[b];
            return bytes_a != bytes_b ? bytes_a > bytes_b : a < b;
        });
        return nodes;
    }

    const HeapModel& model_;
    DominatedNodes dominated_;
    size_t depth_;
    size_t width_;
};

}  // namespace

int run_dominators(const Request& request) {
    const HeapModel model = load_for(request, request.words[0]);
    const Node top = request.words.size() < 2 ? 0 : find_nodes(model, request.words[1])[0];
    TreePrinter printer(request, model);
    if (request.json) {
        std::string out;
        JsonWriter json(out);
        printer.write(json, top, 0);
        fmt::print("{}\n", out);
    } else {
        printer.print(top, "", 0);
    }
    return 0;
}

}  // namespace tool::heap
