// SPDX-License-Identifier: MIT
#include "collect/policy.h"

#include "collect/collect.h"
#include "collect/cycle/cycle.h"
#include "object/host_call.h"
#include "reclaim/reclaim.h"

namespace cairn {

void count_collection(cairn_heap* heap, int generation) {
    Policy& policy = heap->policy;
    if (generation + 1 < CAIRN_GENERATIONS) {
        ++policy.counts[generation + 1];
    }
    const uint64_t young = young_count(heap);
    if (young != 0) {  // else it says nothing about the next
        policy.young_by_bytes = bytes_are_due(policy) ? young : 0;
    }
    policy.owes_slice = true;
    zero_young_count(heap);
    for (int g = 1; g <= generation; ++g) {
        policy.counts[g] = 0;
    }
    policy.young_bytes = 0;
    if (generation == 2) {
        policy.external_growth = 0;
    }
}

void note_survivors(const Collection& c) {
    Policy& policy = c.heap->policy;
    // Of a block that was examined some may have been in the target generation already.
    const size_t survivors = c.set.reached > c.set.untracked ? c.set.reached - c.set.untracked : 0;
    if (c.generation == 1) {
        policy.long_lived_pending += survivors;
    } else if (c.set.is_whole) {
        policy.long_lived_pending = 0;
        policy.long_lived_total = survivors;
    }
}

namespace {

bool count_is_due(const Policy& policy, int generation) {
    // With a pause target a collection of generation 1, which has no slices, must not become the
    // longest pause where many survive.
    const uint32_t shrink = policy.has_pause_target && generation == 1 ? 4 : 1;
    if (policy.counts[generation] <= policy.thresholds[generation] / shrink) {
        return false;
    }
    // The quarter rule: a full collection costs time in proportion to the whole heap, so it waits
    // until there is enough that it has not seen. A cycle begins at half of that, to be over then.
    const size_t part = policy.has_pause_target ? 8 : 4;
    return generation < 2 || policy.long_lived_pending >= policy.long_lived_total / part;
}

enum class Due : uint8_t { kNothing, kYoung, kMiddle, kFull, kSlice };

Due what_is_due(const cairn_heap* heap) {
    const Policy& policy = heap->policy;
    if (external_is_due(policy)) {
        return policy.is_cycling ? Due::kSlice : Due::kFull;
    }
    const uint64_t young = young_count(heap);
    const bool young_is_due =
        bytes_are_due(policy) || (policy.thresholds[0] > 0 && young > policy.thresholds[0]);
    // A young collection that comes sooner than the next slice waits for one, or there would be
    // none where each does.
    const bool slice_is_due = young_is_due ? policy.is_cycling && policy.owes_slice
                                           : policy.next_slice != 0 && young >= policy.next_slice;
    if (slice_is_due) {
        return Due::kSlice;
    }
    return !young_is_due                                   ? Due::kNothing
           : count_is_due(policy, 2) && !policy.is_cycling ? Due::kFull
           : count_is_due(policy, 1)                       ? Due::kMiddle
                                                           : Due::kYoung;
}

}  // namespace

void collect_if_due(cairn_heap* heap) {
    if (!heap->policy.enabled || heap->gc.collecting) {
        return;
    }
    switch (what_is_due(heap)) {
        case Due::kNothing:
            set_trigger(heap);
            break;
        case Due::kYoung:
            (void)collect(heap, 0, true, nullptr);  // USER CODE
            break;
        case Due::kMiddle:
            (void)collect(heap, 1, true, nullptr);  // USER CODE
            break;
        case Due::kFull:
            if (heap->policy.has_pause_target) {
                begin_cycle(heap, true);  // USER CODE
            } else {
                (void)collect(heap, 2, true, nullptr);  // USER CODE
            }
            break;
        case Due::kSlice:
            run_slice(heap, 0);  // USER CODE
            break;
    }
}

namespace {

size_t use_in_all(const cairn_heap* heap) {
    const Memory& memory = heap->memory;
    return memory.object_bytes + memory.table_bytes + memory.buffer_bytes + memory.external_bytes;
}

bool is_past_soft_limit(const cairn_heap* heap) {
    return heap->policy.soft_limit != 0 && use_in_all(heap) > heap->policy.soft_limit;
}

}  // namespace

void check_soft_limit(cairn_heap* heap) {
    Policy& policy = heap->policy;
    if (!is_past_soft_limit(heap)) {
        policy.past_soft_limit = false;
        return;
    }
    if (policy.past_soft_limit || heap->gc.collecting || is_reclaiming(heap)) {
        return;
    }
    policy.past_soft_limit = true;
    if (policy.enabled) {
        (void)collect(heap, 2, true, nullptr);  // USER CODE
        trim(heap, SIZE_MAX);
    }
    const size_t use = use_in_all(heap);
    policy.past_soft_limit = policy.soft_limit != 0 && use > policy.soft_limit;
    if (policy.past_soft_limit && policy.on_soft_limit != nullptr) {
        const HostCall call(heap, HostFunction::kSoftLimitHook, nullptr);
        policy.on_soft_limit(heap, use, policy.soft_limit_data);  // USER CODE
    }
}

void collect_if_external_is_due(cairn_heap* heap) {
    if (heap->policy.enabled && external_is_due(heap->policy)) {
        collect_if_due(heap);  // USER CODE
    }
}

cairn_status add_external(cairn_heap* heap, ptrdiff_t bytes) {
    Memory& memory = heap->memory;
    Policy& policy = heap->policy;
    if (bytes < 0) {
        const size_t less = static_cast<size_t>(0) - static_cast<size_t>(bytes);
        memory.external_bytes -= less < memory.external_bytes ? less : memory.external_bytes;
        policy.external_growth -= less < policy.external_growth ? less : policy.external_growth;
        return CAIRN_OK;
    }
    const auto more = static_cast<size_t>(bytes);
    if (memory.limit_external && !memory.within_limit(more) &&
        !(recover_memory(heap) && memory.within_limit(more))) {  // USER CODE
        return CAIRN_NO_MEMORY;
    }
    // Deaths or a negative number may have brought the usage below the limit meanwhile.
    policy.past_soft_limit = policy.past_soft_limit && is_past_soft_limit(heap);
    memory.external_bytes += more;
    policy.external_growth += more;
    collect_if_external_is_due(heap);  // USER CODE
    check_soft_limit(heap);            // USER CODE
    return CAIRN_OK;
}

bool is_worth_sweeping(const cairn_heap* heap) {
    const uint64_t freed = deallocations(heap) - heap->policy.deallocations_at_sweep;
    const uint64_t alive = allocations(heap) - deallocations(heap);
    return freed > 4096 && freed > alive / 8;
}

void trim_after_full_collection(cairn_heap* heap, size_t most_segments) {
    heap->policy.external_at_full = held_outside_cells(heap);
    if (is_worth_sweeping(heap)) {
        trim(heap, most_segments);
    }
}

}  // namespace cairn
