// SPDX-License-Identifier: MIT
#include "model.h"

#include <algorithm>

namespace cairn_model {

std::vector<bool> Model::search(bool generous, bool under_way) const {
    std::vector<bool> reached(records.size(), false);
    bool changed = false;
    const auto reach = [&](Id id) {
        changed |= id != 0 && !reached[id];
        reached[id] = reached[id] || id != 0;
    };
    for (const Id id : variables) {
        reach(id);
    }
    for (const Iterator& iterator : iterators) {
        reach(iterator.map);
        reach(iterator.key);
        reach(iterator.value);
    }
    // No work list, no marks of progress: again and again until nothing new is found.
    do {
        changed = false;
        for (Id id = 1; id < records.size(); ++id) {
            const Record& record = records[id];
            const bool is_root = record.waiting ||
                                 (record.waits_with_target && records[record.target].waiting) ||
                                 (record.registered && (generous || reached[record.target])) ||
                                 (generous && record.frozen && record.alive);
            if (is_root) {
                reach(id);
            }
            if (!reached[id] || !record.alive) {
                continue;
            }
            for (const Id slot : record.slots) {
                reach(slot);
            }
            reach(record.argument);
            const bool holds_all =
                generous && (record.frozen || record.map_kind == CAIRN_WEAK_VALUE_MAP);
            for (const Entry& entry : record.entries) {
                const Id weak = record.weak_side(entry);
                const bool is_not_examined =
                    generous && records[weak].alive &&
                    ((records[weak].is_leaf() && ordered) || strong_values);
                const bool is_left = generous && entry.dead;
                const bool may_be_gone = under_way && records[weak].candidate;
                if ((reached[weak] && !may_be_gone) || is_not_examined || holds_all || is_left) {
                    reach(record.strong_side(entry));
                }
            }
        }
    } while (changed);
    reached[0] = false;
    return reached;
}

bool Model::are_equal(Id candidate, Id key) const {
    const Record& a = records[candidate];
    const Record& b = records[key];
    return candidate == key || (a.kind == kValued && b.kind == kValued && a.value == b.value);
}

size_t Model::find(Id map, Id key) const {
    const std::vector<Entry>& entries = records[map].entries;
    size_t at = 0;
    while (at < entries.size() && (entries[at].dead || !are_equal(entries[at].key, key))) {
        ++at;
    }
    return at;
}

size_t Model::find_last(Id map) const {
    const std::vector<Entry>& entries = records[map].entries;
    const auto last =
        std::find_if(entries.rbegin(), entries.rend(), [](const Entry& e) { return !e.dead; });
    return last == entries.rend() ? entries.size() : static_cast<size_t>(entries.rend() - last) - 1;
}

size_t Model::length(Id map) const {
    const std::vector<Entry>& entries = records[map].entries;
    return static_cast<size_t>(
        std::count_if(entries.begin(), entries.end(), [](const Entry& e) { return !e.dead; }));
}

void Model::purge(Id map) {
    std::erase_if(records[map].entries, [](const Entry& entry) { return entry.dead; });
}

}  // namespace cairn_model
