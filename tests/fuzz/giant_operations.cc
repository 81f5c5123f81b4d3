// SPDX-License-Identifier: MIT
/// Operations: leaves in segments of their own, keys and weak references with hundreds of slots,
/// and cycles in slices that begin by themselves.
#include "machine.h"

namespace cairn_fuzz {

void Machine::use_giants() {
    const size_t variable = pick();
    switch (bytes_.below(6)) {
        case 0:
        case 1:
            make_vast(variable);
            break;
        case 2:
            make_hub_key(variable);
            break;
        case 3:
            make_hub_weakref(variable);
            break;
        default:
            begin_cycle(variable);
            break;
    }
}

/// 64 KiB to 8 MiB.
void Machine::make_vast(size_t variable) {
    if (vast_left_ == 0) {
        return;
    }
    --vast_left_;
    const uint32_t what = bytes_.byte();
    assign(variable, new_object(what % 2 == 0 ? kVast : kVastFin, 1 + what / 2));
}

/// A key of a weak-key map or a member of a set, if the variable has one, and its values: some hold
/// it, some are held by it.
void Machine::make_hub_key(size_t variable) {
    const Hold map(variables_[variable]);
    cairn_object* key = new_object(kHubKey, 0);
    if (key == nullptr) {
        return;
    }
    const size_t count = bytes_.byte();
    const auto kind = static_cast<Kind>(bytes_.below(kFirstLate));
    for (size_t i = 0; i < count; ++i) {
        cairn_object* member = new_object(kind, 2);
        slots_of(key)[i * 2] = member;
        if (member != nullptr && has_slots(member) && kind != kAtomic && i % 4 == 0) {
            cairn_set(&slots_of(member)[0], key);
        }
    }
    const cairn_weak_kind of =
        map.get() == nullptr ? CAIRN_NOT_WEAK : cairn_weakmap_kind(map.get());
    const Hold value(variables_[pick()]);
    if (of == CAIRN_WEAK_SET) {
        (void)cairn_weakset_add(map.get(), key);
    } else if (of != CAIRN_NOT_WEAK) {
        (void)cairn_weakmap_set(map.get(), key, value.get() != nullptr ? value.get() : key);
    }
    assign(pick(), key);
}

void Machine::make_hub_weakref(size_t variable) {
    const Hold target(variables_[variable]);
    if (target.get() == nullptr) {
        return;
    }
    const uint32_t count = bytes_.byte();
    const Hold value(variables_[pick()]);
    cairn_object* ref = cairn_weakref_new_typed(
        hub_ref_type_, target.get(), count % 2 == 0 ? called_back : nullptr, nullptr, new_call());
    if (ref != nullptr) {
        auto** slots =
            reinterpret_cast<cairn_object**>(reinterpret_cast<char*>(ref) + CAIRN_WEAKREF_SIZE);
        for (size_t i = 0; i < count; ++i) {
            cairn_set(&slots[i * 2], i == 0 ? ref : value.get());
        }
    }
    assign(pick(), ref);
}

/// Lets the next allocations begin a cycle in slices, and makes a row of objects, which hold each
/// other.
void Machine::begin_cycle(size_t variable) {
    const uint32_t amount = bytes_.byte();
    const uint32_t thresholds[3] = {1 + amount % 4, 1, 1};
    cairn_gc_set_thresholds(heap_, thresholds);
    cairn_gc_enable(heap_);
    (void)cairn_gc_set_pause_target(heap_, 1);
    const auto kind = static_cast<Kind>(bytes_.below(kFirstLate));
    for (uint32_t i = 0; i < 4 + amount / 8; ++i) {
        cairn_object* object = new_object(kind, 2);
        if (object != nullptr && has_slots(object)) {
            slots_of(object)[0] = cairn_new_ref(variables_[variable]);
        }
        assign(variable, object);
    }
}

}  // namespace cairn_fuzz
