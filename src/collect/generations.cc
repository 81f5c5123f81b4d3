// SPDX-License-Identifier: MIT
#include "collect/generations.h"

#include "collect/order.h"
#include "heap/cells.h"
#include "object/release.h"

namespace cairn {

// Inside a collection what is garbage stays where it is, in no generation, and pages keep their
// marks: what is rescued later joins the survivors on them.
void freeze(cairn_heap* heap) {
    for_each_page(heap, container_pages, [](Page* page) {
        for_each_tracked(page, [](cairn_object*, uint8_t* side) {
            *side = is_generation(*side) ? uint8_t{kPermanent} : *side;
        });
    });
    if (!heap->gc.collecting) {
        heap->space.close_bins();
        for (Segment* s = heap->space.first_segment(); s != nullptr; s = s->next) {
            s->young_pages = s->middle_pages = 0;
        }
    }
    zero_young_count(heap);
    for (int g = 0; g < CAIRN_GENERATIONS; ++g) {
        heap->policy.counts[g] = 0;
    }
    freeze_lists(heap);
}

void unfreeze(cairn_heap* heap) {
    for_each_page(heap, container_pages, [](Page* page) {
        for_each_tracked(page, [](cairn_object*, uint8_t* side) {
            *side = *side == kPermanent ? uint8_t{kOld} : *side;
        });
    });
    unfreeze_lists(heap);
}

size_t count_permanent(cairn_heap* heap) {
    size_t count = 0;
    for_each_page(heap, container_pages, [&count](Page* page) {
        for_each_tracked(
            page, [&count](cairn_object*, const uint8_t* side) { count += *side == kPermanent; });
    });
    return count;
}

void clear_garbage_list(cairn_heap* heap) {
    // The list is taken over first: what dies may collect, and put new garbage into it.
    Array<cairn_object*> garbage = heap->gc.garbage;
    heap->gc.garbage = Array<cairn_object*>();
    for (cairn_object* object : garbage) {
        release(object);  // USER CODE
    }
    garbage.release(heap->memory);
}

}  // namespace cairn
