// SPDX-License-Identifier: MIT
#include "core/lookup.h"

#include <algorithm>

#include "types/types.h"

namespace pebble {
namespace {

struct Entry {
    uint64_t version;  ///< of the class: no two classes or states share one
    Str* name;
    Lookup result;
};
constexpr size_t kEntries = 4096;
Entry cache[kEntries];
uint64_t last_version = 0;

/// Is what stands under `name` of the program's making? Native code that it has put there is.
bool is_program_code(Class* cls, Str* name) {
    Value found = class_lookup(cls, name);
    return found != nullptr &&
           (!is_exact<Native>(found) || view(val(name)) != as<Native>(found)->def->name);
}

/// What the class's dict says about how its instances are to be handled.
void update_flags(Class* cls) {
    ClassInfo* info = cls->info;
    info->has_del = class_lookup(cls, vm.names.del) != nullptr;
    info->custom_getattr = class_lookup(cls, vm.names.getattr) != nullptr ||
                           is_program_code(cls, vm.names.getattribute);
    info->custom_setattr =
        is_program_code(cls, vm.names.setattr) || is_program_code(cls, vm.names.delattr);
}

}  // namespace

Lookup lookup(Class* cls, Str* name) {
    ClassInfo* info = cls->info;
    const size_t hash = (reinterpret_cast<uintptr_t>(name) >> 5) ^ (info->version * 0x9E3779B1u);
    Entry& entry = cache[hash % kEntries];
    if (entry.version == info->version && entry.name == name && !vm.lookups_may_be_old) {
        return entry.result;
    }
    Lookup result{nullptr, -1};
    const Tuple* mro = as<Tuple>(cls->mro);
    for (size_t i = 0; mro != nullptr && i < mro->count && result.value == nullptr; ++i) {
        Class* base = as<Class>(mro->items[i]);
        result.value = base->dict != nullptr ? dict_find_name(base->dict, name) : nullptr;
    }
    const auto key = info->keys.find(name);
    result.index = key == info->keys.end() ? -1 : static_cast<int32_t>(key->second);
    if (!vm.lookups_may_be_old) {
        entry = {info->version, name, result};
    }
    return result;
}

Value class_lookup(Class* cls, Str* name) {
    return lookup(cls, name).value;
}

Value class_lookup_after(Class* cls, Class* after, Str* name) {
    const Tuple* mro = as<Tuple>(cls->mro);
    size_t i = 0;
    while (i < mro->count && as<Class>(mro->items[i]) != after) {
        ++i;
    }
    for (++i; i < mro->count; ++i) {
        if (Value v = dict_find_name(as<Class>(mro->items[i])->dict, name)) {
            return v;
        }
    }
    return nullptr;
}

int32_t add_key(Class* cls, Str* name) {
    ClassInfo* info = cls->info;
    const auto index = static_cast<uint32_t>(info->slot_count + info->key_order.size());
    info->keys.emplace(name, index);
    info->key_order.push_back(name);
    info->version = ++last_version;
    return static_cast<int32_t>(index);
}

namespace {

/// Calls `visit` for a class and all that are derived from it.
template <class Visit>
void visit_derived(Class* cls, Visit visit) {
    std::vector<Class*> waiting = {cls};
    while (!waiting.empty()) {
        Class* next = waiting.back();
        waiting.pop_back();
        visit(next);
        waiting.insert(waiting.end(), next->info->subclasses.begin(), next->info->subclasses.end());
    }
}

}  // namespace

void class_changed(Class* cls) {
    visit_derived(cls, [](Class* each) { each->info->version = ++last_version; });
    visit_derived(cls, update_flags);
}

void forget_lookups(Class* cls) {
    visit_derived(cls, [](Class* each) { each->info->version = ++last_version; });
}

bool class_set(Class* cls, Str* name, Value value) {
    return value != nullptr ? dict_set_name(cls->dict, name, value)
                            : dict_delete_name(cls->dict, name);
}

void link_class(Class* cls, const Tuple* bases) {
    for (size_t i = 0; i < bases->count; ++i) {
        auto* base = as<Class>(bases->items[i]);
        base->info->subclasses.push_back(cls);
        cls->info->bases.push_back(base);
    }
}

void forget_class(Class* cls) {
    const auto erase = [&](std::vector<Class*>* from) {
        from->erase(std::remove(from->begin(), from->end(), cls), from->end());
    };
    for (Class* base : std::exchange(cls->info->bases, {})) {
        erase(&base->info->subclasses);
    }
    for (Class* derived : std::exchange(cls->info->subclasses, {})) {
        erase(&derived->info->bases);
    }
}

bool is_subclass(const Class* cls, const Class* base) {
    if (cls == base) {
        return true;
    }
    const Tuple* mro = as<Tuple>(cls->mro);
    for (size_t i = 0; mro != nullptr && i < mro->count; ++i) {
        if (as<Class>(mro->items[i]) == base) {
            return true;
        }
    }
    return false;
}

bool is_instance(Value v, const Class* cls) {
    return is_subclass(class_of(v), cls);
}

void expect_late_finalizers() {
    vm.late_finalizers = true;
}

}  // namespace pebble
