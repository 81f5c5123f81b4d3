// SPDX-License-Identifier: MIT
// The number of each live object among all live ones, in the order of a walk: a bit for each cell,
// and a sum for each 128.
#ifndef CAIRN_INSPECT_NODE_NUMBERS_H
#define CAIRN_INSPECT_NODE_NUMBERS_H

#include <algorithm>

#include "inspect/cell_index.h"

namespace cairn {

// A bit for each cell.
class CellBits {
  public:
    [[nodiscard]] bool build(Memory& memory, size_t cells) {
        const bool made = words_.resize(memory, cells / 64 + 1);
        if (made) {
            std::fill_n(words_.begin(), words_.size(), uint64_t{0});
        }
        return made;
    }
    void release(Memory& memory) { words_.release(memory); }

    void set(size_t cell) { words_[cell / 64] |= uint64_t{1} << cell % 64; }
    [[nodiscard]] bool get(size_t cell) const { return (words_[cell / 64] >> cell % 64 & 1) != 0; }
    [[nodiscard]] size_t word_count() const { return words_.size(); }
    [[nodiscard]] uint64_t word(size_t i) const { return words_[i]; }

  private:
    Array<uint64_t> words_;
};

class NodeNumbers {
  public:
    NodeNumbers(cairn_heap* heap, const CellIndex& index) : heap_(heap), index_(index) {}
    ~NodeNumbers() {
        bits_.release(heap_->memory);
        sums_.release(heap_->memory);
    }
    NodeNumbers(const NodeNumbers&) = delete;
    NodeNumbers& operator=(const NodeNumbers&) = delete;

    // False when memory is out.
    [[nodiscard]] bool build() {
        if (!bits_.build(heap_->memory, index_.size()) ||
            !sums_.reserve(heap_->memory, bits_.word_count() / kWords + 1)) {
            return false;
        }
        index_.for_each([this](const cairn_object*, size_t cell) { bits_.set(cell); });
        for (size_t i = 0; i < bits_.word_count(); ++i) {
            if (i % kWords == 0) {
                sums_.push_reserved(static_cast<uint32_t>(size_));
            }
            size_ += ones(bits_.word(i));
        }
        return true;
    }

    [[nodiscard]] size_t size() const { return size_; }

    [[nodiscard]] size_t of(const cairn_object* object) const {
        const size_t cell = index_.number(object);
        const size_t word = cell / 64;
        const uint64_t before = (uint64_t{1} << cell % 64) - 1;
        const size_t in_word_before = word % kWords == 0 ? 0 : ones(bits_.word(word - 1));
        return sums_[word / kWords] + in_word_before + ones(bits_.word(word) & before);
    }

  private:
    static constexpr size_t kWords = 2;

    // Inline where the processor's own instruction may not be taken for granted.
    static uint64_t ones(uint64_t word) {
        word -= word >> 1 & 0x5555555555555555;
        word = (word & 0x3333333333333333) + (word >> 2 & 0x3333333333333333);
        word = (word + (word >> 4)) & 0x0F0F0F0F0F0F0F0F;
        return word * 0x0101010101010101 >> 56;
    }

    cairn_heap* heap_;
    const CellIndex& index_;
    CellBits bits_;
    Array<uint32_t> sums_;  // ids, which are more, have no more bits
    size_t size_ = 0;
};

}  // namespace cairn

#endif
