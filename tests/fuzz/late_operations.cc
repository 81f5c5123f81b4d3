// SPDX-License-Identifier: MIT
/// Operations that came after the first corpus: buffers, collections in slices, and keys that are
/// compared by their type's equal function.
#include <cstring>

#include "machine.h"

namespace cairn_fuzz {
namespace {

Buffered* buffered(cairn_object* object) {
    return reinterpret_cast<Buffered*>(object);
}

size_t record_size(uint32_t kind) {
    return kind == kText ? kTextRecord : kind == kTable ? sizeof(Entry) : sizeof(cairn_object*);
}

}  // namespace

void Machine::operate_late(uint32_t code) {
    if (code < 8) {
        use_buffer();
    } else if (code < 11) {
        use_slices();
    } else if (code < 14) {
        use_keys();
    } else {
        use_giants();
    }
}

// --- buffers -------------------------------------------------------------------------------------

void Machine::use_buffer() {
    const size_t variable = pick();
    cairn_object* object = variables_[variable];
    if (!has_buffer(object)) {
        require(object == nullptr || cairn_buffer_reserve(object, 1) == CAIRN_INVALID,
                "what has no buffer was given room");
        const auto kind =
            static_cast<Kind>(kFirstLate + bytes_.below(kLastBuffer + 1U - kFirstLate));
        assign(variable, new_object(kind, 0));
        return;
    }
    const Hold hold(object);
    change_buffer(object);
    const cairn_buffer& items = buffered(object)->items;
    require(items.count <= items.capacity, "more records than there is room for");
    require((items.records == nullptr) == (items.capacity == 0), "records without room");
}

void Machine::change_buffer(cairn_object* holder) {
    const uint32_t amount = bytes_.byte();
    const cairn_buffer& items = buffered(holder)->items;
    const uint32_t kind = node_of(holder)->kind;
    switch (bytes_.below(12)) {
        case 0:
            (void)cairn_buffer_reserve(holder, size_t{amount} * 4);
            break;
        case 1:
            (void)cairn_buffer_resize(holder, amount);
            break;
        case 2:
            (void)cairn_buffer_insert(holder, amount % (items.count + 1), bytes_.below(20));
            break;
        case 3:
            (void)cairn_buffer_remove(holder, amount % (items.count + 1), bytes_.below(20));
            break;
        case 4: {
            Entry out = {};
            if (cairn_buffer_shift_out(holder, amount % (items.count + 1), &out) == CAIRN_OK &&
                kind != kText) {
                assign(pick(), out.key);
                if (kind == kTable) {
                    assign(pick(), out.value);
                }
            }
            break;
        }
        case 5:
            require(cairn_buffer_clear(holder) == CAIRN_OK, "a buffer was not cleared");
            break;
        case 6:
            require(cairn_buffer_trim(holder) == CAIRN_OK, "a buffer was not trimmed");
            break;
        case 7:
            replace_buffer(holder);
            break;
        case 8:
            exchange_buffers(holder);
            break;
        default:
            store(holder, amount % (items.count + 1), variables_[pick()]);
            break;
    }
}

/// Stores in the record, or appends one.
void Machine::store(cairn_object* holder, size_t index, cairn_object* value) {
    const Hold hold(value);
    cairn_buffer* items = &buffered(holder)->items;
    const uint32_t kind = node_of(holder)->kind;
    if (index >= items->count) {
        if (items->count >= 1000 || cairn_buffer_reserve(holder, items->count + 1) != CAIRN_OK) {
            return;
        }
        // User code may have changed it meanwhile; there is room for one more record than now.
        if (items->count == items->capacity) {
            return;
        }
        index = items->count;
        const size_t size = record_size(kind);
        std::memset(static_cast<char*>(items->records) + index * size, 0, size);
        ++items->count;
    }
    if (kind == kBuffer) {
        cairn_set(&static_cast<cairn_object**>(items->records)[index], value);
    } else if (kind == kTable) {
        Entry* entry = &static_cast<Entry*>(items->records)[index];
        const bool is_leaf = value == nullptr ||
                             (machine_of(value) != nullptr &&
                              (node_of(value)->kind == kLeaf || node_of(value)->kind == kLeafKey));
        if (bytes_.below(2) == 0) {
            cairn_set(&entry->value, value);
        } else {
            buffered(holder)->has_other_keys |= is_leaf ? 0 : 1;
            cairn_set(&entry->key, value);
        }
    } else {
        static_cast<char*>(items->records)[index * kTextRecord] = 'x';
    }
}

void Machine::replace_buffer(cairn_object* holder) {
    cairn_buffer* items = &buffered(holder)->items;
    const size_t more = bytes_.byte();
    cairn_buffer old = {};
    const size_t size = record_size(node_of(holder)->kind);
    // User code may change the buffer before it is replaced: what is there then moves.
    if (cairn_buffer_replace(holder, items->count + more, &old) != CAIRN_OK) {
        return;
    }
    const size_t moved = old.count < items->count ? old.count : items->count;
    if (moved > 0) {
        std::memcpy(items->records, old.records, moved * size);
    }
    std::vector<cairn_object*> left;
    if (size != kTextRecord) {
        for (size_t i = moved; i < old.count; ++i) {
            const auto* record = static_cast<char*>(old.records) + i * size;
            for (size_t part = 0; part < (size == 8 ? 1U : 2U); ++part) {
                left.push_back(*reinterpret_cast<cairn_object* const*>(record + 8 * part));
            }
        }
    }
    cairn_buffer_release(heap_, &old);
    require(old.records == nullptr && old.count == 0, "a released buffer is not empty");
    for (cairn_object* object : left) {
        cairn_clear(&object);
    }
}

/// Takes the records out, does something, and puts them into another object of the kind.
void Machine::exchange_buffers(cairn_object* holder) {
    const Hold other(variables_[pick()]);
    cairn_object* to = other.get() != nullptr && machine_of(other.get()) != nullptr &&
                               node_of(other.get())->kind == node_of(holder)->kind
                           ? other.get()
                           : holder;
    cairn_buffer out = {};
    require(cairn_buffer_exchange(holder, &out) == CAIRN_OK, "no exchange");
    operate(nullptr);
    buffered(to)->has_other_keys |= buffered(holder)->has_other_keys;
    require(cairn_buffer_exchange(to, &out) == CAIRN_OK, "no exchange");
    // What was in the other: it goes into the first, if that is still empty.
    if (out.records != nullptr && buffered(holder)->items.records == nullptr) {
        buffered(holder)->has_other_keys |= buffered(to)->has_other_keys;
        require(cairn_buffer_exchange(holder, &out) == CAIRN_OK, "no exchange");
    }
    const uint32_t kind = node_of(holder)->kind;
    for (size_t i = 0; out.records != nullptr && kind != kText && i < out.count; ++i) {
        if (kind == kBuffer) {
            cairn_clear(&static_cast<cairn_object**>(out.records)[i]);
        } else {
            cairn_clear(&static_cast<Entry*>(out.records)[i].key);
            cairn_clear(&static_cast<Entry*>(out.records)[i].value);
        }
    }
    cairn_buffer_release(heap_, &out);
}

// --- slices --------------------------------------------------------------------------------------

void Machine::use_slices() {
    const uint32_t amount = bytes_.byte();
    const bool inside = cairn_gc_is_collecting(heap_) != 0;
    if (amount < 64) {
        // The clock must not decide what a program does: least slices, or one that ends the cycle.
        const uint64_t target = amount % 4 == 0 ? 0 : amount % 4 == 1 ? uint64_t{1} << 40 : 1;
        const cairn_status status = cairn_gc_set_pause_target(heap_, target);
        require((status == CAIRN_INVALID) == ((flags_ & CAIRN_HEAP_CPYTHON_ORDER) != 0) ||
                    status == CAIRN_NO_MEMORY,
                "a pause target in a heap with an order");
        return;
    }
    const uint64_t budget = amount < 80 ? uint64_t{1} << 40 : 1;
    for (uint32_t i = 0; i <= amount % 8; ++i) {
        int done = 0;
        const cairn_status status = cairn_gc_step(heap_, budget, &done);
        require(status != CAIRN_OK || !inside || done == 0, "a slice inside a collection");
        if (status != CAIRN_OK || done != 0) {
            break;
        }
    }
}

// --- keys ----------------------------------------------------------------------------------------

/// Keys that equal others: every eighth does, and all share four hashes.
void Machine::use_keys() {
    const size_t variable = pick();
    if (variables_[variable] == nullptr ||
        cairn_weakmap_kind(variables_[variable]) == CAIRN_NOT_WEAK) {
        const auto wanted = static_cast<cairn_weak_kind>(1 + bytes_.below(3));
        assign(variable, cairn_weakmap_new(heap_, wanted));
        return;
    }
    const Hold map(variables_[variable]);
    const bool is_set = cairn_weakmap_kind(map.get()) == CAIRN_WEAK_SET;
    const uint32_t count = 1 + bytes_.below(12);
    const size_t keeper = pick();
    for (uint32_t i = 0; i < count; ++i) {
        cairn_object* key = new_object(i % 3 == 2 ? kLeafKey : kKey, 0);
        if (key == nullptr) {
            return;
        }
        const Hold value(variables_[pick()]);
        int found = 0;
        cairn_object* out = nullptr;
        switch (bytes_.below(8)) {
            case 0:
                (void)cairn_weakmap_contains(map.get(), key, &found);
                break;
            case 1:
                (void)cairn_weakmap_delete(map.get(), key);
                break;
            case 2:
                if (cairn_weakmap_find(
                        map.get(), node_of(key)->label % 4, match, this, &out, nullptr) ==
                    CAIRN_OK) {
                    assign(pick(), out);
                }
                break;
            case 3:
                if (is_set || value.get() != nullptr) {
                    const cairn_status status = cairn_weakmap_store(map.get(),
                                                                    node_of(key)->label % 4,
                                                                    match,
                                                                    this,
                                                                    key,
                                                                    is_set ? nullptr : value.get(),
                                                                    &out);
                    if (status == CAIRN_OK) {
                        require(out != nullptr, "nothing is stored");
                        assign(pick(), out);
                    }
                }
                break;
            case 4:
                if (cairn_weakmap_get(map.get(), key, &out) == CAIRN_OK) {
                    assign(pick(), out);
                }
                break;
            default:
                if (is_set) {
                    (void)cairn_weakset_add(map.get(), key);
                } else {
                    (void)cairn_weakmap_set(
                        map.get(), key, value.get() != nullptr ? value.get() : key);
                }
                break;
        }
        // Some stay: in a row of keys, each held by the one after it.
        if (has_slots(key) && bytes_.below(2) == 0) {
            cairn_set(&slots_of(key)[0], variables_[keeper]);
            assign(keeper, key);
        } else {
            cairn_clear(&key);
        }
    }
}

}  // namespace cairn_fuzz
