// SPDX-License-Identifier: MIT
#include "heap/sample.h"

#include <algorithm>
#include <bit>

#include "heap/cells.h"

namespace cairn {

namespace {

constexpr size_t kLeastSamples = 64;

// xorshift64*.
uint64_t next_random(uint64_t& state) {
    state ^= state >> 12;
    state ^= state << 25;
    state ^= state >> 27;
    return state * 0x2545F4914F6CDD1DU;
}

// The binary logarithm of `value`, which is not 0, to 16 bits behind the point: squaring doubles
// it, bit by bit.
double binary_logarithm(uint64_t value) {
    const int whole = 63 - std::countl_zero(value);
    double mantissa = static_cast<double>(value) / static_cast<double>(uint64_t{1} << whole);
    double result = whole;
    double bit = 1;
    for (int i = 0; i < 16; ++i) {
        bit /= 2;
        mantissa *= mantissa;
        if (mantissa >= 2) {
            mantissa /= 2;
            result += bit;
        }
    }
    return result;
}

// With an interval of a byte every object is a sample.
int64_t next_distance(Sampler& sampler) {
    constexpr double kLogarithmOf2 = 0.69314718055994531;
    if (sampler.interval == 1) {
        return 1;
    }
    const uint64_t random = next_random(sampler.random) >> 11 | 1;
    const double distance = (53 - binary_logarithm(random)) * kLogarithmOf2;
    return static_cast<int64_t>(distance * static_cast<double>(sampler.interval)) + 1;
}

// Drops the entries of objects that are gone. When memory is out they stay. It goes through the
// heap, so a large one lets more of them come first.
void remove_stale(cairn_heap* heap) {
    Sampler& sampler = heap->sampler;
    PointerMap<Sample> live;
    bool complete = true;
    size_t objects = 0;
    for_each_object(heap, [&](const cairn_object* object) {
        ++objects;
        const Sample* sample = site_place(heap, object) == UINT32_MAX || !complete
                                   ? nullptr
                                   : sampler.samples.find(object);
        if (sample != nullptr) {
            Sample* copy = live.find_or_add(heap->memory, object);
            complete = copy != nullptr;
            if (complete) {
                *copy = *sample;
            }
        }
    });
    (complete ? sampler.samples : live).release(heap->memory);
    sampler.samples = complete ? live : sampler.samples;
    sampler.samples_limit = std::max(2 * sampler.samples.size() + kLeastSamples, objects / 16);
}

// The place of a site among the sums; UINT32_MAX when memory is out.
uint32_t find_place(cairn_heap* heap, uint32_t site) {
    Sampler& sampler = heap->sampler;
    const auto* key = reinterpret_cast<const void*>((uintptr_t{site} + 1) << 4);
    if (const uint32_t* known = sampler.places.find(key)) {
        return *known;
    }
    const auto place = static_cast<uint32_t>(sampler.sums.size());
    if (!sampler.sums.reserve(heap->memory, sampler.sums.size() + 1)) {
        return UINT32_MAX;
    }
    uint32_t* made = sampler.places.find_or_add(heap->memory, key);
    if (made == nullptr) {
        return UINT32_MAX;
    }
    *made = place;
    sampler.sums.push_reserved({site, 0, 0});
    return place;
}

}  // namespace

void set_sampler(cairn_heap* heap, size_t interval, cairn_site_fn site, void* site_data) {
    Sampler& sampler = heap->sampler;
    sampler.interval = std::min(interval, size_t{1} << 50);  // Further distances do not fit.
    sampler.site = site;
    sampler.site_data = site_data;
    sampler.left = interval == 0 ? 0 : next_distance(sampler);
    set_slow_allocation(heap);
}

void take_sample(cairn_heap* heap, cairn_object* object, size_t size) {
    Sampler& sampler = heap->sampler;
    sampler.left = next_distance(sampler);
    const uint32_t site = sampler.site(heap, object->type, size, sampler.site_data);  // HOST CODE
    if (sampler.samples.size() >= sampler.samples_limit) {
        remove_stale(heap);
    }
    const uint32_t place = find_place(heap, site);
    Sample* sample =
        place == UINT32_MAX ? nullptr : sampler.samples.find_or_add(heap->memory, object);
    if (sample != nullptr) {
        *sample = {place, size};
        object->flags |= kIsSampled;
        ++sampler.sums[place].objects;
        sampler.sums[place].bytes += size;
    }
}

}  // namespace cairn
