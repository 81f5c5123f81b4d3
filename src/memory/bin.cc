#include "memory/bin.h"

namespace cairn {

namespace {
constexpr size_t kQuarantineLength = 64;
}

void Bin::quarantine(FreeCell* cell) {
    cell->next = nullptr;
    if (quarantine_last == nullptr) {
        quarantine_first = cell;
    } else {
        quarantine_last->next = cell;
    }
    quarantine_last = cell;
    if (++quarantined > kQuarantineLength) {
        FreeCell* oldest = quarantine_first;
        quarantine_first = oldest->next;
        --quarantined;
        free.give(oldest);
    }
}

void Bin::release_quarantine() {
    while (quarantine_first != nullptr) {
        FreeCell* cell = quarantine_first;
        quarantine_first = cell->next;
        free.give(cell);
    }
    quarantine_last = nullptr;
    quarantined = 0;
}

}  // namespace cairn
