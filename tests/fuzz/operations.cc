// SPDX-License-Identifier: MIT
/// Operations: objects, references, weak references, weak containers.
#include <cstdlib>

#include "machine.h"

namespace cairn_fuzz {

void Machine::operate(cairn_object* self) {
    if (++operations_ > kMostOperations) {
        return;
    }
    const uint32_t code = bytes_.byte();
    if (code >= kFirstLateCode) {
        operate_late(code - kFirstLateCode);
        return;
    }
    switch (code % 20) {
        case 0:
        case 1:
        case 2:
            make(pick());
            break;
        case 3:
        case 4:
        case 5: {
            const size_t holder = pick();
            const size_t value = pick();
            link(variables_[holder], self != nullptr && value == 0 ? self : variables_[value]);
            break;
        }
        case 6:
            assign(pick(), self != nullptr ? cairn_new_ref(self) : nullptr);
            break;
        case 7: {
            const size_t from = pick();
            assign(pick(), cairn_new_ref(variables_[from]));
            break;
        }
        case 8:
            cut(self != nullptr ? self : variables_[pick()]);
            break;
        case 9:
        case 10:
            use_weakref();
            break;
        case 11:
        case 12:
            use_map();
            break;
        case 13:
            iterate();
            break;
        case 14:
            use_registered();
            break;
        case 15:
            collect();
            break;
        case 16:
            configure();
            break;
        case 17:
            inspect();
            break;
        case 18:
            track();
            break;
        default:
            misplace(self);
            break;
    }
}

void Machine::check(const cairn_object* object) const {
    require(cairn_refcount(object) != 0, "a dead object was handed out");
    require(cairn_heap_of(object) == heap_, "an object of no heap was handed out");
    const Machine* machine = machine_of(object);
    if (machine != nullptr) {
        const auto* node = reinterpret_cast<const Node*>(object);
        require(node->label < records_.size(),
                "an object was handed out whose memory is not its own");
        require(!records_[node->label].is_dead, "an object was handed out after its dealloc");
    }
}

void Machine::assign(size_t variable, cairn_object* owned) {
    if (owned != nullptr) {
        check(owned);
    }
    cairn_set_consume(&variables_[variable], owned);
}

bool Machine::has_slots(const cairn_object* object) {
    if (object == nullptr || machine_of(object) == nullptr) {
        return false;
    }
    const uint32_t kind = reinterpret_cast<const Node*>(object)->kind;
    return kind == kHubKey ||
           (kind != kLeaf && kind != kLeafKey && kind != kList && kind < kFirstLate);
}

bool Machine::has_buffer(const cairn_object* object) {
    if (object == nullptr || machine_of(object) == nullptr) {
        return false;
    }
    const uint32_t kind = reinterpret_cast<const Node*>(object)->kind;
    return kind >= kFirstLate && kind <= kLastBuffer;
}

cairn_object** Machine::slots_of(cairn_object* object) {
    return reinterpret_cast<cairn_object**>(reinterpret_cast<char*>(object) + sizeof(Node));
}

size_t Machine::slot_count_of(cairn_object* object) {
    const uint32_t kind = node_of(object)->kind;
    return kind == kItems ? node_of(object)->count : kind == kHubKey ? kHubSlots : kSlots;
}

cairn_object* Machine::new_object(Kind kind, size_t items) {
    if (records_.size() >= kMostObjects) {
        return nullptr;
    }
    cairn_object* object = kind == kItems || kind == kVast || kind == kVastFin
                               ? cairn_new_var(types_[kind], items)
                               : cairn_new(types_[kind]);
    if (object == nullptr) {
        return nullptr;
    }
    require(cairn_refcount(object) == 1 && cairn_type_of(object) == types_[kind],
            "not a new object");
    node_of(object)->label = static_cast<uint32_t>(records_.size());
    node_of(object)->kind = kind;
    for (size_t i = 0; has_slots(object) && i < kSlots && i < slot_count_of(object); ++i) {
        require(slots_of(object)[i] == nullptr, "a new object is not zeroed");
    }
    Record record;
    record.has_dealloc = kind != kPlain && kind != kAtomic && kind != kBuffer && kind != kText &&
                         kind != kVast && kind != kHubKey;
    record.has_finalizer = kind == kFin || kind == kQueued || kind == kCustom || kind == kLeafKey ||
                           kind == kTable || kind == kVastFin;
    records_.push_back(record);
    may_leak_ = may_leak_ || kind == kByHand;
    return object;
}

void Machine::make(size_t variable) {
    const uint32_t what = bytes_.below(kFirstLate + 2);
    if (what == kFirstLate) {
        make_chain(variable);
    } else if (what == kFirstLate + 1) {
        make_hub(variable);
    } else {
        const auto kind = static_cast<Kind>(what);
        const size_t items = kind == kItems ? bytes_.byte() * size_t{16} : 0;
        assign(variable, new_object(kind, items));
    }
}

/// Past every limit of nesting.
void Machine::make_chain(size_t variable) {
    const auto kind = static_cast<Kind>(bytes_.below(kFirstLate));
    const size_t length = size_t{bytes_.byte()} * 2;
    cairn_object* last = nullptr;
    for (size_t i = 0; i < length; ++i) {
        cairn_object* object = new_object(kind, 1);
        if (object == nullptr || (!has_slots(object) && kind != kList)) {
            cairn_clear(&object);
            break;
        }
        if (kind == kList) {
            append(object, last);
            cairn_clear(&last);
        } else {
            slots_of(object)[0] = last;
        }
        last = object;
    }
    assign(variable, last);
}

/// Many references to one object, and from one object to many.
void Machine::make_hub(size_t variable) {
    const size_t count = size_t{bytes_.byte()} * 4;
    cairn_object* hub = new_object(kItems, count);
    if (hub == nullptr) {
        return;
    }
    const auto kind = static_cast<Kind>(bytes_.below(kFirstLate));
    const bool is_one = bytes_.below(2) == 0;
    cairn_object* member = nullptr;
    for (size_t i = 0; i < count; ++i) {
        if (member == nullptr || !is_one) {
            member = new_object(kind, 2);
            slots_of(hub)[i] = member;
            if (member != nullptr && has_slots(member) && kind != kAtomic) {
                cairn_set(&slots_of(member)[0], hub);
            }
        } else {
            cairn_set(&slots_of(hub)[i], member);
        }
    }
    assign(variable, hub);
}

void Machine::append(cairn_object* object, cairn_object* value) {
    auto* list = reinterpret_cast<List*>(object);
    if (list->length == list->capacity) {
        const size_t capacity = list->capacity * 2 + 2;
        void* records = std::realloc(static_cast<void*>(list->records), capacity * sizeof(void*));
        require(records != nullptr, "no memory for a list");
        list->records = static_cast<cairn_object**>(records);
        list->capacity = capacity;
    }
    list->records[list->length++] = cairn_new_ref(value);
}

void Machine::link(cairn_object* holder, cairn_object* value) {
    if (holder == nullptr || machine_of(holder) == nullptr) {
        return;
    }
    const Hold hold(holder);
    if (node_of(holder)->kind == kList) {
        if (reinterpret_cast<List*>(holder)->length < 1000) {
            append(holder, value);
        }
        return;
    }
    if (has_buffer(holder)) {
        store(holder, reinterpret_cast<Buffered*>(holder)->items.count, value);
        return;
    }
    const size_t count = has_slots(holder) ? slot_count_of(holder) : 0;
    if (count == 0) {
        return;
    }
    cairn_object** slot = &slots_of(holder)[bytes_.byte() % count];
    if (node_of(holder)->kind != kAtomic) {
        cairn_set(slot, value);
    } else if (*slot == nullptr) {  // It is filled once.
        *slot =
            value == nullptr ? reinterpret_cast<cairn_object*>(uintptr_t{5}) : cairn_new_ref(value);
    }
}

void Machine::cut(cairn_object* holder) {
    if (holder == nullptr || machine_of(holder) == nullptr || node_of(holder)->kind == kAtomic) {
        return;
    }
    const Hold hold(holder);
    if (node_of(holder)->kind == kList) {
        auto* list = reinterpret_cast<List*>(holder);
        if (list->length > 0) {
            cairn_object* last = list->records[--list->length];
            cairn_clear(&last);
        }
        return;
    }
    if (has_buffer(holder)) {
        auto* items = &reinterpret_cast<Buffered*>(holder)->items;
        (void)cairn_buffer_remove(holder, items->count / 2, items->count > 0 ? 1 : 0);
        return;
    }
    const size_t count = has_slots(holder) ? slot_count_of(holder) : 0;
    if (count > 0) {
        cairn_clear(&slots_of(holder)[bytes_.byte() % count]);
    }
}

void Machine::use_weakref() {
    const Hold target(variables_[pick()]);
    const size_t to = pick();
    if (target.get() == nullptr) {
        return;
    }
    if (cairn_is_weakref(target.get()) != 0 && bytes_.below(4) != 0) {
        uint64_t hash = 0;
        (void)cairn_weakref_hash(target.get(), &hash);
        const cairn_object* argument = cairn_weakref_argument(target.get());
        if (argument != nullptr) {
            check(argument);
        }
        cairn_object* referent = cairn_weakref_get(target.get());
        require(referent == nullptr || cairn_weakref_is_cleared(target.get()) == 0,
                "a cleared reference has a referent");
        assign(to, referent);
        return;
    }
    const Hold argument(variables_[pick()]);
    const uint32_t way = bytes_.below(4);
    const cairn_weakref_fn callback = way < 2 ? called_back : nullptr;
    Call* call = new_call();
    cairn_object* ref =
        way % 2 == 0
            ? cairn_weakref_new(target.get(), callback, argument.get(), call)
            : cairn_weakref_new_typed(ref_type_, target.get(), callback, argument.get(), call);
    if (ref != nullptr) {
        require(cairn_weakref_count(target.get()) > 0, "a new reference is not counted");
        if (way % 2 != 0) {
            auto* slot =
                reinterpret_cast<cairn_object**>(reinterpret_cast<char*>(ref) + CAIRN_WEAKREF_SIZE);
            require(*slot == nullptr, "a payload is not zeroed");
            *slot = cairn_new_ref(variables_[pick()]);
        }
    }
    assign(to, ref);
}

void Machine::use_map() {
    const Hold map(variables_[pick()]);
    const Hold key(variables_[pick()]);
    const cairn_weak_kind kind =
        map.get() == nullptr ? CAIRN_NOT_WEAK : cairn_weakmap_kind(map.get());
    if (kind == CAIRN_NOT_WEAK) {
        const auto wanted = static_cast<cairn_weak_kind>(1 + bytes_.below(3));
        assign(pick(), cairn_weakmap_new(heap_, wanted));
        return;
    }
    if (key.get() == nullptr) {
        (void)cairn_weakmap_clear(map.get());
        return;
    }
    switch (bytes_.below(6)) {
        case 0:
        case 1:
        case 2: {
            const Hold value(variables_[pick()]);
            if (kind == CAIRN_WEAK_SET) {
                (void)cairn_weakset_add(map.get(), key.get());
            } else if (value.get() != nullptr) {
                (void)cairn_weakmap_set(map.get(), key.get(), value.get());
            }
            break;
        }
        case 3: {
            const Hold other(variables_[pick()]);
            if (other.get() != nullptr && cairn_weakmap_kind(other.get()) != CAIRN_NOT_WEAK) {
                (void)cairn_weakmap_update(map.get(), other.get());
            }
            break;
        }
        case 4: {
            cairn_object* copy = nullptr;
            if (cairn_weakmap_copy(map.get(), &copy) == CAIRN_OK) {
                assign(pick(), copy);
            }
            break;
        }
        default:
            read_map(map.get(), key.get());
            break;
    }
}

void Machine::read_map(cairn_object* map, cairn_object* key) {
    cairn_object* value = nullptr;
    cairn_object* out_key = nullptr;
    int found = 0;
    switch (bytes_.below(5)) {
        case 0:
            if (cairn_weakmap_get(map, key, &value) == CAIRN_OK) {
                assign(pick(), value);
            }
            break;
        case 1:
            (void)cairn_weakmap_delete(map, key);
            break;
        case 2:
            if (cairn_weakmap_pop(map, key, &value) == CAIRN_OK) {
                assign(pick(), value);
            }
            break;
        case 3:
            if (cairn_weakmap_pop_last(map, &out_key, &value) == CAIRN_OK) {
                require((value == nullptr) == (cairn_weakmap_kind(map) == CAIRN_WEAK_SET),
                        "an entry without a side");
                assign(pick(), out_key);
                assign(pick(), value);
            }
            break;
        default:
            (void)cairn_weakmap_contains(map, key, &found);
            break;
    }
}

}  // namespace cairn_fuzz
