// SPDX-License-Identifier: MIT
/// Interference: each public call × each place where user code may run in it × what user code may
/// do there. Each case has a heap of its own, which the verifier checks, and which must end empty.
///   cairn_interference [--every N] [--setup NAME] [--list]
///   --every N    only every N-th case (1)
///   --setup      only on this heap
///   --list       how often user code runs at each place in each call
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <vector>

#include "world.h"

namespace interference {
namespace {

constexpr Setup kSetups[] = {
    {"plain", 0, 0, false, false, false},
    {"collections at all allocations", 0, 1, false, false, false},
    {"CPython's order", CAIRN_HEAP_CPYTHON_ORDER, 1, false, false, false},
    {"a queue of finalizers", CAIRN_HEAP_QUEUE_FINALIZERS, 1, false, false, false},
    {"finalizers first", CAIRN_HEAP_FINALIZERS_FIRST, 1, false, false, false},
    {"weak references outlive finalizers",
     CAIRN_HEAP_WEAKREFS_OUTLIVE_FINALIZERS,
     1,
     false,
     false,
     false},
    {"at the soft limit", 0, 0, true, false, false},
    {"at the memory limit", 0, 0, false, true, false},
    {"in slices", 0, 0, false, false, true},
    {"in slices, collections at all allocations", 0, 1, false, false, true},
};

struct Totals {
    size_t cases = 0;
    size_t reached = 0;
    size_t next = 0;
};

void run_case(
    const Setup& setup, const Step& outer, Place place, uint32_t turn, const Step& inner) {
    now(setup.name, outer.name, kPlaceNames[place], inner.name);
    World world(setup);
    world.run(outer, place, turn, &inner);
    world.finish();
}

/// How often user code runs at each place. With kUnraisable it fails everywhere, so that the
/// unraisable hook runs too.
std::array<uint32_t, kPlaces> dry_run(const Setup& setup, const Step& outer, Place place) {
    now(setup.name, outer.name, place < kPlaces ? kPlaceNames[place] : "none", "nothing");
    World world(setup);
    world.run(outer, place, 0, nullptr);
    std::array<uint32_t, kPlaces> counts{};
    for (size_t i = 0; i < kPlaces; ++i) {
        counts[i] = world.count(static_cast<Place>(i));
    }
    world.finish();
    return counts;
}

void run_call(const Setup& setup,
              const Step& outer,
              const std::vector<Step>& steps,
              size_t every,
              bool list,
              Totals* totals) {
    const std::array<uint32_t, kPlaces> counts = dry_run(setup, outer, kPlaces);
    for (size_t i = 0; i < kPlaces; ++i) {
        const auto place = static_cast<Place>(i);
        const uint32_t count =
            place == kUnraisable ? dry_run(setup, outer, place)[place] : counts[i];
        if (count == 0) {
            continue;
        }
        ++totals->reached;
        if (list) {
            (void)std::printf("%s: %s: %s %u\n", setup.name, outer.name, kPlaceNames[i], count);
        }
        // The first time, and the last.
        for (const uint32_t turn : {uint32_t{1}, count}) {
            for (const Step& inner : steps) {
                if (totals->next++ % every == 0) {
                    run_case(setup, outer, place, turn, inner);
                    ++totals->cases;
                }
            }
            if (count == 1) {
                break;
            }
        }
    }
}

int run(int argc, char** argv) {
    cairn_set_misuse_hook([](const char*, cairn_object*, void*) { require(false, "misuse"); },
                          nullptr);
    size_t every = 1;
    const char* only = nullptr;
    bool list = false;
    for (int i = 1; i < argc; ++i) {
        if (std::strcmp(argv[i], "--every") == 0 && i + 1 < argc) {
            every = std::strtoul(argv[++i], nullptr, 10);
        } else if (std::strcmp(argv[i], "--setup") == 0 && i + 1 < argc) {
            only = argv[++i];
        } else if (std::strcmp(argv[i], "--list") == 0) {
            list = true;
        } else {
            (void)std::fprintf(stderr,
                               "usage: cairn_interference [--every N] [--setup NAME] [--list]\n");
            return 2;
        }
    }
    std::vector<Step> steps(calls().begin(), calls().end());
    steps.insert(steps.end(), more_calls().begin(), more_calls().end());
    Totals totals;
    for (const Setup& setup : kSetups) {
        if (only == nullptr || std::strcmp(only, setup.name) == 0) {
            for (const Step& outer : steps) {
                run_call(setup, outer, steps, every == 0 ? 1 : every, list, &totals);
            }
        }
    }
    (void)std::printf(
        "%zu calls, %zu places in them, %zu cases\n", steps.size(), totals.reached, totals.cases);
    return totals.cases == 0 ? 1 : 0;
}

}  // namespace
}  // namespace interference

int main(int argc, char** argv) {
    return interference::run(argc, argv);
}
