// SPDX-License-Identifier: MIT
#include "byte_source.h"

#include <cerrno>
#include <cstdio>
#include <fcntl.h>
#include <stdexcept>
#include <sys/stat.h>
#include <system_error>
#include <unistd.h>

#include <fmt/format.h>

#include "../say.h"

namespace tool::heap {
namespace {

constexpr size_t kBufferBytes = size_t{1} << 18;
constexpr uint64_t kLargeFile = uint64_t{50} << 20;

[[noreturn]] void fail(const std::string& path) {
    throw std::runtime_error(fmt::format("{}: {}", path, std::generic_category().message(errno)));
}

}  // namespace

ByteSource::ByteSource(const std::string& path)
    : file_(path == "-" ? dup(STDIN_FILENO) : open(path.c_str(), O_RDONLY | O_CLOEXEC)),
      path_(path) {
    struct stat status = {};
    if (file_ < 0 || fstat(file_, &status) != 0) {
        fail(path_);
    }
    if (S_ISREG(status.st_mode) && path != "-") {
        size_ = static_cast<uint64_t>(status.st_size);
        shows_progress_ = *size_ > kLargeFile && isatty(STDERR_FILENO) != 0;
    }
    buffer_.resize(kBufferBytes);
    begin_ = at_ = end_ = buffer_.data();
}

ByteSource::ByteSource(std::string_view bytes)
    : begin_(bytes.data()), at_(begin_), end_(begin_ + bytes.size()), size_(bytes.size()) {}

ByteSource::~ByteSource() {
    if (file_ >= 0) {
        (void)close(file_);
    }
    if (shows_progress_) {
        say("\r\033[K");
    }
}

bool ByteSource::refill() {
    if (file_ < 0) {
        return false;
    }
    before_ += static_cast<uint64_t>(end_ - begin_);
    ssize_t got = 0;
    do {
        got = read(file_, buffer_.data(), buffer_.size());
    } while (got < 0 && errno == EINTR);
    if (got < 0) {
        fail(path_);
    }
    begin_ = at_ = buffer_.data();
    end_ = begin_ + got;
    show_progress();
    return got > 0;
}

void ByteSource::show_progress() {
    if (!shows_progress_ || !size_.has_value()) {
        return;
    }
    const uint64_t percent = before_ * 100 / *size_;
    if (percent != shown_percent_) {
        shown_percent_ = percent;
        say("\rreading {} {:3} %", path_, percent);
        (void)std::fflush(stderr);
    }
}

}  // namespace tool::heap
