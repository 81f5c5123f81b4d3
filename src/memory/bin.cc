// SPDX-License-Identifier: MIT
#include "memory/bin.h"

namespace cairn {

namespace {
[[maybe_unused]] constexpr uint32_t kInQuarantine =
    1;  // flags of a cell that is in no free list yet
}  // namespace

size_t find_write_after_death(const void* cell, size_t cell_size) {
    const auto* bytes = static_cast<const unsigned char*>(cell);
    for (size_t i = kHeaderSize; i < cell_size; ++i) {
        if (bytes[i] != kFill) {
            return i;
        }
    }
    return 0;
}

#if CAIRN_CHECK_LEVEL >= 2

void Bin::put_in_quarantine(FreeCell* cell) {
    cell->flags = kInQuarantine;
    FreeCell*& place = quarantine[(quarantine_first + quarantined) % kQuarantineLength];
    if (quarantined < kQuarantineLength) {
        ++quarantined;
    } else {
        place->flags = 0;
        give_to_page(place);
        quarantine_first = (quarantine_first + 1) % kQuarantineLength;
    }
    place = cell;
}

void Bin::release_quarantine() {
    for (; quarantined > 0; --quarantined) {
        FreeCell* cell = quarantine[quarantine_first];
        quarantine_first = (quarantine_first + 1) % kQuarantineLength;
        cell->flags = 0;
        give_to_page(cell);
    }
}

#else

void Bin::release_quarantine() {}

#endif

void Bin::offer(Page* page) {
    if (has_cells(page)) {
        add_available(page);
    }
}

// Lists the free cells of `page` by address, or forgets that they were ever handed out if all are
// free. A list in the order of their deaths would lead from one cache miss to the next: after a
// million objects died in random order, making them again takes 9 ns each instead of 28.
void Bin::tidy(Page* page) const {
    if (page->free_count == page->carved && !CAIRN_FILLS_FREE_CELLS) {
        page->free = nullptr;
        page->free_count = 0;
        page->carved = 0;
        return;
    }
    page->free = nullptr;
    for (uint32_t i = page->carved; i-- > 0;) {
        auto* cell = reinterpret_cast<FreeCell*>(page->base + i * cell_size);
        if (cell->refcount == 0 && (cell->flags & 0xFFFF) == 0) {
            set_next_free(cell, page->free);
            page->free = cell;
        }
    }
}

void Bin::select(Page* page) {
    const size_t capacity = kPageSize / cell_size;
    if (page->free_count >= capacity / kShare) {
        tidy(page);
    }
    current = page;
    page->is_available = true;  // It needs no other list to be found.
    bump = page->base + page->carved * cell_size;
    bump_end = page->base + capacity * cell_size;
    spare = spare == kClosed ? nullptr : spare;
}

void Bin::close() {
    if (current != nullptr) {
        Page* page = current;
        page->carved = carved(page);
        current = nullptr;
        page->is_available = false;
        if (has_cells(page)) {
            // It is the first to be taken from when the bin opens again.
            page->is_available = true;
            page->next_available = available;
            last_available = available == nullptr ? page : last_available;
            available = page;
        }
    }
    bump = bump_end = nullptr;
    FreeCell* cell = spare;
    spare = kClosed;
    if (cell != nullptr && cell != kClosed) {
        give_to_page(cell);
    }
}

void Bin::find_available() {
    available = nullptr;
    for (Page* page = pages; page != nullptr; page = page->next) {
        page->is_available = false;
        if (has_cells(page)) {
            add_available(page);
        }
    }
}

void Bin::forget_cells(Page* page) {
    CAIRN_ASSERT_INTERNAL(page != current);
    page->carved = 0;
    poison(page->base, kPageSize);
}

}  // namespace cairn
