// A bin hands out cells of one size for objects of one shape (one slot layout, or leaves).
//
// Free cells form one list across the bin's pages, last freed first: the next allocation gets the
// warmest memory. The price is that a page is known to be empty only when the lists are rebuilt,
// which Space::sweep does.
#ifndef CAIRN_MEMORY_BIN_H
#define CAIRN_MEMORY_BIN_H

#include <cstddef>
#include <cstdint>
#include <cstring>

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

struct Shape {
    uint32_t slots_offset = 0;
    uint32_t slot_count = 0;
    const void* counted = nullptr;  // the type, if its objects have counted slots or a traverse
    bool is_leaf = false;

    bool operator==(const Shape&) const = default;
};

struct Bin {
    FreeCell* free = nullptr;
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
        if (free != nullptr) {
            FreeCell* cell = free;
            free = cell->next;
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
        cell->next = free;
        free = cell;
#endif
    }

    // Number of cells of `page` that were ever handed out.
    [[nodiscard]] uint32_t carved(const Page* page) const {
        if (page != current) {
            return page->carved;
        }
        return static_cast<uint32_t>(static_cast<size_t>(bump - page->base) / cell_size);
    }

    void quarantine(FreeCell* cell);
    void release_quarantine();
};

// Bytes are set to zero after the header; sizes are multiples of 16.
inline void zero_payload(void* cell, size_t cell_size) {
    std::memset(static_cast<std::byte*>(cell) + kHeaderSize, 0, cell_size - kHeaderSize);
}

}  // namespace cairn

#endif
