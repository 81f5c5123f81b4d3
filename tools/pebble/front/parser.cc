// SPDX-License-Identifier: MIT
#include "front/parser.h"

#include <algorithm>
#include <set>

namespace pebble {

bool is_keyword(std::string_view text) {
    static const std::set<std::string_view> words = {
        "False", "None",     "True",  "and",    "as",   "assert", "async",  "await",    "break",
        "class", "continue", "def",   "del",    "elif", "else",   "except", "finally",  "for",
        "from",  "global",   "if",    "import", "in",   "is",     "lambda", "nonlocal", "not",
        "or",    "pass",     "raise", "return", "try",  "while",  "with",   "yield"};
    return words.count(text) != 0;
}

// Tokens.

bool Parser::is(std::string_view text) const {
    return (token().kind == Tok::Op || token().kind == Tok::Name) && token().text == text;
}

void Parser::advance() {
    last_end_ = token().at.to;
    if (at_ + 1 < tokens_.size()) {
        ++at_;
    }
}

bool Parser::take(std::string_view text) {
    if (!is(text)) {
        return false;
    }
    advance();
    return true;
}

void Parser::expect(std::string_view text) {
    if (take(text)) {
        return;
    }
    if (text == ":" && is_kind(Tok::Newline)) {
        fail_here("expected ':'");
    } else {
        invalid_syntax();
    }
}

std::string Parser::name() {
    if (token().kind != Tok::Name || is_keyword(token().text)) {
        invalid_syntax();
        return {};
    }
    std::string text(token().text);
    advance();
    return text;
}

Node* Parser::finish(Node* node) {
    node->at.to = last_end_;
    return node;
}

Node* Parser::fail(Span at, std::string message, const char* kind) {
    if (!problem_->found()) {
        const Pos open = problem_->unclosed;
        if (open.line > 0 && (at_end() || at.to.line > open.line)) {
            kind = "SyntaxError";
            message = std::string("'") + problem_->bracket + "' was never closed";
            at = {open, {open.line, open.column + 1}};
        }
        problem_->kind = kind;
        problem_->message = std::move(message);
        problem_->at = at;
        problem_->incomplete = open.line > 0 || token().kind == Tok::End ||
                               (token().kind == Tok::Newline && at_ + 2 >= tokens_.size());
    }
    at_ = tokens_.size() - 1;
    return ast_->make(Kind::Pass, at);
}

Node* Parser::unsupported(const char* what) {
    return fail_here(std::string("pebble does not support ") + what);
}

Node* Parser::invalid_syntax() {
    if (token().kind == Tok::Indent) {
        return fail_here("unexpected indent", "IndentationError");
    }
    return fail_here("invalid syntax");
}

void Parser::expect_end() {
    while (is_kind(Tok::Newline)) {
        advance();
    }
    if (!at_end()) {
        invalid_syntax();
    }
}

// Statements.

Node* Parser::module() {
    Node* node = make(Kind::Module, here());
    while (!at_end()) {
        statement(&node->items);
    }
    return node;
}

void Parser::statement(std::vector<Node*>* out) {
    static const std::set<std::string_view> compound = {
        "if", "while", "for", "try", "with", "def", "class", "@", "async"};
    if (is_kind(Tok::Newline)) {
        advance();
    } else if (is_kind(Tok::Indent) || is_kind(Tok::Dedent)) {
        invalid_syntax();
    } else if (token().kind != Tok::String && compound.count(token().text) != 0) {
        out->push_back(compound_statement());
    } else if (is_match_statement()) {
        unsupported("the match statement");
    } else {
        simple_statements(out);
    }
}

/// `match` is a name unless its line reads like the head of a match statement.
bool Parser::is_match_statement() const {
    const Token& next = ahead();
    if (!is("match") || next.kind == Tok::Newline || next.kind == Tok::End ||
        (next.kind == Tok::Op &&
         std::string_view("([{-~").find(next.text[0]) == std::string_view::npos)) {
        return false;
    }
    size_t n = at_;
    while (tokens_[n].kind != Tok::Newline && tokens_[n].kind != Tok::End) {
        ++n;
    }
    return tokens_[n - 1].text == ":";
}

Node* Parser::block(const std::string& what, int line) {
    static const std::set<std::string_view> certain = {
        "function definition", "'try' statement", "'else' statement", "'finally' statement"};
    if (!is(":") && certain.count(what) != 0) {
        return fail_here("expected ':'");
    }
    expect(":");
    Node* node = make(Kind::Block, here());
    if (!is_kind(Tok::Newline)) {
        simple_statements(&node->items);
        return finish(node);
    }
    advance();
    while (is_kind(Tok::Newline)) {
        advance();
    }
    if (!is_kind(Tok::Indent)) {
        const Pos at = here();
        return fail({at, {at.line, at.column + 1}},
                    "expected an indented block after " + what + " on line " + std::to_string(line),
                    "IndentationError");
    }
    advance();
    while (!is_kind(Tok::Dedent) && !at_end()) {
        statement(&node->items);
    }
    finish(node);
    if (is_kind(Tok::Dedent)) {
        advance();
    }
    return node;
}

void Parser::simple_statements(std::vector<Node*>* out) {
    for (;;) {
        out->push_back(simple_statement());
        if (!take(";")) {
            break;
        }
        if (is_kind(Tok::Newline)) {
            break;
        }
    }
    if (is_kind(Tok::Newline)) {
        advance();
    } else if (!at_end()) {
        invalid_syntax();
    }
}

Node* Parser::simple_statement() {
    const Pos from = here();
    if (token().kind != Tok::Name) {
        return expression_statement();
    }
    if (take("pass")) {
        return make(Kind::Pass, from);
    }
    if (take("break")) {
        return make(Kind::Break, from);
    }
    if (take("continue")) {
        return make(Kind::Continue, from);
    }
    if (take("return")) {
        Node* node = make(Kind::Return, from);
        node->a = starts_expression() ? expressions() : nullptr;
        return finish(node);
    }
    if (take("raise")) {
        Node* node = make(Kind::Raise, from);
        if (starts_expression()) {
            node->a = expression();
            node->b = take("from") ? expression() : nullptr;
        }
        return finish(node);
    }
    if (take("assert")) {
        Node* node = make(Kind::Assert, from);
        node->a = expression();
        node->b = take(",") ? expression() : nullptr;
        return finish(node);
    }
    if (is("del")) {
        return delete_statement();
    }
    if (is("global") || is("nonlocal")) {
        return names_statement(is("global") ? Kind::Global : Kind::Nonlocal);
    }
    if (is("import")) {
        return import_statement();
    }
    if (is("from")) {
        return from_statement();
    }
    return expression_statement();
}

Node* Parser::delete_statement() {
    Node* node = make(Kind::Delete, here());
    advance();
    Node* what = expressions();
    if (what->kind == Kind::Tuple && !what->parenthesized) {
        node->items = what->items;
    } else {
        node->items.push_back(what);
    }
    for (Node* item : node->items) {
        make_store(item, "delete");
    }
    return finish(node);
}

Node* Parser::names_statement(Kind kind) {
    Node* node = make(kind, here());
    advance();
    do {
        Node* item = make(Kind::Name, here());
        item->text = name();
        node->items.push_back(finish(item));
    } while (take(","));
    return finish(node);
}

Node* Parser::expression_statement() {
    static constexpr std::string_view kAugmented[] = {
        "+=", "-=", "*=", "@=", "/=", "//=", "%=", "**=", "<<=", ">>=", "&=", "|=", "^="};
    const Pos from = here();
    Node* first = yield_or_expressions();
    for (size_t i = 0; i < std::size(kAugmented); ++i) {
        if (is(kAugmented[i])) {
            Node* node = make(Kind::AugAssign, from);
            node->at_op = token().at;
            advance();
            node->op = static_cast<unsigned char>(i);
            if (first->kind != Kind::Name && first->kind != Kind::Attribute &&
                first->kind != Kind::Subscript) {
                return fail(
                    first->at,
                    "'" + describe(first) + "' is an illegal expression for augmented assignment");
            }
            make_store(first, "assign to");
            node->a = first;
            node->b = yield_or_expressions();
            return finish(node);
        }
    }
    if (is(":")) {
        Node* node = make(Kind::AnnAssign, from);
        if (first->kind != Kind::Name && first->kind != Kind::Attribute &&
            first->kind != Kind::Subscript) {
            const bool several = first->kind == Kind::Tuple || first->kind == Kind::List;
            return fail(first->at,
                        several ? std::string("only single target (not ") +
                                      (first->kind == Kind::Tuple ? "tuple" : "list") +
                                      ") can be annotated"
                                : "illegal target for annotation");
        }
        advance();
        make_store(first, "annotate");
        node->a = first;
        node->c = expression();
        node->b = take("=") ? yield_or_expressions() : nullptr;
        return finish(node);
    }
    if (!is("=")) {
        Node* node = make(Kind::ExprStmt, from);
        node->a = first;
        return finish(node);
    }
    Node* node = make(Kind::Assign, from);
    Node* value = first;
    while (take("=")) {
        Node* next = problem_->found() ? value : yield_or_expressions();
        make_store(value, "assign to", node->items.empty() && !is("="));
        node->items.push_back(value);
        value = next;
    }
    node->a = value;
    return finish(node);
}

Node* Parser::alias(bool dotted) {
    Node* node = make(Kind::Alias, here());
    node->text = name();
    while (dotted && take(".")) {
        node->text += "." + name();
    }
    if (take("as")) {
        node->alias = name();
    }
    return finish(node);
}

Node* Parser::import_statement() {
    Node* node = make(Kind::Import, here());
    advance();
    do {
        node->items.push_back(alias(true));
    } while (take(","));
    return finish(node);
}

Node* Parser::from_statement() {
    Node* node = make(Kind::ImportFrom, here());
    advance();
    while (is(".") || is("...")) {
        node->op = static_cast<unsigned char>(node->op + token().text.size());
        advance();
    }
    if (!is("import")) {
        node->text = name();
        while (take(".")) {
            node->text += "." + name();
        }
    }
    expect("import");
    node->at_op = token().at;
    if (take("*")) {
        return finish(node);
    }
    const bool bracket = take("(");
    do {
        if (bracket && is(")")) {
            break;
        }
        node->items.push_back(alias(false));
    } while (take(",") && (bracket || !is_kind(Tok::Newline)));
    if (!bracket && tokens_[at_ - 1].text == ",") {
        return fail_here("trailing comma not allowed without surrounding parentheses");
    }
    if (bracket) {
        expect(")");
    }
    return finish(node);
}

bool parse_module(const Source& source, Ast* ast, SyntaxProblem* problem) {
    std::vector<Token> tokens = tokenize(source, problem);
    if (problem->found()) {
        return false;
    }
    ast->root = Parser(source, std::move(tokens), ast, problem).module();
    return !problem->found();
}

bool parse_expression(const Source& source, Ast* ast, SyntaxProblem* problem) {
    std::vector<Token> tokens = tokenize(source, problem);
    if (problem->found()) {
        return false;
    }
    Parser parser(source, std::move(tokens), ast, problem);
    ast->root = parser.expressions();
    parser.expect_end();
    if (problem->found() && problem->incomplete && problem->unclosed.line == 0) {
        // What is missing has no place in a text that ends without a newline.
        problem->at.from.column = problem->at.to.column = -1;
    }
    return !problem->found();
}

}  // namespace pebble
