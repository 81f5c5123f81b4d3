// A bin hands out cells of one size for objects of one shape (one slot layout, or leaves).
//
// Free cells form one stack across the bin's pages: the next allocation gets the warmest memory.
// The price is that a page is known to be empty only when the stack is rebuilt, which Space::sweep
// does.
#ifndef CAIRN_MEMORY_BIN_H
#define CAIRN_MEMORY_BIN_H

#include <cstddef>
#include <cstdint>
#include <cstring>

#include "base/prefetch.h"
#include "memory/poison.h"
#include "memory/segment.h"

namespace cairn {

// The first bytes of a free cell. They overlay the object header: refcount 0 says free, and the
// type of the object that was here stays readable for reports of misuse.
struct FreeCell {
    uint32_t refcount;
    uint32_t flags;
    const void* last_type;
    FreeCell* next;
};

inline constexpr size_t kHeaderSize = 16;
inline constexpr size_t kSmallestCell = 32;
inline constexpr size_t kLargestCell = 16384;

// A stack of free cells. Its cells lie on kLists linked lists in turn, so that the address of the
// next cells to be taken is known, and their memory on its way into the cache, long before their
// turn. After a million cells were freed in random order, taking them again costs 27 ns each, with
// one list 230 ns: a cache miss each, one after the other.
class FreeStack {
  public:
    static constexpr uint32_t kLists = 16;

    [[nodiscard]] FreeCell* take() {
        const uint32_t newest = (next_ - 1) % kLists;
        FreeCell* cell = lists_[newest];
        if (cell != nullptr) {
            next_ = newest;
            FreeCell* later = cell->next;
            lists_[newest] = later;
            prefetch_to_write(later == nullptr ? cell : later);
        }
        return cell;
    }

    void give(FreeCell* cell) {
        cell->next = lists_[next_];
        lists_[next_] = cell;
        next_ = (next_ + 1) % kLists;
    }

    [[nodiscard]] const FreeCell* list(uint32_t i) const { return lists_[i]; }

  private:
    FreeCell* lists_[kLists] = {};
    uint32_t next_ = 0;  // the list for the next cell given
};

// Who knows where an object has its references.
enum class Slots : uint8_t {
    kNone,     // it is a leaf
    kFixed,    // the shape: fixed slots
    kCounted,  // the shape: fixed slots, and as many more as the object says
    kByType,   // its type alone: a traverse function, tagged slots
};

struct Shape {
    Slots slots = Slots::kNone;
    uint32_t slots_offset = 0;
    uint32_t slot_count = 0;
    uint32_t items_offset = 0;  // of counted slots
    uint32_t item_count_offset = 0;

    [[nodiscard]] bool is_leaf() const { return slots == Slots::kNone; }
    // No object of this shape has references but in fixed slots.
    [[nodiscard]] bool is_simple() const { return slots <= Slots::kFixed; }

    bool operator==(const Shape&) const = default;
};

struct Bin {
    FreeStack free;
    std::byte* bump = nullptr;  // the rest of the current page has never been used
    std::byte* bump_end = nullptr;
    size_t cell_size = 0;
    Page* current = nullptr;
    Page* pages = nullptr;
    Bin* next = nullptr;
    Shape shape;
    // Checked builds only: freed cells wait here, so that a stale pointer meets a free cell.
    FreeCell* quarantine_first = nullptr;
    FreeCell* quarantine_last = nullptr;
    size_t quarantined = 0;

    // A cell with undefined contents, or nullptr when the bin needs a page.
    [[nodiscard]] void* take() {
        if (FreeCell* cell = free.take()) {
            unpoison(cell, cell_size);
            return cell;
        }
        if (bump != bump_end) {
            void* cell = bump;
            bump += cell_size;
            unpoison(cell, cell_size);
            return cell;
        }
        return nullptr;
    }

    void give(void* object) {
        auto* cell = static_cast<FreeCell*>(object);
        cell->refcount = 0;
        cell->flags = 0;
        poison(static_cast<std::byte*>(object) + sizeof(FreeCell), cell_size - sizeof(FreeCell));
#if CAIRN_CHECK_LEVEL >= 2
        quarantine(cell);
#else
        free.give(cell);
#endif
    }

    // Number of cells of `page` that were ever handed out.
    [[nodiscard]] uint32_t carved(const Page* page) const {
        if (page != current) {
            return page->carved;
        }
        return static_cast<uint32_t>(static_cast<size_t>(bump - page->base) / cell_size);
    }

    // All cells of `page` are free from now on, and in no list.
    void forget_cells(Page* page) {
        page->carved = 0;
        if (page == current) {
            current = nullptr;
            bump = bump_end = nullptr;
        }
        poison(page->base, kPageSize);
    }

    void quarantine(FreeCell* cell);
    void release_quarantine();
};

// Sets the bytes after the header to zero; sizes are multiples of 16. Small cells get a few stores
// that overlap instead of a call.
inline void zero_payload(void* cell, size_t cell_size) {
    std::byte* payload = static_cast<std::byte*>(cell) + kHeaderSize;
    std::byte* end = static_cast<std::byte*>(cell) + cell_size;
    if (cell_size <= 64) {
        std::memset(payload, 0, 16);
        std::memset(cell_size == kSmallestCell ? payload : payload + 16, 0, 16);
        std::memset(end - 16, 0, 16);
    } else if (cell_size <= 128) {
        std::memset(payload, 0, 48);
        std::memset(end - 64, 0, 64);
    } else {
        std::memset(payload, 0, cell_size - kHeaderSize);
    }
}

}  // namespace cairn

#endif
