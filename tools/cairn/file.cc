// SPDX-License-Identifier: MIT
#include "file.h"

#include <array>
#include <cerrno>
#include <cstdio>
#include <memory>
#include <system_error>

namespace tool {
namespace {

struct FileCloser {
    void operator()(std::FILE* file) const {
        if (file != stdin) {
            (void)std::fclose(file);
        }
    }
};

}  // namespace

FileBytes read_file(const std::string& path) {
    FileBytes result;
    const std::unique_ptr<std::FILE, FileCloser> file(path == "-" ? stdin
                                                                  : std::fopen(path.c_str(), "rb"));
    if (file == nullptr) {
        result.error = std::generic_category().message(errno);
        return result;
    }
    std::array<char, 1 << 16> buffer;
    while (std::feof(file.get()) == 0 && std::ferror(file.get()) == 0) {
        const size_t got = std::fread(buffer.data(), 1, buffer.size(), file.get());
        result.bytes.append(buffer.data(), got);
    }
    if (std::ferror(file.get()) != 0) {
        result.error = std::generic_category().message(errno);
    }
    return result;
}

}  // namespace tool
