// SPDX-License-Identifier: MIT
/// What a report page shows, gathered from a model: bounded, whatever the size of the heap.
#ifndef CAIRN_TOOL_HEAP_REPORT_DATA_H
#define CAIRN_TOOL_HEAP_REPORT_DATA_H

#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "census.h"
#include "growth.h"
#include "heap_model.h"
#include "paths.h"

namespace tool::heap {

/// The objects that a page has details of: those that retain most, and the largest of each type
/// that is shown.
class ReportObjects {
  public:
    ReportObjects(const HeapModel& model, const std::vector<TypeRow>& types);

    [[nodiscard]] const std::vector<Node>& nodes() const { return nodes_; }
    /// Returns the place of `node` in nodes(), or kNone.
    [[nodiscard]] uint32_t place_of(Node node) const;
    /// Returns how many of nodes() are the top of the dominator tree, each after its dominator.
    [[nodiscard]] size_t tree_size() const { return tree_size_; }
    /// Returns the first referrers of an object, and how many there are.
    [[nodiscard]] const std::vector<Referrer>& referrers(size_t place) const {
        return referrers_[place];
    }
    [[nodiscard]] uint64_t referrer_count(size_t place) const { return counts_[place]; }

  private:
    void add_top(const HeapModel& model);
    void add_examples(const HeapModel& model, const std::vector<TypeRow>& types);
    void add(Node node);
    void find_referrers(const Snapshot& snapshot);

    std::vector<Node> nodes_;
    std::unordered_map<Node, uint32_t> places_;
    size_t tree_size_ = 0;
    std::vector<std::vector<Referrer>> referrers_;
    std::vector<uint64_t> counts_;
};

/// Writes the data of a page as JSON; report.js reads it. `growth` may be null.
std::string report_json(const HeapModel& model, const Growth* growth, std::string_view old_path);

}  // namespace tool::heap

#endif
