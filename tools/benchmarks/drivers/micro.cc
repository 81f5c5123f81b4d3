// SPDX-License-Identifier: MIT
// Microbenchmarks of Cairn's own operations (Google Benchmark), for work on one operation. What
// compares Cairn with others is in workloads.h.

#include <benchmark/benchmark.h>
#include <cairn/cairn.h>
#include <vector>

namespace {

struct Node {
    cairn_object head;
    cairn_object* slots[3];
    uint64_t payload;
};

/// A heap without automatic collection, and a type with three slots and `size` bytes in all.
class Fixture {
  public:
    explicit Fixture(uint32_t size = sizeof(Node), cairn_finalize_fn finalize = nullptr)
        : heap(cairn_heap_new(nullptr)) {
        cairn_gc_disable(heap);
        type = make_type("node", size, 3, finalize);
    }
    ~Fixture() { cairn_heap_free(heap); }
    Fixture(const Fixture&) = delete;
    Fixture& operator=(const Fixture&) = delete;

    cairn_type* make_type(const char* name,
                          uint32_t size,
                          uint32_t slots,
                          cairn_finalize_fn finalize = nullptr) {
        cairn_type_spec spec = {};
        spec.name = name;
        spec.object_size = size;
        spec.slots_offset = slots == 0 ? 0 : offsetof(Node, slots);
        spec.slot_count = slots;
        spec.finalize = finalize;
        cairn_type* made = nullptr;
        if (cairn_type_new(heap, &spec, &made) != CAIRN_OK) {
            std::abort();
        }
        return made;
    }

    cairn_heap* heap;
    cairn_type* type;
};

Node* as_node(cairn_object* object) {
    return reinterpret_cast<Node*>(object);
}

cairn_status do_nothing(cairn_object*) {
    return CAIRN_OK;
}

cairn_status count_callback(cairn_object*, cairn_object*, void* count) {
    ++*static_cast<size_t*>(count);
    return CAIRN_OK;
}

void new_and_drop(benchmark::State& state) {
    const Fixture fixture(static_cast<uint32_t>(state.range(0)));
    for (auto _ : state) {
        cairn_decref(cairn_new(fixture.type));
    }
}
BENCHMARK(new_and_drop)->Arg(48)->Arg(128)->Arg(1024)->Arg(32768);

void new_and_drop_leaf(benchmark::State& state) {
    Fixture fixture;
    cairn_type* leaf = fixture.make_type("leaf", 32, 0);
    for (auto _ : state) {
        cairn_decref(cairn_new(leaf));
    }
}
BENCHMARK(new_and_drop_leaf);

void new_and_drop_with_finalizer(benchmark::State& state) {
    const Fixture fixture(sizeof(Node), do_nothing);
    for (auto _ : state) {
        cairn_decref(cairn_new(fixture.type));
    }
}
BENCHMARK(new_and_drop_with_finalizer);

void new_and_drop_batch(benchmark::State& state) {
    const Fixture fixture;
    std::vector<cairn_object*> batch(static_cast<size_t>(state.range(0)));
    for (auto _ : state) {
        for (cairn_object*& object : batch) {
            object = cairn_new(fixture.type);
        }
        for (cairn_object* object : batch) {
            cairn_decref(object);
        }
    }
    state.SetItemsProcessed(state.iterations() * state.range(0));
}
BENCHMARK(new_and_drop_batch)->Arg(1000)->Arg(100000);

void set_slot(benchmark::State& state) {
    const Fixture fixture;
    cairn_object* owner = cairn_new(fixture.type);
    cairn_object* values[] = {cairn_new(fixture.type), cairn_new(fixture.type)};
    size_t turn = 0;
    for (auto _ : state) {
        cairn_set(&as_node(owner)->slots[0], values[++turn % 2]);
    }
    cairn_decref(owner);
    cairn_decref(values[0]);
    cairn_decref(values[1]);
}
BENCHMARK(set_slot);

void weakref_new_and_drop(benchmark::State& state) {
    const Fixture fixture;
    size_t count = 0;
    cairn_weakref_fn callback = state.range(0) != 0 ? count_callback : nullptr;
    cairn_object* object = cairn_new(fixture.type);
    for (auto _ : state) {
        cairn_decref(cairn_weakref_new(object, callback, nullptr, &count));
    }
    cairn_decref(object);
}
BENCHMARK(weakref_new_and_drop)->ArgName("callback")->Arg(0)->Arg(1);

void weakref_get(benchmark::State& state) {
    const Fixture fixture;
    cairn_object* object = cairn_new(fixture.type);
    cairn_object* ref = cairn_weakref_new(object, nullptr, nullptr, nullptr);
    for (auto _ : state) {
        cairn_decref(cairn_weakref_get(ref));
    }
    cairn_decref(ref);
    cairn_decref(object);
}
BENCHMARK(weakref_get);

/// `count` live nodes, each referring to the one before.
cairn_object* make_chain(const Fixture& fixture, int64_t count) {
    cairn_object* head = nullptr;
    for (int64_t i = 0; i < count; ++i) {
        cairn_object* next = cairn_new(fixture.type);
        as_node(next)->slots[0] = head;
        head = next;
    }
    return head;
}

void collect_young(benchmark::State& state) {
    const Fixture fixture;
    cairn_object* old = make_chain(fixture, 100000);
    cairn_gc_collect(fixture.heap, 2, nullptr);
    for (auto _ : state) {
        state.PauseTiming();
        for (int64_t i = 0; i < state.range(0) / 2; ++i) {
            cairn_object* a = cairn_new(fixture.type);
            cairn_object* b = cairn_new(fixture.type);
            as_node(a)->slots[0] = b;
            as_node(b)->slots[0] = a;
        }
        state.ResumeTiming();
        cairn_gc_collect(fixture.heap, 0, nullptr);
    }
    state.SetItemsProcessed(state.iterations() * state.range(0));
    cairn_decref(old);
}
BENCHMARK(collect_young)->Arg(700)->Arg(10000);

void collect_full(benchmark::State& state) {
    const Fixture fixture;
    cairn_object* chain = make_chain(fixture, state.range(0));
    for (auto _ : state) {
        cairn_gc_collect(fixture.heap, 2, nullptr);
    }
    state.SetItemsProcessed(state.iterations() * state.range(0));
    cairn_decref(chain);
}
BENCHMARK(collect_full)->Arg(10)->Arg(1000)->Arg(100000);

void chain_drop(benchmark::State& state) {
    const Fixture fixture;
    for (auto _ : state) {
        state.PauseTiming();
        cairn_object* chain = make_chain(fixture, state.range(0));
        state.ResumeTiming();
        cairn_decref(chain);
    }
    state.SetItemsProcessed(state.iterations() * state.range(0));
}
BENCHMARK(chain_drop)->Arg(100000);

void weak_value_map_set_get(benchmark::State& state) {
    Fixture fixture;
    cairn_object* map = cairn_weakmap_new(fixture.heap, CAIRN_WEAK_VALUE_MAP);
    cairn_object* key = cairn_new(fixture.type);
    cairn_object* value = cairn_new(fixture.type);
    for (auto _ : state) {
        cairn_object* found = nullptr;
        cairn_weakmap_set(map, key, value);
        cairn_weakmap_get(map, key, &found);
        cairn_decref(found);
        cairn_weakmap_delete(map, key);
    }
    cairn_decref(value);
    cairn_decref(key);
    cairn_decref(map);
}
BENCHMARK(weak_value_map_set_get);

void heap_new_and_free(benchmark::State& state) {
    for (auto _ : state) {
        cairn_heap_free(cairn_heap_new(nullptr));
    }
}
BENCHMARK(heap_new_and_free);

}  // namespace

BENCHMARK_MAIN();
