// SPDX-License-Identifier: MIT
/// Measures what a snapshot costs:
///   cairn_heap_snapshot_cost [NODES [ROUNDS]]
/// A heap of nodes with three references each, to the next one and to two within 64, as in W4 of
/// docs/performance.md, is visited, and written to a file in the folder of temporary files; then
/// as many bytes are written there once more. Processor time of the process (user and system), and
/// wall time up to when the bytes are on the disk; medians. Memory as the heap's allocator sees it.
#include <algorithm>
#include <cstddef>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <unistd.h>
#include <vector>

#include "cairn/cairn.h"

namespace {

struct Node {
    cairn_object head;
    cairn_object* next;
    cairn_object* near[2];
    uint64_t payload;
};

size_t in_use;
size_t most_in_use;

void* allocate(size_t size, size_t alignment, void*) {
    in_use += size;
    most_in_use = std::max(most_in_use, in_use);
    return std::aligned_alloc(alignment, (size + alignment - 1) / alignment * alignment);
}

void release(void* block, size_t size, size_t, void*) {
    in_use -= size;
    std::free(block);
}

struct Times {
    double processor;
    double wall;
};

double milliseconds(clockid_t clock) {
    timespec now = {};
    (void)clock_gettime(clock, &now);
    return static_cast<double>(now.tv_sec) * 1e3 + static_cast<double>(now.tv_nsec) / 1e6;
}

double median(std::vector<double> times) {
    std::sort(times.begin(), times.end());
    return times[times.size() / 2];
}

/// `finish` counts for the wall time alone.
template <typename F, typename G>
Times median_times(int rounds, F run, G finish) {
    std::vector<double> processor;
    std::vector<double> wall;
    for (int i = 0; i < rounds; ++i) {
        const double wall_start = milliseconds(CLOCK_MONOTONIC);
        const double start = milliseconds(CLOCK_PROCESS_CPUTIME_ID);
        run();
        processor.push_back(milliseconds(CLOCK_PROCESS_CPUTIME_ID) - start);
        finish();
        wall.push_back(milliseconds(CLOCK_MONOTONIC) - wall_start);
    }
    return {median(processor), median(wall)};
}

size_t written;

/// Parts go to the file as they come, with no buffer between.
int write_part(const void* data, size_t size, void* file) {
    written += size;
    return ::write(*static_cast<int*>(file), data, size) == static_cast<ssize_t>(size) ? 1 : 0;
}

int count(cairn_object*, void* counter) {
    ++*static_cast<size_t*>(counter);
    return 1;
}

std::vector<cairn_object*> make_nodes(cairn_heap* heap, size_t nodes) {
    cairn_type_spec spec = {};
    spec.name = "node";
    spec.object_size = sizeof(Node);
    spec.slots_offset = offsetof(Node, next);
    spec.slot_count = 3;
    cairn_type* type = nullptr;
    std::vector<cairn_object*> made;
    if (cairn_type_new(heap, &spec, &type) != CAIRN_OK) {
        return made;
    }
    made.reserve(nodes);
    for (size_t i = 0; i < nodes; ++i) {
        made.push_back(cairn_new(type));
    }
    uint64_t random = 1;
    for (size_t i = 0; i < nodes; ++i) {
        auto* node = reinterpret_cast<Node*>(made[i]);
        node->next = cairn_new_ref(made[(i + 1) % nodes]);
        for (cairn_object*& near : node->near) {
            random = random * 6364136223846793005U + 1442695040888963407U;
            near = cairn_new_ref(made[(i + (random >> 33) % 64) % nodes]);
        }
    }
    return made;
}

void measure(cairn_heap* heap, int rounds, int file) {
    size_t visited = 0;
    bool is_well = true;
    const auto start_over = [&] {
        is_well = ftruncate(file, 0) == 0 && lseek(file, 0, SEEK_SET) == 0 && is_well;
    };
    const auto sync = [&] { is_well = fsync(file) == 0 && is_well; };
    const Times visit = median_times(
        rounds, [&] { cairn_visit_objects(heap, count, &visited); }, [] {});
    const size_t before = in_use;
    most_in_use = in_use;
    const auto write_snapshot = [&] {
        start_over();
        written = 0;
        is_well = cairn_snapshot_write(heap, nullptr, write_part, &file) == CAIRN_OK && is_well;
    };
    const Times snapshot = median_times(rounds, write_snapshot, sync);
    const size_t extra = most_in_use - before;
    const std::vector<char> part(8192, 'x');
    const auto write_bytes = [&] {
        start_over();
        for (size_t left = written; left > 0 && is_well; left -= std::min(left, part.size())) {
            is_well = ::write(file, part.data(), std::min(left, part.size())) > 0;
        }
    };
    const Times write = median_times(rounds, write_bytes, sync);
    const double objects = static_cast<double>(visited) / rounds;
    std::printf("%.0f objects, a file of %.1f MB\n", objects, static_cast<double>(written) / 1e6);
    std::printf("          processor   to the disk\n");
    std::printf("visit     %7.1f ms  %7.1f ms\n", visit.processor, visit.wall);
    std::printf("write     %7.1f ms  %7.1f ms\n", write.processor, write.wall);
    std::printf("snapshot  %7.1f ms  %7.1f ms%s\n",
                snapshot.processor,
                snapshot.wall,
                is_well ? "" : "  FAILED");
    std::printf("ratio     %7.1f     %7.1f\n",
                snapshot.processor / (visit.processor + write.processor),
                snapshot.wall / (visit.wall + write.wall));
    std::printf("memory    %.2f %% of the heap's %.1f MB meanwhile, %.2f %% kept\n",
                100.0 * static_cast<double>(extra) / static_cast<double>(before),
                static_cast<double>(before) / 1e6,
                100.0 * static_cast<double>(in_use - before) / static_cast<double>(before));
}

}  // namespace

int main(int argc, char** argv) {
    const size_t nodes = argc > 1 ? std::strtoull(argv[1], nullptr, 10) : 1000000;
    const int rounds = argc > 2 ? static_cast<int>(std::strtol(argv[2], nullptr, 10)) : 5;
    cairn_heap_options options;
    cairn_heap_options_init(&options);
    options.allocator = {allocate, release, nullptr};
    options.flags = CAIRN_HEAP_KEEPS_OBJECTS;
    cairn_heap* heap = cairn_heap_new(&options);
    const bool is_well = heap != nullptr && nodes != 0 && rounds >= 1;
    std::FILE* file = is_well ? std::tmpfile() : nullptr;
    if (file == nullptr) {
        (void)std::fprintf(stderr, "usage: %s [NODES [ROUNDS]]\n", argv[0]);
        return 2;
    }
    cairn_gc_disable(heap);
    const std::vector<cairn_object*> held = make_nodes(heap, nodes);
    for (size_t i = 1; i < held.size(); ++i) {
        cairn_decref(held[i]);
    }
    measure(heap, rounds, fileno(file));
    cairn_decref(held[0]);
    (void)cairn_gc_collect(heap, 2, nullptr);
    const bool is_closed = std::fclose(file) == 0;
    return cairn_heap_free(heap) == 0 && is_closed ? 0 : 1;
}
