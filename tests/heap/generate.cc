// SPDX-License-Identifier: MIT
/// Writes a random heap snapshot:
///   cairn_heap_generate SEED NODES FILE [v8] [sites] [external] [clean] [edges=N] [grown=N]
#include <cstdio>
#include <cstdlib>
#include <string>
#include <string_view>

#include "random_heap.h"

int main(int argc, char** argv) {
    if (argc < 4) {
        (void)std::fprintf(
            stderr,
            "usage: %s SEED NODES FILE [v8] [sites] [external] [clean] [edges=N] [grown=N]\n",
            argv[0]);
        return 2;
    }
    heap_tests::RandomHeap heap;
    heap.seed = std::strtoull(argv[1], nullptr, 10);
    heap.nodes = static_cast<uint32_t>(std::strtoul(argv[2], nullptr, 10));
    for (int i = 4; i < argc; ++i) {
        const std::string word = argv[i];
        if (word == "v8") {
            heap.dialect = heap_tests::Dialect::kV8;
        } else if (word == "sites") {
            heap.has_sites = true;
        } else if (word == "external") {
            heap.has_external = true;
        } else if (word == "clean") {
            heap.has_no_garbage = true;
        } else if (word.starts_with("edges=")) {
            heap.edges_per_node = std::strtod(word.c_str() + 6, nullptr);
        } else if (word.starts_with("grown=")) {
            heap.grown_by = static_cast<uint32_t>(std::strtoul(word.c_str() + 6, nullptr, 10));
        } else {
            (void)std::fprintf(stderr, "unknown word %s\n", word.c_str());
            return 2;
        }
    }
    std::FILE* const file = std::fopen(argv[3], "wb");
    if (file == nullptr) {
        std::perror(argv[3]);
        return 1;
    }
    heap_tests::write_random_heap(
        heap, [&](std::string_view part) { (void)std::fwrite(part.data(), 1, part.size(), file); });
    const bool failed = std::ferror(file) != 0;
    return std::fclose(file) != 0 || failed ? 1 : 0;
}
