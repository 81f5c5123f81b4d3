// SPDX-License-Identifier: MIT
// Iteration over a weak container.
#include "base/prefetch.h"
#include "weakref/weakmap.h"

namespace cairn {

namespace {

// An iteration asks for the memory of members so many steps ahead.
constexpr size_t kPrefetch = 8;

// The heap's list of weak-key maps with open iterators.
void join_iterated(cairn_heap* heap, WeakMapObject* map) {
    map->next_iterated = heap->first_iterated;
    if (map->next_iterated != nullptr) {
        map->next_iterated->previous_iterated = map;
    }
    map->previous_iterated = nullptr;
    heap->first_iterated = map;
}

void leave_iterated(cairn_heap* heap, WeakMapObject* map) {
    if (map->next_iterated != nullptr) {
        map->next_iterated->previous_iterated = map->previous_iterated;
    }
    if (map->previous_iterated != nullptr) {
        map->previous_iterated->next_iterated = map->next_iterated;
    } else {
        heap->first_iterated = map->next_iterated;
    }
}

}  // namespace

cairn_weakmap_iterator open_iterator(WeakMapObject* map) {
    if (map->iterators++ == 0 && map->kind == CAIRN_WEAK_KEY_MAP) {
        join_iterated(heap_of(&map->head), map);
    }
    return {new_ref(&map->head), 0, nullptr, nullptr};
}

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
        if (map->kind == CAIRN_WEAK_KEY_MAP) {
            leave_iterated(heap_of(&map->head), map);
        }
        remove_pending_entries(map);    // USER CODE
        remove_left_over_entries(map);  // USER CODE
    }
    release(&map->head);  // USER CODE
}

}  // namespace cairn
