// SPDX-License-Identifier: MIT
/// A table of a command: text with aligned columns, or JSON.
#ifndef CAIRN_TOOL_HEAP_TABLE_H
#define CAIRN_TOOL_HEAP_TABLE_H

#include <cstdint>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "json_writer.h"

namespace tool::heap {

/// Text, a number, a difference, or nothing.
using Cell = std::variant<std::monostate, std::string, uint64_t, int64_t>;

class Table {
  public:
    struct Column {
        std::string_view title;
        std::string_view key;  ///< name in JSON
    };

    explicit Table(std::vector<Column> columns) : columns_(std::move(columns)) {}
    void add(std::vector<Cell> row) { rows_.push_back(std::move(row)); }
    [[nodiscard]] bool empty() const { return rows_.empty(); }

    /// Prints the table on standard output; headings are bold at a terminal.
    void print() const;
    /// Appends an array of objects.
    void write(JsonWriter& json) const;

  private:
    std::vector<Column> columns_;
    std::vector<std::vector<Cell>> rows_;
};

/// Returns `number` with a comma between thousands.
std::string grouped(uint64_t number);
/// The same with a sign.
std::string grouped_difference(int64_t number);

/// Returns `text` in bold at a terminal, unless the environment has NO_COLOR.
std::string heading(std::string_view text);

}  // namespace tool::heap

#endif
