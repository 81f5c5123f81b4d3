#include "file.h"

#include <array>
#include <cerrno>
#include <cstdio>
#include <memory>
#include <system_error>

namespace tool {
namespace {

struct FileCloser {
    void operator()(std::FILE* file) const { (void)std::fclose(file); }
};

}  // namespace

FileBytes read_file(const std::string& path) {
    FileBytes result;
    const std::unique_ptr<std::FILE, FileCloser> file(std::fopen(path.c_str(), "rb"));
    if (file == nullptr) {
        result.error = std::generic_category().message(errno);
        return result;
    }
    std::array<char, 1 << 16> buffer;
    size_t got = 0;
    do {
        got = std::fread(buffer.data(), 1, buffer.size(), file.get());
        result.bytes.append(buffer.data(), got);
    } while (got == buffer.size());
    if (std::ferror(file.get()) != 0) {
        result.error = std::generic_category().message(errno);
    }
    return result;
}

}  // namespace tool
