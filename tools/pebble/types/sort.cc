// SPDX-License-Identifier: MIT
#include <algorithm>

#include "types/types.h"

namespace pebble {
namespace {

struct Sortable {
    Value key;
    Value item;
};

/// Stable, and safe whatever the comparisons do. Runs that are in order already are found, the rest
/// is inserted where a binary search finds its place, as CPython does with fewer than 64 items: so
/// the same comparisons are made. More are merged from halves. False: a comparison failed.
class Sorter {
  public:
    explicit Sorter(std::vector<Sortable>* items) : items_(*items), scratch_(items->size()) {}

    bool sort(size_t from, size_t to) {
        size_t end = to;
        if (to - from < 2 || !find_run(from, to, &end)) {
            return to - from < 2;
        }
        if (end == to || to - from < 64) {
            return insert_rest(from, end, to);
        }
        const size_t middle = from + (to - from) / 2;
        return sort(from, middle) && sort(middle, to) && merge(from, middle, to);
    }

  private:
    bool less(const Sortable& a, const Sortable& b, bool* out) {
        return compare_bool(a.key, b.key, CmpOp::Lt, out);
    }

    /// Where the run at `from` ends that goes up, or strictly down; that is turned round.
    bool find_run(size_t from, size_t to, size_t* end) {
        bool down = false;
        if (!less(items_[from + 1], items_[from], &down)) {
            return false;
        }
        bool goes_on = true;
        for (*end = from + 2; *end < to; ++*end) {
            if (!less(items_[*end], items_[*end - 1], &goes_on)) {
                return false;
            }
            if (goes_on != down) {
                break;
            }
        }
        if (down) {
            std::reverse(at(from), at(*end));
        }
        return true;
    }

    bool insert_rest(size_t from, size_t start, size_t to) {
        for (; start < to; ++start) {
            const Sortable pivot = items_[start];
            size_t low = from;
            for (size_t high = start; low < high;) {
                const size_t middle = low + (high - low) / 2;
                bool before = false;
                if (!less(pivot, items_[middle], &before)) {
                    return false;
                }
                before ? void(high = middle) : void(low = middle + 1);
            }
            std::rotate(at(low), at(start), at(start + 1));
        }
        return true;
    }

    bool merge(size_t from, size_t middle, size_t to) {
        size_t left = from;
        size_t right = middle;
        for (size_t out = from; out < to; ++out) {
            bool take_right = left == middle;
            if (left < middle && right < to && !less(items_[right], items_[left], &take_right)) {
                return false;
            }
            scratch_[out] = items_[take_right ? right++ : left++];
        }
        std::copy(scratch_.begin() + static_cast<ptrdiff_t>(from),
                  scratch_.begin() + static_cast<ptrdiff_t>(to),
                  at(from));
        return true;
    }

    std::vector<Sortable>::iterator at(size_t i) {
        return items_.begin() + static_cast<ptrdiff_t>(i);
    }

    std::vector<Sortable>& items_;
    std::vector<Sortable> scratch_;
};

}  // namespace

bool list_sort(List* list, Value key, bool reverse) {
    // The items leave the list meanwhile: the comparisons may run code that looks at it.
    Records<Value> items{};
    (void)cairn_buffer_exchange(val(list), &items);
    const size_t count = items.count;
    std::vector<Sortable> sorted(count);
    bool ok = true;
    for (size_t i = 0; i < count; ++i) {
        sorted[i] = {nullptr, items[i]};
        if (ok && key != nullptr) {
            sorted[i].key = call(key, {items[i]}).take();
            ok = sorted[i].key != nullptr;
        } else {
            sorted[i].key = new_ref(items[i]);
        }
    }
    // Equal items keep their order in reverse, too.
    const auto turn = [&] {
        if (reverse) {
            std::reverse(sorted.begin(), sorted.end());
        }
    };
    turn();
    ok = ok && Sorter(&sorted).sort(0, count);
    turn();
    for (size_t i = 0; i < count; ++i) {
        items[i] = sorted[i].item;
    }
    // The death of a key may still change the list.
    for (const Sortable& item : sorted) {
        if (item.key != nullptr) {
            decref(item.key);
        }
    }
    const bool changed = list->items.records != nullptr;
    (void)cairn_buffer_exchange(val(list), &items);
    std::for_each(items.data(), items.data() + items.count, decref);
    cairn_buffer_release(vm.heap, &items);
    if (ok && changed) {
        return raise(vm.exceptions.ValueError, "list modified during sort");
    }
    return ok;
}

}  // namespace pebble
