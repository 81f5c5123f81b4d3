// SPDX-License-Identifier: MIT
// The table of a weak container: entries in an array in insertion order, and an open-addressing
// index of entry numbers that finds them by hash.
//
// Removed entries stay in the array until it is full. Then it is rebuilt: with the same capacity
// if more than half of it was removed, else with twice as much.
#ifndef CAIRN_WEAKREF_ENTRY_TABLE_H
#define CAIRN_WEAKREF_ENTRY_TABLE_H

#include "base/memory.h"
#include "weakref/probe.h"
#include "weakref/weakref.h"

namespace cairn {

struct WeakMapObject;

// The weak reference of an entry. It has no callback of the usual kind: see entry_died().
struct EntryRef {
    WeakrefObject weakref;  // `entry` is the place in the map
    WeakMapObject* map;     // nullptr: the entry is gone
};

static_assert(sizeof(EntryRef) == 64);

// What a search or an iteration looks at is all here: it does not look at the reference.
struct WeakEntry {
    EntryRef* ref;         // owned; nullptr: removed
    cairn_object* weak;    // what `ref` refers to; nullptr: it died, or the entry is removed
    cairn_object* strong;  // owned: the key of a weak-value map, the value of a weak-key map
    union {
        uint64_t hash;             // while `weak` is there
        EntryRef* pending_before;  // of an entry whose removal is pending: see WeakMapObject
    };
};

// The number of no entry.
inline constexpr uint32_t kNoEntry = UINT32_MAX;

// Lies in zeroed memory: that is an empty table.
struct EntryTable {
    WeakEntry* entries;  // `used` of them, removed ones included
    uint32_t* index;     // where entries are, by hash: see IndexKey. Twice as long as `entries`
    uint32_t version;    // another number whenever an entry has come, gone or moved
    uint32_t layout;     // ... whenever the array or the index begins anew
    uint32_t used;
    uint32_t capacity;  // a power of two, or 0
    uint32_t removed;   // among those used
    uint32_t placed;    // places taken in the index: entries stored since it was laid out

    // For ranges over all entries, removed ones included. No entry may be added meanwhile.
    [[nodiscard]] const WeakEntry* begin() const { return entries; }
    [[nodiscard]] const WeakEntry* end() const { return entries + used; }

    // Makes room for one more. False: memory is out, and nothing was changed.
    [[nodiscard]] bool make_room(Memory& memory) { return placed < capacity || grow(memory); }

    // Adds an entry, for which there must be room, and tells its reference its place:
    // INV-MAP-ENTRY.
    void add(const WeakEntry& entry) {
        const uint32_t at = used++;
        entry.ref->weakref.entry = at;
        entries[at] = entry;
        insert_index(at);
        ++version;
    }

    // Empties the place of an entry whose reference no longer knows it.
    void forget(uint32_t at) {
        entries[at].ref = nullptr;
        entries[at].weak = nullptr;
        entries[at].strong = nullptr;
        ++removed;
        ++version;
        if (removed == used && placed >= capacity / 4) {
            // An empty table starts anew, so that coming and going costs no rebuilding.
            start_anew();
        }
    }

    // Cuts off the removed entries at the end.
    void trim();

    // Empties the table. The result has the entries, and must be released.
    [[nodiscard]] EntryTable take();

    void release(Memory& memory);

  private:
    bool grow(Memory& memory);
    bool rebuild(Memory& memory, uint32_t new_capacity);
    void insert_index(uint32_t entry);
    void start_anew();
};

// A place of the index: 0 if it was never used, else the entry's number + 1, and above that, as far
// as there are bits left, bits of the hash. So hardly an entry of another hash is looked at.
class IndexKey {
  public:
    IndexKey(const EntryTable& table, uint64_t hash)
        : number_mask_(2 * table.capacity - 1),
          hash_bits_(static_cast<uint32_t>(hash * 0x9E3779B97F4A7C15U >> 32) & ~number_mask_) {}

    [[nodiscard]] uint32_t with_entry(uint32_t entry) const { return hash_bits_ | (entry + 1); }
    [[nodiscard]] bool may_be_in(uint32_t place) const {
        return (place & ~number_mask_) == hash_bits_;
    }
    [[nodiscard]] uint32_t entry_in(uint32_t place) const { return (place & number_mask_) - 1; }

  private:
    uint32_t number_mask_;
    uint32_t hash_bits_;
};

enum class Match { kNo, kYes, kStartAgain };

// Finds a live entry of this hash for which `match(entry, out_match)` writes kYes; writes its
// number, or kNoEntry. A status of `match` other than CAIRN_OK ends the search and is returned.
// `match` may run user code; if that began the table anew or took the entry out, it writes
// kStartAgain, and the search does so, as in a CPython dict. USER CODE if `match` runs some.
template <typename F>
inline cairn_status find_in_table(const EntryTable& table,
                                  uint64_t hash,
                                  uint32_t* out_at,
                                  F match) {
    *out_at = kNoEntry;
    if (table.used == 0) {
        return CAIRN_OK;
    }
    Probe probe(hash, 2 * table.capacity);
    IndexKey index_key(table, hash);
    while (table.capacity != 0) {
        const uint32_t place = table.index[probe.place()];
        if (place == 0) {
            break;
        }
        Match found = Match::kNo;
        if (index_key.may_be_in(place)) {
            const uint32_t at = index_key.entry_in(place);
            const WeakEntry& entry = table.entries[at];
            if (entry.weak != nullptr && entry.hash == hash) {
                const cairn_status status = match(entry, &found);  // USER CODE
                if (status != CAIRN_OK) {
                    return status;
                }
            }
            if (found == Match::kYes) {
                *out_at = at;
                return CAIRN_OK;
            }
        }
        if (found == Match::kStartAgain) {
            probe = Probe(hash, 2 * table.capacity);
            index_key = IndexKey(table, hash);
        } else {
            probe.next();
        }
    }
    return CAIRN_OK;
}

}  // namespace cairn

#endif
