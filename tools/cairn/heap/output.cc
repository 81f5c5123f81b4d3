// SPDX-License-Identifier: MIT
#include "output.h"

#include <cerrno>
#include <filesystem>
#include <stdexcept>
#include <system_error>
#include <unistd.h>

#include <fmt/format.h>

namespace tool::heap {
namespace {

std::FILE* open_to_write(const std::string& path, std::span<const std::string> inputs) {
    refuse_input(path, inputs);
    return path.empty() ? stdout : std::fopen(path.c_str(), "wb");
}

}  // namespace

void refuse_input(const std::string& path, std::span<const std::string> inputs) {
    std::error_code ignored;
    // Two ends of a terminal or of /dev/null do not hurt each other.
    if (!std::filesystem::is_regular_file(path, ignored)) {
        return;
    }
    for (const std::string& input : inputs) {
        if (std::filesystem::equivalent(path, input == "-" ? "/dev/stdin" : input, ignored)) {
            throw std::runtime_error(fmt::format("{}: is read, so it cannot be written", path));
        }
    }
}

Draft::Draft(const std::string& path, std::span<const std::string> inputs) : path_(path) {
    refuse_input(path, inputs);
    if (std::filesystem::exists(path)) {
        if (!std::filesystem::is_regular_file(path)) {
            throw std::runtime_error(fmt::format("{}: is not a regular file", path));
        }
        path_ = std::filesystem::canonical(path).string();
    }
    name_ = fmt::format("{}.{}.part", path_, getpid());
    (void)std::filesystem::remove(name_);
}

Draft::~Draft() {
    std::error_code ignored;
    (void)std::filesystem::remove(name_, ignored);
}

void Draft::finish() {
    std::filesystem::rename(name_, path_);
}

Output::Output(const std::string& path, std::span<const std::string> inputs)
    : path_(path), file_(open_to_write(path, inputs)) {
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
