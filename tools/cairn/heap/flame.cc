/// `cairn heap flame`: folded stacks, one a line, for flame graph tools.
#include <algorithm>
#include <unordered_map>

#include <fmt/format.h>

#include "output.h"
#include "request.h"
#include "sites.h"
#include "utf8.h"

namespace tool::heap {
namespace {

constexpr size_t kMostFrames = 200;
constexpr size_t kMostLabel = 80;

/// A name as a frame: ";" separates frames, and the last blank the value.
std::string frame(std::string_view name) {
    std::string text = one_line(name, kMostLabel);
    std::replace(text.begin(), text.end(), ';', ':');
    std::replace(text.begin(), text.end(), ' ', '_');
    return text.empty() ? "(unnamed)" : text;
}

/// The dominator tree with nodes of one type below the same stack merged; a type that dominates
/// itself is one frame.
class TypeStacks {
  public:
    explicit TypeStacks(const HeapModel& model) : model_(model) {
        stacks_.push_back({kNone, model.types.of_node[0], 0, 0});
        std::vector<uint32_t> stack_of(model.snapshot.node_count(), 0);
        for (const Node node : model.dominators.order) {
            if (node != 0) {
                stack_of[node] =
                    below(stack_of[model.dominators.dominator[node]], model.types.of_node[node]);
            }
            stacks_[stack_of[node]].bytes += model.snapshot.self_size[node];
        }
    }

    void write(Output& output) const {
        std::vector<uint32_t> frames;
        for (uint32_t i = 0; i < stacks_.size(); ++i) {
            if (stacks_[i].bytes == 0) {
                continue;
            }
            frames.clear();
            for (uint32_t at = i; at != 0; at = stacks_[at].parent) {
                frames.push_back(at);
            }
            std::string line = "(root)";
            for (size_t at = frames.size(); at-- > 0;) {
                line += ';' + frame(model_.types.names[stacks_[frames[at]].type]);
            }
            output.write(fmt::format("{} {}\n", line, stacks_[i].bytes));
        }
    }

  private:
    struct Stack {
        uint32_t parent;
        Type type;
        uint32_t depth;
        uint64_t bytes;
    };

    uint32_t below(uint32_t stack, Type type) {
        if (stack != 0 && (stacks_[stack].type == type || stacks_[stack].depth == kMostFrames)) {
            return stack;
        }
        const auto next = static_cast<uint32_t>(stacks_.size());
        const auto [at, is_new] = children_.emplace(uint64_t{stack} << 32 | type, next);
        if (is_new) {
            stacks_.push_back({stack, type, stacks_[stack].depth + 1, 0});
        }
        return at->second;
    }

    const HeapModel& model_;
    std::vector<Stack> stacks_;
    std::unordered_map<uint64_t, uint32_t> children_;
};

void write_sites(const Snapshot& s, Output& output) {
    const std::vector<SiteSums> sums = sum_sites(s);
    for (uint32_t site = 0; site < s.sites.size(); ++site) {
        if (sums[site].live_bytes == 0) {
            continue;
        }
        std::string line;
        for (const uint32_t at : call_stack(s, site, kMostFrames)) {
            line = frame(s.texts[s.functions[s.sites[at].function].name]) +
                   (line.empty() ? "" : ";") + line;
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
    Output output(request.output);
    if (request.by_site) {
        write_sites(model.snapshot, output);
    } else {
        TypeStacks(model).write(output);
    }
    output.close();
    return 0;
}

}  // namespace tool::heap
