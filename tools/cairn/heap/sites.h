// SPDX-License-Identifier: MIT
/// Allocation sites: what each call stack allocated, and what of it is still there.
#ifndef CAIRN_TOOL_HEAP_SITES_H
#define CAIRN_TOOL_HEAP_SITES_H

#include <string>
#include <vector>

#include "heap_model.h"

namespace tool::heap {

/// Sums of one node of the tree of call stacks, its callees not included. If the file says that
/// objects were sampled, these are estimates for all objects. Live bytes have external memory in
/// them, all bytes do not.
struct SiteSums {
    uint64_t live_count = 0;
    uint64_t live_bytes = 0;
    uint64_t all_count = 0;
    uint64_t all_bytes = 0;
};

/// Returns the sums of each node of `snapshot.sites`.
std::vector<SiteSums> sum_sites(const Snapshot& snapshot);

/// Returns at most `most` nodes of the tree: `site`, its caller, and so on; the root is left out.
std::vector<uint32_t> call_stack(const Snapshot& snapshot, uint32_t site, size_t most);

/// Throws std::runtime_error if the snapshot has no allocation sites.
void require_sites(const HeapModel& model);

/// Returns a profile of `model` in the format of pprof (profile.proto), not compressed.
std::string make_profile(const HeapModel& model);

/// Returns `bytes` in the format of gzip.
std::string compress(const std::string& bytes);

}  // namespace tool::heap

#endif
