// SPDX-License-Identifier: MIT
/// The bytes of a snapshot, read once from front to back through a buffer.
#ifndef CAIRN_TOOL_HEAP_BYTE_SOURCE_H
#define CAIRN_TOOL_HEAP_BYTE_SOURCE_H

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace tool::heap {

class ByteSource {
  public:
    /// Opens the file at `path`, or standard input for "-". Throws std::runtime_error.
    explicit ByteSource(const std::string& path);
    /// Reads `bytes`, which must outlive the source.
    explicit ByteSource(std::string_view bytes);
    ~ByteSource();
    ByteSource(const ByteSource&) = delete;
    ByteSource& operator=(const ByteSource&) = delete;

    static constexpr int kEnd = -1;

    /// Returns the next byte without taking it, or kEnd.
    int peek() { return at_ != end_ || refill() ? static_cast<unsigned char>(*at_) : kEnd; }
    /// Takes the byte that peek() returned.
    void advance() { ++at_; }
    /// Returns the bytes that are in the buffer now: at least one, unless the source is at its end.
    std::string_view buffered() {
        return at_ != end_ || refill() ? std::string_view(at_, static_cast<size_t>(end_ - at_))
                                       : std::string_view();
    }
    /// Takes `count` of the bytes that buffered() returned.
    void advance(size_t count) { at_ += count; }
    /// Returns the part of the buffer that is not taken yet; it may be empty.
    [[nodiscard]] const char* at() const { return at_; }
    [[nodiscard]] const char* end() const { return end_; }
    /// Returns the place of the next byte.
    [[nodiscard]] uint64_t offset() const { return before_ + static_cast<uint64_t>(at_ - begin_); }
    /// Returns the number of bytes in all, if the source is a regular file or memory.
    [[nodiscard]] std::optional<uint64_t> size() const { return size_; }

  private:
    bool refill();
    void show_progress();

    int file_ = -1;
    std::string path_;
    std::vector<char> buffer_;
    const char* begin_ = nullptr;
    const char* at_ = nullptr;
    const char* end_ = nullptr;
    uint64_t before_ = 0;  ///< bytes in front of the buffer
    std::optional<uint64_t> size_;
    bool shows_progress_ = false;
    uint64_t shown_percent_ = 0;
};

}  // namespace tool::heap

#endif
