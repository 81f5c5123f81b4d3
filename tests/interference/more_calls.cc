// SPDX-License-Identifier: MIT
/// Calls on the heap as a whole, inspection, and what user code does without a call of its own.
#include <array>

#include "world.h"

namespace interference {
namespace {

template <int generation>
void collect(World& world, cairn_object*) {
    size_t found = 0;
    const bool inside = cairn_gc_is_collecting(world.heap) != 0;
    const cairn_status status = cairn_gc_collect(world.heap, generation, &found);
    require(status == CAIRN_OK || status == CAIRN_NO_MEMORY, "a collection failed");
    require(!inside || found == 0, "a collection ran inside a collection");
}

void release(World& world, cairn_objects* objects) {
    for (size_t i = 0; i < objects->count; ++i) {
        require(cairn_refcount(objects->items[i]) > 0, "a dead object in a list");
    }
    cairn_objects_release(world.heap, objects);
}

int take(const void*, size_t, void*) {
    return 1;
}

constexpr Step kMoreCalls[] = {
    {"cairn_gc_collect 0", collect<0>},
    {"cairn_gc_collect 1", collect<1>},
    {"cairn_gc_collect 2", collect<2>},
    {"cairn_gc_enable, thresholds of one",
     [](World& world, cairn_object*) {
         const uint32_t thresholds[3] = {1, 1, 1};
         cairn_gc_set_thresholds(world.heap, thresholds);
         cairn_gc_enable(world.heap);
         world.put(kSpare, world.new_node(world.node_type));
     }},
    {"cairn_gc_disable", [](World& world, cairn_object*) { cairn_gc_disable(world.heap); }},
    {"cairn_gc_set_byte_thresholds",
     [](World& world, cairn_object*) { cairn_gc_set_byte_thresholds(world.heap, 1, 1); }},
    {"questions about collections",
     [](World& world, cairn_object*) {
         uint32_t numbers[3];
         cairn_gc_get_thresholds(world.heap, numbers);
         cairn_gc_get_counts(world.heap, numbers);
         cairn_gc_stats stats = {};
         require(cairn_gc_get_stats(world.heap, 2, &stats) == CAIRN_OK, "no statistics");
         cairn_gc_cycle_stats cycles = {};
         cairn_gc_get_cycle_stats(world.heap, &cycles);
         cairn_gc_pauses pauses = {};
         require(cairn_gc_get_pauses(world.heap, CAIRN_GC_PAUSE_WHOLE, &pauses) == CAIRN_OK,
                 "no pauses");
         (void)cairn_gc_get_cycle_state(world.heap);
         (void)cairn_gc_pause_target(world.heap);
         (void)cairn_gc_freeze_count(world.heap);
         (void)cairn_gc_is_enabled(world.heap);
         (void)cairn_finalizers_pending(world.heap);
         cairn_heap_usage usage = {};
         cairn_heap_get_usage(world.heap, &usage);
     }},
    {"cairn_gc_callback_add",
     [](World& world, cairn_object*) {
         (void)cairn_gc_callback_add(world.heap, World::at_collection, &world);
     }},
    {"cairn_gc_callback_remove",
     [](World& world, cairn_object*) {
         (void)cairn_gc_callback_remove(world.heap, World::at_collection, &world);
     }},
    {"cairn_gc_set_pause_target",
     [](World& world, cairn_object*) { (void)cairn_gc_set_pause_target(world.heap, 1000); }},
    {"cairn_gc_set_pause_target 0",
     [](World& world, cairn_object*) { (void)cairn_gc_set_pause_target(world.heap, 0); }},
    {"cairn_gc_step",
     [](World& world, cairn_object*) { (void)cairn_gc_step(world.heap, 1, nullptr); }},
    {"cairn_gc_step to the end",
     [](World& world, cairn_object*) { (void)cairn_gc_step(world.heap, 1000000000, nullptr); }},
    {"CAIRN_GC_DEBUG_SAVEALL",
     [](World& world, cairn_object*) { cairn_gc_set_debug(world.heap, CAIRN_GC_DEBUG_SAVEALL); }},
    {"cairn_gc_set_debug 0",
     [](World& world, cairn_object*) { cairn_gc_set_debug(world.heap, 0); }},
    {"SAVEALL, cairn_gc_collect, cairn_gc_garbage_clear",
     [](World& world, cairn_object* self) {
         cairn_gc_set_debug(world.heap, CAIRN_GC_DEBUG_SAVEALL);
         collect<2>(world, self);
         cairn_gc_set_debug(world.heap, 0);
         if (cairn_gc_garbage_count(world.heap) > 0) {
             world.put(kSpare, cairn_gc_garbage_get(world.heap, 0));
         }
         cairn_gc_garbage_clear(world.heap);
     }},
    {"cairn_gc_freeze", [](World& world, cairn_object*) { cairn_gc_freeze(world.heap); }},
    {"cairn_gc_unfreeze", [](World& world, cairn_object*) { cairn_gc_unfreeze(world.heap); }},
    {"cairn_gc_track",
     [](World& world, cairn_object*) {
         const Hold hold(world.get(kByHand));
         if (hold.get() != nullptr && cairn_gc_is_tracked(hold.get()) == 0) {
             require(cairn_gc_track(hold.get()) == CAIRN_OK, "not tracked");
         }
     }},
    {"cairn_gc_untrack",
     [](World& world, cairn_object* self) {
         with_self(world, self, kSubject, [&](cairn_object* object) {
             world.may_leak = true;
             cairn_gc_untrack(object);
         });
     }},

    {"cairn_heap_finalize",
     [](World& world, cairn_object*) {
         const bool forbidden = world.is_inside() && world.place() != kHash &&
                                world.place() != kEqual && world.place() != kMatch &&
                                world.place() != kSoftLimit && world.place() != kUnraisable;
         const cairn_status status = cairn_heap_finalize(world.heap);
         require(status == (forbidden ? CAIRN_BUSY : status),
                 "a heap was finalized inside user code");
         world.is_ended = world.is_ended || status == CAIRN_OK;
     }},
    {"cairn_heap_free",
     [](World& world, cairn_object*) {
         if (!world.is_inside()) {
             world.is_ended = true;
             require(cairn_heap_free(world.heap) != SIZE_MAX, "the heap was not freed");
             world.heap = nullptr;
         } else if (world.place() == kFinalizer || world.place() == kCallback ||
                    world.place() == kRegistered || world.place() == kGcStart ||
                    world.place() == kGcStop) {
             require(cairn_heap_free(world.heap) == SIZE_MAX, "a heap was freed inside user code");
         }
     }},
    {"cairn_heap_trim", [](World& world, cairn_object*) { cairn_heap_trim(world.heap); }},
    {"cairn_heap_adopt", [](World& world, cairn_object*) { cairn_heap_adopt(world.heap); }},
    {"cairn_heap_add_external",
     [](World& world, cairn_object*) {
         const ptrdiff_t much = ptrdiff_t{64} << 20;
         cairn_gc_enable(world.heap);
         if (cairn_heap_add_external(world.heap, much) == CAIRN_OK) {
             require(cairn_heap_add_external(world.heap, -much) == CAIRN_OK, "not taken back");
         }
     }},
    {"cairn_heap_set_memory_limit",
     [](World& world, cairn_object*) {
         cairn_heap_set_memory_limit(world.heap, 1);
         world.put(kSpare, world.new_node(world.node_type));
         cairn_heap_set_memory_limit(world.heap, 0);
     }},
    {"cairn_heap_set_soft_limit",
     [](World& world, cairn_object*) {
         cairn_heap_set_soft_limit(world.heap, 1, World::at_soft_limit, &world);
         world.put(kSpare, world.new_node(world.node_type));
     }},
    {"cairn_heap_set_unraisable_hook",
     [](World& world, cairn_object*) {
         cairn_heap_set_unraisable_hook(world.heap, World::at_error, &world);
     }},
    {"cairn_heap_set_finalizers_waiting_hook",
     [](World& world, cairn_object*) {
         cairn_heap_set_finalizers_waiting_hook(
             world.heap, [](cairn_heap*, void*) {}, nullptr);
     }},
    {"cairn_root_add, cairn_root_remove",
     [](World& world, cairn_object*) {
         if (world.is_extra_root) {
             require(cairn_root_remove(world.heap, &world.variables[kSpare]) == CAIRN_OK,
                     "no root");
             world.is_extra_root = false;
         } else {
             world.is_extra_root = cairn_root_add(world.heap, &world.variables[kSpare]) == CAIRN_OK;
         }
     }},
    {"cairn_heap_set_root_visitor",
     [](World& world, cairn_object*) {
         cairn_heap_set_root_visitor(world.heap, World::visit_roots, &world);
     }},
    {"cairn_type_new",
     [](World& world, cairn_object*) {
         cairn_type_spec spec = {};
         spec.name = "another";
         spec.object_size = 32;
         cairn_type* type = nullptr;
         (void)cairn_type_new(world.heap, &spec, &type);
     }},

    {"cairn_get_objects",
     [](World& world, cairn_object*) {
         cairn_objects objects = {};
         if (cairn_get_objects(world.heap, -1, &objects) == CAIRN_OK) {
             release(world, &objects);
         }
     }},
    {"cairn_get_referents",
     [](World& world, cairn_object* self) {
         with_self(world, self, kSubject, [&](cairn_object* object) {
             cairn_objects objects = {};
             if (cairn_get_referents(object, &objects) == CAIRN_OK) {
                 release(world, &objects);
             }
         });
     }},
    {"cairn_get_referents, which stay",
     [](World& world, cairn_object* self) {
         with_self(world, self, kSubject, [&](cairn_object* object) {
             cairn_objects objects = {};
             if (cairn_get_referents(object, &objects) == CAIRN_OK) {
                 if (objects.count > 0) {
                     world.put(kSpare, cairn_new_ref(objects.items[0]));
                 }
                 release(world, &objects);
             }
         });
     }},
    {"cairn_get_referrers",
     [](World& world, cairn_object* self) {
         with_self(world, self, kSubject, [&](cairn_object* object) {
             cairn_objects objects = {};
             if (cairn_get_referrers(world.heap, &object, 1, &objects) == CAIRN_OK) {
                 release(world, &objects);
             }
         });
     }},
    {"cairn_get_weakrefs",
     [](World& world, cairn_object* self) {
         with_self(world, self, kSubject, [&](cairn_object* object) {
             cairn_objects objects = {};
             if (cairn_get_weakrefs(object, &objects) == CAIRN_OK) {
                 release(world, &objects);
             }
         });
     }},
    {"cairn_visit_objects",
     [](World& world, cairn_object*) {
         cairn_visit_objects(
             world.heap,
             [](cairn_object* object, void*) {
                 require(cairn_refcount(object) > 0, "a dead object was visited");
                 return 1;
             },
             nullptr);
     }},
    {"cairn_visit_referents, cairn_edge_text",
     [](World& world, cairn_object* self) {
         with_self(world, self, kSubject, [&](cairn_object* object) {
             cairn_visit_referents(
                 object,
                 [](cairn_object*, const cairn_edge* edge, void* from) {
                     std::array<char, 40> text{};
                     (void)cairn_edge_text(
                         static_cast<cairn_object*>(from), edge, text.data(), text.size());
                     return 1;
                 },
                 object);
         });
     }},
    {"cairn_census, cairn_mark, cairn_census_since",
     [](World& world, cairn_object*) {
         const auto visit = [](const cairn_census_row*, void*) { return 1; };
         (void)cairn_census(world.heap, visit, nullptr);
         const uint64_t mark = cairn_mark(world.heap);
         (void)cairn_census_since(world.heap, mark, visit, nullptr);
     }},
    {"cairn_visit_held",
     [](World& world, cairn_object*) {
         (void)cairn_visit_held(
             world.heap, [](cairn_object*, size_t, size_t, void*) { return 1; }, nullptr);
     }},
    {"cairn_path_to_root",
     [](World& world, cairn_object* self) {
         with_self(world, self, kSubject, [&](cairn_object* object) {
             (void)cairn_path_to_root(
                 object, [](const cairn_path_step*, void*) { return 1; }, nullptr);
         });
     }},
    {"cairn_retained",
     [](World& world, cairn_object* self) {
         with_self(world, self, kSubject, [&](cairn_object* object) {
             cairn_retained_size size = {};
             (void)cairn_retained(world.heap, &object, 1, &size, nullptr, nullptr);
         });
     }},
    {"cairn_heap_set_sampler, cairn_visit_sites",
     [](World& world, cairn_object*) {
         cairn_heap_set_sampler(
             world.heap,
             1,
             [](cairn_heap*, const cairn_type*, size_t, void*) -> uint32_t { return 7; },
             nullptr);
         world.put(kSpare, world.new_node(world.node_type));
         (void)cairn_visit_sites(
             world.heap, [](const cairn_site_sum*, void*) { return 1; }, nullptr);
     }},
    {"cairn_snapshot_write",
     [](World& world, cairn_object*) {
         (void)cairn_snapshot_write(world.heap, nullptr, take, nullptr);
     }},
    {"cairn_gc_trace_start",
     [](World& world, cairn_object*) { (void)cairn_gc_trace_start(world.heap, take, nullptr); }},
    {"cairn_gc_trace_stop", [](World& world, cairn_object*) { cairn_gc_trace_stop(world.heap); }},

    {"an allocation that fails",
     [](World& world, cairn_object*) {
         cairn_fail_allocation_for_testing(world.heap, 1);
         world.put(kSpare, world.new_node(world.node_type));
     }},
    {"the allocation after this that fails",
     [](World& world, cairn_object*) { cairn_fail_allocation_for_testing(world.heap, 1); }},
    {"the third allocation after this that fails",
     [](World& world, cairn_object*) { cairn_fail_allocation_for_testing(world.heap, 3); }},
    {"collections before all allocations",
     [](World& world, cairn_object*) { cairn_collect_every_for_testing(world.heap, 1); }},
    {"an error", [](World& world, cairn_object*) { world.answer = CAIRN_USER_ERROR; }},
    {"resurrection",
     [](World& world, cairn_object* self) { world.put(kSpare, cairn_new_ref(self)); }},
    {"a link from the living to what it was given",
     [](World& world, cairn_object* self) {
         const Hold hold(world.get(kHolder));
         if (hold.get() != nullptr) {
             cairn_set(&node(hold.get())->slots[1], self);
         }
     }},
    {"a link from the living to a member of the garbage",
     [](World& world, cairn_object*) {
         const Hold hold(world.get(kHolder));
         const Hold ref(world.get(kRingRef));
         if (hold.get() != nullptr && ref.get() != nullptr) {
             cairn_set_consume(&node(hold.get())->slots[1], cairn_weakref_get(ref.get()));
         }
     }},
    {"a release of all variables",
     [](World& world, cairn_object*) {
         for (size_t i = 0; i < kVariables; ++i) {
             world.put(static_cast<Variable>(i), nullptr);
         }
     }},
    {"a release of the holder and the list",
     [](World& world, cairn_object*) {
         world.put(kHolder, nullptr);
         world.put(kList, nullptr);
         world.put(kTagged, nullptr);
     }},
    {"a thousand objects",
     [](World& world, cairn_object*) {
         for (int i = 0; i < 1000; ++i) {
             cairn_object* object = cairn_new(world.plain_type);
             cairn_clear(&object);
         }
     }},
};

}  // namespace

std::span<const Step> more_calls() {
    return kMoreCalls;
}

}  // namespace interference
