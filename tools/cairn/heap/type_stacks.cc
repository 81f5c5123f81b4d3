// SPDX-License-Identifier: MIT
#include "type_stacks.h"

namespace tool::heap {
namespace {

constexpr size_t kMostTypes = 200;

class StackTree {
  public:
    explicit StackTree(const HeapModel& model) : model_(model) {}

    std::vector<TypeStack> run() {
        const std::vector<Type>& types = model_.types.of_node;
        stacks_.push_back({kNone, types[0], 0, 0, 0});
        std::vector<uint32_t> stack_of(model_.snapshot.node_count(), 0);
        for (const Node node : model_.dominators.order) {
            if (node != 0) {
                stack_of[node] = below(stack_of[model_.dominators.dominator[node]], types[node]);
            }
            stacks_[stack_of[node]].bytes += model_.snapshot.self_size[node];
        }
        for (size_t i = stacks_.size(); i-- > 0;) {
            stacks_[i].retained += stacks_[i].bytes;
            if (i != 0) {
                stacks_[stacks_[i].parent].retained += stacks_[i].retained;
            }
        }
        return std::move(stacks_);
    }

  private:
    uint32_t below(uint32_t stack, Type type) {
        if (stack != 0 && (stacks_[stack].type == type || stacks_[stack].depth == kMostTypes)) {
            return stack;
        }
        const auto next = static_cast<uint32_t>(stacks_.size());
        const auto [at, is_new] = children_.emplace(uint64_t{stack} << 32 | type, next);
        if (is_new) {
            stacks_.push_back({stack, type, stacks_[stack].depth + 1, 0, 0});
        }
        return at->second;
    }

    const HeapModel& model_;
    std::vector<TypeStack> stacks_;
    std::unordered_map<uint64_t, uint32_t> children_;
};

}  // namespace

std::vector<TypeStack> merge_by_type(const HeapModel& model) {
    return StackTree(model).run();
}

}  // namespace tool::heap
