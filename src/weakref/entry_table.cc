// SPDX-License-Identifier: MIT
#include "weakref/entry_table.h"

#include <cstring>

namespace cairn {

namespace {

constexpr uint32_t kFirstCapacity = 8;
constexpr uint32_t kLargestCapacity = uint32_t{1} << 30;

size_t index_size(size_t capacity) {
    return 2 * capacity * sizeof(uint32_t);
}

}  // namespace

// Takes the first place that was never used, or that an entry of the same hash has left: so
// searches do not get longer when one key comes and goes. The place of an entry that was last leads
// to the one that got its number: to this one, or to one of another hash. (To know what entries of
// other hashes have left, they would have to be looked at.)
void EntryTable::insert_index(uint32_t entry) {
    const uint64_t hash = entries[entry].hash;
    const IndexKey key(*this, hash);
    Probe probe(hash, 2 * capacity);
    const auto is_taken = [this, &key, entry](uint32_t place) {
        if (place == 0 || !key.may_be_in(place)) {
            return place != 0;
        }
        const uint32_t at = key.entry_in(place);
        const WeakEntry& there = entries[at];
        return at != entry && there.ref != nullptr &&
               (there.weak == nullptr || IndexKey(*this, there.hash).may_be_in(place));
    };
    while (is_taken(index[probe.place()])) {
        probe.next();
    }
    index[probe.place()] = key.with_entry(entry);
    ++placed;
}

// To the smallest capacity of which at least half is free: where most entries were removed, that is
// less than before.
bool EntryTable::grow(Memory& memory) {
    size_t wanted = kFirstCapacity;
    while (wanted <= 2 * (size_t{used} - removed)) {
        wanted *= 2;
    }
    return wanted <= kLargestCapacity && rebuild(memory, static_cast<uint32_t>(wanted));
}

// Copies the entries that are there into a table of `new_capacity`, without the removed ones.
bool EntryTable::rebuild(Memory& memory, uint32_t new_capacity) {
    const size_t entries_size = new_capacity * sizeof(WeakEntry);
    auto* new_entries = static_cast<WeakEntry*>(memory.allocate_table(entries_size));
    auto* new_index = new_entries == nullptr
                          ? nullptr
                          : static_cast<uint32_t*>(memory.allocate_table(index_size(new_capacity)));
    if (new_index == nullptr) {
        memory.release_table(new_entries, entries_size);
        return false;
    }
    // Half of the entries are copied at once.
    provide_memory(new_entries, entries_size / 2);
    provide_memory(new_index, index_size(new_capacity));
    std::memset(new_index, 0, index_size(new_capacity));
    EntryTable old = *this;
    *this = {new_entries, new_index, old.version + 1, old.layout + 1, 0, new_capacity, 0, 0};
    for (uint32_t i = 0; i < old.used; ++i) {
        if (old.entries[i].ref != nullptr) {
            new_entries[used] = old.entries[i];
            if (used != i) {
                new_entries[used].ref->weakref.entry = used;
            }
            if (new_entries[used].weak != nullptr) {
                insert_index(used);
            } else {
                ++placed;  // No search asks for a dead one, but it takes room.
            }
            ++used;
        }
    }
    old.release(memory);
    return true;
}

void EntryTable::start_anew() {
    std::memset(index, 0, index_size(capacity));
    used = removed = placed = 0;
    ++layout;
}

void EntryTable::trim() {
    // Their places in the index lead to entries that are not there, as those of other removed ones.
    while (used > 0 && entries[used - 1].ref == nullptr) {
        --used;
        --removed;
    }
}

EntryTable EntryTable::take() {
    const EntryTable old = *this;
    *this = {nullptr, nullptr, old.version + 1, old.layout + 1, 0, 0, 0, 0};
    return old;
}

void EntryTable::release(Memory& memory) {
    memory.release_table(entries, capacity * sizeof(WeakEntry));
    memory.release_table(index, index_size(capacity));
    *this = {};
}

}  // namespace cairn
