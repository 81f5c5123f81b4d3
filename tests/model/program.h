// SPDX-License-Identifier: MIT
/// A random program: operations on a heap, mirrored in the model, compared after each.
#ifndef CAIRN_TESTS_MODEL_PROGRAM_H
#define CAIRN_TESTS_MODEL_PROGRAM_H

#include <string>
#include <unordered_map>
#include <vector>

#include "../hold.h"
#include "model.h"

namespace cairn_model {

using cairn_test::Hold;

enum Verb : uint8_t {
    kNew,
    kLink,
    kCut,
    kForget,
    kNewWeakref,
    kGetReferent,
    kNewMap,
    kSet,
    kTangle,
    kGet,
    kRemove,
    kPopLast,
    kClear,
    kUpdate,
    kCopy,
    kOpen,
    kStep,
    kClose,
    kRegister,
    kCallRegistered,
    kDetach,
    kRunSome,
    kCollectYoung,
    kCollectFull,
    kSettle,
    kFreeze,
    kVerify,
    kPlainVerbs,  ///< those before are drawn for any program, the others where there is a target
    kStepCycle = kPlainVerbs,
    kSetTarget,
    kVerbs
};

/// What the numbers mean depends on the verb and on the state; any operation can be left out of a
/// program and what is left is a program.
struct Operation {
    Verb verb;
    uint32_t a, b, c, d;
};

std::string text_of(const Operation& operation);

struct Plan {
    uint32_t heap_flags = 0;
    bool declare_roots = false;
    uint64_t pause_target = 0;
    std::vector<Operation> operations;
};

/// The program of a seed.
Plan plan_of(uint32_t seed, size_t length);
std::string text_of(const Plan& plan);

class Program {
  public:
    explicit Program(const Plan& plan);
    Program(const Program&) = delete;
    Program& operator=(const Program&) = delete;
    ~Program() = default;

    /// Runs all of it and ends the heap. Returns what went wrong, or nothing.
    std::string run();

  private:
    // Types and user code (program.cc).
    void make_types();
    static cairn_status finalize(cairn_object* self);
    static void dealloc(cairn_object* self);
    static void traverse(cairn_object* self, cairn_visit_fn visit, void* visit_data);
    static void clear(cairn_object* self);
    static cairn_status hash(cairn_object* self, uint64_t* out_hash);
    static cairn_status equal(cairn_object* self, cairn_object* other, int* out_equal);
    static cairn_status callback(cairn_object* ref, cairn_object* argument, void* user_data);
    static cairn_status registered(cairn_object* argument, void* user_data);
    static cairn_status note_candidates(cairn_heap*,
                                        cairn_gc_phase phase,
                                        const cairn_gc_info*,
                                        void* user_data);
    static void note_waiting(cairn_heap*, void* user_data);
    static Program* program_of(const cairn_object* object);
    static Id id_in(const cairn_object* object);
    cairn_status user_code(Id self);
    void act(Id self);
    void note_run_from_queue(Record& record);

    // Operations (operations.cc).
    void perform(const Operation& operation);
    void make_node(size_t variable, Kind kind, const Operation& o);
    void make_weakref(const Operation& o);
    void make_registered(const Operation& o);
    void make_map(size_t variable, cairn_weak_kind kind);
    void deref(size_t from, size_t to);
    void store(Id map, Id key, Id value, bool by_user_code);
    void look_up(const Operation& o);
    void remove(const Operation& o);
    void pop_last(const Operation& o);
    void clear_map(const Operation& o);
    void update(const Operation& o);
    void copy(const Operation& o);
    void open(const Operation& o);
    void step(Iterator& iterator);
    void close(Iterator& iterator);
    // Collecting (collecting.cc).
    void use_registered(const Operation& o, bool detach);
    void run_some(size_t count);
    void collect_full();
    void step_cycle(uint64_t budget_ns);
    void set_pause_target(uint64_t ns);
    void forget_saved();
    [[nodiscard]] size_t cycles_ended() const;
    void note_candidates();
    void settle();
    void freeze(bool on);
    void touch_garbage();
    [[nodiscard]] bool leads_to(Id from, Id to) const;
    [[nodiscard]] bool may_be_kept_by_a_call(Id id) const;
    void assign(size_t variable, Id owned);
    void link(Id holder, size_t slot, Id value);
    void adopt(Id map);
    Id new_record(Kind kind, cairn_object* object);
    Id find_variable(uint32_t from, bool (*wanted)(const Record&)) const;
    [[nodiscard]] Id variable(uint32_t number) const {
        return model_.variables[number % kVariables];
    }
    [[nodiscard]] cairn_object** slots_of(Id id) const;
    static cairn_object** slots_in(cairn_object* node);
    cairn_object* new_node(Kind kind);

    // Comparing (compare.cc).
    void observe();
    void compare();
    void compare_map(Id map);
    bool is_same_entry(Id map, Entry& expected, const Entry& actual);
    void compare_node(Id id);
    [[nodiscard]] bool is_left_in_iterated_map(Id id) const;
    void decide_waiting_with_target();
    void decide_waiting();
    void compare_unreachable();
    void end_operation();
    void observe_argument(Record& ref);
    void compare_ref(Id id);
    void compare_registered(Id id);
    void compare_counts();
    void compare_liveness();
    void compare_queue();
    std::vector<Entry> read_map(Id map);
    std::vector<uint32_t> count_holders();
    [[nodiscard]] bool must_stay(Id target, bool has_callback) const;
    [[nodiscard]] bool must_be_cleared(Id target, bool has_callback) const;
    void finish();

    /// The living records, for a report.
    [[nodiscard]] std::string state() const;
    void expect(bool holds, const std::string& what) {
        if (!holds && failure_.empty()) {
            failure_ = what + state();
        }
    }
    Record& at(Id id) { return model_.records[id]; }
    [[nodiscard]] bool has_flag(uint32_t flag) const { return (plan_.heap_flags & flag) != 0; }
    [[nodiscard]] Id id_of(cairn_object* object) const;

    const Plan& plan_;
    cairn_heap* heap_ = nullptr;
    Model model_;
    std::array<cairn_type*, kNodeKinds> types_{};
    cairn_type* ref_type_ = nullptr;
    std::array<cairn_object*, kVariables> root_variables_{};
    std::unordered_map<const cairn_object*, Id> by_address_;
    std::string failure_;
    size_t operation_ = 0;
    int64_t batch_ = 0;
    size_t actions_ = 0;  ///< how often user code did something
    size_t actions_before_cycle_ = 0;
    size_t deliveries_before_cycle_ = 0;
    size_t deliveries_ = 0;  ///< how often user code ran or was made to wait
    size_t ran_from_queue_ = 0;
    size_t hook_calls_ = 0;
    size_t pending_before_ = 0;
    bool running_queue_ = false;
    bool is_full_collection_ = false;
    bool no_action_in_collection_ = false;
    bool closing_ = false;
    int depth_ = 0;
};

}  // namespace cairn_model

#endif
