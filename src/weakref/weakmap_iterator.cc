// SPDX-License-Identifier: MIT
// Iteration over a weak container.
#include "base/prefetch.h"
#include "weakref/weakmap.h"

namespace cairn {

namespace {

// An iteration asks for the memory of members so many steps ahead.
constexpr size_t kPrefetch = 8;

}  // namespace

bool next_item(cairn_weakmap_iterator* iterator) {
    const WeakMapObject* map = as_weakmap(iterator->map);
    const EntryTable& table = map->table;
    cairn_object* key = nullptr;
    cairn_object* value = nullptr;
    bool found = false;
    while (!found && iterator->position < table.used) {
        const WeakEntry& entry = table.entries[iterator->position++];
        if (iterator->position + kPrefetch < table.used) {
            prefetch_to_write(table.entries[iterator->position + kPrefetch].weak);
        }
        if (entry.ref != nullptr) {
            key = entry_key(map, entry);
            value = entry_value(map, entry);
            found = key != nullptr && (value != nullptr || map->kind == CAIRN_WEAK_SET);
        }
    }
    // The new item is held before the old one is let go.
    cairn_object* old_key = iterator->key;
    cairn_object* old_value = iterator->value;
    iterator->key = found ? new_ref(key) : nullptr;
    iterator->value = found ? new_ref(value) : nullptr;
    release_if_any(old_key);    // USER CODE
    release_if_any(old_value);  // USER CODE
    return found;
}

void close_iterator(cairn_weakmap_iterator* iterator) {
    WeakMapObject* map = as_weakmap(iterator->map);
    iterator->map = nullptr;
    clear_slot(&iterator->key);    // USER CODE
    clear_slot(&iterator->value);  // USER CODE
    if (--map->iterators == 0) {
        remove_pending_entries(map);    // USER CODE
        remove_left_over_entries(map);  // USER CODE
    }
    release(&map->head);  // USER CODE
}

}  // namespace cairn
