// SPDX-License-Identifier: MIT
/// Where a command writes.
#ifndef CAIRN_TOOL_HEAP_OUTPUT_H
#define CAIRN_TOOL_HEAP_OUTPUT_H

#include <cstdio>
#include <span>
#include <string>
#include <string_view>

namespace tool::heap {

/// Throws std::runtime_error if `path` is one of the files `inputs`, of which "-" is standard
/// input.
void refuse_input(const std::string& path, std::span<const std::string> inputs);

/// A name beside `path`, for a file that takes its place when it is whole. Removed if it does not.
class Draft {
  public:
    /// Throws std::runtime_error if `path` is one of `inputs`, or is there and no regular file.
    Draft(const std::string& path, std::span<const std::string> inputs);
    ~Draft();
    Draft(const Draft&) = delete;
    Draft& operator=(const Draft&) = delete;

    [[nodiscard]] const std::string& name() const { return name_; }
    void finish();

  private:
    std::string path_;
    std::string name_;
};

/// A file that is written from the start; "" is standard output. Faults throw std::runtime_error,
/// and a path that is one of `inputs` is a fault.
class Output {
  public:
    Output(const std::string& path, std::span<const std::string> inputs);
    ~Output();
    Output(const Output&) = delete;
    Output& operator=(const Output&) = delete;

    void write(std::string_view bytes);
    /// Writes what is still in a buffer, and closes the file.
    void close();

  private:
    [[noreturn]] void fail();

    std::string path_;
    std::FILE* file_;
};

}  // namespace tool::heap

#endif
