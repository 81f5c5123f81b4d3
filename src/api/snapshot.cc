// SPDX-License-Identifier: MIT
#include "cairn/snapshot.h"

#include <cstring>

#include "api/check.h"
#include "heap/sample.h"
#include "inspect/gc_trace.h"
#include "inspect/sites.h"
#include "inspect/snapshot.h"

void cairn_heap_set_sampler(cairn_heap* heap,
                            size_t interval,
                            cairn_site_fn site,
                            void* user_data) {
    cairn::set_sampler(cairn::enter(heap), interval, site, user_data);
}

cairn_status cairn_visit_sites(cairn_heap* heap, cairn_visit_site_fn visit, void* user_data) {
    return cairn::visit_sites(cairn::enter(heap), visit, user_data);
}

cairn_status cairn_snapshot_write(cairn_heap* heap,
                                  const cairn_snapshot_options* options,
                                  cairn_write_fn write,
                                  void* user_data) {
    cairn::enter(heap);
    cairn_snapshot_options chosen;
    cairn_snapshot_options_init(&chosen);
    if (options != nullptr) {
        // A host built with an older, shorter struct gets the defaults for what it does not know.
        if (options->size < offsetof(cairn_snapshot_options, describe) ||
            options->size > sizeof chosen) {
            return CAIRN_INVALID;
        }
        std::memcpy(&chosen, options, options->size);
    }
    return cairn::write_snapshot(heap, chosen, write, user_data);
}

cairn_status cairn_gc_trace_start(cairn_heap* heap, cairn_write_fn write, void* user_data) {
    return cairn::start_trace(cairn::enter(heap), write, user_data);
}

void cairn_gc_trace_stop(cairn_heap* heap) {
    cairn::stop_trace(cairn::enter(heap));
}
