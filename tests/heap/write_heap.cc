// SPDX-License-Identifier: MIT
/// Makes a random heap of the library's and writes a snapshot of it:
///   heap_write SEED FILE
#include <cstdio>
#include <cstdlib>

#include "../unit/random_graph.h"

int main(int argc, char** argv) {
    if (argc != 3) {
        (void)std::fprintf(stderr, "usage: %s SEED FILE\n", argv[0]);
        return 2;
    }
    const cairn_test::RandomGraph graph(static_cast<uint32_t>(std::strtoul(argv[1], nullptr, 10)));
    std::FILE* const file = std::fopen(argv[2], "wb");
    if (file == nullptr) {
        std::perror(argv[2]);
        return 1;
    }
    const cairn_status status = cairn_snapshot_write(
        graph.heap,
        nullptr,
        [](const void* data, size_t size, void* to) {
            return std::fwrite(data, 1, size, static_cast<std::FILE*>(to)) == size ? 1 : 0;
        },
        file);
    return std::fclose(file) != 0 || status != CAIRN_OK ? 1 : 0;
}
