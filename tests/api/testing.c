// SPDX-License-Identifier: MIT
// testing.h: forced collections, forced failures and the verifier from C.
#include "cairn/testing.h"

#include "check.h"

int main(void) {
    cairn_heap* heap = cairn_heap_new(NULL);
    CHECK(heap != NULL);
    cairn_type* type = pair_type_new(heap);
    cairn_decref(pair_new(type));

    cairn_fail_allocation_for_testing(heap, 1);
    CHECK(cairn_new(type) == NULL);
    cairn_object* a = pair_new(type);  // only one request failed
    CHECK(cairn_allocation_requests_for_testing(heap) >= 3);

    cairn_decref(loop_new(type));
    cairn_heap_usage usage = {0};
    cairn_collect_every_for_testing(heap, 1);
    cairn_object* b = pair_new(type);  // collects first, and so ends the loop
    cairn_collect_every_for_testing(heap, 0);
    cairn_heap_get_usage(heap, &usage);
    CHECK(usage.objects == 2);

    CHECK(cairn_verify_for_testing(heap) == 1);
    cairn_add_references_for_testing(b, 5000000000);
    CHECK(cairn_is_immortal(b));
    CHECK(cairn_verify_for_testing(heap) == 1);
    cairn_decref(a);
    CHECK(cairn_heap_free(heap) == 0);
    return 0;
}
