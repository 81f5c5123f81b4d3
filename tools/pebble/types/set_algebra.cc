// SPDX-License-Identifier: MIT
#include <utility>

#include "types/set.h"

namespace pebble {
namespace {

/// A dict counts as the set of its keys, whose hashes it knows; anything else is made a set.
Ref set_of(Value iterable, Class* cls) {
    Ref set = new_set(cls);
    return set && set_update(set.as<Set>(), iterable) ? std::move(set) : Ref();
}

Ref intersection(Value a, Value b, Class* cls) {
    if (a == b) {
        return set_copy(a, cls);
    }
    Ref result = new_set(cls);
    if (!result) {
        return {};
    }
    const auto keep_common = [&](Set* in, const Ref& item, int64_t hash) {
        bool found = false;
        return set_has_hashed(in, item, hash, &found) &&
               (!found || set_add_hashed(result.as<Set>(), item, hash));
    };
    bool ok = false;
    if (is<Set>(b)) {
        if (as<Set>(b)->count() > as<Set>(a)->count()) {
            std::swap(a, b);
        }
        ok = for_each_hashed(as<Set>(b), [&](const Ref& item, int64_t hash) {
            return keep_common(as<Set>(a), item, hash);
        });
    } else {
        ok = for_each(b, [&](const Ref& item) {
            int64_t hash = 0;
            return hash_of(item, &hash) && keep_common(as<Set>(a), item, hash);
        });
    }
    return ok ? std::move(result) : Ref();
}

bool subtract(Value set, Value other) {
    Set* from = as<Set>(set);
    bool found = false;
    if (set == other) {
        set_drop_all(from);
        return true;
    }
    if (!is<Set>(other)) {
        return for_each(other, [&](const Ref& item) { return set_discard(from, item, &found); });
    }
    // Where the other is much larger, what they share is taken away.
    Ref gone = as<Set>(other)->count() >> 3 > from->count()
                   ? intersection(set, other, vm.classes.set)
                   : Ref::share(other);
    return gone && for_each_hashed(gone.as<Set>(), [&](const Ref& item, int64_t hash) {
               return set_discard_hashed(from, item, hash, &found);
           });
}

Ref difference(Value a, Value b, Class* cls) {
    const bool set = is<Set>(b);
    const bool dict = is_exact<Dict>(b);
    const size_t other_size = set ? as<Set>(b)->count() : dict ? as<Dict>(b)->count() : SIZE_MAX;
    if (as<Set>(a)->count() >> 2 > other_size || (!set && !dict)) {
        Ref result = set_copy(a, cls);
        return result && subtract(result, b) ? std::move(result) : Ref();
    }
    Ref result = new_set(cls);
    const bool ok = result && for_each_hashed(as<Set>(a), [&](const Ref& item, int64_t hash) {
                        bool found = false;
                        return (set ? set_has_hashed(as<Set>(b), item, hash, &found)
                                    : contains(b, item, &found)) &&
                               (found || set_add_hashed(result.as<Set>(), item, hash));
                    });
    return ok ? std::move(result) : Ref();
}

bool toggle(Value set, Value other) {
    Set* into = as<Set>(set);
    if (set == other) {
        set_drop_all(into);
        return true;
    }
    Ref items = is<Set>(other) ? Ref::share(other) : set_of(other, vm.classes.set);
    return items && for_each_hashed(items.as<Set>(), [&](const Ref& item, int64_t hash) {
               bool found = false;
               return set_discard_hashed(into, item, hash, &found) &&
                      (found || set_add_hashed(into, item, hash));
           });
}

}  // namespace

void set_swap(Value a, Value b) {
    swap_buffers(a, b);
    std::swap(as<Set>(a)->filled, as<Set>(b)->filled);
    std::swap(as<Set>(a)->live, as<Set>(b)->live);
}

Ref set_copy(Value set, Class* cls) {
    return set_of(set, cls);
}

Ref set_combine(Value a, Value b, BinOp op, Class* cls) {
    Ref result;
    switch (op) {
        case BinOp::And:
            return intersection(a, b, cls);
        case BinOp::Sub:
            return difference(a, b, cls);
        case BinOp::Or:
            result = set_copy(a, cls);
            return result && (a == b || set_update(result.as<Set>(), b)) ? std::move(result)
                                                                         : Ref();
        default:
            result = set_of(b, cls);
            return result && toggle(result, a) ? std::move(result) : Ref();
    }
}

bool set_combine_into(Value set, Value other, BinOp op) {
    switch (op) {
        case BinOp::Or:
            return set_update(as<Set>(set), other);
        case BinOp::Sub:
            return subtract(set, other);
        case BinOp::Xor:
            return toggle(set, other);
        default:
            break;
    }
    Ref common = intersection(set, other, vm.classes.set);
    if (common) {
        set_swap(set, common);
    }
    return static_cast<bool>(common);
}

bool set_is_subset(Value a, Value b, bool* out) {
    *out = as<Set>(a)->count() <= as<Set>(b)->count();
    if (!*out) {
        return true;
    }
    const bool whole = for_each_hashed(as<Set>(a), [&](const Ref& item, int64_t hash) {
        return set_has_hashed(as<Set>(b), item, hash, out) && *out;
    });
    return whole || !pending();
}

bool set_is_subset_of_any(Value a, Value iterable, bool* out) {
    if (is<Set>(iterable)) {
        return set_is_subset(a, iterable, out);
    }
    Ref other = set_of(iterable, vm.classes.set);
    return other && set_is_subset(a, other, out);
}

bool set_is_superset_of_any(Value a, Value iterable, bool* out) {
    if (is<Set>(iterable)) {
        return set_is_subset(iterable, a, out);
    }
    *out = true;
    return for_each(iterable,
                    [&](const Ref& item) { return set_contains(as<Set>(a), item, out) && *out; }) ||
           !pending();
}

bool set_is_disjoint(Value a, Value iterable, bool* out) {
    bool found = false;
    *out = true;
    if (a == iterable) {
        *out = as<Set>(a)->count() == 0;
        return true;
    }
    bool whole = false;
    if (is<Set>(iterable)) {
        if (as<Set>(iterable)->count() > as<Set>(a)->count()) {
            std::swap(a, iterable);
        }
        whole = for_each_hashed(as<Set>(iterable), [&](const Ref& item, int64_t hash) {
            return set_has_hashed(as<Set>(a), item, hash, &found) && !found;
        });
    } else {
        whole = for_each(iterable, [&](const Ref& item) {
            return set_contains(as<Set>(a), item, &found) && !found;
        });
    }
    *out = !found;
    return whole || !pending();
}

}  // namespace pebble
