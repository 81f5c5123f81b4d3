// SPDX-License-Identifier: MIT
/// A random program on a heap, beside a model of it that knows nothing of collectors.
///
/// The model mirrors every store that the program makes, so it can say at any moment what the
/// variables reach. What is reached must be alive, intact and counted exactly; after a full
/// collection in which no user code ran nothing else may be alive. Finalizers and callbacks do
/// random things themselves.
#ifndef CAIRN_TESTS_UNIT_RANDOM_PROGRAM_H
#define CAIRN_TESTS_UNIT_RANDOM_PROGRAM_H

#include <array>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <random>
#include <unordered_map>
#include <vector>

#include <gtest/gtest.h>

#include "cairn/cairn.h"
#include "cairn/testing.h"

namespace cairn_test {

class RandomProgram {
  public:
    struct Settings {
        uint32_t seed = 1;
        uint32_t heap_flags = 0;
        bool automatic = false;         ///< automatic collections with low thresholds
        uint64_t collect_every = 0;     ///< a collection at every n-th allocation
        bool fail_allocations = false;  ///< now and then an allocation fails
        size_t length = 150;            ///< operations
    };

    explicit RandomProgram(const Settings& settings) : settings_(settings), random_(settings.seed) {
        cairn_heap_options options;
        cairn_heap_options_init(&options);
        options.flags = settings.heap_flags;
        options.on_unraisable =
            [](cairn_heap*, cairn_place, cairn_status, cairn_object*, void* me) {
                ++static_cast<RandomProgram*>(me)->reported_;
            };
        options.user_data = this;
        heap_ = cairn_heap_new(&options);
        records_.emplace_back();  // Index 0 is no object.
        make_types();
        EXPECT_EQ(cairn_gc_callback_add(heap_, &note_candidates, this), CAIRN_OK);
        cairn_collect_every_for_testing(heap_, settings.collect_every);
        if (settings.automatic) {
            const uint32_t thresholds[3] = {15, 2, 2};
            cairn_gc_set_thresholds(heap_, thresholds);
        } else {
            cairn_gc_disable(heap_);
        }
    }

    RandomProgram(const RandomProgram&) = delete;
    RandomProgram& operator=(const RandomProgram&) = delete;
    ~RandomProgram() { EXPECT_EQ(cairn_heap_free(heap_), 0u); }

    void run() {
        for (size_t i = 0; i < settings_.length && !testing::Test::HasFailure(); ++i) {
            if (settings_.fail_allocations && below(4) == 0) {
                cairn_fail_allocation_for_testing(heap_, 1 + below(4));
            }
            operation();
            check();
        }
        finish();
    }

  private:
    using Id = uint32_t;

    enum Kind : uint8_t { kPlain, kLogged, kFin, kCustom, kArray, kLeaf, kLeafFin, kWeakref };
    enum Verb : uint8_t {
        kDrop,
        kNew,
        kLink,
        kCut,
        kKeep,
        kLinkSelf,
        kSelfLink,
        kCollect,
        kRaise,
        kLook,
        kWeak,
        kWeakSelf,
        kDeref,
        kVerify,
        kVerbs
    };

    struct Record {
        cairn_object* object = nullptr;
        Kind kind = kPlain;
        std::vector<Id> slots;
        std::array<Verb, 2> actions = {kRaise, kRaise};
        bool alive = false;
        int finalized = 0;
        int deallocated = 0;

        // Weak references.
        Id target = 0;
        Id argument = 0;
        bool has_callback = false;
        int called = 0;

        /// A collection may have taken it for garbage: its weak references may be cleared.
        bool was_candidate = false;
        bool made_in_collection = false;
    };

    struct Object {
        cairn_object head;
        uint64_t id;
    };

    static constexpr size_t kVariables = 10;
    static constexpr size_t kNodeSlots = 3;

    // Types and user code.

    void make_types();
    static cairn_status finalize(cairn_object* self);
    static void dealloc(cairn_object* self);
    static void traverse(cairn_object* self, cairn_visit_fn visit, void* visit_data);
    static void clear(cairn_object* self);
    static cairn_status callback(cairn_object* ref, cairn_object* argument, void* user_data);
    static cairn_status note_candidates(cairn_heap*,
                                        cairn_gc_phase phase,
                                        const cairn_gc_info*,
                                        void* user_data);

    // The program.

    void operation();
    cairn_status act(Verb verb, Id self);
    cairn_status user_code(Id self);
    void make(size_t variable, Kind kind);
    void make_weakref(size_t variable, Id target);
    void adopt_weakref(
        size_t variable, cairn_object* ref, Id target, Id argument, bool with_callback);
    void choose_actions(Record& record);
    void look(Id self);
    void assign(size_t variable, Id owned);
    void store(Id holder, size_t slot, Id value);
    cairn_object** address(Id holder, size_t slot);

    // The model.

    [[nodiscard]] std::vector<bool> reachable() const;
    void check();
    void observe();
    void observe_arguments();
    void check_record(Id id, uint32_t holders, bool reached);
    void check_weakref(Id id);
    void check_nothing_else_lives();
    void finish();

    Id id_of(cairn_object* object) {
        if (cairn_is_weakref(object)) {
            const auto found = weakrefs_.find(object);
            return found == weakrefs_.end() ? 0 : found->second;
        }
        return static_cast<Id>(reinterpret_cast<Object*>(object)->id);
    }

    size_t below(size_t bound) { return random_() % bound; }
    size_t variable() { return below(kVariables); }

    Settings settings_;
    std::mt19937 random_;
    cairn_heap* heap_ = nullptr;
    std::array<cairn_type*, kWeakref> types_{};
    std::deque<Record> records_;
    std::unordered_map<cairn_object*, Id> weakrefs_;
    std::array<Id, kVariables> variables_{};
    size_t user_code_runs_ = 0;
    size_t reported_ = 0;
    size_t raised_ = 0;
    size_t depth_ = 0;
    size_t made_in_user_code_ = 0;
    bool frozen_ = false;
};

}  // namespace cairn_test

#endif
