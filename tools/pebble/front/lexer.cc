// SPDX-License-Identifier: MIT
#include "front/lexer.h"

#include <array>
#include <cctype>

namespace pebble {
namespace {

bool is_name_start(char c) {
    return std::isalpha(static_cast<unsigned char>(c)) != 0 || c == '_' || (c & 0x80) != 0;
}
bool is_name_part(char c) {
    return is_name_start(c) || std::isdigit(static_cast<unsigned char>(c)) != 0;
}
bool is_digit(char c) {
    return c >= '0' && c <= '9';
}
bool is_hex_digit(char c) {
    return std::isxdigit(static_cast<unsigned char>(c)) != 0;
}
bool is_octal_digit(char c) {
    return c >= '0' && c <= '7';
}
bool is_binary_digit(char c) {
    return c == '0' || c == '1';
}

constexpr std::array<std::string_view, 25> kLongOperators = {
    "**=", "//=", ">>=", "<<=", "...", "**", "//", "<<", ">>", "<=", ">=", "==", "!=",
    "->",  "+=",  "-=",  "*=",  "/=",  "%=", "&=", "|=", "^=", "@=", ":=", "<>"};

class Lexer {
  public:
    Lexer(const Source& source, SyntaxProblem* problem)
        : text_(source.text()), problem_(problem), end_(text_.size()) {}

    std::vector<Token> run_file() {
        while (!failed_ && at_ < end_) {
            if (line_start_ && brackets_.empty()) {
                indentation();
            } else {
                token();
            }
        }
        if (!failed_ && !brackets_.empty()) {
            problem_->unclosed = brackets_.back().pos;
            problem_->bracket = brackets_.back().open;
        }
        if (!failed_) {
            for (; indents_.size() > 1; indents_.pop_back()) {
                add(Tok::Dedent, at_, pos());
            }
        }
        add(Tok::End, at_, pos());
        return std::move(tokens_);
    }

    std::vector<Token> run_expression(Pos from, size_t offset, size_t length) {
        at_ = offset;
        end_ = offset + length;
        line_ = from.line;
        line_offset_ = offset - static_cast<size_t>(from.column);
        inside_field_ = true;
        while (!failed_ && at_ < end_) {
            token();
        }
        add(Tok::End, at_, pos());
        return std::move(tokens_);
    }

  private:
    struct Bracket {
        char open;
        Pos pos;
    };

    /// As deep as its tabs reach, and how many characters it has: both must tell the same.
    struct Indent {
        int column = 0;
        int characters = 0;
    };

    [[nodiscard]] Pos after(size_t ahead) const {
        return {line_, pos().column + static_cast<int>(ahead)};
    }
    [[nodiscard]] Pos pos() const { return {line_, static_cast<int>(at_ - line_offset_)}; }
    [[nodiscard]] char peek(size_t ahead = 0) const {
        return at_ + ahead < end_ ? text_[at_ + ahead] : '\0';
    }

    void add(Tok kind, size_t start, Pos from) {
        tokens_.push_back({kind, text_.substr(start, at_ - start), {from, pos()}});
    }

    void fail_at(Pos where, std::string message, const char* kind = "SyntaxError") {
        if (!failed_) {
            failed_ = true;
            problem_->bare_line = std::string_view(kind) == "SyntaxError";
            problem_->kind = kind;
            problem_->message = std::move(message);
            problem_->at = {where, where};
        }
    }

    void new_line() {
        ++line_;
        line_offset_ = at_;
    }

    void indentation() {
        const Indent top = indents_.back();
        Indent found;
        for (; peek() == ' ' || peek() == '\t' || peek() == '\f'; ++at_) {
            const int wide = peek() == '\t' ? (found.column / 8 + 1) * 8 : found.column + 1;
            found = peek() == '\f' ? Indent{} : Indent{wide, found.characters + 1};
        }
        if (peek() == '#') {
            comment();
        }
        if (peek() == '\n') {
            ++at_;
            new_line();
            return;
        }
        line_start_ = false;
        if (at_ >= end_) {
            return;
        }
        if (found.column > top.column && found.characters > top.characters) {
            indents_.push_back(found);
            add(Tok::Indent, at_, {line_, 0});
            return;
        }
        while (found.column < indents_.back().column) {
            indents_.pop_back();
            add(Tok::Dedent, at_, pos());
        }
        if (found.column > top.column || (found.column == indents_.back().column &&
                                          found.characters != indents_.back().characters)) {
            fail_at({line_, 0}, "inconsistent use of tabs and spaces in indentation", "TabError");
            problem_->at.to.column = -1;
        } else if (found.column != indents_.back().column) {
            at_ = std::min(text_.find('\n', at_), end_);
            fail_at(
                pos(), "unindent does not match any outer indentation level", "IndentationError");
        }
    }

    void comment() {
        while (at_ < end_ && peek() != '\n') {
            ++at_;
        }
    }

    void token() {
        const char c = peek();
        if (c == ' ' || c == '\t' || c == '\f') {
            ++at_;
        } else if (c == '#') {
            comment();
        } else if (c == '\n') {
            const size_t start = at_++;
            if (brackets_.empty() && !inside_field_) {
                tokens_.push_back({Tok::Newline,
                                   text_.substr(start, 1),
                                   {{line_, static_cast<int>(start - line_offset_)},
                                    {line_, static_cast<int>(at_ - line_offset_)}}});
                line_start_ = true;
            }
            new_line();
        } else if (c == '\\' && peek(1) == '\n') {
            if (at_ + 2 >= end_) {
                return fail_at(after(1), "unexpected EOF while parsing");
            }
            at_ += 2;
            new_line();
        } else if (size_t prefix = 0; string_prefix(&prefix)) {
            string(prefix);
        } else if (is_name_start(c)) {
            const size_t start = at_;
            const Pos from = pos();
            while (is_name_part(peek())) {
                ++at_;
            }
            add(Tok::Name, start, from);
        } else if (is_digit(c) || (c == '.' && is_digit(peek(1)))) {
            number();
        } else {
            op();
        }
    }

    /// Is there a string here? Writes the length of its prefix.
    bool string_prefix(size_t* length) const {
        size_t n = 0;
        while (n < 2 && std::string_view("rRbBuUfF").find(peek(n)) != std::string_view::npos &&
               peek(n) != '\0') {
            ++n;
        }
        *length = n;
        return peek(n) == '"' || peek(n) == '\'';
    }

    void string(size_t prefix) {
        const size_t start = at_;
        const Pos from = pos();
        at_ += prefix;
        const char quote = peek();
        const bool triple = peek(1) == quote && peek(2) == quote;
        at_ += triple ? 3 : 1;
        for (;;) {
            if (at_ >= end_ || (!triple && peek() == '\n')) {
                fail_at(from,
                        std::string("unterminated ") + (triple ? "triple-quoted " : "") +
                            "string literal (detected at line " +
                            std::to_string(at_ >= end_ ? line_ - 1 : line_) + ")");
                problem_->incomplete = triple;
                return;
            }
            if (peek() == '\\') {
                ++at_;
            } else if (peek() == quote && (!triple || (peek(1) == quote && peek(2) == quote))) {
                at_ += triple ? 3 : 1;
                add(Tok::String, start, from);
                return;
            }
            const bool newline = peek() == '\n';
            ++at_;
            if (newline) {
                new_line();
            }
        }
    }

    void digits(bool (*accept)(char)) {
        while (accept(peek()) || (peek() == '_' && accept(peek(1)))) {
            ++at_;
        }
    }

    void number() {
        const size_t start = at_;
        const Pos from = pos();
        const char kind = static_cast<char>(std::tolower(static_cast<unsigned char>(peek(1))));
        const char* what = "decimal";
        if (peek() == '0' && (kind == 'x' || kind == 'o' || kind == 'b')) {
            what = kind == 'x' ? "hexadecimal" : kind == 'o' ? "octal" : "binary";
            at_ += 2;
            const size_t first = at_;
            digits(kind == 'x' ? is_hex_digit : kind == 'o' ? is_octal_digit : is_binary_digit);
            if (is_digit(peek()) && kind != 'x') {
                return fail_at(
                    pos(), std::string("invalid digit '") + peek() + "' in " + what + " literal");
            }
            if (at_ == first) {
                return bad_number(what);
            }
        } else {
            digits(is_digit);
            if (peek() == '.') {
                ++at_;
                digits(is_digit);
            }
            const size_t sign = peek(1) == '+' || peek(1) == '-' ? 2 : 1;
            if ((peek() == 'e' || peek() == 'E') && is_digit(peek(sign))) {
                at_ += sign;
                digits(is_digit);
            } else if ((peek() == 'e' || peek() == 'E') && sign == 2) {
                at_ += sign;
                return bad_number(what);
            }
            if (peek() == 'j' || peek() == 'J') {
                ++at_;
                what = "imaginary";
            }
        }
        const std::string_view text = text_.substr(start, at_ - start);
        if (peek() == '_') {
            ++at_;
        }
        if (text_[at_ - 1] == '_' || (is_name_part(peek()) && !keyword_follows())) {
            return bad_number(what);
        }
        if (text.size() > 1 && text[0] == '0' &&
            text.find_first_not_of("0123456789_") == std::string_view::npos &&
            text.find_first_not_of("0_") != std::string_view::npos) {
            return fail_at(from,
                           "leading zeros in decimal integer literals are not permitted; use an 0o "
                           "prefix for octal integers");
        }
        add(Tok::Number, start, from);
    }

    void bad_number(const char* what) {
        fail_at({line_, pos().column - 1}, std::string("invalid ") + what + " literal");
    }

    /// `1if x else y` is legal Python: a keyword may touch a number.
    [[nodiscard]] bool keyword_follows() const {
        for (std::string_view word : {"and", "else", "for", "if", "in", "is", "or", "not"}) {
            if (text_.substr(at_, word.size()) == word && !is_name_part(peek(word.size()))) {
                return true;
            }
        }
        return false;
    }

    void op() {
        const size_t start = at_;
        const Pos from = pos();
        const char c = peek();
        size_t length = 1;
        for (std::string_view candidate : kLongOperators) {
            if (text_.substr(at_, candidate.size()) == candidate) {
                length = candidate.size();
                break;
            }
        }
        if (length == 1 &&
            std::string_view("+-*/%@&|^~<>()[]{},:.;=").find(c) == std::string_view::npos) {
            if (c == '\\') {
                return fail_at(after(1), "unexpected character after line continuation character");
            }
            // These three become operators that no rule knows.
            if (c != '!' && c != '$' && c != '?') {
                return fail_at(from, "invalid character in source");
            }
        }
        if (c == '(' || c == '[' || c == '{') {
            brackets_.push_back({c, from});
        } else if (c == ')' || c == ']' || c == '}') {
            if (!close_bracket(c, from)) {
                return;
            }
        }
        at_ += length;
        add(Tok::Op, start, from);
    }

    bool close_bracket(char c, Pos from) {
        if (brackets_.empty()) {
            fail_at(from, std::string("unmatched '") + c + "'");
            return false;
        }
        const Bracket top = brackets_.back();
        const char expected = top.open == '(' ? ')' : top.open == '[' ? ']' : '}';
        if (c != expected) {
            std::string where =
                top.pos.line != from.line ? " on line " + std::to_string(top.pos.line) : "";
            fail_at(from,
                    std::string("closing parenthesis '") + c +
                        "' does not match opening parenthesis '" + top.open + "'" + where);
            return false;
        }
        brackets_.pop_back();
        return true;
    }

    std::string_view text_;
    SyntaxProblem* problem_;
    size_t at_ = 0;
    size_t end_;
    int line_ = 1;
    size_t line_offset_ = 0;
    bool line_start_ = true;
    bool inside_field_ = false;
    bool failed_ = false;
    std::vector<Indent> indents_ = {{}};
    std::vector<Bracket> brackets_;
    std::vector<Token> tokens_;
};

}  // namespace

std::vector<Token> tokenize(const Source& source, SyntaxProblem* problem) {
    return Lexer(source, problem).run_file();
}

std::vector<Token> tokenize_expression(const Source& source,
                                       Pos from,
                                       size_t length,
                                       SyntaxProblem* problem) {
    return Lexer(source, problem).run_expression(from, source.offset(from), length);
}

}  // namespace pebble
