// SPDX-License-Identifier: MIT
/// The machine that runs a heap trace: one heap, its roots, and the log.
#ifndef CAIRN_TOOL_TRACE_MACHINE_H
#define CAIRN_TOOL_TRACE_MACHINE_H

#include <cstdint>
#include <deque>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "cairn/cairn.h"
#include "call_order.h"
#include "map_instances.h"
#include "reference.h"
#include "root_table.h"

namespace tool {

/// Names (of roots, labels, words) are numbered as they come.
using Name = uint32_t;

constexpr size_t kSlots = 8;

// The first threshold is zero or so large that no collection of a trace begins by itself.
constexpr uint32_t kLeastThreshold = 1'000'000;
constexpr uint32_t kLargestThreshold = 2'000'000'000;

enum class Verb : uint8_t {
    kNone,
    kLog,
    kRaise,
    kKeep,
    kDrop,
    kNew,
    kCut,
    kLink,
    kCollect,
    kDeref,
    kDo
};

/// What a finalizer or callback does once it has logged that it runs.
struct Action {
    Verb verb = Verb::kNone;
    Name root = 0;  ///< for kDo: the number of its operations in the machine's list
    uint32_t slot = 0;
};

struct Node {
    cairn_object head;
    cairn_object* slots[kSlots];
    Name label;
    uint32_t serial;  ///< which of the machine's watched functions is its finalizer
    uint32_t number;  ///< no other node has it
    Action action;
};

/// The payload of a weak reference.
struct WeakLabel {
    Name label;
    uint32_t serial;  ///< which of the machine's watched functions is its callback
    Action action;
};

class Machine;

struct RegisteredFinalizer {
    Machine* machine;
    Name label;
    Action action;
    uint32_t serial;
    Reference object;
};

struct MachineOptions {
    uint64_t collect_every = 0;
    bool declare_roots = false;
    bool unordered = false;
    const cairn_allocator* allocator = nullptr;  ///< NULL: the library's choice
};

class Machine {
  public:
    explicit Machine(const MachineOptions& options);
    ~Machine();
    Machine(const Machine&) = delete;
    Machine& operator=(const Machine&) = delete;

    /// Makes the heap. The types are made by make_types(), so that failures of memory in it can be
    /// provoked before. Both return false when memory is out.
    bool make_heap();
    bool make_types();

    [[nodiscard]] cairn_heap* heap() const { return heap_; }

    Name name(std::string_view text);
    [[nodiscard]] const std::string& text(Name name) const { return texts_[name]; }

    /// The object that a root holds, borrowed; NULL when it holds nothing. While a finalizer's
    /// operations run, `@` names the dying object.
    [[nodiscard]] cairn_object* root(Name name) const {
        return name == dying_name_ && dying_ != nullptr ? dying_ : roots_.get(name);
    }
    [[nodiscard]] bool is_dying(const cairn_object* object) const { return object == dying_; }
    /// Stores an object in a root; what the root held dies after that.
    void put(Name name, cairn_object* object);
    void drop(Name name) { roots_.drop(name); }
    void freeze();
    void unfreeze();
    [[nodiscard]] const std::vector<cairn_object*>& garbage() const { return roots_.garbage(); }
    void clear_garbage() { roots_.clear_garbage(); }
    [[nodiscard]] MapInstances& maps() { return maps_; }
    /// To be called where something comes to be held by what lets go of it when an object dies.
    void note_entailed_death() { order_.note_interference(); }
    /// Every root that was ever stored into, oldest first.
    [[nodiscard]] const std::vector<Name>& root_order() const { return root_order_; }

    [[nodiscard]] bool is_node(const cairn_object* object) const;
    [[nodiscard]] bool is_weakref(const cairn_object* object) const;
    [[nodiscard]] bool is_word(const cairn_object* object) const;
    static Node* node(cairn_object* object);
    static WeakLabel* weak_label(cairn_object* object);
    /// The label of a node, weak reference, word or registered finalizer; "-" for NULL.
    [[nodiscard]] std::string_view label(cairn_object* object) const;

    /// NULL when memory is out.
    Reference new_node(Name label, Action action);
    /// The callback owns `owned`, if that is not NULL.
    Reference new_weakref(cairn_object* referent, Name label, Action action, cairn_object* owned);
    Reference new_word(Name word);
    [[nodiscard]] Name word(cairn_object* object) const;
    /// False when memory is out.
    bool new_finalizer(cairn_object* object, Name label, Action action, cairn_object* owned);
    [[nodiscard]] RegisteredFinalizer* finalizer(Name label);

    /// Keeps the operations of an action for act().
    uint32_t add_operations(std::vector<std::string> lines);

    /// Notes something that happened during an operation.
    void log_event(std::string event);
    /// From now to the operation's end the order of events is not promised.
    void set_disorder() { disorder_ = true; }
    /// Adds the events since the last call to the log, and then `text` if it is not empty.
    void flush_events(std::string_view text);
    /// How many events there were since the machine's birth.
    [[nodiscard]] uint64_t event_count() const { return event_count_; }
    std::string take_log() { return std::move(log_); }

    /// Runs the function of a node, weak reference or registered finalizer.
    cairn_status run_function(std::string_view kind,
                              Name label,
                              uint32_t serial,
                              const Action& action,
                              cairn_object* self);

    /// Drops everything without a log. Returns what was wrong with the run, an empty list if
    /// nothing was; the heap is gone afterwards.
    std::vector<std::string> end();

    [[nodiscard]] const RootTable::Counts& root_counts() const { return roots_.counts(); }

    /// A number that changes when anything changes that the trace could see: the roots, the live
    /// objects, their counts, references and weak references.
    [[nodiscard]] uint64_t fingerprint() const;

  private:
    /// A function that runs at most once.
    struct Watched {
        const char* kind;
        Name label;
        uint32_t runs;
        bool must_run;
    };

    uint32_t watch(const char* kind, Name label, bool must_run);
    static cairn_status collection(cairn_heap* heap,
                                   cairn_gc_phase phase,
                                   const cairn_gc_info* info,
                                   void* user_data);
    void watch_order(std::string_view kind, uint32_t serial, const Action& action);
    void act(const Action& action, cairn_object* self);
    void run_operations(const std::vector<std::string>& lines, cairn_object* self);
    void let_everything_go();
    void report_functions(std::vector<std::string>& problems) const;

    MachineOptions options_;
    cairn_heap* heap_ = nullptr;
    cairn_type* node_type_ = nullptr;
    cairn_type* finalized_node_type_ = nullptr;
    cairn_type* weakref_type_ = nullptr;
    cairn_type* word_type_ = nullptr;
    cairn_type* owner_type_ = nullptr;

    MapInstances maps_;
    std::unordered_map<std::string, Name> names_;
    std::deque<std::string> texts_;
    RootTable roots_;               ///< by name
    std::vector<bool> is_ordered_;  ///< by name: is it in root_order_?
    std::vector<Name> root_order_;
    std::deque<RegisteredFinalizer> finalizers_;
    std::deque<std::vector<std::string>> operations_;  ///< of actions, by number
    Name dying_name_ = 0;
    cairn_object* dying_ = nullptr;  ///< whose finalizer's operations are running
    std::vector<Watched> watched_;
    CallOrder order_;
    uint32_t node_count_ = 0;

    std::vector<std::string> events_;
    uint64_t event_count_ = 0;
    std::string log_;
    bool disorder_ = false;
    bool silent_ = false;
};

}  // namespace tool

#endif
