// SPDX-License-Identifier: MIT
/// Bytes as a program against the public API: options, objects of every kind of type, operations,
/// and what user code does wherever it may run. What must hold is checked at once; a violation
/// writes a line and aborts.
#ifndef CAIRN_TESTS_FUZZ_MACHINE_H
#define CAIRN_TESTS_FUZZ_MACHINE_H

#include <array>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <map>
#include <vector>

#include "../hold.h"
#include "cairn/cairn.h"
#include "cairn/testing.h"

namespace cairn_fuzz {

using cairn_test::Hold;

/// The bytes, read once; 0 when there are no more.
class Bytes {
  public:
    Bytes(const uint8_t* data, size_t size) : next_(data), end_(data + size) {}
    [[nodiscard]] bool is_empty() const { return next_ == end_; }
    uint8_t byte() { return is_empty() ? uint8_t{0} : *next_++; }
    /// Below `bound`.
    uint32_t below(uint32_t bound) { return byte() % bound; }

  private:
    const uint8_t* next_;
    const uint8_t* end_;
};

/// A heap's allocator: knows every block that is out, and how large it is.
class Blocks {
  public:
    cairn_allocator allocator() { return {&allocate, &release, this}; }
    [[nodiscard]] size_t count() const { return out_.size(); }

  private:
    static void* allocate(size_t size, size_t alignment, void* user_data);
    static void release(void* block, size_t size, size_t alignment, void* user_data);

    struct Block {
        size_t size;
        size_t alignment;
    };
    std::map<void*, Block> out_;
};

enum Kind : uint8_t {
    kPlain,    ///< slots and nothing else: freed in bulk
    kLogged,   ///< slots and dealloc
    kFin,      ///< slots, finalizer, dealloc
    kQueued,   ///< the same, its finalizers always wait
    kCustom,   ///< traverse, clear, finalizer, dealloc
    kItems,    ///< items that are slots; small or large
    kList,     ///< an array of records outside the heap
    kAtomic,   ///< tagged slots that are filled once
    kByHand,   ///< tracked by hand, counted when tracked
    kKey,      ///< slots, hash and equal
    kLeaf,     ///< no slots, dealloc
    kLeafKey,  ///< no slots; finalizer, hash, equal
    kLarge,    ///< slots in a large object
    kBuffer,   ///< a buffer of references, from last to first: freed in bulk
    kTable,    ///< a buffer of keys and values; a slot, a finalizer
    kText,     ///< a plain buffer
    kVast,     ///< no slots; mostly in a segment of its own; dies in bulk
    kVastFin,  ///< the same with a finalizer and dealloc
    kHubKey,   ///< hundreds of slots, hash and equal
    kKinds
};

/// Kinds from here on came after the corpus: only their own operations make them.
constexpr Kind kFirstLate = kBuffer;
constexpr Kind kLastBuffer = kText;

constexpr size_t kSlots = 3;

/// More than a collection takes at once.
constexpr size_t kHubSlots = 600;

/// Bytes from here on are operations that came after the corpus.
constexpr uint32_t kFirstLateCode = 240;

/// Every object of those kinds starts so. What is behind the first 24 bytes is poisoned once the
/// cell is free.
struct Node {
    cairn_object head;
    size_t count;
    uint32_t label;
    uint32_t kind;
};

struct List {
    Node node;
    cairn_object** records;
    size_t length;
    size_t capacity;
};

struct Buffered {
    Node node;
    cairn_buffer items;
    cairn_object* slot;
    uint64_t has_other_keys;
};

constexpr size_t kTextRecord = 5;

struct Entry {
    cairn_object* key;
    cairn_object* value;
    uint64_t hash;
};

/// What is known of an object.
struct Record {
    bool is_dead = false;  ///< its dealloc function ran
    bool was_finalized = false;
    bool has_dealloc = false;
    bool has_finalizer = false;
};

/// A callback or a registered finalizer.
struct Call {
    class Machine* machine;
    bool was_called = false;
    bool is_detached = false;
};

class Machine {
  public:
    Machine(const uint8_t* data, size_t size) : bytes_(data, size) {}
    Machine(const Machine&) = delete;
    Machine& operator=(const Machine&) = delete;
    ~Machine() = default;

    void run();

  private:
    static constexpr size_t kVariables = 12;
    static constexpr size_t kIterators = 3;
    static constexpr uint32_t kMostOperations = 300;
    static constexpr uint32_t kMostObjects = 6000;
    static constexpr int kDeepest = 5;

    // The heap's life (machine.cc).
    bool start();
    void finish();
    void make_types();
    void make_late_types();
    void make_giant_types();
    void drop_everything();
    void verify();

    // User code (user_code.cc).
    static cairn_status finalize(cairn_object* self);
    static void dealloc(cairn_object* self);
    static void dealloc_list(cairn_object* self);
    static void traverse(cairn_object* self, cairn_visit_fn visit, void* visit_data);
    static void clear(cairn_object* self);
    static void clear_list(cairn_object* self);
    static cairn_status hash(cairn_object* self, uint64_t* out_hash);
    static cairn_status equal(cairn_object* self, cairn_object* other, int* out_equal);
    static cairn_status match(cairn_object* key, void* data, int* out_equal);
    static cairn_status called_back(cairn_object* ref, cairn_object* argument, void* user_data);
    static cairn_status registered(cairn_object* argument, void* user_data);
    static cairn_status at_collection(cairn_heap* heap,
                                      cairn_gc_phase phase,
                                      const cairn_gc_info* info,
                                      void* user_data);
    static void at_soft_limit(cairn_heap* heap, size_t bytes, void* user_data);
    static void at_error(cairn_heap* heap,
                         cairn_place place,
                         cairn_status status,
                         cairn_object* object,
                         void* user_data);
    static void visit_roots(cairn_visit_fn visit, void* visit_data, void* user_data);
    /// Does what the next bytes say. `self` may be linked and resurrected; nullptr: nothing to.
    cairn_status user_code(cairn_object* self, bool may_close);

    // Operations (operations.cc, more_operations.cc).
    void operate(cairn_object* self);
    void make(size_t variable);
    void make_chain(size_t variable);
    void make_hub(size_t variable);
    void link(cairn_object* holder, cairn_object* value);
    void append(cairn_object* object, cairn_object* value);
    void cut(cairn_object* holder);
    void use_weakref();
    void use_map();
    void read_map(cairn_object* map, cairn_object* key);
    void iterate();
    void use_registered();
    void collect();
    void configure();
    void inspect();
    void track();
    void misplace(cairn_object* self);

    // Operations (late_operations.cc).
    void operate_late(uint32_t code);
    void use_buffer();
    void change_buffer(cairn_object* holder);
    void store(cairn_object* holder, size_t index, cairn_object* value);
    void replace_buffer(cairn_object* holder);
    void exchange_buffers(cairn_object* holder);
    void use_slices();
    void use_keys();

    // Operations (giant_operations.cc).
    void use_giants();
    void make_vast(size_t variable);
    void make_hub_key(size_t variable);
    void make_hub_weakref(size_t variable);
    void begin_cycle(size_t variable);

    cairn_object* new_object(Kind kind, size_t items);
    /// Puts an owned reference, or nullptr, into a variable.
    void assign(size_t variable, cairn_object* owned);
    [[nodiscard]] size_t pick() { return bytes_.below(kVariables); }
    /// An object handed out by the heap is alive.
    void check(const cairn_object* object) const;
    void release(cairn_objects* objects);
    static Node* node_of(cairn_object* object) { return reinterpret_cast<Node*>(object); }
    static Machine* machine_of(const cairn_object* object) {
        return static_cast<Machine*>(cairn_type_user_data(cairn_type_of(object)));
    }
    static bool has_slots(const cairn_object* object);
    static bool has_buffer(const cairn_object* object);
    static cairn_object** slots_of(cairn_object* object);
    static size_t slot_count_of(cairn_object* object);
    Call* new_call() { return &calls_.emplace_back(Call{this}); }

    Bytes bytes_;
    Blocks blocks_;
    cairn_heap* heap_ = nullptr;
    std::array<cairn_type*, kKinds> types_{};
    cairn_type* ref_type_ = nullptr;
    cairn_type* hub_ref_type_ = nullptr;
    std::array<cairn_object*, kVariables> variables_{};
    std::array<cairn_weakmap_iterator, kIterators> iterators_{};
    std::array<bool, kVariables> is_root_{};
    std::deque<Record> records_;
    std::deque<Call> calls_;
    uint32_t operations_ = 0;
    uint32_t flags_ = 0;
    uint32_t vast_left_ = 40;  ///< so many more may be made, for each costs a millisecond
    int depth_ = 0;
    int no_close_ = 0;       ///< hash, equal, clear functions and hooks on the C stack
    bool may_leak_ = false;  ///< something is not tracked, or values are strong
    bool closing_ = false;
};

[[noreturn]] void fail(const char* what);

inline void require(bool holds, const char* what) {
    if (!holds) {
        fail(what);
    }
}

}  // namespace cairn_fuzz

#endif
