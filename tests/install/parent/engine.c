// SPDX-License-Identifier: MIT
#include <cairn/cairn.h>

int engine_works(void);

int engine_works(void) {
    cairn_heap* heap = cairn_heap_new(NULL);
    return heap != NULL && cairn_heap_free(heap) == 0;
}
