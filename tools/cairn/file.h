// SPDX-License-Identifier: MIT
/// Files read whole.
#ifndef CAIRN_TOOL_FILE_H
#define CAIRN_TOOL_FILE_H

#include <string>

namespace tool {

struct FileBytes {
    std::string bytes;
    std::string error;  ///< empty when the file could be read
};

/// Reads the file at `path`, or standard input for "-".
FileBytes read_file(const std::string& path);

}  // namespace tool

#endif
