// SPDX-License-Identifier: MIT
/// User code: each host function checks that it is called as promised, and then does what the next
/// bytes say.
#include <cstdlib>

#include "machine.h"

namespace cairn_fuzz {

cairn_status Machine::user_code(cairn_object* self, bool may_close) {
    if (closing_ || depth_ >= kDeepest || bytes_.is_empty()) {
        return CAIRN_OK;
    }
    const uint32_t plan = bytes_.byte();
    ++depth_;
    no_close_ += may_close ? 0 : 1;
    for (uint32_t i = 0; i < plan % 4; ++i) {
        operate(self);
    }
    no_close_ -= may_close ? 0 : 1;
    --depth_;
    return plan >= 224 ? CAIRN_USER_ERROR : CAIRN_OK;
}

cairn_status Machine::finalize(cairn_object* self) {
    Machine* machine = machine_of(self);
    machine->check(self);
    Record& record = machine->records_[node_of(self)->label];
    require(!record.was_finalized, "an object was finalized twice");  // INV-FINALIZE-ONCE
    record.was_finalized = true;
    return machine->user_code(self, true);
}

void Machine::dealloc(cairn_object* self) {
    // The type of a dying object can still be read.
    Machine* machine = machine_of(self);
    Record& record = machine->records_[node_of(self)->label];
    require(!record.is_dead, "an object died twice");
    require(!record.has_finalizer || record.was_finalized || machine->closing_,
            "an object died without its finalizer");
    record.is_dead = true;
}

void Machine::dealloc_list(cairn_object* self) {
    dealloc(self);
    std::free(static_cast<void*>(reinterpret_cast<List*>(self)->records));
}

void Machine::traverse(cairn_object* self, cairn_visit_fn visit, void* visit_data) {
    cairn_object** slots = slots_of(self);
    for (size_t i = 0; i < kSlots; ++i) {
        visit(slots[i], visit_data);
    }
}

void Machine::clear(cairn_object* self) {
    cairn_object** slots = slots_of(self);
    for (size_t i = 0; i < kSlots; ++i) {
        cairn_clear(&slots[i]);
    }
}

void Machine::clear_list(cairn_object* self) {
    auto* list = reinterpret_cast<List*>(self);
    const size_t length = list->length;
    list->length = 0;
    cairn_object** records = list->records;
    list->records = nullptr;
    list->capacity = 0;
    for (size_t i = 0; i < length; ++i) {
        if (records[i] != nullptr) {
            cairn_decref(records[i]);
        }
    }
    std::free(static_cast<void*>(records));
}

cairn_status Machine::hash(cairn_object* self, uint64_t* out_hash) {
    Machine* machine = machine_of(self);
    machine->check(self);
    const cairn_status status = machine->user_code(nullptr, false);
    *out_hash = node_of(self)->label % 4;
    return status;
}

cairn_status Machine::equal(cairn_object* self, cairn_object* other, int* out_equal) {
    Machine* machine = machine_of(self);
    machine->check(self);
    machine->check(other);
    const bool is_key = machine_of(other) == machine &&
                        (node_of(other)->kind == kKey || node_of(other)->kind == kLeafKey ||
                         node_of(other)->kind == kHubKey);
    const bool equal = is_key && node_of(self)->label % 8 == node_of(other)->label % 8;
    const cairn_status status = machine->user_code(nullptr, false);
    *out_equal = equal ? 1 : 0;
    return status;
}

cairn_status Machine::match(cairn_object* key, void* data, int* out_equal) {
    auto* machine = static_cast<Machine*>(data);
    machine->check(key);
    *out_equal = machine->bytes_.below(4) == 0 ? 1 : 0;
    return machine->user_code(nullptr, false);
}

cairn_status Machine::called_back(cairn_object* ref, cairn_object* argument, void* user_data) {
    auto* call = static_cast<Call*>(user_data);
    require(!call->was_called, "a callback was called twice");
    call->was_called = true;
    Machine* machine = call->machine;
    machine->check(ref);
    require(cairn_weakref_is_cleared(ref) == 1, "a callback came before its reference was cleared");
    require(cairn_weakref_has_callback(ref) == 0, "a callback waits while it is called");
    if (argument != nullptr) {
        machine->check(argument);
    }
    return machine->user_code(argument, true);
}

cairn_status Machine::registered(cairn_object* argument, void* user_data) {
    auto* call = static_cast<Call*>(user_data);
    require(!call->was_called, "a registered finalizer ran twice");
    require(!call->is_detached, "a registered finalizer ran after it was detached");
    call->was_called = true;
    if (argument != nullptr) {
        call->machine->check(argument);
    }
    return call->machine->user_code(argument, true);
}

cairn_status Machine::at_collection(cairn_heap* heap,
                                    cairn_gc_phase phase,
                                    const cairn_gc_info* info,
                                    void* user_data) {
    auto* machine = static_cast<Machine*>(user_data);
    require(cairn_gc_is_collecting(heap) == 1, "a collection callback outside a collection");
    require(phase == CAIRN_GC_STOP || (info->collected == 0 && info->candidates == 0),
            "a collection starts with counts");
    return machine->user_code(nullptr, true);
}

void Machine::at_soft_limit(cairn_heap*, size_t, void* user_data) {
    (void)static_cast<Machine*>(user_data)->user_code(nullptr, false);
}

void Machine::at_error(
    cairn_heap*, cairn_place, cairn_status, cairn_object* object, void* user_data) {
    auto* machine = static_cast<Machine*>(user_data);
    if (object != nullptr) {
        machine->check(object);
    }
    (void)machine->user_code(nullptr, false);
}

void Machine::visit_roots(cairn_visit_fn visit, void* visit_data, void* user_data) {
    const auto* machine = static_cast<const Machine*>(user_data);
    for (size_t i = 0; i < kVariables; ++i) {
        if (!machine->is_root_[i]) {  // Each reference once.
            visit(machine->variables_[i], visit_data);
        }
    }
}

}  // namespace cairn_fuzz
