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
    while (is_kind(Tok::String)) {
        bool this_bytes = false;
        string_part(token(), joined, &this_bytes, &formatted);
        if (problem_->found()) {
            return joined;
        }
        if (!first && this_bytes != bytes) {
            return fail({from, token().at.to}, "cannot mix bytes and nonbytes literals");
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
        decode(body, raw, *bytes, token.at, literal_tail(ast_, joined));
    }
}

void Parser::decode(std::string_view body, bool raw, bool bytes, Span at, std::string* out) {
    for (size_t i = 0; i < body.size(); ++i) {
        if (bytes && (body[i] & 0x80) != 0) {
            fail(at, "bytes can only contain ASCII literal characters");
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
        } else if (c >= '0' && c <= '7') {
            i += read_digits(body, i, 3, 8, &value) - 1;
            bytes ? void(*out += static_cast<char>(value)) : append_utf8(out, value);
        } else if (c == 'x' || (!bytes && (c == 'u' || c == 'U'))) {
            const size_t want = c == 'x' ? 2 : c == 'u' ? 4 : 8;
            if (read_digits(body, i + 1, want, 16, &value) != want || value > 0x10FFFF) {
                fail(at, std::string("truncated \\") + c + " escape");
                return;
            }
            i += want;
            bytes ? void(*out += static_cast<char>(value)) : append_utf8(out, value);
        } else if (c == 'N' && !bytes) {
            fail(at, "pebble does not support \\N{...} escapes");
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
            decode(body.substr(start, end - start),
                   raw,
                   false,
                   joined->at,
                   literal_tail(ast_, joined));
        }
    };
    for (size_t i = 0; i < body.size();) {
        if (body[i] == '\\' && !raw) {
            i += 2;
        } else if ((body[i] == '{' || body[i] == '}') && depth == 0 && i + 1 < body.size() &&
                   body[i + 1] == body[i]) {
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
            fail(joined->at, "f-string: single '}' is not allowed");
            return;
        } else {
            ++i;
        }
    }
    flush(body.size());
}

/// Parses `{expression!r:spec}` at `at`; returns the index after its closing brace.
size_t Parser::field(
    std::string_view body, size_t at, Pos from, bool raw, int depth, Node* joined) {
    if (depth > 1) {
        fail(joined->at, "f-string: expressions nested too deeply");
        return body.size();
    }
    size_t end = at + 1;
    int brackets = 0;
    char quote = '\0';
    for (; end < body.size(); ++end) {
        const char c = body[end];
        const char next = end + 1 < body.size() ? body[end + 1] : '\0';
        if (c == '\\') {
            fail(joined->at, "f-string expression part cannot include a backslash");
            return body.size();
        }
        if (quote != '\0') {
            quote = c == quote ? '\0' : quote;
        } else if (c == '\'' || c == '"') {
            quote = c;
        } else if (c == '(' || c == '[' || c == '{') {
            ++brackets;
        } else if (brackets > 0) {
            brackets -= c == ')' || c == ']' || c == '}' ? 1 : 0;
        } else if (c == '}' || c == ':' || (c == '!' && next != '=')) {
            break;
        } else if ((c == '!' || c == '=' || c == '<' || c == '>') && next == '=') {
            ++end;
        }
    }
    if (end >= body.size()) {
        fail(joined->at, "f-string: expecting '}'");
        return end;
    }
    std::string_view text = body.substr(at + 1, end - at - 1);
    if (text.find_first_not_of(" \t\n") == std::string_view::npos) {
        fail(joined->at, "f-string: empty expression not allowed");
        return body.size();
    }
    Pos start = from;
    for (size_t i = 0; i <= at; ++i) {
        start = body[i] == '\n' ? Pos{start.line + 1, 0} : Pos{start.line, start.column + 1};
    }
    // `{x=}` shows its own text.
    const size_t last = text.find_last_not_of(" \t");
    const bool self = text[last] == '=' && last > 0 &&
                      std::string_view("=!<>").find(text[last - 1]) == std::string_view::npos;
    if (self) {
        *literal_tail(ast_, joined) += text;
        text = text.substr(0, last);
    }
    Parser inner(
        source_, tokenize_expression(source_, start, text.size(), problem_), ast_, problem_);
    Node* node = ast_->make(Kind::Field, joined->at);
    node->a = problem_->found() ? joined : inner.yield_or_expressions();
    inner.expect_end();
    if (problem_->found()) {
        problem_->message.insert(0,
                                 problem_->message.rfind("f-string", 0) == 0 ? "" : "f-string: ");
        return body.size();
    }
    if (body[end] == '!') {
        node->op = end + 1 < body.size() ? static_cast<unsigned char>(body[end + 1]) : 0;
        end += 2;
        if ((node->op != 'r' && node->op != 's' && node->op != 'a') || end >= body.size()) {
            fail(joined->at, "f-string: invalid conversion character: expected 's', 'r', or 'a'");
            return body.size();
        }
    }
    if (body[end] == ':') {
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
        fail(joined->at, "f-string: expecting '}'");
        return body.size();
    }
    if (self && node->op == 0 && node->b == nullptr) {
        node->op = 'r';
    }
    joined->items.push_back(node);
    return end + 1;
}

}  // namespace pebble
