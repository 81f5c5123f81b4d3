// SPDX-License-Identifier: MIT
#include "inspect/referrers.h"

#include <bit>

#include "base/prefetch.h"
#include "heap/cells.h"
#include "object/walk.h"

namespace cairn {

bool TargetSet::add(cairn_object* const* targets, size_t count) {
    uintptr_t low = UINTPTR_MAX;
    uintptr_t high = 0;
    for (size_t i = 0; i < count; ++i) {
        const auto address = reinterpret_cast<uintptr_t>(targets[i]);
        low = address < low ? address : low;
        high = address > high ? address : high;
        const size_t bit = bit_of(targets[i]);
        bits_[bit / 64] |= uint64_t{1} << bit % 64;
        if (exact_.find_or_add(memory_, targets[i]) == nullptr) {
            return false;
        }
    }
    range_ = {low, high - low};
    single_ = low == high;
    return true;
}

namespace {

// Of a page whose objects have untagged references in fixed slots and nowhere else.
class FixedSlots {
  public:
    FixedSlots(const Page* page, const TargetSet& wanted)
        : base_(page->base),
          cell_size_(page->cell_size),
          cells_(carved_cells(page)),
          shape_(shape_of(page->bin)),
          wanted_(wanted),
          range_(wanted.range()) {}

    // Finds the cells with a slot in the range of what is looked for, neither side bytes nor types
    // being read. The two halves of the page are gone through in turn: the processor fetches ahead
    // in both, and that brings in memory a fifth faster. A million objects of three slots take
    // 3.8 ns each; 4.8 in one go; 6.0 without asking for their memory ahead; 10 with a look at the
    // side bytes of all. That memory, read once, takes 3.3.
    void find() {
        const size_t half = cells_ / 2;
        const std::byte* cell = base_;
        for (size_t i = 0; i < half; ++i, cell += cell_size_) {
            look_at(i, cell);
            look_at(half + i, cell + half * cell_size_);
        }
        if (cells_ % 2 != 0) {
            look_at(cells_ - 1, base_ + (cells_ - 1) * cell_size_);
        }
    }

    void add_found(ObjectList& list) const {
        for (size_t first = 0; first < cells_; first += 64) {
            for (uint64_t found = found_[first / 64]; found != 0; found &= found - 1) {
                const size_t i = first + static_cast<size_t>(std::countr_zero(found));
                auto* object = reinterpret_cast<cairn_object*>(base_ + i * cell_size_);
                if (refers(object) && is_generation(*side_of(object))) {
                    list.add(object);
                }
            }
        }
    }

  private:
    static constexpr size_t kAhead = 3072;

    void look_at(size_t i, const std::byte* cell) {
        prefetch_to_read(cell + kAhead);
        const auto* object = reinterpret_cast<const cairn_object*>(cell);
        if (object->refcount != 0 && may_refer(object)) [[unlikely]] {
            found_[i / 64] |= uint64_t{1} << i % 64;
        }
    }

    [[nodiscard]] bool may_refer(const cairn_object* object) const {
        return !walk_fixed(object, shape_, [this](cairn_object* const* slot, const cairn_edge&) {
            return !range_.contains(*slot);
        });
    }

    [[nodiscard]] bool refers(const cairn_object* object) const {
        return !walk_fixed(object, shape_, [this](cairn_object* const* slot, const cairn_edge&) {
            return !wanted_.has(*slot);
        });
    }

    std::byte* base_;
    size_t cell_size_;
    size_t cells_;
    Shape shape_;
    const TargetSet& wanted_;
    AddressRange range_;
    uint64_t found_[kPageSize / kSmallestCell / 64] = {};
};

void add_from_page(Page* page, const TargetSet& wanted, ObjectList& list) {
    with_walk_of(page, [&](auto for_each_ref) {
        for_each_in(page, kAllBlocks, {kYoung, kOld}, [&](cairn_object* object, const uint8_t*) {
            bool refers = false;
            for_each_ref(object, [&](const cairn_object* referent) {
                refers = refers || wanted.has(referent);
            });
            if (refers) {
                list.add(object);
            }
        });
    });
}

}  // namespace

void add_referrers(cairn_heap* heap, const TargetSet& wanted, ObjectList& list) {
    for_each_page(heap, container_pages, [&](Page* page) {
        if (page->bin != nullptr && shape_of(page->bin).is_simple()) {
            FixedSlots slots(page, wanted);
            slots.find();
            slots.add_found(list);
        } else {
            add_from_page(page, wanted, list);
        }
    });
}

}  // namespace cairn
