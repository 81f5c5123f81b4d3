// SPDX-License-Identifier: MIT
/// What a machine checks when its trace is over, and what it compares while one runs.
#include <fmt/format.h>

#include "cairn/testing.h"
#include "trace_machine.h"

namespace tool {
namespace {

/// FNV-1a, a word at a time.
struct Mixer {
    const Machine* machine;
    uint64_t state = 0xCBF29CE484222325;

    void mix(uint64_t value) { state = (state ^ value) * 0x100000001B3; }
    void mix(const void* pointer) { mix(reinterpret_cast<uintptr_t>(pointer)); }
};

int mix_object(cairn_object* object, void* user_data) {
    auto* mixer = static_cast<Mixer*>(user_data);
    mixer->mix(object);
    mixer->mix(cairn_type_of(object));
    mixer->mix(uint64_t{cairn_refcount(object)});
    mixer->mix(uint64_t{cairn_weakref_count(object)});
    mixer->mix(static_cast<uint64_t>(cairn_gc_is_finalized(object)));
    if (mixer->machine->is_node(object)) {
        for (const cairn_object* slot : Machine::node(object)->slots) {
            mixer->mix(slot);
        }
    } else if (cairn_is_weakref(object) != 0) {
        mixer->mix(static_cast<uint64_t>(cairn_weakref_is_cleared(object)));
    }
    return 1;
}

}  // namespace

uint64_t Machine::fingerprint() const {
    Mixer mixer{this};
    cairn_visit_objects(heap_, mix_object, &mixer);
    for (size_t name = 0; name < roots_.size(); ++name) {
        if (roots_.get(name) != nullptr) {
            mixer.mix(uint64_t{name});
            mixer.mix(roots_.get(name));
        }
    }
    mixer.mix(uint64_t{root_order_.size()});
    mixer.mix(uint64_t{finalizers_.size()});
    mixer.mix(uint64_t{garbage().size()});
    mixer.mix(uint64_t{cairn_gc_freeze_count(heap_)});
    return mixer.state;
}

/// Finalizers may store into roots while the roots are dropped. Each runs once, so this ends.
void Machine::let_everything_go() {
    bool is_held = true;
    while (is_held) {
        for (Name name = 0; name < roots_.size(); ++name) {
            drop(name);
        }
        // An action may have set what keeps objects.
        cairn_gc_set_debug(heap_, 0);
        clear_garbage();
        cairn_gc_unfreeze(heap_);
        (void)cairn_gc_collect(heap_, CAIRN_GENERATIONS - 1, nullptr);
        is_held = !garbage().empty();
        for (Name name = 0; name < roots_.size(); ++name) {
            is_held = is_held || roots_.get(name) != nullptr;
        }
    }
}

void Machine::report_functions(std::vector<std::string>& problems) const {
    for (const Watched& function : watched_) {
        if (function.runs > 1 || (function.must_run && function.runs == 0)) {
            problems.push_back(fmt::format(
                "the {} of {} ran {} times", function.kind, text(function.label), function.runs));
        }
    }
}

std::vector<std::string> Machine::end() {
    std::vector<std::string> problems;
    silent_ = true;
    cairn_fail_allocation_for_testing(heap_, 0);
    cairn_collect_every_for_testing(heap_, 0);
    cairn_gc_set_debug(heap_, 0);
    let_everything_go();
    // One that is alive may own what would have to die first. What dies here may register more.
    for (size_t i = 0; i < finalizers_.size(); ++i) {
        (void)cairn_finalizer_detach(finalizers_[i].object.get());
        finalizers_[i].object.reset();
    }
    let_everything_go();
    roots_.release();
    maps_.release();
    (void)cairn_gc_callback_remove(heap_, collection, this);
    if (cairn_verify_for_testing(heap_) == 0) {
        problems.emplace_back("the verifier is not content with the empty heap");
    }
    cairn_heap_usage usage = {};
    cairn_heap_get_usage(heap_, &usage);
    if (usage.objects != 0) {
        problems.push_back(fmt::format("{} objects are left", usage.objects));
    }
    const size_t held = cairn_heap_free(heap_);
    heap_ = nullptr;
    if (held != 0) {
        problems.push_back(fmt::format("{} objects were still held at the heap's end", held));
    }
    report_functions(problems);
    problems.insert(problems.end(), order_.problems().begin(), order_.problems().end());
    return problems;
}

}  // namespace tool
