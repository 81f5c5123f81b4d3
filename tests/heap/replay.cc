// SPDX-License-Identifier: MIT
/// Runs the fuzzing entry on the files of a folder, and on damaged copies of them: without a
/// fuzzer, with any compiler.
///   cairn_heap_replay FOLDER [MUTATIONS]
#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* bytes, size_t count);

namespace {

void run(const std::string& bytes) {
    (void)LLVMFuzzerTestOneInput(reinterpret_cast<const uint8_t*>(bytes.data()), bytes.size());
}

/// The same damage in each run: xorshift64.
uint64_t draw(uint64_t& state) {
    state ^= state << 13;
    state ^= state >> 7;
    state ^= state << 17;
    return state;
}

/// Bytes that mean something in a snapshot.
constexpr char kTelling[] = "0123456789,[]{}\":-.e\\ u";

std::string damaged(std::string bytes, uint64_t& state) {
    for (uint64_t i = 1 + draw(state) % 3; i > 0 && !bytes.empty(); --i) {
        const size_t at = draw(state) % bytes.size();
        switch (draw(state) % 4) {
            case 0:
                bytes[at] = kTelling[draw(state) % (sizeof kTelling - 1)];
                break;
            case 1:
                bytes.erase(at, 1 + draw(state) % 9);
                break;
            case 2:
                bytes.insert(at, 1, kTelling[draw(state) % (sizeof kTelling - 1)]);
                break;
            default:
                bytes.insert(at, bytes.substr(draw(state) % bytes.size(), draw(state) % 30));
        }
    }
    return bytes;
}

}  // namespace

int main(int argc, char** argv) {
    if (argc < 2) {
        (void)std::fprintf(stderr, "usage: %s FOLDER [MUTATIONS]\n", argv[0]);
        return 2;
    }
    const unsigned long mutations = argc > 2 ? std::strtoul(argv[2], nullptr, 10) : 0;
    std::vector<std::filesystem::path> files;
    for (const auto& entry : std::filesystem::directory_iterator(argv[1])) {
        files.push_back(entry.path());
    }
    std::sort(files.begin(), files.end());
    uint64_t state = 88172645463325252;
    for (const auto& path : files) {
        std::ifstream file(path, std::ios::binary);
        const std::string bytes{std::istreambuf_iterator<char>(file), {}};
        run(bytes);
        for (unsigned long i = 0; i < mutations; ++i) {
            run(damaged(bytes, state));
        }
    }
    std::printf("%zu files, each with %lu mutations\n", files.size(), mutations);
    return files.empty() ? 1 : 0;
}
