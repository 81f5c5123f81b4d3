// SPDX-License-Identifier: MIT
#include "inspect/sites.h"

#include <algorithm>

#include "heap/cells.h"
#include "heap/sample.h"
#include "object/host_call.h"

namespace cairn {

cairn_status visit_sites(cairn_heap* heap, cairn_visit_site_fn visit, void* visit_data) {
    Array<cairn_site_sum> rows;
    if (!rows.reserve(heap->memory, heap->sampler.sums.size())) {
        return CAIRN_NO_MEMORY;
    }
    for (const SiteSum& sum : heap->sampler.sums) {
        rows.push_reserved({sizeof(cairn_site_sum), sum.site, 0, 0, sum.objects, sum.bytes});
    }
    for_each_object(heap, [&](const cairn_object* object) {
        const uint32_t place = site_place(heap, object);
        if (place != UINT32_MAX) {
            ++rows[place].live_objects;
            rows[place].live_bytes += heap->sampler.samples.find(object)->bytes;
        }
    });
    std::sort(rows.begin(), rows.end(), [](const cairn_site_sum& a, const cairn_site_sum& b) {
        return a.live_bytes != b.live_bytes ? a.live_bytes > b.live_bytes
               : a.bytes != b.bytes         ? a.bytes > b.bytes
                                            : a.site < b.site;
    });
    for (const cairn_site_sum& row : rows) {
        const HostCall call(heap, HostFunction::kVisit, nullptr);
        if (visit(&row, visit_data) == 0) {  // HOST CODE
            break;
        }
    }
    rows.release(heap->memory);
    return CAIRN_OK;
}

}  // namespace cairn
