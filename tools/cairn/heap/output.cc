// SPDX-License-Identifier: MIT
#include "output.h"

#include <cerrno>
#include <stdexcept>
#include <system_error>

#include <fmt/format.h>

namespace tool::heap {

Output::Output(const std::string& path)
    : path_(path), file_(path.empty() ? stdout : std::fopen(path.c_str(), "wb")) {
    if (file_ == nullptr) {
        fail();
    }
}

Output::~Output() {
    if (file_ != nullptr && file_ != stdout) {
        (void)std::fclose(file_);
    }
}

void Output::fail() {
    throw std::runtime_error(fmt::format("{}: {}",
                                         path_.empty() ? "standard output" : path_,
                                         std::generic_category().message(errno)));
}

void Output::write(std::string_view bytes) {
    if (std::fwrite(bytes.data(), 1, bytes.size(), file_) != bytes.size()) {
        fail();
    }
}

void Output::close() {
    std::FILE* const file = file_;
    file_ = nullptr;
    if (file == stdout ? std::fflush(file) != 0 : std::fclose(file) != 0) {
        fail();
    }
}

}  // namespace tool::heap
