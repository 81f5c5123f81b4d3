// SPDX-License-Identifier: MIT
#include "cairn/weakmap.h"

#include "api/allocation.h"
#include "api/check.h"
#include "inspect/inspect.h"
#include "object/release.h"
#include "weakref/weakmap.h"

using cairn::as_weakmap;
using cairn::enter;
using cairn::Hold;
using cairn::kNoEntry;
using cairn::WeakMapObject;

namespace {

bool is_set(const cairn_object* object) {
    return cairn::weakmap_kind(object) == CAIRN_WEAK_SET;
}

bool is_map(const cairn_object* object) {
    return cairn::is_weakmap(object) && !is_set(object);
}

// May `word` be in the map as a key or a value? NULL, tagged immediates and objects of another heap
// may not.
bool fits(const cairn_object* map, const cairn_object* word) {
    if (word == nullptr || (reinterpret_cast<uintptr_t>(word) & 1) != 0) {
        return false;
    }
    cairn::check_alive(word);
    return cairn::heap_of(word) == cairn::heap_of(map);
}

// Stores by `store_once(&made_ref)`, with what comes around every allocation of a container.
// USER CODE.
template <typename F>
cairn_status store_by(cairn_object* map, cairn_object* key, cairn_object* value, F store_once) {
    cairn_heap* heap = enter(map);
    enter(key);
    const Hold hold_map(map);
    const Hold hold_key(key);
    const Hold hold_value(value == nullptr ? key : value);
    if (!cairn::before_container_allocation(heap)) {  // USER CODE
        return CAIRN_NO_MEMORY;
    }
    cairn::remove_dead_entries_before_store(as_weakmap(map));  // USER CODE
    bool made_ref = false;
    cairn_status status = store_once(&made_ref);                     // USER CODE
    if (status == CAIRN_NO_MEMORY && cairn::recover_memory(heap)) {  // USER CODE
        status = store_once(&made_ref);                              // USER CODE
    }
    if (status != CAIRN_OK || !made_ref) {
        cairn::uncount_birth(heap);
    }
    return status;
}

// USER CODE.
cairn_status store(cairn_object* map, cairn_object* key, cairn_object* value) {
    return store_by(map, key, value, [map, key, value](bool* out_made_ref) {   // USER CODE
        return cairn::store_entry(as_weakmap(map), key, value, out_made_ref);  // USER CODE
    });
}

// Removes; `out_value` may be nullptr. USER CODE.
cairn_status take(cairn_object* map, cairn_object* key, cairn_object** out_value) {
    enter(key);
    const Hold hold_map(map);
    const Hold hold_key(key);
    return cairn::take_entry(as_weakmap(map), key, out_value);  // USER CODE
}

}  // namespace

cairn_object* cairn_weakmap_new(cairn_heap* heap, cairn_weak_kind kind) {
    enter(heap);
    if (kind < CAIRN_WEAK_VALUE_MAP || kind > CAIRN_WEAK_SET ||
        !cairn::before_container_allocation(heap)) {  // USER CODE
        return nullptr;
    }
    WeakMapObject* map = cairn::make_weakmap(heap, kind);
    if (map == nullptr && cairn::recover_memory(heap)) {  // USER CODE
        map = cairn::make_weakmap(heap, kind);
    }
    return map == nullptr ? nullptr : &map->head;
}

cairn_weak_kind cairn_weakmap_kind(const cairn_object* object) {
    return cairn::weakmap_kind(object);
}

cairn_status cairn_weakmap_get(cairn_object* map, cairn_object* key, cairn_object** out_value) {
    enter(map);
    if (!is_map(map) || !fits(map, key)) {
        return CAIRN_INVALID;
    }
    enter(key);
    const Hold hold_map(map);
    const Hold hold_key(key);
    uint32_t at = kNoEntry;
    const cairn_status status = cairn::find_key(as_weakmap(map), key, &at);  // USER CODE
    if (status != CAIRN_OK) {
        return status;
    }
    cairn_object* value =
        at == kNoEntry ? nullptr
                       : cairn::entry_value(as_weakmap(map), as_weakmap(map)->table.entries[at]);
    if (value == nullptr) {
        return CAIRN_NOT_FOUND;
    }
    *out_value = cairn::new_ref(value);
    return CAIRN_OK;
}

cairn_status cairn_weakmap_set(cairn_object* map, cairn_object* key, cairn_object* value) {
    enter(map);
    const bool is_valid = is_map(map) && fits(map, key) && fits(map, value);
    return is_valid ? store(map, key, value) : CAIRN_INVALID;  // USER CODE
}

cairn_status cairn_weakset_add(cairn_object* set, cairn_object* member) {
    enter(set);
    const bool is_valid = is_set(set) && fits(set, member);
    return is_valid ? store(set, member, nullptr) : CAIRN_INVALID;  // USER CODE
}

cairn_status cairn_weakmap_delete(cairn_object* map, cairn_object* key) {
    enter(map);
    const bool is_valid = cairn::is_weakmap(map) && fits(map, key);
    return is_valid ? take(map, key, nullptr) : CAIRN_INVALID;  // USER CODE
}

cairn_status cairn_weakmap_pop(cairn_object* map, cairn_object* key, cairn_object** out_value) {
    enter(map);
    const bool is_valid = is_map(map) && fits(map, key);
    return is_valid ? take(map, key, out_value) : CAIRN_INVALID;  // USER CODE
}

cairn_status cairn_weakmap_pop_last(cairn_object* map,
                                    cairn_object** out_key,
                                    cairn_object** out_value) {
    enter(map);
    if (!cairn::is_weakmap(map)) {
        return CAIRN_INVALID;
    }
    if (as_weakmap(map)->iterators > 0) {
        return CAIRN_BUSY;
    }
    const Hold hold_map(map);
    const bool found = cairn::pop_last_entry(as_weakmap(map), out_key, out_value);  // USER CODE
    return found ? CAIRN_OK : CAIRN_NOT_FOUND;
}

cairn_status cairn_weakmap_contains(cairn_object* map, cairn_object* key, int* out_found) {
    enter(map);
    if (!cairn::is_weakmap(map) || !fits(map, key)) {
        return CAIRN_INVALID;
    }
    enter(key);
    const Hold hold_map(map);
    const Hold hold_key(key);
    uint32_t at = kNoEntry;
    const cairn_status status = cairn::find_key(as_weakmap(map), key, &at);  // USER CODE
    if (status == CAIRN_OK) {
        // A search also finds an entry whose value is dying, since a store takes its place.
        *out_found =
            at != kNoEntry && cairn::weak_side(as_weakmap(map)->table.entries[at]) != nullptr;
    }
    return status;
}

cairn_status cairn_weakmap_find(cairn_object* map,
                                uint64_t hash,
                                cairn_weakmap_equal_fn equal,
                                void* data,
                                cairn_object** out_key,
                                cairn_object** out_value) {
    enter(map);
    if (!cairn::is_weakmap(map) || equal == nullptr) {
        return CAIRN_INVALID;
    }
    const Hold hold_map(map);
    uint32_t at = kNoEntry;
    const cairn_status status =
        cairn::find_described(as_weakmap(map), {hash, equal, data}, &at);  // USER CODE
    if (status != CAIRN_OK || at == kNoEntry) {
        return status != CAIRN_OK ? status : CAIRN_NOT_FOUND;
    }
    const cairn::WeakEntry& entry = as_weakmap(map)->table.entries[at];
    cairn_object* key = cairn::entry_key(as_weakmap(map), entry);
    cairn_object* value = cairn::entry_value(as_weakmap(map), entry);
    if (value == nullptr && !is_set(map)) {
        return CAIRN_NOT_FOUND;
    }
    if (out_key != nullptr) {
        *out_key = cairn_new_ref(key);
    }
    if (out_value != nullptr) {
        *out_value = cairn_new_ref(value);
    }
    return CAIRN_OK;
}

cairn_status cairn_weakmap_store(cairn_object* map,
                                 uint64_t hash,
                                 cairn_weakmap_equal_fn equal,
                                 void* data,
                                 cairn_object* key,
                                 cairn_object* value,
                                 cairn_object** out_key) {
    enter(map);
    const bool is_valid = is_set(map) ? value == nullptr : is_map(map) && fits(map, value);
    if (!is_valid || equal == nullptr || !fits(map, key)) {
        return CAIRN_INVALID;
    }
    const cairn::DescribedKey wanted{hash, equal, data};
    cairn_object* stored = nullptr;
    const cairn_status status = store_by(
        map, key, value, [map, key, value, &wanted, &stored](bool* out_made_ref) {  // USER CODE
            return cairn::store_described(                                          // USER CODE
                as_weakmap(map),
                wanted,
                key,
                value,
                &stored,
                out_made_ref);
        });
    if (out_key != nullptr && status == CAIRN_OK) {
        *out_key = stored;
    } else if (status == CAIRN_OK) {
        cairn_decref(stored);  // USER CODE
    }
    return status;
}

size_t cairn_weakmap_length(const cairn_object* map) {
    cairn::look_at(map);
    return cairn::is_weakmap(map) ? reinterpret_cast<const WeakMapObject*>(map)->length : 0;
}

cairn_status cairn_weakmap_clear(cairn_object* map) {
    enter(map);
    if (!cairn::is_weakmap(map)) {
        return CAIRN_INVALID;
    }
    if (as_weakmap(map)->iterators > 0) {
        return CAIRN_BUSY;
    }
    const Hold hold_map(map);
    return cairn::empty_weakmap(as_weakmap(map)) ? CAIRN_OK : CAIRN_BUSY;  // USER CODE
}

cairn_status cairn_weakmap_update(cairn_object* map, cairn_object* source) {
    enter(map);
    if (!cairn::is_weakmap(map) || !fits(map, source) ||
        cairn::weakmap_kind(map) != cairn::weakmap_kind(source)) {
        return CAIRN_INVALID;
    }
    if (map == source) {
        return CAIRN_OK;
    }
    const Hold hold_map(map);
    const Hold hold_source(source);
    cairn_weakmap_iterator iterator;
    cairn_weakmap_iterator_open(source, &iterator);
    cairn_object* key = nullptr;
    cairn_object* value = nullptr;
    cairn_status status = CAIRN_OK;
    while (status == CAIRN_OK &&
           cairn_weakmap_iterator_next(&iterator, &key, &value) != 0) {  // USER CODE
        status = store(map, key, value);                                 // USER CODE
    }
    cairn_weakmap_iterator_close(&iterator);  // USER CODE
    return status;
}

cairn_status cairn_weakmap_copy(cairn_object* map, cairn_object** out_copy) {
    cairn_heap* heap = enter(map);
    if (!cairn::is_weakmap(map)) {
        return CAIRN_INVALID;
    }
    const Hold hold_map(map);
    cairn_object* copy = cairn_weakmap_new(heap, cairn::weakmap_kind(map));  // USER CODE
    if (copy == nullptr) {
        return CAIRN_NO_MEMORY;
    }
    const cairn_status status = cairn_weakmap_update(copy, map);  // USER CODE
    if (status != CAIRN_OK) {
        cairn::release(copy);  // USER CODE
        return status;
    }
    *out_copy = copy;
    return CAIRN_OK;
}

cairn_status cairn_weakmap_refs(cairn_object* map, cairn_objects* out_refs) {
    cairn_heap* heap = enter(map);
    if (!cairn::is_weakmap(map)) {
        return CAIRN_INVALID;
    }
    cairn::ObjectList list(heap);
    for (const cairn::WeakEntry& entry : as_weakmap(map)->table) {
        if (cairn::weak_side(entry) != nullptr) {
            list.add(&entry.ref->weakref.head);
        }
    }
    return list.finish(out_refs);
}

void cairn_weakmap_iterator_open(cairn_object* map, cairn_weakmap_iterator* out_iterator) {
    enter(map);
    if (!cairn::is_weakmap(map)) {
        *out_iterator = {};
        return;
    }
    *out_iterator = cairn::open_iterator(cairn::as_weakmap(map));
}

int cairn_weakmap_iterator_next(cairn_weakmap_iterator* iterator,
                                cairn_object** out_key,
                                cairn_object** out_value) {
    if (iterator->map == nullptr) {
        return 0;
    }
    enter(iterator->map);
    // What the item before it takes along may close the iterator, or move it on.
    const bool found = cairn::next_item(iterator) && iterator->key != nullptr;  // USER CODE
    if (found && out_key != nullptr) {
        *out_key = iterator->key;
    }
    if (found && out_value != nullptr) {
        *out_value = iterator->value;
    }
    return found ? 1 : 0;
}

void cairn_weakmap_iterator_close(cairn_weakmap_iterator* iterator) {
    if (iterator->map != nullptr) {
        enter(iterator->map);
        cairn::close_iterator(iterator);  // USER CODE
    }
}
