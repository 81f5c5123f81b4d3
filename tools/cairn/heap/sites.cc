// SPDX-License-Identifier: MIT
#include "sites.h"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <map>
#include <stdexcept>
#include <tuple>
#include <unordered_map>

#include <fmt/format.h>

#include "output.h"
#include "request.h"
#include "table.h"

namespace tool::heap {
namespace {

/// Profiles have signed numbers.
constexpr uint64_t kMostSum = INT64_MAX;

/// An allocation of `size` bytes is sampled with the probability 1 - exp(-size / interval); the
/// sums of sampled objects, divided by it, estimate those of all. As pprof does, the average size
/// stands for each size. `cell_bytes` are without external memory: sampling does not see it.
double scale_for(uint64_t count, uint64_t cell_bytes, uint64_t interval) {
    if (interval == 0 || count == 0 || cell_bytes == 0) {
        return 1.0;
    }
    const double average = static_cast<double>(cell_bytes) / static_cast<double>(count);
    return -1.0 / std::expm1(-average / static_cast<double>(interval));
}

void scale(uint64_t& sum, double factor) {
    const double scaled = std::round(static_cast<double>(sum) * factor);
    sum = scaled < static_cast<double>(kMostSum) ? static_cast<uint64_t>(scaled) : kMostSum;
}

void add(uint64_t& sum, uint64_t more) {
    sum += std::min(kMostSum - sum, more);
}

/// A function's sums, however it was called.
struct FunctionRow {
    uint32_t function = 0;
    SiteSums sums;
};

std::vector<FunctionRow> rows_by_function(const Snapshot& s) {
    std::map<uint32_t, SiteSums> by_function;
    const std::vector<SiteSums> sums = sum_sites(s);
    for (size_t i = 0; i < sums.size(); ++i) {
        SiteSums& row = by_function[s.sites[i].function];
        add(row.live_count, sums[i].live_count);
        add(row.live_bytes, sums[i].live_bytes);
        add(row.all_count, sums[i].all_count);
        add(row.all_bytes, sums[i].all_bytes);
    }
    std::vector<FunctionRow> rows;
    for (const auto& [function, row] : by_function) {
        if (row.all_count != 0 || row.live_count != 0) {
            rows.push_back({function, row});
        }
    }
    const auto key = [](const FunctionRow& row) {
        return std::tuple(~row.sums.live_bytes, ~row.sums.all_bytes, row.function);
    };
    std::sort(rows.begin(), rows.end(), [&](const FunctionRow& a, const FunctionRow& b) {
        return key(a) < key(b);
    });
    return rows;
}

}  // namespace

std::vector<SiteSums> sum_sites(const Snapshot& s) {
    std::vector<SiteSums> sums(s.sites.size());
    std::vector<uint64_t> live_cell_bytes(s.sites.size());
    std::unordered_map<uint32_t, uint32_t> by_id;
    for (uint32_t i = 0; i < s.sites.size(); ++i) {
        by_id.emplace(s.sites[i].id, i);
        sums[i].all_count = s.sites[i].count;
        sums[i].all_bytes = s.sites[i].bytes;
    }
    for (Node node = 0; node < s.site_id.size(); ++node) {
        const auto site = by_id.find(s.site_id[node]);
        if (s.site_id[node] != 0 && site != by_id.end()) {
            const uint64_t self = s.self_size[node];
            const uint64_t external = s.external_size.empty() ? 0 : s.external_size[node];
            ++sums[site->second].live_count;
            add(sums[site->second].live_bytes, self);
            add(live_cell_bytes[site->second], self - std::min(self, external));
        }
    }
    for (size_t i = 0; i < sums.size(); ++i) {
        SiteSums& sum = sums[i];
        const uint64_t interval = s.origin.sample_interval;
        const double live = scale_for(sum.live_count, live_cell_bytes[i], interval);
        const double all = scale_for(sum.all_count, sum.all_bytes, interval);
        scale(sum.live_count, live);
        scale(sum.live_bytes, live);
        scale(sum.all_count, all);
        scale(sum.all_bytes, all);
    }
    return sums;
}

std::vector<uint32_t> call_stack(const Snapshot& s, uint32_t site, size_t most) {
    std::vector<uint32_t> stack;
    while (site != kNone && s.sites[site].parent != kNone && stack.size() < most) {
        stack.push_back(site);
        site = s.sites[site].parent;
    }
    if (stack.empty()) {
        stack.push_back(0);
    }
    return stack;
}

void require_sites(const HeapModel& model) {
    if (model.snapshot.sites.size() < 2) {
        throw std::runtime_error(fmt::format(
            "{}: no allocation sites: the program was not sampled when this was written",
            model.path));
    }
}

int run_sites(const Request& request) {
    const HeapModel model = load_for(request, request.words[0]);
    const Snapshot& s = model.snapshot;
    require_sites(model);
    if (!request.output.empty()) {
        Output output(request.output, request.words);
        output.write(compress(make_profile(model)));
        output.close();
        return 0;
    }
    Table table({{"live bytes", "live_bytes"},
                 {"live", "live_count"},
                 {"all bytes", "all_bytes"},
                 {"all", "all_count"},
                 {"function", "function"},
                 {"place", "place"}});
    std::vector<FunctionRow> rows = rows_by_function(s);
    rows.resize(std::min(rows.size(), request.limit));
    for (const FunctionRow& row : rows) {
        const Function& function = s.functions[row.function];
        const std::string_view file = s.texts[function.file];
        table.add({row.sums.live_bytes,
                   row.sums.live_count,
                   row.sums.all_bytes,
                   row.sums.all_count,
                   std::string(s.texts[function.name]),
                   file.empty() ? std::string() : fmt::format("{}:{}", file, function.line)});
    }
    if (request.json) {
        std::string out;
        JsonWriter json(out);
        table.write(json);
        fmt::print("{}\n", out);
    } else {
        table.print();
    }
    return 0;
}

}  // namespace tool::heap
