// SPDX-License-Identifier: MIT
#include "inspect/census.h"

#include <algorithm>

#include "inspect/held.h"
#include "inspect/sizes.h"
#include "object/host_call.h"

namespace cairn {

namespace {

// The stamps are used up. Every stamp becomes smaller by so many that half are free; those of the
// older half of the marks can no longer be told apart.
void renumber(cairn_heap* heap) {
    constexpr uint32_t kShift = kMostStamp / 2;
    for_each_object(heap, [](cairn_object* object) {
        const uint32_t stamp = stamp_of(object);
        if (stamp != 0) {
            set_stamp(object, stamp > kShift ? stamp - kShift : 1);
        }
    });
    heap->marks.base += kShift;
    heap->marks.last -= kShift;
}

}  // namespace

uint64_t make_mark(cairn_heap* heap) {
    if (heap->marks.last == kMostStamp) {
        renumber(heap);
    }
    const uint32_t stamp = ++heap->marks.last;
    for_each_object(heap, [stamp](cairn_object* object) {
        if (stamp_of(object) == 0) {
            set_stamp(object, stamp);
        }
    });
    return heap->marks.base + stamp;
}

namespace {

using Rows = Array<cairn_census_row>;

// An empty row for each type, which knows its number.
[[nodiscard]] bool make_rows(cairn_heap* heap, Rows& rows) {
    const size_t count = number_types(heap);
    if (!rows.reserve(heap->memory, count)) {
        return false;
    }
    for (const cairn_type* type = heap->types; type != nullptr; type = type->next) {
        rows.push_reserved({sizeof(cairn_census_row), type, 0, 0, 0, 0});
    }
    return true;
}

bool is_larger(const cairn_census_row& a, const cairn_census_row& b) {
    const size_t a_bytes = a.bytes + a.external_bytes;
    const size_t b_bytes = b.bytes + b.external_bytes;
    return a_bytes != b_bytes ? a_bytes > b_bytes : a.type->number < b.type->number;
}

void count_objects(const CellIndex& index, const Residues& residues, uint64_t since, Rows& rows) {
    index.for_each([&](cairn_object* object, size_t number) {
        if (!is_newer(heap_of(object), object, since)) {
            return;
        }
        cairn_census_row& row = rows[object->type->number];
        ++row.objects;
        row.bytes += cell_bytes(object);
        row.external_bytes += external_bytes(object);
        row.held += residues.left(object, number) > 0;
    });
}

void show_rows(const cairn_heap* heap, Rows& rows, cairn_visit_census_fn visit, void* visit_data) {
    std::sort(rows.begin(), rows.end(), is_larger);
    for (const cairn_census_row& row : rows) {
        const HostCall call(heap, HostFunction::kVisit, nullptr);
        if (row.objects > 0 && visit(&row, visit_data) == 0) {  // HOST CODE
            return;
        }
    }
}

}  // namespace

cairn_status take_census(cairn_heap* heap,
                         uint64_t since,
                         cairn_visit_census_fn visit,
                         void* visit_data) {
    Rows rows;
    CellIndex index(heap);
    Residues residues(heap, index);
    const bool complete =
        make_rows(heap, rows) && index.build() && residues.count(0, index.size(), false);
    if (complete) {
        count_objects(index, residues, since, rows);
        residues.free_tables();
        show_rows(heap, rows, visit, visit_data);
    }
    rows.release(heap->memory);
    return complete ? CAIRN_OK : CAIRN_NO_MEMORY;
}

}  // namespace cairn
