// SPDX-License-Identifier: MIT
#include "table.h"

#include <algorithm>
#include <cstdlib>
#include <unistd.h>

#include <fmt/format.h>

#include "utf8.h"

namespace tool::heap {
namespace {

constexpr size_t kCellCharacters = 100;

bool has_colours() {
    return isatty(STDOUT_FILENO) != 0 && std::getenv("NO_COLOR") == nullptr;
}

bool is_text(const Cell& cell) {
    return std::holds_alternative<std::string>(cell);
}

std::string cell_text(const Cell& cell) {
    if (const auto* text = std::get_if<std::string>(&cell)) {
        return one_line(*text, kCellCharacters);
    }
    if (const auto* number = std::get_if<uint64_t>(&cell)) {
        return grouped(*number);
    }
    if (const auto* difference = std::get_if<int64_t>(&cell)) {
        return grouped_difference(*difference);
    }
    return "-";
}

std::string padded(std::string_view text, size_t width, bool to_the_left) {
    const std::string blanks(width - std::min(width, character_count(text)), ' ');
    return to_the_left ? std::string(text) + blanks : blanks + std::string(text);
}

}  // namespace

std::string grouped(uint64_t number) {
    std::string text = fmt::format("{}", number);
    for (size_t at = text.size(); at > 3; at -= 3) {
        text.insert(at - 3, 1, ',');
    }
    return text;
}

std::string grouped_difference(int64_t number) {
    if (number == 0) {
        return "0";
    }
    const uint64_t size =
        number < 0 ? uint64_t{0} - static_cast<uint64_t>(number) : static_cast<uint64_t>(number);
    return (number < 0 ? "-" : "+") + grouped(size);
}

std::string heading(std::string_view text) {
    return has_colours() ? fmt::format("\033[1m{}\033[0m", text) : std::string(text);
}

void Table::print() const {
    std::vector<size_t> widths;
    std::vector<bool> is_left;
    for (size_t column = 0; column < columns_.size(); ++column) {
        size_t width = columns_[column].title.size();
        for (const std::vector<Cell>& row : rows_) {
            width = std::max(width, character_count(cell_text(row[column])));
        }
        widths.push_back(width);
        is_left.push_back(!rows_.empty() && is_text(rows_[0][column]));
    }
    // The last column of text is not padded: nothing follows it.
    const auto line = [&](const auto& text_of) {
        std::string text;
        for (size_t column = 0; column < columns_.size(); ++column) {
            const bool is_last = column + 1 == columns_.size() && is_left[column];
            text += column == 0 ? "" : "  ";
            text += padded(text_of(column), is_last ? 0 : widths[column], is_left[column]);
        }
        return text;
    };
    fmt::print("{}\n", heading(line([&](size_t i) { return std::string(columns_[i].title); })));
    for (const std::vector<Cell>& row : rows_) {
        fmt::print("{}\n", line([&](size_t i) { return cell_text(row[i]); }));
    }
}

void Table::write(JsonWriter& json) const {
    json.begin_array();
    for (const std::vector<Cell>& row : rows_) {
        json.begin_object();
        for (size_t i = 0; i < columns_.size(); ++i) {
            json.key(columns_[i].key);
            if (const auto* text = std::get_if<std::string>(&row[i])) {
                json.text(*text);
            } else if (const auto* number = std::get_if<uint64_t>(&row[i])) {
                json.number(*number);
            } else if (const auto* difference = std::get_if<int64_t>(&row[i])) {
                json.signed_number(*difference);
            } else {
                json.null();
            }
        }
        json.end_object();
    }
    json.end_array();
}

}  // namespace tool::heap
