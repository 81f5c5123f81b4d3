// SPDX-License-Identifier: MIT
// Samples of allocations: where the program was when an object was made, every so many bytes.
//
// The distances between samples have an exponential distribution, so that an allocation of s bytes
// is sampled with the probability 1 - exp(-s / interval) wherever it lies in the program.
#ifndef CAIRN_HEAP_SAMPLE_H
#define CAIRN_HEAP_SAMPLE_H

#include "heap/heap.h"

namespace cairn {

// Starts anew with this interval, or ends sampling; what was sampled stays.
void set_sampler(cairn_heap* heap, size_t interval, cairn_site_fn site, void* site_data);

// Makes a sample of a new object. If memory is out it is left out.
void take_sample(cairn_heap* heap, cairn_object* object, size_t size);

// The site where a live object was made, as a place among the sums; UINT32_MAX: it is no sample.
inline uint32_t site_place(const cairn_heap* heap, const cairn_object* object) {
    const Sample* sample =
        (object->flags & kIsSampled) == 0 ? nullptr : heap->sampler.samples.find(object);
    return sample == nullptr ? UINT32_MAX : sample->place;
}

}  // namespace cairn

#endif
