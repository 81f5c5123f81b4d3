// SPDX-License-Identifier: MIT
#include <algorithm>
#include <cctype>

#include "front/parser.h"
#include "front/utf8.h"

namespace pebble {

namespace {

/// A run of literal text at the end of an f-string under construction.
std::string* literal_tail(Ast* ast, Node* joined) {
    if (joined->items.empty() || joined->items.back()->kind != Kind::String) {
        joined->items.push_back(ast->make(Kind::String, joined->at));
    }
    return &joined->items.back()->text;
}

/// Reads up to `most` digits of `base`; returns how many there were.
size_t read_digits(std::string_view text, size_t at, size_t most, unsigned base, unsigned* value) {
    size_t n = 0;
    *value = 0;
    while (n < most && at + n < text.size()) {
        const char c = text[at + n];
        const unsigned digit = c >= '0' && c <= '9' ? static_cast<unsigned>(c - '0')
                               : std::isalpha(static_cast<unsigned char>(c)) != 0
                                   ? static_cast<unsigned>(std::tolower(c) - 'a' + 10)
                                   : 99;
        if (digit >= base) {
            break;
        }
        *value = *value * base + digit;
        ++n;
    }
    return n;
}

}  // namespace

Node* Parser::strings() {
    const Pos from = here();
    Node* joined = make(Kind::FString, from);
    bool bytes = false;
    bool formatted = false;
    bool first = true;
    size_t next = at_;
    while (tokens_[next].kind == Tok::String) {
        ++next;
    }
    after_strings_ = tokens_[next].at;
    while (is_kind(Tok::String)) {
        bool this_bytes = false;
        string_part(token(), joined, &this_bytes, &formatted);
        if (problem_->found()) {
            return joined;
        }
        if (!first && this_bytes != bytes) {
            return fail(after_strings_, "cannot mix bytes and nonbytes literals");
        }
        bytes = this_bytes;
        first = false;
        advance();
    }
    finish(joined);
    if (formatted) {
        return joined;
    }
    Node* node = make(bytes ? Kind::Bytes : Kind::String, from);
    node->text = joined->items.empty() ? std::string() : joined->items[0]->text;
    return node;
}

void Parser::string_part(const Token& token, Node* joined, bool* bytes, bool* formatted) {
    size_t prefix = 0;
    bool raw = false;
    bool format = false;
    for (; token.text[prefix] != '"' && token.text[prefix] != '\''; ++prefix) {
        const int c = std::tolower(static_cast<unsigned char>(token.text[prefix]));
        raw = raw || c == 'r';
        *bytes = *bytes || c == 'b';
        format = format || c == 'f';
    }
    const size_t quotes = token.text.size() >= prefix + 6 &&
                                  token.text[prefix + 1] == token.text[prefix] &&
                                  token.text[prefix + 2] == token.text[prefix]
                              ? 3
                              : 1;
    const std::string_view body =
        token.text.substr(prefix + quotes, token.text.size() - prefix - 2 * quotes);
    if (format) {
        *formatted = true;
        Pos from = token.at.from;
        from.column += static_cast<int>(prefix + quotes);
        f_string(body, from, raw, 0, joined);
    } else {
        decode(body, raw, *bytes, literal_tail(ast_, joined));
    }
}

void Parser::bad_escape(size_t from, size_t to, const char* what) {
    fail(after_strings_,
         "(unicode error) 'unicodeescape' codec can't decode bytes in position " +
             std::to_string(from) + "-" + std::to_string(to) + ": " + what);
}

/// One escape of an unknown length: `i` is at what follows the backslash, and comes to stand on the
/// last character of the escape.
bool Parser::decode_number(std::string_view body, size_t* i, bool bytes, unsigned* value) {
    const char c = body[*i];
    if (c >= '0' && c <= '7') {
        *i += read_digits(body, *i, 3, 8, value) - 1;
        return true;
    }
    const size_t want = c == 'x' ? 2 : c == 'u' ? 4 : 8;
    const size_t got = read_digits(body, *i + 1, want, 16, value);
    const size_t start = *i - 1;
    *i += got;
    if (got == want && *value <= 0x10FFFF) {
        return true;
    }
    if (bytes) {
        fail(after_strings_,
             "(value error) invalid \\x escape at position " + std::to_string(start));
    } else if (got == want) {
        bad_escape(start, *i, "illegal Unicode character");
    } else {
        bad_escape(start,
                   *i,
                   c == 'x'   ? "truncated \\xXX escape"
                   : c == 'u' ? "truncated \\uXXXX escape"
                              : "truncated \\UXXXXXXXX escape");
    }
    return false;
}

void Parser::decode(std::string_view body, bool raw, bool bytes, std::string* out) {
    for (size_t i = 0; i < body.size(); ++i) {
        if (bytes && (body[i] & 0x80) != 0) {
            fail(after_strings_, "bytes can only contain ASCII literal characters");
            return;
        }
        if (raw || body[i] != '\\' || i + 1 >= body.size()) {
            *out += body[i];
            continue;
        }
        static constexpr std::string_view kFrom = "\\'\"abfnrtv";
        static constexpr std::string_view kTo = "\\'\"\a\b\f\n\r\t\v";
        const char c = body[++i];
        unsigned value = 0;
        if (const size_t simple = kFrom.find(c); simple != std::string_view::npos) {
            *out += kTo[simple];
        } else if (c == '\n') {
            continue;
        } else if ((c >= '0' && c <= '7') || c == 'x' || (!bytes && (c == 'u' || c == 'U'))) {
            if (!decode_number(body, &i, bytes, &value)) {
                return;
            }
            bytes ? void(*out += static_cast<char>(value)) : append_utf8(out, value);
        } else if (c == 'N' && !bytes) {
            fail(after_strings_, "pebble does not support \\N{...} escapes");
            return;
        } else {
            *out += '\\';
            *out += c;
        }
    }
}

void Parser::f_string(std::string_view body, Pos from, bool raw, int depth, Node* joined) {
    size_t start = 0;
    const auto flush = [&](size_t end) {
        if (end > start) {
            decode(body.substr(start, end - start), raw, false, literal_tail(ast_, joined));
        }
    };
    for (size_t i = 0; i < body.size();) {
        const char next = i + 1 < body.size() ? body[i + 1] : '\0';
        if (body[i] == '\\' && !raw) {
            i += next == '{' || next == '}' ? 1 : 2;
        } else if ((body[i] == '{' || body[i] == '}') && depth == 0 && next == body[i]) {
            flush(i + 1);
            i += 2;
            start = i;
        } else if (body[i] == '{') {
            flush(i);
            i = field(body, i, from, raw, depth, joined);
            start = i;
            if (problem_->found()) {
                return;
            }
        } else if (body[i] == '}') {
            fail(after_strings_, "f-string: single '}' is not allowed");
            return;
        } else {
            ++i;
        }
    }
    flush(body.size());
}

/// Where the expression that starts at `at` ends: before `!`, `:`, `=` or `}`. After a problem it
/// is the end of the body.
size_t Parser::field_end(std::string_view body, size_t at) {
    const auto problem = [&](const std::string& message) {
        fail(after_strings_, "f-string" + message);
        return body.size();
    };
    std::string open;
    std::string quote;  // what ends the string that the scan is in
    for (size_t i = at; i < body.size(); ++i) {
        const char c = body[i];
        const std::string one(1, c);
        if (c == '\\') {
            return problem(" expression part cannot include a backslash");
        }
        if (!quote.empty()) {
            if (body.compare(i, quote.size(), quote) == 0) {
                i += quote.size() - 1;
                quote.clear();
            }
        } else if (c == '\'' || c == '"') {
            quote.assign(body.compare(i, 3, std::string(3, c)) == 0 ? 3 : 1, c);
            i += quote.size() - 1;
        } else if (c == '(' || c == '[' || c == '{') {
            open += c;
        } else if (c == '#') {
            return problem(" expression part cannot include '#'");
        } else if (open.empty() && std::string_view("!:}=<>").find(c) != std::string_view::npos) {
            if (c != ':' && c != '}' && i + 1 < body.size() && body[i + 1] == '=') {
                ++i;
            } else if (c != '<' && c != '>') {
                return i;
            }
        } else if (c == ')' || c == ']' || c == '}') {
            if (open.empty()) {
                return problem(": unmatched '" + one + "'");
            }
            if (open.back() != (c == ')' ? '(' : c == ']' ? '[' : '{')) {
                return problem(": closing parenthesis '" + one +
                               "' does not match opening parenthesis '" + open.back() + "'");
            }
            open.pop_back();
        }
    }
    return problem(!quote.empty()  ? ": unterminated string"
                   : !open.empty() ? std::string(": unmatched '") + open.back() + "'"
                                   : ": expecting '}'");
}

/// Parses a field's expression as if it stood in parentheses.
Node* Parser::field_expression(std::string_view text, Pos start) {
    SyntaxProblem problem;
    std::vector<Token> tokens = tokenize_expression(source_, start, text.size(), &problem);
    const Token end = tokens.back();
    tokens.insert(tokens.begin(), {Tok::Op, "(", {start, start}});
    tokens.insert(tokens.end() - 1, {Tok::Op, ")", {end.at.from, end.at.from}});
    Parser inner(source_, std::move(tokens), ast_, &problem);
    Node* node = problem.found() ? nullptr : inner.yield_or_expressions();
    if (node != nullptr) {
        inner.expect_end();
    }
    if (!problem.found()) {
        return node;
    }
    // What is shown of a problem is the expression alone.
    const Source alone(source_.name(), "(" + std::string(text) + ")");
    Ast tree;
    SyntaxProblem shown;
    if (!parse_expression(alone, &tree, &shown)) {
        problem = std::move(shown);
        problem.line = problem.line.empty() ? alone.line(problem.at.from.line) : problem.line;
        problem.at.from.line += start.line - 1;
        problem.at.to.line += start.line - 1;
    }
    const bool named = problem.bare_line || problem.message.rfind("f-string", 0) == 0;
    problem.message.insert(0, named ? "" : "f-string: ");
    problem.incomplete = false;
    if (!problem_->found()) {
        *problem_ = std::move(problem);
    }
    return ast_->make(Kind::Pass, after_strings_);
}

/// Parses `{expression!r:spec}` at `at`; returns the index after its closing brace.
size_t Parser::field(
    std::string_view body, size_t at, Pos from, bool raw, int depth, Node* joined) {
    const auto problem = [&](const std::string& message) {
        fail(after_strings_, "f-string: " + message);
        return body.size();
    };
    if (depth > 1) {
        return problem("expressions nested too deeply");
    }
    size_t end = field_end(body, at + 1);
    if (problem_->found()) {
        return end;
    }
    const std::string_view text = body.substr(at + 1, end - at - 1);
    if (text.find_first_not_of(" \t\n\f\r") == std::string_view::npos) {
        return problem(body[end] == '}'
                           ? "empty expression not allowed"
                           : std::string("expression required before '") + body[end] + "'");
    }
    Pos start = from;
    for (size_t i = 0; i <= at; ++i) {
        start = body[i] == '\n' ? Pos{start.line + 1, 0} : Pos{start.line, start.column + 1};
    }
    Node* node = ast_->make(Kind::Field, joined->at);
    node->a = field_expression(text, start);
    if (problem_->found()) {
        return body.size();
    }
    // `{x=}` shows its own text.
    const bool self = body[end] == '=';
    if (self) {
        end = std::min(body.find_first_not_of(" \t\n\f\r", end + 1), body.size());
        *literal_tail(ast_, joined) += body.substr(at + 1, end - at - 1);
    }
    if (end < body.size() && body[end] == '!') {
        node->op = end + 1 < body.size() ? static_cast<unsigned char>(body[end + 1]) : 'r';
        end = std::min(end + 2, body.size());
        if (node->op != 'r' && node->op != 's' && node->op != 'a') {
            return problem("invalid conversion character: expected 's', 'r', or 'a'");
        }
    }
    if (end < body.size() && body[end] == ':') {
        size_t close = end + 1;
        for (int nested = 0; close < body.size() && (body[close] != '}' || nested > 0); ++close) {
            nested += body[close] == '{' ? 1 : body[close] == '}' ? -1 : 0;
        }
        node->b = ast_->make(Kind::FString, joined->at);
        Pos spec_from = start;
        spec_from.column += static_cast<int>(end - at);
        f_string(body.substr(end + 1, close - end - 1), spec_from, raw, depth + 1, node->b);
        end = close;
    }
    if (end >= body.size() || body[end] != '}') {
        return problem("expecting '}'");
    }
    if (self && node->op == 0 && node->b == nullptr) {
        node->op = 'r';
    }
    joined->items.push_back(node);
    return end + 1;
}

}  // namespace pebble
