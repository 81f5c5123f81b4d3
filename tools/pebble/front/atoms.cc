// SPDX-License-Identifier: MIT
#include <algorithm>
#include <set>

#include "front/parser.h"

namespace pebble {

Node* Parser::primary() {
    const Pos from = here();
    if (is("await")) {
        return unsupported("await");
    }
    Node* node = atom();
    for (;;) {
        if (take(".")) {
            Node* attribute = make(Kind::Attribute, from);
            attribute->a = node;
            attribute->at_op = token().at;
            attribute->text = name();
            node = finish(attribute);
        } else if (is("(")) {
            node = call_arguments(node, from);
        } else if (is("[")) {
            node = subscript(node, from);
        } else {
            return node;
        }
    }
}

Node* Parser::call_arguments(Node* callee, Pos from) {
    Node* call = make(Kind::Call, from);
    call->a = callee;
    arguments(call);
    return finish(call);
}

void Parser::arguments(Node* call) {
    const Pos open = here();
    expect("(");
    while (!is(")") && !at_end()) {
        Node* item = argument();
        if (is("for")) {
            item = comprehension(Kind::GenExp, item->at.from, item);
            if (!call->items.empty() || is(",")) {
                fail(item->at, "Generator expression must be parenthesized");
            } else {
                // CPython gives a lone generator argument the place of the parentheses.
                item->at.from = open;
            }
        } else if (item->kind == Kind::Starred && !call->items.empty() &&
                   call->items.back()->kind == Kind::Keyword && call->items.back()->text.empty()) {
            fail(call->items.back()->at,
                 "iterable argument unpacking follows keyword argument unpacking");
        } else if (item->kind != Kind::Keyword && item->kind != Kind::Starred &&
                   !call->items.empty() && call->items.back()->kind == Kind::Keyword) {
            fail(token().at,
                 call->items.back()->text.empty()
                     ? "positional argument follows keyword argument unpacking"
                     : "positional argument follows keyword argument");
        }
        call->items.push_back(item);
        if (!take(",")) {
            break;
        }
    }
    expect(")");
}

Node* Parser::argument() {
    const Pos from = here();
    if (take("**")) {
        Node* node = make(Kind::Keyword, from);
        node->a = expression();
        return finish(node);
    }
    if (take("*")) {
        Node* node = make(Kind::Starred, from);
        node->a = expression();
        return finish(node);
    }
    if (token().kind == Tok::Name && ahead().text == "=" && ahead().kind == Tok::Op) {
        if (is("True") || is("False") || is("None")) {
            return fail({from, ahead().at.to}, "cannot assign to " + std::string(token().text));
        }
        Node* node = make(Kind::Keyword, from);
        node->text = name();
        advance();
        node->a = expression();
        return finish(node);
    }
    Node* node = named_expression();
    if (is("=")) {
        return fail({node->at.from, token().at.to},
                    "expression cannot contain assignment, perhaps you meant \"==\"?");
    }
    return node;
}

Node* Parser::subscript(Node* base, Pos from) {
    Node* node = make(Kind::Subscript, from);
    advance();
    node->a = base;
    const Pos start = here();
    node->b = slice();
    if (is(",")) {
        Node* tuple = make(Kind::Tuple, start);
        tuple->items.push_back(node->b);
        while (take(",") && !is("]")) {
            tuple->items.push_back(slice());
        }
        node->b = finish(tuple);
    }
    expect("]");
    return finish(node);
}

Node* Parser::slice() {
    const Pos from = here();
    Node* first = is(":") ? nullptr : star_or_named();
    if (!is(":")) {
        return first;
    }
    Node* node = make(Kind::Slice, from);
    advance();
    node->a = first;
    node->b = is(":") || is("]") || is(",") ? nullptr : expression();
    if (take(":")) {
        node->c = is("]") || is(",") ? nullptr : expression();
    }
    return finish(node);
}

Node* Parser::atom() {
    const Pos from = here();
    switch (token().kind) {
        case Tok::Name:
            return name_atom();
        case Tok::Number: {
            Node* node = make(Kind::Number, from);
            node->text = token().text;
            node->text.erase(std::remove(node->text.begin(), node->text.end(), '_'),
                             node->text.end());
            advance();
            return finish(node);
        }
        case Tok::String:
            return strings();
        case Tok::Op:
            if (is("(")) {
                return parenthesized();
            }
            if (is("[")) {
                return list_display();
            }
            if (is("{")) {
                return brace_display();
            }
            if (take("...")) {
                Node* node = make(Kind::Constant, from);
                node->text = "...";
                return node;
            }
            break;
        default:
            break;
    }
    return invalid_syntax();
}

Node* Parser::name_atom() {
    const Pos from = here();
    if (is("None") || is("True") || is("False")) {
        Node* node = make(Kind::Constant, from);
        node->text = token().text;
        advance();
        return finish(node);
    }
    Node* node = make(Kind::Name, from);
    node->text = name();
    return finish(node);
}

Node* Parser::parenthesized() {
    const Pos from = here();
    advance();
    Node* node = nullptr;
    if (is(")")) {
        node = make(Kind::Tuple, from);
    } else if (is("yield")) {
        node = yield_or_expressions();
    } else {
        node = star_or_named();
        if (is("for")) {
            node = comprehension(Kind::GenExp, from, node);
        } else if (is(",")) {
            Node* tuple = make(Kind::Tuple, from);
            tuple->items.push_back(node);
            while (take(",") && !is(")")) {
                tuple->items.push_back(star_or_named());
            }
            node = tuple;
        } else if (node->kind == Kind::Starred) {
            return fail(node->at, "cannot use starred expression here");
        } else {
            refuse_assignment(node);
        }
    }
    expect(")");
    node->parenthesized = true;
    if (node->kind == Kind::Tuple || node->kind == Kind::GenExp) {
        node->at.from = from;
        finish(node);
    }
    return node;
}

Node* Parser::list_display() {
    const Pos from = here();
    advance();
    Node* list = make(Kind::List, from);
    while (!is("]") && !at_end()) {
        Node* item = star_or_named();
        if (list->items.size() == 1 && is("for")) {
            return fail({list->items[0]->at.from, item->at.to},
                        "did you forget parentheses around the comprehension target?");
        }
        if (list->items.empty() && is("for")) {
            list = comprehension(Kind::ListComp, from, item);
            break;
        }
        list->items.push_back(item);
        refuse_assignment(item);
        if (!take(",")) {
            break;
        }
    }
    expect("]");
    return finish(list);
}

Node* Parser::brace_display() {
    const Pos from = here();
    advance();
    Node* node = make(Kind::Dict, from);
    while (!is("}") && !at_end()) {
        const bool first = node->items.empty();
        if (take("**")) {
            node->items.push_back(nullptr);
            node->items.push_back(binary(0));
        } else {
            Node* key = star_or_named();
            if (node->kind == Kind::Dict && take(":")) {
                const Span colon = tokens_[at_ - 1].at;
                if (is("}") || is(",")) {
                    return fail(colon, "expression expected after dictionary key and ':'");
                }
                Node* value = expression();
                if (first && is("for")) {
                    node = comprehension(Kind::DictComp, from, key);
                    node->b = value;
                    break;
                }
                node->items.push_back(key);
                node->items.push_back(value);
            } else if (first || node->kind == Kind::Set) {
                node->kind = Kind::Set;
                if (first && is("for")) {
                    node = comprehension(Kind::SetComp, from, key);
                    break;
                }
                node->items.push_back(key);
            } else {
                const Pos end = key->at.to;
                return fail({{end.line, end.column - 1}, end}, "':' expected after dictionary key");
            }
        }
        if (!take(",")) {
            break;
        }
    }
    expect("}");
    return finish(node);
}

Node* Parser::comprehension(Kind kind, Pos from, Node* element) {
    if (element->kind == Kind::Starred) {
        return fail(element->at, "iterable unpacking cannot be used in comprehension");
    }
    Node* node = make(kind, from);
    node->a = element;
    clauses(node);
    return finish(node);
}

void Parser::clauses(Node* comprehension) {
    while (is("for") || is("async")) {
        if (is("async")) {
            unsupported("async");
            return;
        }
        Node* clause = make(Kind::Clause, here());
        advance();
        clause->a = targets("in");
        expect("in");
        clause->b = or_test();
        while (take("if")) {
            // No conditional expression here: its `if` would be the next condition.
            const bool named = token().kind == Tok::Name && ahead().text == ":=";
            clause->items.push_back(named ? named_expression() : or_test());
        }
        comprehension->items.push_back(finish(clause));
    }
}

}  // namespace pebble
