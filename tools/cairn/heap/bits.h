// SPDX-License-Identifier: MIT
/// One bit for each of many.
#ifndef CAIRN_TOOL_HEAP_BITS_H
#define CAIRN_TOOL_HEAP_BITS_H

#include <cstddef>
#include <cstdint>
#include <vector>

namespace tool::heap {

class Bits {
  public:
    explicit Bits(size_t count = 0) : words_((count + 63) / 64) {}
    void set(size_t i) { words_[i / 64] |= uint64_t{1} << (i % 64); }
    [[nodiscard]] bool operator[](size_t i) const { return (words_[i / 64] >> (i % 64) & 1) != 0; }
    [[nodiscard]] bool empty() const { return words_.empty(); }

  private:
    std::vector<uint64_t> words_;
};

}  // namespace tool::heap

#endif
