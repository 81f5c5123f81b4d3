// SPDX-License-Identifier: MIT
#include "inspect/object_ids.h"

namespace cairn {

static_assert(kMostStamp < 1U << 15, "keys have room for a stamp");

namespace {

constexpr uint32_t kFirstId = 16;
constexpr uint32_t kMostId = UINT32_MAX / 2;

// The next numbers for so many cells. When all are used up they begin anew: readers then take old
// objects for others.
uint32_t take_ids(IdTable& ids, uint32_t count) {
    ids.next = ids.next < kFirstId || kMostId - count < ids.next ? kFirstId : ids.next;
    const uint32_t first = ids.next;
    ids.next += count;
    return first;
}

}  // namespace

bool ObjectIds::update(const CellIndex& index) {
    IdTable& old = heap_->ids;
    // When stamps were made smaller the old keys say nothing.
    const bool is_known = old.base == heap_->marks.base;
    IdTable made;
    made.next = old.next;
    made.base = heap_->marks.base;
    const void* last_key = nullptr;
    bool complete = true;
    index.for_each([&](const cairn_object* object, size_t) {
        const void* key = key_of(object);
        if (key == last_key || !complete) {
            return;
        }
        last_key = key;
        uint32_t* first = made.firsts.find_or_add(heap_->memory, key);
        complete = first != nullptr;
        if (complete && *first == 0) {
            const uint32_t* known = is_known ? old.firsts.find(key) : nullptr;
            *first = known != nullptr ? *known : take_ids(made, carved_cells(page_of(object)));
        }
    });
    (complete ? old : made).firsts.release(heap_->memory);
    if (complete) {
        old = made;
    }
    return complete;
}

}  // namespace cairn
