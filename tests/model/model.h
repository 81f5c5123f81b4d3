// SPDX-License-Identifier: MIT
/// The model: a graph of records, and liveness found by searching it until nothing changes.
///
/// It knows nothing of counts, generations or collectors. Two searches bound what may be alive:
/// what must be (an entry of a weak container passes life on only if its weak side lives too), and
/// what may be (keys that collections do not examine are taken for alive, as the manual says).
#ifndef CAIRN_TESTS_MODEL_MODEL_H
#define CAIRN_TESTS_MODEL_MODEL_H

#include <array>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <vector>

#include "cairn/cairn.h"

namespace cairn_model {

/// Number of a record; 0 is none.
using Id = uint32_t;

constexpr size_t kVariables = 8;
constexpr size_t kSlots = 2;
constexpr size_t kIterators = 2;

enum Kind : uint8_t {
    kPlain,      ///< slots
    kValued,     ///< slots, equal to others with the same value
    kTable,      ///< records outside the heap
    kFin,        ///< slots and a finalizer
    kCustom,     ///< traverse, clear and a finalizer
    kQueuedFin,  ///< slots and a finalizer that always waits
    kLeaf,
    kLeafFin,
    kNodeKinds,
    kWeakref = kNodeKinds,
    kMap,
    kRegistered
};

/// What the user code of an object does.
enum Action : uint8_t {
    kNothing,
    kKeepSelf,
    kLinkSelf,
    kLinkFromSelf,
    kDrop,
    kDeref,
    kStoreSelf,
    kFail,
    kCollect,
    kRunQueue,
    kActions
};

struct Entry {
    Id key = 0;
    Id value = 0;  ///< 0 in a set
    bool dead = false;
    bool is_new = false;  ///< made during the operation under way
};

struct Record {
    Kind kind = kPlain;
    cairn_object* object = nullptr;
    bool alive = true;
    bool candidate = false;    ///< a collection of this operation may have found it unreachable
    bool unreachable = false;  ///< it was unreachable when a full collection was asked for
    bool is_cycles = false;    ///< since the cycle of slices began it has been unreachable
    bool is_new = true;        ///< made during the operation under way
    bool frozen = false;
    bool waiting = false;  ///< in the finalizer queue
    int64_t batch = 0;     ///< its place: items of a smaller one run first

    std::array<Id, kSlots> slots{};
    uint32_t value = 0;
    Action action = kNothing;
    uint32_t parameter = 0;
    int finalized = 0;
    int deallocated = 0;

    // Weak references and registered finalizers.
    Id target = 0;
    Id argument = 0;
    bool has_callback = false;
    bool called_by_collection = false;  ///< perhaps
    Id kept_argument = 0;               ///< held until now, if a collection called the reference
    bool waits_with_target = false;     ///< it stays to be called, though nobody holds it
    bool cleared = false;
    bool silenced = false;  ///< cleared without a call, for good
    int called = 0;
    bool registered = false;
    bool at_exit = true;

    // Weak containers.
    cairn_weak_kind map_kind = CAIRN_NOT_WEAK;
    std::vector<Entry> entries;
    int iterators = 0;
    bool adopted = false;   ///< user code changed it during the operation under way
    bool clearing = false;  ///< a map whose last entry goes before the operation under way ends

    [[nodiscard]] bool is_node() const { return kind < kNodeKinds; }
    [[nodiscard]] bool is_leaf() const { return kind == kLeaf || kind == kLeafFin; }
    [[nodiscard]] bool has_slots() const { return is_node() && !is_leaf(); }
    [[nodiscard]] bool has_finalizer() const { return is_node() && kind >= kFin && kind != kLeaf; }
    /// The side of an entry that the container does not hold.
    [[nodiscard]] Id weak_side(const Entry& entry) const {
        return map_kind == CAIRN_WEAK_VALUE_MAP ? entry.value : entry.key;
    }
    [[nodiscard]] Id strong_side(const Entry& entry) const {
        return map_kind == CAIRN_WEAK_VALUE_MAP ? entry.key : entry.value;
    }
};

struct Iterator {
    Id map = 0;
    size_t position = 0;
    Id key = 0;
    Id value = 0;
    cairn_weakmap_iterator handle = {};
};

class Model {
  public:
    Model() {
        Record& none = records.emplace_back();
        none.alive = false;
        none.kind = kLeaf;
    }

    std::deque<Record> records;
    std::array<Id, kVariables> variables{};
    std::array<Iterator, kIterators> iterators{};
    bool strong_values = false;  ///< CAIRN_HEAP_STRONG_WEAKKEY_VALUES
    bool ordered = false;        ///< CAIRN_HEAP_CPYTHON_ORDER: leaf keys are not examined

    /// What must be alive, by record. While an operation is under way, entries of what a collection
    /// may have found unreachable count for nothing: they may be gone.
    [[nodiscard]] std::vector<bool> must_live(bool under_way = true) const {
        return search(false, under_way);
    }
    /// What may be alive after a full collection, by record.
    [[nodiscard]] std::vector<bool> may_live() const { return search(true, false); }

    /// Would the object `key` find an entry of `candidate`?
    [[nodiscard]] bool are_equal(Id candidate, Id key) const;
    /// The live entry of `key` in `map`, or its length.
    [[nodiscard]] size_t find(Id map, Id key) const;
    [[nodiscard]] size_t find_last(Id map) const;
    [[nodiscard]] size_t length(Id map) const;
    /// Forgets the dead entries of `map`.
    void purge(Id map);

  private:
    [[nodiscard]] std::vector<bool> search(bool generous, bool under_way) const;
};

}  // namespace cairn_model

#endif
