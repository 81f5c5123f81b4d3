// SPDX-License-Identifier: MIT
#include <set>

#include "front/parser.h"

namespace pebble {

Node* Parser::compound_statement() {
    if (is("if")) {
        return if_statement();
    }
    if (is("while")) {
        return while_statement();
    }
    if (is("for")) {
        return for_statement();
    }
    if (is("try")) {
        return try_statement();
    }
    if (is("with")) {
        return with_statement();
    }
    if (is("@")) {
        return decorated();
    }
    if (is("async")) {
        return unsupported("async");
    }
    return is("def") ? function({}, here()) : class_definition({}, here());
}

Node* Parser::else_block(const char* what) {
    const int line = here().line;
    return take("else") ? block(std::string("'else' statement") + what, line) : nullptr;
}

Node* Parser::if_statement() {
    Node* node = make(Kind::If, here());
    const std::string word(token().text);
    advance();
    node->a = named_expression();
    refuse_assignment(node->a);
    node->c = block("'" + word + "' statement", node->at.from.line);
    node->d = is("elif") ? if_statement() : else_block("");
    return finish(node);
}

Node* Parser::while_statement() {
    Node* node = make(Kind::While, here());
    advance();
    node->a = named_expression();
    refuse_assignment(node->a);
    node->c = block("'while' statement", node->at.from.line);
    node->d = else_block("");
    return finish(node);
}

Node* Parser::for_statement() {
    Node* node = make(Kind::For, here());
    advance();
    node->a = targets("in");
    expect("in");
    node->b = expressions();
    node->c = block("'for' statement", node->at.from.line);
    node->d = else_block("");
    return finish(node);
}

Node* Parser::try_statement() {
    Node* node = make(Kind::Try, here());
    advance();
    node->c = block("'try' statement", node->at.from.line);
    while (is("except")) {
        if (!node->items.empty() && node->items.back()->a == nullptr) {
            return fail(node->items.back()->at, "default 'except:' must be last");
        }
        node->items.push_back(except_clause());
    }
    if (!node->items.empty()) {
        node->d = else_block("");
    }
    const int line = here().line;
    if (take("finally")) {
        node->b = block("'finally' statement", line);
    }
    if (node->items.empty() && node->b == nullptr) {
        Span at = token().at;
        if (is_kind(Tok::Dedent)) {
            at = {{at.from.line, -1}, {at.from.line, -2}};
        } else if (at_end()) {
            const int last = at.from.line - 1;
            at = {{last, static_cast<int>(source_.line(last).size())}, {last, -2}};
        }
        return fail(at, "expected 'except' or 'finally' block");
    }
    return finish(node);
}

Node* Parser::except_clause() {
    Node* handler = make(Kind::Handler, here());
    advance();
    if (is("*")) {
        return unsupported("except*");
    }
    if (!is(":")) {
        handler->a = expression();
        if (is(",")) {
            advance();
            expressions();
            return fail({handler->a->at.from, last_end_},
                        "multiple exception types must be parenthesized");
        }
        if (take("as")) {
            handler->text = name();
        }
    }
    handler->c = block("'except' statement", handler->at.from.line);
    return finish(handler);
}

Node* Parser::with_item() {
    Node* item = make(Kind::WithItem, here());
    item->a = expression();
    if (take("as")) {
        item->b = primary();
        make_store(item->b, "assign to");
    }
    return finish(item);
}

Node* Parser::with_statement() {
    Node* node = make(Kind::With, here());
    advance();
    // `with (a as b, c):` is a list in parentheses if the closing one stands before the colon.
    bool bracket = false;
    if (is("(")) {
        int depth = 0;
        bool has_as = false;
        size_t n = at_;
        do {
            const std::string_view text =
                tokens_[n].kind == Tok::String ? std::string_view() : tokens_[n].text;
            depth += text == "(" || text == "[" || text == "{"   ? 1
                     : text == ")" || text == "]" || text == "}" ? -1
                                                                 : 0;
            has_as = has_as || (depth == 1 && text == "as");
            ++n;
        } while (depth > 0 && n < tokens_.size());
        bracket = has_as && n < tokens_.size() && tokens_[n].text == ":";
    }
    if (bracket) {
        advance();
    }
    do {
        if (bracket && is(")")) {
            break;
        }
        node->items.push_back(with_item());
    } while (take(","));
    if (bracket) {
        expect(")");
    }
    node->c = block("'with' statement", node->at.from.line);
    return finish(node);
}

Node* Parser::decorated() {
    std::vector<Node*> decorators;
    while (take("@")) {
        decorators.push_back(named_expression());
        if (!is_kind(Tok::Newline)) {
            return invalid_syntax();
        }
        advance();
    }
    if (is("def")) {
        return function(std::move(decorators), here());
    }
    if (is("class")) {
        return class_definition(std::move(decorators), here());
    }
    return is("async") ? unsupported("async") : invalid_syntax();
}

Node* Parser::function(std::vector<Node*> decorators, Pos from) {
    advance();
    Node* node = make(Kind::FunctionDef, from);
    node->items = std::move(decorators);
    node->text = name();
    expect("(");
    node->a = params(")", true);
    expect(")");
    node->c = take("->") ? expression() : nullptr;
    finish(node);
    node->b = block("function definition", from.line);
    return node;
}

Node* Parser::param(ParamKind kind, bool annotations) {
    Node* node = make(Kind::Param, here());
    node->text = name();
    node->op = static_cast<unsigned char>(kind);
    if (annotations && take(":")) {
        node->b = kind == ParamKind::Star ? star_or_named() : expression();
    }
    return finish(node);
}

Node* Parser::params(std::string_view close, bool annotations) {
    Node* node = make(Kind::Params, here());
    bool keyword_only = false;
    bool defaults = false;
    bool slash = false;
    std::set<std::string> seen;
    while (!is(close) && !at_end()) {
        Node* item = nullptr;
        if (is("/")) {
            if (slash || keyword_only || node->items.empty()) {
                return fail_here(slash          ? "/ may appear only once"
                                 : keyword_only ? "/ must be ahead of *"
                                                : "invalid syntax");
            }
            advance();
            slash = true;
            for (Node* earlier : node->items) {
                earlier->op = static_cast<unsigned char>(ParamKind::PositionalOnly);
            }
        } else if (take("**")) {
            item = param(ParamKind::StarStar, annotations);
            if (is(",") && ahead().text != close) {
                advance();
                return fail_here("arguments cannot follow var-keyword argument");
            }
        } else if (is("*")) {
            const Span star = token().at;
            if (keyword_only) {
                return fail_here("* argument may appear only once");
            }
            advance();
            if (is(",") || is(close)) {
                if (is(close) || ahead().text == close || ahead().text == "**") {
                    return fail(annotations || !is(close) ? star : token().at,
                                "named arguments must follow bare *");
                }
            } else {
                item = param(ParamKind::Star, annotations);
            }
            keyword_only = true;
        } else if (is("(")) {
            const Pos from = here();
            atom();
            return fail({from, last_end_},
                        annotations ? "Function parameters cannot be parenthesized"
                                    : "Lambda expression parameters cannot be parenthesized");
        } else {
            item = param(keyword_only ? ParamKind::KeywordOnly : ParamKind::Plain, annotations);
            const Span equals = token().at;
            if (take("=")) {
                if (is(close) || is(",")) {
                    return fail(equals, "expected default value expression");
                }
                item->a = expression();
                defaults = true;
            } else if (defaults && !keyword_only) {
                return fail(item->at, "non-default argument follows default argument");
            }
        }
        if (item != nullptr) {
            if (!seen.insert(item->text).second) {
                return fail(item->at,
                            "duplicate argument '" + item->text + "' in function definition");
            }
            node->items.push_back(item);
        }
        if (!take(",")) {
            break;
        }
    }
    return finish(node);
}

Node* Parser::class_definition(std::vector<Node*> decorators, Pos from) {
    advance();
    Node* node = make(Kind::ClassDef, from);
    node->items = std::move(decorators);
    node->text = name();
    if (is("(")) {
        Node* call = make(Kind::Call, here());
        arguments(call);
        node->more = call->items;
        for (Node* item : node->more) {
            if (item->kind == Kind::Keyword && item->text == "metaclass") {
                return fail(item->at, "pebble does not support metaclasses");
            }
        }
    }
    finish(node);
    node->b = block("class definition", from.line);
    return node;
}

}  // namespace pebble
