// SPDX-License-Identifier: MIT
// A bin hands out cells of one size for objects of one layout (the same slots, or leaves).
//
// Each page keeps its own free cells, newest first, and a bin takes from one page until that has no
// more: neighbours in time become neighbours in memory, in whatever order the cells were freed. In
// front of that lies one spare cell. An object that dies and the next one that is made then touch
// nothing but the cell itself, in two thirds of the time.
#ifndef CAIRN_MEMORY_BIN_H
#define CAIRN_MEMORY_BIN_H

#include <cstddef>
#include <cstdint>
#include <cstring>

#include "memory/poison.h"
#include "memory/segment.h"

namespace cairn {

// Is everything behind the header of a free cell out of bounds, so that the link to the next free
// one must lie in the header? Elsewhere it lies behind the header, where reading it costs less.
#define CAIRN_GUARDS_FREE_CELLS (CAIRN_CHECK_LEVEL >= 2 || CAIRN_ASAN || CAIRN_WITH_VALGRIND)

// Are free cells filled with something that the next taker of the cell looks for? ASan and valgrind
// see each write by themselves.
#if CAIRN_CHECK_LEVEL >= 2 && !CAIRN_ASAN && !CAIRN_WITH_VALGRIND
#define CAIRN_FILLS_FREE_CELLS 1
#else
#define CAIRN_FILLS_FREE_CELLS 0
#endif

// The first bytes of a free cell. They overlay the object header: refcount 0 says free, and the
// type of the object that was here stays readable for reports of misuse.
struct FreeCell {
    uint32_t refcount;
    uint32_t flags;  // the high 16 bits: the number of the next free cell of the page, plus one
    const void* last_type;  // in a checked build one more than its address: see is_marked_free
#if !CAIRN_GUARDS_FREE_CELLS
    FreeCell* next;
#endif
};

// In a checked build a free cell is marked, because a count of 0 does not tell: what dies in bulk
// has one too while its cell is still its own.
inline bool is_marked_free(const void* cell) {
    const auto* free_cell = static_cast<const FreeCell*>(cell);
    return free_cell->refcount == 0 && (reinterpret_cast<uintptr_t>(free_cell->last_type) & 1) != 0;
}

inline void mark_free(FreeCell* cell) {
#if CAIRN_CHECK_LEVEL >= 1
    const auto type = reinterpret_cast<uintptr_t>(cell->last_type);
    cell->last_type = reinterpret_cast<const void*>(type | 1);
#endif
    (void)cell;
}

// What the slots of a freed object hold where free cells are filled: even, so that it does not look
// like an immediate, and not aligned.
inline constexpr unsigned char kFill = 0xDA;
inline constexpr uintptr_t kFillWord = 0xDADADADADADADADA;

#if CAIRN_GUARDS_FREE_CELLS

inline FreeCell* next_free(const FreeCell* cell) {
    const Page* page = page_of(cell);
    const uint32_t number = cell->flags >> 16;
    return number == 0 ? nullptr
                       : reinterpret_cast<FreeCell*>(page->base + (number - 1) * page->cell_size);
}

inline void set_next_free(FreeCell* cell, const FreeCell* next) {
    const Page* page = page_of(cell);
    const auto offset = reinterpret_cast<const std::byte*>(next) - page->base;
    const auto number = next == nullptr ? 0 : static_cast<size_t>(offset) / page->cell_size + 1;
    cell->flags = (cell->flags & 0xFFFF) | static_cast<uint32_t>(number) << 16;
}

#else

inline FreeCell* next_free(const FreeCell* cell) {
    return cell->next;
}

inline void set_next_free(FreeCell* cell, FreeCell* next) {
    cell->next = next;
}

#endif

// Reports that a byte of a free cell has been written to. Defined in object/: it reads the type.
[[noreturn]] void report_write_after_death(const void* cell, size_t offset);

// Where free cells are filled: the first byte that is not as it was left; 0: none.
size_t find_write_after_death(const void* cell, size_t cell_size);

inline void check_fill(const void* cell, size_t cell_size) {
#if CAIRN_FILLS_FREE_CELLS
    if (const size_t offset = find_write_after_death(cell, cell_size)) {
        report_write_after_death(cell, offset);
    }
#endif
    (void)cell;
    (void)cell_size;
}

inline constexpr size_t kHeaderSize = 16;
inline constexpr size_t kSmallestCell = 32;
inline constexpr size_t kLargestCell = 16384;

// What the layer above must know of all objects in a bin's cells. It lies in the bin so that loops
// over pages reach it by one load; memory/ compares it and cannot read it.
struct Layout {
    alignas(uint32_t) std::byte bytes[40] = {};

    bool operator==(const Layout&) const = default;
};

// Not a cell: the spare place of a bin that hands nothing out before Space::open_bin.
inline FreeCell* const kClosed = reinterpret_cast<FreeCell*>(uintptr_t{1});

struct Bin {
    // Read for each object made or freed.
    FreeCell* spare = kClosed;  // nullptr: none
    Page* current = nullptr;    // where cells come from; nullptr when closed
    std::byte* bump = nullptr;  // the rest of the current page has never been used
    std::byte* bump_end = nullptr;
    size_t cell_size = 0;
    Layout layout;
    bool holds_containers = false;  // not leaves
    // The rest.
    Page* available = nullptr;  // pages that have cells to hand out, but for the current one
    Page* last_available = nullptr;
    Page* pages = nullptr;
    Bin* next = nullptr;
    Bin* next_open = nullptr;
    bool has_finalizers = false;  // objects of a type with a finalizer may lie on its pages
    bool has_deallocs = false;    // the same for a dealloc function
    // From level 2 on freed cells wait here, a ring, so that a stale pointer meets a free cell.
    size_t quarantined = 0;
#if CAIRN_CHECK_LEVEL >= 2
    static constexpr size_t kQuarantineLength = 64;
    size_t quarantine_first = 0;
    FreeCell* quarantine[kQuarantineLength] = {};
#endif

    // A cell with undefined contents, or nullptr when the bin needs another page.
    [[nodiscard]] void* take() {
        FreeCell* cell = spare;
        if (reinterpret_cast<uintptr_t>(cell) > reinterpret_cast<uintptr_t>(kClosed)) {
            spare = nullptr;
            unpoison(cell, cell_size);
            return cell;
        }
        return take_from_page();
    }

    [[nodiscard]] void* take_from_page() {
        if (current != nullptr && current->free != nullptr) {
            FreeCell* cell = current->free;
            current->free = next_free(cell);
            --current->free_count;
            unpoison(cell, cell_size);
            check_fill(cell, cell_size);
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

    // Takes back the cell of an object.
    void give(void* object) {
        FreeCell* cell = make_free(object);
#if CAIRN_CHECK_LEVEL >= 2
        put_in_quarantine(cell);
#else
        give_to_page(cell);
#endif
    }

    // The same, and the next object will probably be made in that cell. `is_marked`: its page is
    // marked as young, as Space::close_bins wants it, or need not be.
    void give_spare(void* object, bool is_marked) {
        if (!wants_spare()) {
            give(object);
            return;
        }
        if (!is_marked) {
            segment_of(object)->young_pages |= uint64_t{1} << page_index_of(object);
        }
        keep_spare(object);
    }

    [[nodiscard]] bool wants_spare() const {
        return CAIRN_CHECK_LEVEL < 2 && spare == nullptr;
    }
    void keep_spare(void* object) {
        spare = make_free(object);
    }

    // Number of cells of `page` that were ever handed out.
    [[nodiscard]] uint16_t carved(const Page* page) const {
        if (page != current) {
            return page->carved;
        }
        return static_cast<uint16_t>(static_cast<size_t>(bump - page->base) / cell_size);
    }

    // Free cells that are in no page's list.
    [[nodiscard]] size_t idle_cells() const {
        return quarantined + (spare != nullptr && spare != kClosed);
    }

    // `page`, which is not among the available ones, has cells to hand out.
    void add_available(Page* page) {
        page->is_available = true;
        page->next_available = nullptr;
        (available == nullptr ? available : last_available->next_available) = page;
        last_available = page;
    }

    // No page is current, and there is no spare cell.
    void close();

    // Takes cells from `page` from now on, which is not among the available ones. No cell is spare.
    void select(Page* page);

    // Finds the pages with cells to hand out anew; the bin is closed.
    void find_available();

    // All cells of `page` are free from now on, and in no list: the page is to be released.
    void forget_cells(Page* page);

    void release_quarantine();

  private:
    // Has `page` cells enough to be taken from? With few on each page the young would be scattered
    // over many, and each young collection would go through the side bytes of all of those: for a
    // simulated service that took twice as long.
    [[nodiscard]] bool has_cells(const Page* page) const {
        return page->free_count > page->carved / kShare || page->carved < kPageSize / cell_size;
    }
    static constexpr uint32_t kShare = 8;

    FreeCell* make_free(void* object) const {
        auto* cell = static_cast<FreeCell*>(object);
        cell->refcount = 0;
        cell->flags = 0;
        mark_free(cell);
        std::byte* payload = static_cast<std::byte*>(object) + kHeaderSize;
#if CAIRN_FILLS_FREE_CELLS
        // INV-CELL-FILL
        std::memset(payload, kFill, cell_size - kHeaderSize);
#endif
#if CAIRN_GUARDS_FREE_CELLS
        poison(payload, cell_size - kHeaderSize);
#endif
        (void)payload;
        return cell;
    }

    // INV-BIN-FREE.
    void give_to_page(FreeCell* cell) {
        Page* page = page_of(cell);
        set_next_free(cell, page->free);
        page->free = cell;
        ++page->free_count;
        if (!page->is_available) [[unlikely]] {
            offer(page);
        }
    }

    // A cell of `page` came back, which is not among the available ones: is it to be?
    void offer(Page* page);

    void tidy(Page* page) const;
#if CAIRN_CHECK_LEVEL >= 2
    void put_in_quarantine(FreeCell* cell);
#endif
};

// Above this size the time of an allocation goes into setting memory to zero.
inline constexpr size_t kLargestQuickCell = 128;

// Sets the bytes after the header of a quick cell to zero, and perhaps the header, by a few stores
// that overlap instead of a call; sizes are multiples of 16.
inline void zero_quick_payload(void* cell, size_t cell_size) {
    std::byte* payload = static_cast<std::byte*>(cell) + kHeaderSize;
    std::byte* end = static_cast<std::byte*>(cell) + cell_size;
    if (cell_size <= 64) [[likely]] {
        std::memset(payload, 0, 16);
        std::memset(end - 32, 0, 32);
    } else {
        std::memset(payload, 0, 48);
        std::memset(end - 64, 0, 64);
    }
}

// The same for any cell.
inline void zero_payload(void* cell, size_t cell_size) {
    if (cell_size <= kLargestQuickCell) {
        zero_quick_payload(cell, cell_size);
    } else {
        std::memset(static_cast<std::byte*>(cell) + kHeaderSize, 0, cell_size - kHeaderSize);
    }
}

}  // namespace cairn

#endif
