// SPDX-License-Identifier: MIT
#include "front/source.h"

namespace pebble {

Source::Source(std::string name, std::string text) : name_(std::move(name)) {
    // Every line ends in a single newline, so that nothing else has to know other endings.
    text_.reserve(text.size() + 1);
    for (size_t i = text.rfind("\xEF\xBB\xBF", 0) == 0 ? 3 : 0; i < text.size(); ++i) {
        if (text[i] == '\r') {
            if (i + 1 < text.size() && text[i + 1] == '\n') {
                continue;
            }
            text_ += '\n';
        } else {
            text_ += text[i];
        }
    }
    if (text_.empty() || text_.back() != '\n') {
        text_ += '\n';
    }
    starts_.push_back(0);
    for (size_t i = 0; i < text_.size(); ++i) {
        if (text_[i] == '\n') {
            starts_.push_back(i + 1);
        }
    }
}

std::string_view Source::line(int number) const {
    if (number < 1 || static_cast<size_t>(number) >= starts_.size()) {
        return {};
    }
    const size_t start = starts_[static_cast<size_t>(number - 1)];
    const size_t end = starts_[static_cast<size_t>(number)] - 1;
    return std::string_view(text_).substr(start, end - start);
}

}  // namespace pebble
