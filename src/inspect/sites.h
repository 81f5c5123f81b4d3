// SPDX-License-Identifier: MIT
// What was sampled, by allocation site.
#ifndef CAIRN_INSPECT_SITES_H
#define CAIRN_INSPECT_SITES_H

#include "cairn/snapshot.h"
#include "heap/heap.h"

namespace cairn {

// See cairn_visit_sites().
cairn_status visit_sites(cairn_heap* heap, cairn_visit_site_fn visit, void* visit_data);

}  // namespace cairn

#endif
