// SPDX-License-Identifier: MIT
/// `cairn heap flame`: folded stacks, one a line, for flame graph tools.
#include <algorithm>

#include <fmt/format.h>

#include "output.h"
#include "request.h"
#include "sites.h"
#include "type_stacks.h"
#include "utf8.h"

namespace tool::heap {
namespace {

constexpr size_t kMostFrames = 200;  ///< of an allocation site
constexpr size_t kMostLabel = 80;

/// A name as a frame: ";" separates frames, and the last blank the value.
std::string frame(std::string_view name) {
    std::string text = one_line(name, kMostLabel);
    std::replace(text.begin(), text.end(), ';', ':');
    std::replace(text.begin(), text.end(), ' ', '_');
    return text.empty() ? "(unnamed)" : text;
}

void write_types(const HeapModel& model, Output& output) {
    const std::vector<TypeStack> stacks = merge_by_type(model);
    std::vector<uint32_t> frames;
    for (uint32_t i = 0; i < stacks.size(); ++i) {
        if (stacks[i].bytes == 0) {
            continue;
        }
        frames.clear();
        for (uint32_t at = i; at != 0; at = stacks[at].parent) {
            frames.push_back(at);
        }
        std::string line = "(root)";
        for (size_t at = frames.size(); at-- > 0;) {
            line += ';' + frame(model.types.names[stacks[frames[at]].type]);
        }
        output.write(fmt::format("{} {}\n", line, stacks[i].bytes));
    }
}

void write_sites(const Snapshot& s, Output& output) {
    const std::vector<SiteSums> sums = sum_sites(s);
    for (uint32_t site = 0; site < s.sites.size(); ++site) {
        if (sums[site].live_bytes == 0) {
            continue;
        }
        std::string line;
        for (const uint32_t at : call_stack(s, site, kMostFrames)) {
            const std::string name = frame(s.texts[s.functions[s.sites[at].function].name]);
            line = fmt::format("{}{}{}", name, line.empty() ? "" : ";", line);
        }
        output.write(fmt::format("{} {}\n", line, sums[site].live_bytes));
    }
}

}  // namespace

int run_flame(const Request& request) {
    const HeapModel model = load_for(request, request.words[0]);
    if (request.by_site) {
        require_sites(model);
    }
    Output output(request.output, request.words);
    if (request.by_site) {
        write_sites(model.snapshot, output);
    } else {
        write_types(model, output);
    }
    output.close();
    return 0;
}

}  // namespace tool::heap
