// SPDX-License-Identifier: MIT
/// usage: cairn_stress NAME SIZE
///
/// Builds one large structure and frees it; without arguments it lists the names.
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <limits>

#include "cairn/testing.h"
#include "stress.h"

namespace cairn_stress {
namespace {

/// A chain through the left slots of `length` objects, at least one. Its last object is written to
/// `out_end`.
cairn_object* make_chain(const Bench& bench,
                         cairn_type* type,
                         size_t length,
                         cairn_object** out_end) {
    cairn_object* first = bench.make(type);
    *out_end = first;
    for (size_t i = 1; i < length; ++i) {
        cairn_object* object = bench.make(type);
        node(object)->left = first;
        first = object;
    }
    return first;
}

void chain_of(cairn_type* Bench::*type, size_t length, const char* name, bool by_count) {
    Bench bench;
    cairn_object* end = nullptr;
    cairn_object* first = make_chain(bench, bench.*type, length, &end);
    if (!by_count) {
        cairn_set(&node(first)->right, first);  // A chain that hangs on a loop.
    }
    bench.built(length);
    by_count ? bench.free_by_count(name, first) : bench.free_by_collection(name, first);
    const size_t finalizers = type == &Bench::fin ? length : 0;
    require(bench.finalized == finalizers, "each finalizer ran once");
}

void chain_by_count(size_t size) {
    chain_of(&Bench::plain, size, "chain by count", true);
}
void chain_by_collection(size_t size) {
    chain_of(&Bench::plain, size, "chain by collection", false);
}
void custom_chain_by_count(size_t size) {
    chain_of(&Bench::custom, size, "custom chain by count", true);
}
void custom_chain_by_collection(size_t size) {
    chain_of(&Bench::custom, size, "custom chain by collection", false);
}
void finalizer_chain_by_count(size_t size) {
    chain_of(&Bench::fin, size, "finalizer chain by count", true);
}
void finalizer_chain_by_collection(size_t size) {
    chain_of(&Bench::fin, size, "finalizer chain by collection", false);
}

void ring_of(size_t size, const char* name, bool by_count) {
    Bench bench;
    cairn_object* end = nullptr;
    cairn_object* first = make_chain(bench, bench.plain, size, &end);
    cairn_set(&node(end)->left, first);
    bench.built(size);
    if (by_count) {
        cairn_clear(&node(end)->left);
        bench.free_by_count(name, first);
    } else {
        bench.free_by_collection(name, first);
    }
}

void ring_by_count(size_t size) {
    ring_of(size, "ring, cut, by count", true);
}
void ring_by_collection(size_t size) {
    ring_of(size, "ring by collection", false);
}

/// A full binary tree, built level by level: `size` is its depth.
void tree_of(size_t depth, const char* name, bool by_count) {
    Bench bench;
    const size_t leaves = size_t{1} << depth;
    cairn_object* level = bench.make_array(leaves);
    for (size_t i = 0; i < leaves; ++i) {
        items(level)[i] = bench.make(bench.plain);
    }
    for (size_t width = leaves / 2; width > 0; width /= 2) {
        for (size_t i = 0; i < width; ++i) {
            cairn_object* parent = bench.make(bench.plain);
            node(parent)->left = items(level)[2 * i];
            node(parent)->right = items(level)[2 * i + 1];
            items(level)[2 * i] = nullptr;
            items(level)[2 * i + 1] = nullptr;
            items(level)[i] = parent;
        }
    }
    cairn_object* root = cairn_new_ref(items(level)[0]);
    cairn_decref(level);
    if (!by_count) {
        cairn_object* rightmost = root;
        while (node(rightmost)->right != nullptr) {
            rightmost = node(rightmost)->right;
        }
        cairn_set(&node(rightmost)->right, root);
    }
    bench.built(2 * leaves - 1);
    by_count ? bench.free_by_count(name, root) : bench.free_by_collection(name, root);
}

void tree_by_count(size_t depth) {
    tree_of(depth, "binary tree by count", true);
}
void tree_by_collection(size_t depth) {
    tree_of(depth, "binary tree by collection", false);
}

/// One hub whose items are `size` objects; for a collection each of them refers back.
void hub_out(size_t size, const char* name, bool by_count) {
    Bench bench;
    cairn_object* hub = bench.make_array(size);
    for (size_t i = 0; i < size; ++i) {
        items(hub)[i] = bench.make(bench.plain);
        cairn_set(&node(items(hub)[i])->right, by_count ? nullptr : hub);
    }
    require(cairn_refcount(hub) == (by_count ? 1 : size + 1), "the hub is counted exactly");
    bench.built(size + 1);
    by_count ? bench.free_by_count(name, hub) : bench.free_by_collection(name, hub);
}

void hub_with_items_by_count(size_t size) {
    hub_out(size, "hub with items by count", true);
}
void hub_with_items_by_collection(size_t size) {
    hub_out(size, "hub with items that refer back by collection", false);
}

/// `size` objects in a chain that all refer to one hub; for a collection the hub holds the chain.
void hub_in(size_t size, const char* name, bool by_count) {
    Bench bench;
    cairn_object* end = nullptr;
    cairn_object* first = make_chain(bench, bench.plain, size, &end);
    cairn_object* hub = bench.make(bench.plain);
    for (cairn_object* at = first; at != nullptr; at = node(at)->left) {
        cairn_set(&node(at)->right, hub);
    }
    require(cairn_refcount(hub) == size + 1, "the hub is counted exactly");
    bench.built(size + 1);
    if (by_count) {
        cairn_decref(hub);
        bench.free_by_count(name, first);
    } else {
        node(hub)->left = first;
        bench.free_by_collection(name, hub);
    }
}

void hub_referred_to_by_count(size_t size) {
    hub_in(size, "hub referred to by count", true);
}
void hub_referred_to_by_collection(size_t size) {
    hub_in(size, "hub referred to by collection", false);
}

/// `size` real increments, and as many decrements; past the highest count the object is immortal.
void increments(size_t size) {
    constexpr size_t kHighest = std::numeric_limits<int32_t>::max();
    Bench bench;
    cairn_object* object = bench.make(bench.plain);
    const double start = now();
    for (size_t i = 0; i < size; ++i) {
        cairn_incref(object);
    }
    const double middle = now();
    const bool immortal = size + 1 > kHighest;
    require(cairn_is_immortal(object) == (immortal ? 1 : 0),
            "it is immortal past the highest count");
    require(cairn_refcount(object) == (immortal ? UINT32_MAX : size + 1), "the count is right");
    for (size_t i = 0; i < size; ++i) {
        cairn_decref(object);
    }
    require(cairn_is_immortal(object) == (immortal ? 1 : 0), "an immortal object stays so");
    require(node(object)->left == nullptr && cairn_type_of(object) == bench.plain, "it is intact");
    cairn_decref(object);
    std::printf("increments: %zu in %.3f s, as many decrements in %.3f s\n",
                size,
                middle - start,
                now() - middle);
}

/// `size` real increments across the highest count, which a test door goes near to first.
void increments_across_the_highest_count(size_t size) {
    constexpr uint64_t kHighest = std::numeric_limits<int32_t>::max();
    Bench bench;
    cairn_object* object = bench.make(bench.plain);
    cairn_add_references_for_testing(object, kHighest - size / 2);
    for (size_t i = 0; i < size; ++i) {
        cairn_incref(object);
    }
    require(cairn_is_immortal(object) == 1, "it is immortal past the highest count");
    for (size_t i = 0; i < 3 * size; ++i) {
        cairn_decref(object);
    }
    require(cairn_is_immortal(object) == 1, "an immortal object stays so");
    std::printf("increments across the highest count: %zu\n", size);
}

struct Program {
    const char* name;
    void (*run)(size_t size);
};

constexpr Program kPrograms[] = {
    {"chain_by_count", &chain_by_count},
    {"chain_by_collection", &chain_by_collection},
    {"ring_by_count", &ring_by_count},
    {"ring_by_collection", &ring_by_collection},
    {"tree_by_count", &tree_by_count},
    {"tree_by_collection", &tree_by_collection},
    {"hub_with_items_by_count", &hub_with_items_by_count},
    {"hub_with_items_by_collection", &hub_with_items_by_collection},
    {"hub_referred_to_by_count", &hub_referred_to_by_count},
    {"hub_referred_to_by_collection", &hub_referred_to_by_collection},
    {"custom_chain_by_count", &custom_chain_by_count},
    {"custom_chain_by_collection", &custom_chain_by_collection},
    {"finalizer_chain_by_count", &finalizer_chain_by_count},
    {"finalizer_chain_by_collection", &finalizer_chain_by_collection},
    {"increments", &increments},
    {"increments_across_the_highest_count", &increments_across_the_highest_count},
};

}  // namespace
}  // namespace cairn_stress

int main(int argc, char** argv) {
    for (const cairn_stress::Program& program : cairn_stress::kPrograms) {
        if (argc == 3 && std::strcmp(argv[1], program.name) == 0) {
            program.run(std::strtoull(argv[2], nullptr, 10));
            return 0;
        }
    }
    std::fprintf(stderr, "usage: cairn_stress NAME SIZE, where NAME is one of\n");
    for (const cairn_stress::Program& program : cairn_stress::kPrograms) {
        std::fprintf(stderr, "  %s\n", program.name);
    }
    return 2;
}
