// SPDX-License-Identifier: MIT
#include "inspect/snapshot_sites.h"

#include <cstdio>
#include <initializer_list>

namespace cairn {

namespace {

constexpr uint32_t kRootId = 1;
constexpr size_t kDeepest = 1000;

}  // namespace

bool SnapshotSites::frame(uint32_t site, size_t depth, cairn_frame* out_frame) const {
    *out_frame = {};
    return options_.frame != nullptr && depth < kDeepest &&
           options_.frame(site, depth, out_frame, options_.frame_data) != 0;  // HOST CODE
}

bool SnapshotSites::build() {
    const Array<SiteSum>& sums = heap_->sampler.sums;
    if (sums.empty()) {
        return true;
    }
    if (!depths_.reserve(heap_->memory, 2 * sums.size())) {
        return false;
    }
    cairn_frame ignored = {};
    for (const SiteSum& sum : sums) {
        uint32_t depth = 0;
        while (frame(sum.site, depth, &ignored)) {
            ++depth;
        }
        depths_.push_reserved(depth == 0 ? 1 : depth);
    }
    uint32_t last = kRootId;
    for (size_t i = 0; i < sums.size(); ++i) {
        last += depths_[i];
        depths_.push_reserved(last);
    }
    ends_ = depths_.begin() + sums.size();
    functions_ = last;
    return true;
}

// Calls `visit(sum, depth, is_last, frame)` for each call of each site.
template <typename F>
void SnapshotSites::for_each_frame(F visit) const {
    size_t i = 0;
    for (const SiteSum& sum : heap_->sampler.sums) {
        const size_t depth = depths_[i++];
        for (size_t at = 0; at < depth; ++at) {
            cairn_frame call = {};
            (void)frame(sum.site, at, &call);
            visit(sum, at, at + 1 == depth, call);
        }
    }
}

void SnapshotSites::write_lists(Output& out, uint32_t first_text) const {
    if (functions_ == 0) {
        out.raw("\"trace_function_infos\":[],\"trace_tree\":[],\n");
        return;
    }
    const auto numbers = [&out](std::initializer_list<uint64_t> fields) {
        for (const uint64_t field : fields) {
            out.put(',');
            out.number(field);
        }
    };
    out.raw("\"trace_function_infos\":[0,");
    out.number(first_text);
    out.raw(",0,0,0,0");
    uint64_t next = 1;
    for_each_frame([&](const SiteSum&, size_t, bool, const cairn_frame& call) {
        out.put('\n');
        const uint64_t name = first_text + 2 * next - 1;
        numbers({next, name, name + 1, 0, call.line, call.column});
        ++next;
    });
    out.raw("],\n\"trace_tree\":[1,0,0,0,[");
    next = 1;
    for_each_frame([&](const SiteSum& sum, size_t depth, bool is_last, const cairn_frame&) {
        out.raw(depth == 0 && next > 1 ? "\n," : "");
        out.number(kRootId + next);
        numbers({next, is_last ? sum.objects : 0, is_last ? sum.bytes : 0});
        out.raw(",[");
        ++next;
        for (size_t i = 0; is_last && i <= depth; ++i) {
            out.put(']');
        }
    });
    out.raw("]],\n");
}

void SnapshotSites::write_texts(Output& out) const {
    if (functions_ == 0) {
        return;
    }
    out.raw(",\n\"(root)\"");
    for_each_frame([&](const SiteSum& sum, size_t, bool, const cairn_frame& call) {
        char number[24];
        (void)std::snprintf(
            number, sizeof number, "site %lu", static_cast<unsigned long>(sum.site));
        out.raw(",\n");
        out.string(call.function == nullptr ? number : call.function);
        out.raw(",\n");
        out.string(call.file == nullptr ? "" : call.file);
    });
}

}  // namespace cairn
