// SPDX-License-Identifier: MIT
// The allocation sites of a snapshot. The calls on the way to each are records of their own, one in
// the other: readers put together what has the same names.
#ifndef CAIRN_INSPECT_SNAPSHOT_SITES_H
#define CAIRN_INSPECT_SNAPSHOT_SITES_H

#include "heap/heap.h"
#include "inspect/output.h"

namespace cairn {

class SnapshotSites {
  public:
    SnapshotSites(cairn_heap* heap, const cairn_snapshot_options& options)
        : heap_(heap), options_(options) {}
    ~SnapshotSites() { depths_.release(heap_->memory); }
    SnapshotSites(const SnapshotSites&) = delete;
    SnapshotSites& operator=(const SnapshotSites&) = delete;

    // Comes first. False when memory is out.
    [[nodiscard]] bool build();

    // How many records there are of functions, the root's included; 0: nothing was sampled.
    [[nodiscard]] uint64_t functions() const { return functions_; }

    // The id of the record of a site, which is a place among the sampler's sums, or UINT32_MAX.
    [[nodiscard]] uint64_t node_of(uint32_t place) const {
        return place == UINT32_MAX ? 0 : ends_[place];
    }

    // Writes functions and tree. Their texts are numbered from `first_text` on.
    void write_lists(Output& out, uint32_t first_text) const;
    void write_texts(Output& out) const;

  private:
    // What there is to a call, be it known or not.
    [[nodiscard]] bool frame(uint32_t site, size_t depth, cairn_frame* out_frame) const;
    template <typename F>
    void for_each_frame(F visit) const;

    cairn_heap* heap_;
    const cairn_snapshot_options& options_;
    Array<uint32_t> depths_;  // of the sites, and behind them the ids of their last records
    const uint32_t* ends_ = nullptr;
    uint64_t functions_ = 0;
};

}  // namespace cairn

#endif
