// SPDX-License-Identifier: MIT
/// Where a command writes.
#ifndef CAIRN_TOOL_HEAP_OUTPUT_H
#define CAIRN_TOOL_HEAP_OUTPUT_H

#include <cstdio>
#include <string>
#include <string_view>

namespace tool::heap {

/// A file that is written from the start; "" is standard output. Faults throw std::runtime_error.
class Output {
  public:
    explicit Output(const std::string& path);
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
