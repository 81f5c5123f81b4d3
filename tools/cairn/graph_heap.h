// SPDX-License-Identifier: MIT
/// An object graph on a heap: one object a node, and the references that its program held.
#ifndef CAIRN_TOOL_GRAPH_HEAP_H
#define CAIRN_TOOL_GRAPH_HEAP_H

#include <cstddef>
#include <cstdint>
#include <vector>

#include "cairn/cairn.h"
#include "graph_file.h"

namespace tool {

class GraphHeap {
  public:
    GraphHeap() = default;
    ~GraphHeap();
    GraphHeap(const GraphHeap&) = delete;
    GraphHeap& operator=(const GraphHeap&) = delete;

    /// Makes the objects in a heap with `heap_flags`. Returns CAIRN_NO_MEMORY when they and
    /// `graph` do not fit into `limit` bytes; what was made then goes with the heap.
    cairn_status load(const Graph& graph, size_t limit, uint32_t heap_flags);

    [[nodiscard]] cairn_heap_usage usage() const;
    [[nodiscard]] size_t tracked_count() const;
    [[nodiscard]] size_t held_count() const { return held_.size(); }

    cairn_status collect(size_t* out_unreachable);

    /// See cairn_snapshot_write().
    cairn_status write_snapshot(cairn_write_fn write, void* user_data) {
        return cairn_snapshot_write(heap_, nullptr, write, user_data);
    }

    /// Declares the variables that hold the external references to the heap as roots.
    cairn_status declare_roots();

    /// Drops the external references, one by one.
    void let_go();

  private:
    cairn_status make_types(const Graph& graph);
    cairn_status make_objects(const Graph& graph);
    void connect(const Graph& graph);

    cairn_heap* heap_ = nullptr;
    std::vector<cairn_type*> types_;
    std::vector<cairn_object*> objects_;  ///< by node; owned only while loading
    std::vector<cairn_object*> held_;     ///< one owned reference for each external one
    size_t declared_ = 0;                 ///< of these, how many are declared as roots
};

}  // namespace tool

#endif
