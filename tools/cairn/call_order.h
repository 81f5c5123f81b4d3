// SPDX-License-Identifier: MIT
/// Watches the order of callbacks and finalizers that every heap promises, ordered or not.
#ifndef CAIRN_TOOL_CALL_ORDER_H
#define CAIRN_TOOL_CALL_ORDER_H

#include <cstdint>
#include <string>
#include <unordered_map>
#include <vector>

#include "cairn/gc.h"

namespace tool {

/// Two rules. The callbacks of one object are called newest first. In a full collection all
/// callbacks come before the first finalizer; this is checked as long as the trace has done nothing
/// by which an object can die by its count inside a collection.
class CallOrder {
  public:
    /// A weak reference with a callback was made; `object` and `reference` are numbers.
    void note_made(uint32_t reference, uint32_t object);
    void note_callback(uint32_t reference);
    void note_registered_finalizer();
    void note_finalizer();
    /// From now on only the first rule is checked.
    void note_interference() { has_interference_ = true; }
    void note_phase(cairn_gc_phase phase, int generation);

    [[nodiscard]] const std::vector<std::string>& problems() const { return problems_; }

  private:
    struct Made {
        uint32_t object;
        uint64_t at;
    };
    struct Called {
        uint32_t reference;
        uint64_t at;
    };
    void check_phase();

    uint64_t now_ = 0;
    std::unordered_map<uint32_t, Made> made_;      ///< by reference
    std::unordered_map<uint32_t, Called> called_;  ///< by object: the last one
    bool has_interference_ = false;
    bool in_full_collection_ = false;
    bool had_finalizer_ = false;  ///< in this collection
    std::vector<std::string> problems_;
};

}  // namespace tool

#endif
