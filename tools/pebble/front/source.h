// SPDX-License-Identifier: MIT
/// Source text, positions in it, and what is wrong with it.
#ifndef PEBBLE_FRONT_SOURCE_H
#define PEBBLE_FRONT_SOURCE_H

#include <string>
#include <string_view>
#include <vector>

namespace pebble {

/// A place in a source text: line from 1, column in bytes from 0.
struct Pos {
    int line = 1;
    int column = 0;
};

struct Span {
    Pos from;
    Pos to;
};

/// The first problem found in a text. An empty message means none.
struct SyntaxProblem {
    const char* kind = "SyntaxError";
    std::string message;
    Span at;  ///< ends before it starts: there is no one place in the line
    /// The line to show, if it is not one of the source (a field of an f-string).
    std::string line;
    /// That line is shown without its newline: the lexer found this, or the text is an
    /// expression's.
    bool bare_line = false;
    /// The input ends where more must follow: a prompt asks for another line.
    bool incomplete = false;
    /// Where a bracket stays open to the end of the text; line 0: nowhere. It is the likely cause
    /// of what goes wrong in a later line.
    Pos unclosed = {0, 0};
    char bracket = '\0';

    bool found() const { return !message.empty(); }
};

/// A named text, split into lines.
class Source {
  public:
    Source(std::string name, std::string text);

    const std::string& name() const { return name_; }
    std::string_view text() const { return text_; }
    /// Line `number` (from 1) without its newline; empty when there is none.
    std::string_view line(int number) const;
    /// Offset of a position in text().
    size_t offset(Pos pos) const {
        return starts_[static_cast<size_t>(pos.line - 1)] + static_cast<size_t>(pos.column);
    }

  private:
    std::string name_;
    std::string text_;
    std::vector<size_t> starts_;
};

}  // namespace pebble

#endif
