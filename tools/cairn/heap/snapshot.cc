// SPDX-License-Identifier: MIT
#include "snapshot.h"

#include <algorithm>

#include <fmt/format.h>

namespace tool::heap {

Node Snapshot::edge_from(Edge edge) const {
    const auto after = std::upper_bound(first_edge.begin(), first_edge.end(), edge);
    return static_cast<Node>(after - first_edge.begin() - 1);
}

std::string Snapshot::edge_text(Edge edge) const {
    if (edge_has_number(edge)) {
        return edge_kind(edge) == EdgeKind::kElement ? fmt::format("[{}]", edge_name[edge])
                                                     : fmt::format("{{{}}}", edge_name[edge]);
    }
    const std::string_view label = texts[edge_name[edge]];
    switch (edge_kind(edge)) {
        case EdgeKind::kContext:
            return fmt::format("->{}", label);
        case EdgeKind::kWeak:
            return fmt::format("[[{}]]", label);
        case EdgeKind::kProperty:
        case EdgeKind::kShortcut:
            // Cairn's writer gives items as a programmer writes them: "['a']".
            if (label.starts_with('[')) {
                return std::string(label);
            }
            return label.find(' ') == label.npos ? fmt::format(".{}", label)
                                                 : fmt::format("[\"{}\"]", label);
        default:
            return fmt::format("{{{}}}", label);
    }
}

}  // namespace tool::heap
