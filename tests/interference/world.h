// SPDX-License-Identifier: MIT
/// A small heap with one of everything: each public call can be made on it, each place where user
/// code may run can be reached, and what user code does there can be chosen.
#ifndef CAIRN_TESTS_INTERFERENCE_WORLD_H
#define CAIRN_TESTS_INTERFERENCE_WORLD_H

#include <array>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <map>
#include <span>
#include <vector>

#include "../hold.h"
#include "cairn/cairn.h"
#include "cairn/testing.h"

namespace interference {

using cairn_test::Hold;

/// Where user code may run.
enum Place : uint8_t {
    kFinalizer,
    kCallback,
    kRegistered,
    kHash,
    kEqual,
    kMatch,  ///< the equal function that cairn_weakmap_find() and cairn_weakmap_store() are given
    kGcStart,
    kGcStop,
    kSoftLimit,
    kUnraisable,
    kPlaces
};

inline constexpr const char* kPlaceNames[kPlaces] = {"finalizer",
                                                     "callback",
                                                     "registered finalizer",
                                                     "hash",
                                                     "equal",
                                                     "match",
                                                     "start of a collection",
                                                     "stop of a collection",
                                                     "soft limit hook",
                                                     "unraisable hook"};

/// What the heap is like when the call is made.
struct Setup {
    const char* name;
    uint32_t flags;          ///< cairn_heap_flags
    uint64_t collect_every;  ///< a full collection before every so many allocations
    bool at_soft_limit;
    bool at_memory_limit;
    bool in_slices;  ///< a cycle of slices is under way
};

/// Variables of the host; each owns its object, or is nullptr.
enum Variable : uint8_t {
    kSubject,     ///< a node that only this variable holds; it has weak references of all kinds
    kHolder,      ///< a node with a node of its own in slot 0
    kList,        ///< a list with a buffer of three nodes
    kValueMap,    ///< of the key, the subject and a member of the ring
    kKeyMap,      ///< the same, each with a value of its own
    kSet,         ///< the same
    kRef,         ///< to the subject, with a callback
    kTypedRef,    ///< to the key, the host's type, with a callback
    kRingRef,     ///< to a member of the ring, with a callback
    kFinRef,      ///< registered for the subject
    kRingFinRef,  ///< registered for a member of the ring
    kKey,         ///< a node
    kByHand,      ///< not tracked yet
    kTagged,      ///< holds a tagged immediate and a node
    kSpare,       ///< what calls hand out
    kVariables
};

/// Every object of the host starts so.
struct Node {
    cairn_object head;
    uint64_t label;
    cairn_object* slots[2];
};

struct List {
    cairn_object head;
    uint64_t label;
    cairn_buffer items;
};

class World;

/// A call of the library, or something else that user code may do. `self`: the object that user
/// code was given, or nullptr.
struct Step {
    const char* name;
    void (*run)(World& world, cairn_object* self);
};

inline Node* node(cairn_object* object) {
    return reinterpret_cast<Node*>(object);
}

/// All of them (calls.cc, more_calls.cc).
std::span<const Step> calls();
std::span<const Step> more_calls();

class World {
  public:
    explicit World(const Setup& setup);
    World(const World&) = delete;
    World& operator=(const World&) = delete;
    ~World() = default;

    /// Makes the call. At the `turn`-th time (from 1) that user code runs at `place`, it does
    /// `inner`.
    void run(const Step& outer, Place place, uint32_t turn, const Step* inner);
    /// Drops everything and frees the heap.
    void finish();
    /// How often user code ran at a place.
    [[nodiscard]] uint32_t count(Place place) const { return counts_[place]; }

    // --- for steps ---
    cairn_heap* heap = nullptr;
    std::array<cairn_object*, kVariables> variables{};
    cairn_weakmap_iterator iterator{};
    cairn_type* node_type = nullptr;
    cairn_type* plain_type = nullptr;
    cairn_type* list_type = nullptr;
    cairn_type* items_type = nullptr;
    cairn_type* custom_type = nullptr;
    cairn_type* by_hand_type = nullptr;
    cairn_type* tagged_type = nullptr;
    cairn_type* leaf_type = nullptr;
    cairn_type* ref_type = nullptr;
    bool may_leak = false;
    bool is_extra_root = false;
    bool is_ended = false;           ///< no user code runs any more
    cairn_status answer = CAIRN_OK;  ///< of the user code that runs

    /// A borrowed object, or nullptr.
    [[nodiscard]] cairn_object* get(Variable variable) const { return variables[variable]; }
    /// Puts an owned object into a variable.
    void put(Variable variable, cairn_object* owned) {
        cairn_set_consume(&variables[variable], owned);
    }
    cairn_object* new_node(cairn_type* type);
    /// Two nodes that only keep each other.
    void make_ring(Variable ref, Variable fin_ref);
    cairn_object* new_weakref(cairn_object* referent, cairn_object* argument);
    cairn_object* new_finalizer(cairn_object* object, cairn_object* argument);
    void verify() const;
    [[nodiscard]] bool is_inside() const { return inside_; }
    [[nodiscard]] Place place() const { return place_; }

    static cairn_status match(cairn_object* key, void* world, int* out_equal);
    static cairn_status at_collection(cairn_heap*,
                                      cairn_gc_phase,
                                      const cairn_gc_info*,
                                      void* world);
    static void at_soft_limit(cairn_heap*, size_t, void* world);
    static void at_error(cairn_heap*, cairn_place, cairn_status, cairn_object* object, void* world);
    static void visit_roots(cairn_visit_fn visit, void* visit_data, void* world);

  private:
    struct Record {
        bool has_finalizer = false;
        bool is_finalized = false;
        bool is_dead = false;
    };
    struct Call {
        World* world;
        bool was_called = false;
    };

    void make_types();
    void fill();
    cairn_status user_code(Place place, cairn_object* self);
    static World* world_of(const cairn_object* object) {
        return static_cast<World*>(cairn_type_user_data(cairn_type_of(object)));
    }
    static cairn_status finalize(cairn_object* self);
    static void dealloc(cairn_object* self);
    static void traverse(cairn_object* self, cairn_visit_fn visit, void* visit_data);
    static void clear(cairn_object* self);
    static cairn_status hash(cairn_object* self, uint64_t* out_hash);
    static cairn_status equal(cairn_object* self, cairn_object* other, int* out_equal);
    static cairn_status called_back(cairn_object* ref, cairn_object* argument, void* call);
    static cairn_status registered(cairn_object* argument, void* call);
    static void* allocate(size_t size, size_t alignment, void* world);
    static void release(void* block, size_t size, size_t alignment, void* world);

    std::deque<Record> records_;
    std::deque<Call> calls_;
    std::map<void*, size_t> blocks_;
    std::array<uint32_t, kPlaces> counts_{};
    Place place_ = kPlaces;
    uint32_t turn_ = 0;
    const Step* inner_ = nullptr;
    bool inside_ = false;
    bool counting_ = false;
    bool closing_ = false;
};

/// Calls `use` with the object that user code was given, or, outside user code, with what a
/// variable has; held meanwhile.
template <typename Use>
void with_self(World& world, cairn_object* self, Variable otherwise, Use use) {
    const Hold hold(self != nullptr ? self : world.get(otherwise));
    if (hold.get() != nullptr) {
        use(hold.get());
    }
}

/// Ends the program unless it holds; what was going on is in the message.
void require(bool holds, const char* what);

/// For that message.
void now(const char* setup, const char* outer, const char* place, const char* inner);

}  // namespace interference

#endif
