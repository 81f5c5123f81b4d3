// SPDX-License-Identifier: MIT
/// Runs the fuzzing entry on files, each also cut short: without a fuzzer, with
/// any compiler.
///   cairn_fuzz_replay FILE-OR-FOLDER...
#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size);

int main(int argc, char** argv) {
    std::vector<std::filesystem::path> files;
    for (int i = 1; i < argc; ++i) {
        if (!std::filesystem::is_directory(argv[i])) {
            files.emplace_back(argv[i]);
            continue;
        }
        for (const auto& entry : std::filesystem::directory_iterator(argv[i])) {
            files.push_back(entry.path());
        }
    }
    std::sort(files.begin(), files.end());
    size_t programs = 0;
    for (const auto& path : files) {
        std::ifstream in(path, std::ios::binary);
        const std::string bytes((std::istreambuf_iterator<char>(in)),
                                std::istreambuf_iterator<char>());
        // In front, so that a program that fails is named.
        (void)std::printf("%s\n", path.filename().c_str());
        (void)std::fflush(stdout);
        constexpr size_t kParts = 2;
        for (size_t part = 1; part <= kParts; ++part) {
            const size_t count = bytes.size() * part / kParts;
            (void)LLVMFuzzerTestOneInput(reinterpret_cast<const uint8_t*>(bytes.data()), count);
            ++programs;
        }
    }
    (void)std::printf("%zu programs\n", programs);
    return programs == 0 ? 1 : 0;
}
