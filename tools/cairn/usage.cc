// SPDX-License-Identifier: MIT
#include "usage.h"

#include <algorithm>
#include <charconv>
#include <numeric>
#include <vector>

#include <fmt/ranges.h>

#include "say.h"

namespace tool {
namespace {

/// Levenshtein's distance, one row of the table at a time.
size_t distance(std::string_view a, std::string_view b) {
    std::vector<size_t> row(b.size() + 1);
    std::iota(row.begin(), row.end(), size_t{0});
    for (size_t i = 0; i < a.size(); ++i) {
        size_t diagonal = row[0];
        row[0] = i + 1;
        for (size_t j = 0; j < b.size(); ++j) {
            const size_t substituted = diagonal + (a[i] == b[j] ? 0 : 1);
            diagonal = row[j + 1];
            row[j + 1] = std::min({substituted, row[j] + 1, row[j + 1] + 1});
        }
    }
    return row[b.size()];
}

}  // namespace

std::optional<std::string_view> nearest_word(std::string_view word,
                                             std::span<const std::string_view> known) {
    std::optional<std::string_view> nearest;
    size_t least = 0;
    for (const std::string_view candidate : known) {
        const size_t changes = distance(word, candidate);
        const size_t few_enough = std::max<size_t>(2, candidate.size() / 3);
        if (changes <= few_enough && changes < candidate.size() &&
            (!nearest.has_value() || changes < least)) {
            nearest = candidate;
            least = changes;
        }
    }
    return nearest;
}

int unknown_word(std::string_view kind,
                 std::string_view word,
                 std::span<const std::string_view> known) {
    if (const auto nearest = nearest_word(word, known)) {
        say("cairn: unknown {} '{}'; did you mean '{}'?\n", kind, word, *nearest);
    } else {
        say("cairn: unknown {} '{}'; it knows {}\n", kind, word, fmt::join(known, ", "));
    }
    return 2;
}

int wrong_use(std::string_view message) {
    say("cairn: {}\n", message);
    return 2;
}

std::optional<uint64_t> parse_number(std::string_view text) {
    uint64_t number = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (error != std::errc{} || end != text.data() + text.size()) {
        return std::nullopt;
    }
    return number;
}

}  // namespace tool
