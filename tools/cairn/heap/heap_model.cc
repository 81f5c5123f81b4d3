// SPDX-License-Identifier: MIT
#include "heap_model.h"

#include <unordered_map>

#include <fmt/format.h>

#include "detached.h"
#include "owners.h"
#include "retaining_edges.h"
#include "snapshot_reader.h"

namespace tool::heap {
namespace {

/// "<div id="a">" is of the type "<div>".
std::string object_type(std::string_view name) {
    constexpr std::string_view kDetached = "Detached <";
    const size_t tag = name.starts_with('<') ? 0 : name.starts_with(kDetached) ? 10 : name.npos;
    const size_t blank = tag == name.npos ? name.npos : name.find(' ', tag);
    return blank == name.npos ? std::string(name) : std::string(name.substr(0, blank)) + ">";
}

class TypeTable {
  public:
    TypeTable(const Snapshot& s, const Bits& detached)
        : s_(s), detached_(detached), by_text_(s.texts.size(), kNone) {}

    Types run() {
        std::vector<Type> by_kind(s_.node_types.size(), kNone);
        types_.of_node.reserve(s_.node_count());
        for (Node node = 0; node < s_.node_count(); ++node) {
            if (!detached_.empty() && detached_[node]) {
                types_.of_node.push_back(
                    intern(object_type(fmt::format("Detached {}", s_.text(node)))));
                continue;
            }
            const NodeKind kind = s_.kind(node);
            const bool has_own_name = kind == NodeKind::kObject || kind == NodeKind::kNative;
            Type& type = has_own_name ? by_text_[s_.name[node]] : by_kind[s_.type[node]];
            if (type == kNone) {
                type = intern(has_own_name ? object_type(s_.text(node)) : kind_name(node));
            }
            types_.of_node.push_back(type);
        }
        return std::move(types_);
    }

  private:
    [[nodiscard]] std::string kind_name(Node node) const {
        switch (s_.kind(node)) {
            case NodeKind::kHidden:
                return "(system)";
            case NodeKind::kCode:
                return "(compiled code)";
            case NodeKind::kClosure:
                return "Function";
            case NodeKind::kRegExp:
                return "RegExp";
            default:
                return fmt::format("({})", s_.node_types[s_.type[node]]);
        }
    }

    Type intern(std::string name) {
        const auto next = static_cast<Type>(types_.names.size());
        const auto [at, is_new] = by_name_.emplace(std::move(name), next);
        if (is_new) {
            types_.names.push_back(at->first);
        }
        return at->second;
    }

    const Snapshot& s_;
    const Bits& detached_;
    std::vector<Type> by_text_;
    std::unordered_map<std::string, Type> by_name_;
    Types types_;
};

}  // namespace

Types find_types(const Snapshot& snapshot, const Bits& detached) {
    return TypeTable(snapshot, detached).run();
}

DominatedNodes::DominatedNodes(const std::vector<Node>& dominator)
    : first_(dominator.size() + 1, 0), nodes_(dominator.size() - 1) {
    for (size_t node = 1; node < dominator.size(); ++node) {
        ++first_[dominator[node]];
    }
    uint32_t end = 0;
    for (uint32_t& first : first_) {
        end += first;
        first = end;
    }
    for (size_t node = dominator.size(); node-- > 1;) {
        nodes_[--first_[dominator[node]]] = static_cast<Node>(node);
    }
}

HeapModel make_model(Snapshot snapshot, std::string path) {
    HeapModel model;
    model.path = std::move(path);
    model.snapshot = std::move(snapshot);
    Snapshot& s = model.snapshot;
    const EntryNames entries(s.texts);
    model.dominators = find_dominators(s, find_retaining_edges(s, entries));
    move_sizes_to_owners(s);
    model.retained = sum_retained(model.dominators, s.self_size);
    model.distances = find_distances(s, entries);
    model.types = find_types(s, find_detached(s));
    return model;
}

HeapModel load_model(const std::string& path) {
    ByteSource source(path);
    return make_model(read_snapshot(source), path);
}

}  // namespace tool::heap
