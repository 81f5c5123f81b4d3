// SPDX-License-Identifier: MIT
#include "trace_machine.h"

#include <algorithm>
#include <cstddef>

#include <fmt/format.h>

#include "cairn/testing.h"

namespace tool {
namespace {

struct Word {
    cairn_object head;
    Name word;
};

/// The argument of a callback that owns an object: CPython's callback is an object of its own too.
struct Owner {
    cairn_object head;
    cairn_object* owned;
};

Machine& machine_of(cairn_object* object) {
    return *static_cast<Machine*>(cairn_heap_user_data(cairn_heap_of(object)));
}

cairn_status finalize_node(cairn_object* self) {
    const Node* node = Machine::node(self);
    return machine_of(self).run_function("fin", node->label, node->serial, node->action, self);
}

cairn_status weakref_callback(cairn_object* ref, cairn_object* /*argument*/, void* user_data) {
    const WeakLabel* weak = Machine::weak_label(ref);
    auto* machine = static_cast<Machine*>(user_data);
    return machine->run_function("cb", weak->label, weak->serial, weak->action, nullptr);
}

cairn_status hash_word(cairn_object* self, uint64_t* out_hash) {
    *out_hash = machine_of(self).word(self) * uint64_t{0x9E3779B97F4A7C15};
    return CAIRN_OK;
}

cairn_status equal_words(cairn_object* self, cairn_object* other, int* out_equal) {
    *out_equal = cairn_type_of(self) == cairn_type_of(other) &&
                 machine_of(self).word(self) == machine_of(other).word(other);
    return CAIRN_OK;
}

void log_unraisable(cairn_heap* /*heap*/,
                    cairn_place place,
                    cairn_status status,
                    cairn_object* object,
                    void* user_data) {
    auto* machine = static_cast<Machine*>(user_data);
    std::string event = fmt::format("unraisable {}", machine->label(object));
    if (status != CAIRN_USER_ERROR || place > CAIRN_PLACE_REGISTERED_FINALIZER) {
        event += fmt::format(" ({}: {})", cairn_place_text(place), cairn_status_text(status));
    }
    machine->log_event(std::move(event));
}

}  // namespace

Machine::Machine(const MachineOptions& options) : options_(options) {}

Machine::~Machine() {
    cairn_heap_free(heap_);
}

bool Machine::make_heap() {
    cairn_heap_options options;
    cairn_heap_options_init(&options);
    options.flags = CAIRN_HEAP_STRONG_WEAKKEY_VALUES;
    if (!options_.unordered) {
        options.flags |= CAIRN_HEAP_CPYTHON_ORDER;
    }
    options.on_unraisable = log_unraisable;
    options.user_data = this;
    if (options_.allocator != nullptr) {
        options.allocator = *options_.allocator;
    }
    heap_ = cairn_heap_new(&options);
    if (heap_ == nullptr) {
        return false;
    }
    cairn_gc_disable(heap_);
    // A collection must not begin by itself, even where a trace enables that.
    const uint32_t thresholds[CAIRN_GENERATIONS] = {kLeastThreshold, 10, 10};
    cairn_gc_set_thresholds(heap_, thresholds);
    cairn_gc_set_byte_thresholds(heap_, 0, 0);
    cairn_collect_every_for_testing(heap_, options_.collect_every);
    return true;
}

bool Machine::make_types() {
    dying_name_ = name("@");
    cairn_type_spec node = {};
    node.name = "node";
    node.object_size = sizeof(Node);
    node.slots_offset = offsetof(Node, slots);
    node.slot_count = kSlots;
    cairn_type_spec finalized_node = node;
    finalized_node.name = "node with finalizer";
    finalized_node.finalize = finalize_node;
    cairn_type_spec weakref = {};
    weakref.name = "weak reference";
    weakref.flags = CAIRN_TYPE_WEAKREF;
    weakref.object_size = CAIRN_WEAKREF_SIZE + sizeof(WeakLabel);
    cairn_type_spec word = {};
    word.name = "word";
    word.object_size = sizeof(Word);
    word.hash = hash_word;
    word.equal = equal_words;
    cairn_type_spec owner = {};
    owner.name = "callback";
    owner.object_size = sizeof(Owner);
    owner.slots_offset = offsetof(Owner, owned);
    owner.slot_count = 1;
    return cairn_type_new(heap_, &node, &node_type_) == CAIRN_OK &&
           cairn_type_new(heap_, &finalized_node, &finalized_node_type_) == CAIRN_OK &&
           cairn_type_new(heap_, &weakref, &weakref_type_) == CAIRN_OK &&
           cairn_type_new(heap_, &word, &word_type_) == CAIRN_OK &&
           cairn_type_new(heap_, &owner, &owner_type_) == CAIRN_OK && maps_.make(heap_) &&
           roots_.make(heap_, options_.declare_roots) &&
           cairn_gc_callback_add(heap_, collection, this) == CAIRN_OK;
}

Name Machine::name(std::string_view text) {
    const auto next = static_cast<Name>(texts_.size());
    const auto [place, is_new] = names_.try_emplace(std::string(text), next);
    if (is_new) {
        texts_.emplace_back(text);
        cairn_object* const* root = roots_.add();
        is_ordered_.push_back(false);
        if (options_.declare_roots) {
            // A root that could not be declared is still a reference that counts.
            (void)cairn_root_add(heap_, root);
        }
    }
    return place->second;
}

void Machine::put(Name name, cairn_object* object) {
    if (!is_ordered_[name]) {
        is_ordered_[name] = true;
        root_order_.push_back(name);
    }
    roots_.put(name, object);
}

void Machine::freeze() {
    order_.note_interference();
    maps_.note_freeze();
    roots_.freeze();
}

void Machine::unfreeze() {
    maps_.note_unfreeze();
    roots_.unfreeze();
}

bool Machine::is_node(const cairn_object* object) const {
    return object != nullptr &&
           (cairn_type_of(object) == node_type_ || cairn_type_of(object) == finalized_node_type_);
}

bool Machine::is_weakref(const cairn_object* object) const {
    return object != nullptr && cairn_type_of(object) == weakref_type_;
}

bool Machine::is_word(const cairn_object* object) const {
    return object != nullptr && cairn_type_of(object) == word_type_;
}

// Objects of a type start with its struct, so these casts undo the ones that C makes.
Node* Machine::node(cairn_object* object) {
    return reinterpret_cast<Node*>(object);
}

WeakLabel* Machine::weak_label(cairn_object* object) {
    return reinterpret_cast<WeakLabel*>(reinterpret_cast<char*>(object) + CAIRN_WEAKREF_SIZE);
}

std::string_view Machine::label(cairn_object* object) const {
    if (is_node(object)) {
        return text(node(object)->label);
    }
    if (is_weakref(object)) {
        return text(weak_label(object)->label);
    }
    if (is_word(object)) {
        return text(word(object));
    }
    for (const RegisteredFinalizer& finalizer : finalizers_) {
        if (object != nullptr && finalizer.object.get() == object) {
            return text(finalizer.label);
        }
    }
    return "-";
}

Reference Machine::new_node(Name label, Action action) {
    const bool has_finalizer = action.verb != Verb::kNone;
    Reference object(cairn_new(has_finalizer ? finalized_node_type_ : node_type_));
    if (object) {
        Node* made = node(object.get());
        made->label = label;
        made->action = action;
        made->number = node_count_++;
        made->serial = has_finalizer ? watch("finalizer", label, true) : 0;
    }
    return object;
}

Reference Machine::new_weakref(cairn_object* referent,
                               Name label,
                               Action action,
                               cairn_object* owned) {
    const bool calls_back = action.verb != Verb::kNone;
    Reference owner;
    if (owned != nullptr) {
        owner = Reference(cairn_new(owner_type_));
        if (!owner) {
            return {};
        }
        cairn_set(&reinterpret_cast<Owner*>(owner.get())->owned, owned);
    }
    Reference object(cairn_weakref_new_typed(
        weakref_type_, referent, calls_back ? weakref_callback : nullptr, owner.get(), this));
    if (object) {
        WeakLabel* made = weak_label(object.get());
        made->label = label;
        made->action = action;
        made->serial = calls_back ? watch("callback", label, false) : 0;
        if (calls_back) {
            order_.note_made(made->serial, node(referent)->number);
        }
    }
    return object;
}

Reference Machine::new_word(Name word) {
    Reference object(cairn_new(word_type_));
    if (object) {
        reinterpret_cast<Word*>(object.get())->word = word;
    }
    return object;
}

Name Machine::word(cairn_object* object) const {
    return reinterpret_cast<Word*>(object)->word;
}

RegisteredFinalizer* Machine::finalizer(Name label) {
    for (RegisteredFinalizer& finalizer : finalizers_) {
        if (finalizer.label == label) {
            return &finalizer;
        }
    }
    return nullptr;
}

uint32_t Machine::add_operations(std::vector<std::string> lines) {
    operations_.push_back(std::move(lines));
    return static_cast<uint32_t>(operations_.size() - 1);
}

void Machine::log_event(std::string event) {
    ++event_count_;
    if (!silent_) {
        events_.push_back(std::move(event));
    }
}

void Machine::flush_events(std::string_view text) {
    if (disorder_) {
        std::sort(events_.begin(), events_.end());
    }
    disorder_ = false;
    for (const std::string& event : events_) {
        log_ += event;
        log_ += '\n';
    }
    events_.clear();
    if (!text.empty()) {
        log_ += text;
        log_ += '\n';
    }
}

uint32_t Machine::watch(const char* kind, Name label, bool must_run) {
    watched_.push_back({kind, label, 0, must_run});
    return static_cast<uint32_t>(watched_.size() - 1);
}

cairn_status Machine::collection(cairn_heap* /*heap*/,
                                 cairn_gc_phase phase,
                                 const cairn_gc_info* info,
                                 void* user_data) {
    static_cast<Machine*>(user_data)->order_.note_phase(phase, info->generation);
    return CAIRN_OK;
}

void Machine::watch_order(std::string_view kind, uint32_t serial, const Action& action) {
    if (kind == "cb") {
        order_.note_callback(serial);
    } else if (kind == "fin") {
        order_.note_finalizer();
    } else {
        order_.note_registered_finalizer();
    }
    switch (action.verb) {
        case Verb::kNone:
        case Verb::kLog:
        case Verb::kRaise:
        case Verb::kDeref:
            break;
        case Verb::kKeep:
        case Verb::kNew:
            if (root(action.root) == nullptr) {
                break;
            }
            [[fallthrough]];
        default:
            order_.note_interference();
    }
}

cairn_status Machine::run_function(
    std::string_view kind, Name label, uint32_t serial, const Action& action, cairn_object* self) {
    ++watched_[serial].runs;
    watch_order(kind, serial, action);
    log_event(fmt::format("{} {}", kind, text(label)));
    if (action.verb == Verb::kRaise) {
        return CAIRN_USER_ERROR;
    }
    // A copy: the object that owns the action may die of it.
    act(Action(action), self);
    return CAIRN_OK;
}

}  // namespace tool
