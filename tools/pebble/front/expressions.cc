#include <algorithm>
#include <set>
#include <utility>

#include "front/parser.h"

namespace pebble {

namespace {

struct Level {
    std::string_view text;
    BinOp op;
    int level;
};
constexpr Level kBinary[] = {
    {"|", BinOp::Or, 0},      {"^", BinOp::Xor, 1},      {"&", BinOp::And, 2},      {"<<", BinOp::LShift, 3}, {">>", BinOp::RShift, 3},
    {"+", BinOp::Add, 4},     {"-", BinOp::Sub, 4},      {"*", BinOp::Mul, 5},      {"/", BinOp::TrueDiv, 5}, {"//", BinOp::FloorDiv, 5},
    {"%", BinOp::Mod, 5},     {"@", BinOp::MatMul, 5},
};
constexpr int kLevels = 6;

/// What CPython calls an expression that cannot be a target.
std::string describe(const Node* node) {
    switch (node->kind) {
        case Kind::Call: return "function call";
        case Kind::Number:
        case Kind::String:
        case Kind::Bytes: return "literal";
        case Kind::Constant: return node->text == "..." ? "ellipsis" : node->text;
        case Kind::FString: return "f-string expression";
        case Kind::Compare: return "comparison";
        case Kind::IfExp: return "conditional expression";
        case Kind::Lambda: return "lambda";
        case Kind::Dict: return "dict literal";
        case Kind::Set: return "set display";
        case Kind::ListComp: return "list comprehension";
        case Kind::SetComp: return "set comprehension";
        case Kind::DictComp: return "dict comprehension";
        case Kind::GenExp: return "generator expression";
        case Kind::Yield:
        case Kind::YieldFrom: return "yield expression";
        case Kind::NamedExpr: return "named expression";
        default: return "expression";
    }
}

}  // namespace

void Parser::make_store(Node* node, const char* verb) {
    if (problem_->found()) {
        return;
    }
    const bool assign = std::string_view(verb) == "assign to";
    switch (node->kind) {
        case Kind::Name:
            node->store = true;
            return;
        case Kind::Attribute:
        case Kind::Subscript:
            return;
        case Kind::Starred:
            if (assign) {
                return make_store(node->a, verb);
            }
            break;
        case Kind::Tuple:
        case Kind::List: {
            bool starred = false;
            for (Node* item : node->items) {
                if (item->kind == Kind::Starred && std::exchange(starred, true)) {
                    fail(item->at, "multiple starred expressions in assignment");
                    return;
                }
                make_store(item, verb);
            }
            return;
        }
        default:
            break;
    }
    std::string message = std::string("cannot ") + verb + " " + describe(node);
    if (assign && is("=") && node->kind != Kind::Constant && node->kind != Kind::Yield) {
        message += " here. Maybe you meant '==' instead of '='?";
    }
    fail(node->at, std::move(message));
}

bool Parser::starts_expression() const {
    if (token().kind == Tok::Name) {
        static const std::set<std::string_view> openers = {"None", "True", "False", "not", "lambda", "yield", "await"};
        return !is_keyword(token().text) || openers.count(token().text) != 0;
    }
    if (token().kind == Tok::Op) {
        return std::string_view("([{-+~*").find(token().text[0]) != std::string_view::npos || token().text == "...";
    }
    return token().kind == Tok::Number || token().kind == Tok::String;
}

Node* Parser::yield_or_expressions() {
    const Pos from = here();
    if (!take("yield")) {
        return expressions();
    }
    if (take("from")) {
        Node* node = make(Kind::YieldFrom, from);
        node->a = expression();
        return finish(node);
    }
    Node* node = make(Kind::Yield, from);
    node->a = starts_expression() ? expressions() : nullptr;
    return finish(node);
}

Node* Parser::star_or_named() {
    const Pos from = here();
    if (take("*")) {
        Node* node = make(Kind::Starred, from);
        node->a = binary(0);
        return finish(node);
    }
    return named_expression();
}

Node* Parser::expressions() {
    if (is("yield")) {
        return yield_or_expressions();
    }
    const Pos from = here();
    Node* first = star_or_named();
    if (!is(",")) {
        if (first->kind == Kind::Starred) {
            // A lone star is only legal before `=`, where the assignment will refuse it properly.
            return fail(first->at, "can't use starred expression here");
        }
        return first;
    }
    Node* tuple = make(Kind::Tuple, from);
    tuple->items.push_back(first);
    while (take(",") && starts_expression()) {
        tuple->items.push_back(star_or_named());
    }
    return finish(tuple);
}

Node* Parser::targets(std::string_view stop) {
    const Pos from = here();
    std::vector<Node*> items;
    bool comma = false;
    while (!is(stop) && !at_end()) {
        const Pos start = here();
        if (take("*")) {
            Node* star = make(Kind::Starred, start);
            star->a = primary();
            items.push_back(finish(star));
        } else {
            items.push_back(primary());
        }
        comma = take(",");
        if (!comma) {
            break;
        }
    }
    if (items.empty()) {
        return invalid_syntax();
    }
    Node* result = items[0];
    if (comma || items.size() > 1) {
        result = make(Kind::Tuple, from);
        result->items = std::move(items);
    }
    make_store(result, "assign to");
    return result;
}

Node* Parser::named_expression() {
    const Pos from = here();
    if (token().kind == Tok::Name && ahead().text == ":=" && !is_keyword(token().text)) {
        Node* node = make(Kind::NamedExpr, from);
        node->a = make(Kind::Name, from);
        node->a->text = name();
        node->a->store = true;
        finish(node->a);
        advance();
        node->b = expression();
        return finish(node);
    }
    return expression();
}

Node* Parser::expression() {
    // Nesting is bounded here, before the C++ stack is.
    if (depth_ > 200) {
        return fail_here("too many nested parentheses");
    }
    ++depth_;
    const Pos from = here();
    Node* result = nullptr;
    if (is("lambda")) {
        result = lambda();
    } else {
        result = or_test();
        if (is("if")) {
            Node* node = make(Kind::IfExp, from);
            advance();
            node->b = result;
            node->a = or_test();
            if (!is("else")) {
                fail({node->at.from, last_end_}, "expected 'else' after 'if' expression");
            }
            take("else");
            node->c = expression();
            result = finish(node);
        }
    }
    --depth_;
    return result;
}

Node* Parser::lambda() {
    Node* node = make(Kind::Lambda, here());
    advance();
    node->a = params(":", false);
    expect(":");
    node->b = expression();
    return finish(node);
}

Node* Parser::or_test() {
    const Pos from = here();
    Node* first = and_test();
    if (!is("or")) {
        return first;
    }
    Node* node = make(Kind::BoolOp, from);
    node->op = static_cast<unsigned char>(BoolOpKind::Or);
    node->items.push_back(first);
    while (take("or")) {
        node->items.push_back(and_test());
    }
    return finish(node);
}

Node* Parser::and_test() {
    const Pos from = here();
    Node* first = not_test();
    if (!is("and")) {
        return first;
    }
    Node* node = make(Kind::BoolOp, from);
    node->op = static_cast<unsigned char>(BoolOpKind::And);
    node->items.push_back(first);
    while (take("and")) {
        node->items.push_back(not_test());
    }
    return finish(node);
}

Node* Parser::not_test() {
    const Pos from = here();
    if (!take("not")) {
        return comparison();
    }
    Node* node = make(Kind::Unary, from);
    node->op = static_cast<unsigned char>(UnOp::Not);
    node->a = not_test();
    return finish(node);
}

bool Parser::comparison_operator(CmpOp* op) {
    static constexpr struct {
        std::string_view text;
        CmpOp op;
    } kComparisons[] = {{"<", CmpOp::Lt}, {"<=", CmpOp::Le}, {"==", CmpOp::Eq}, {"!=", CmpOp::Ne}, {">", CmpOp::Gt}, {">=", CmpOp::Ge}, {"in", CmpOp::In}};
    for (const auto& candidate : kComparisons) {
        if (take(candidate.text)) {
            *op = candidate.op;
            return true;
        }
    }
    if (take("is")) {
        *op = take("not") ? CmpOp::IsNot : CmpOp::Is;
        return true;
    }
    if (is("not") && ahead().text == "in") {
        advance();
        advance();
        *op = CmpOp::NotIn;
        return true;
    }
    return false;
}

Node* Parser::comparison() {
    const Pos from = here();
    Node* first = binary(0);
    CmpOp op;
    if (!comparison_operator(&op)) {
        return first;
    }
    Node* node = make(Kind::Compare, from);
    node->a = first;
    do {
        node->ops.push_back(op);
        node->items.push_back(binary(0));
    } while (comparison_operator(&op));
    return finish(node);
}

Node* Parser::binary(int level) {
    if (level == kLevels) {
        return factor();
    }
    const Pos from = here();
    Node* left = binary(level + 1);
    for (;;) {
        const Level* found = nullptr;
        for (const Level& candidate : kBinary) {
            if (candidate.level == level && is(candidate.text)) {
                found = &candidate;
            }
        }
        if (found == nullptr) {
            return left;
        }
        Node* node = make(Kind::Binary, from);
        node->at_op = token().at;
        advance();
        node->op = static_cast<unsigned char>(found->op);
        node->a = left;
        node->b = binary(level + 1);
        left = finish(node);
    }
}

Node* Parser::factor() {
    const Pos from = here();
    const UnOp op = is("-") ? UnOp::Neg : is("+") ? UnOp::Pos : UnOp::Invert;
    if (!is("-") && !is("+") && !is("~")) {
        return power();
    }
    if (depth_ > 200) {
        return fail_here("too many nested parentheses");
    }
    ++depth_;
    advance();
    Node* node = make(Kind::Unary, from);
    node->op = static_cast<unsigned char>(op);
    node->a = factor();
    --depth_;
    return finish(node);
}

Node* Parser::power() {
    const Pos from = here();
    Node* base = primary();
    if (!is("**")) {
        return base;
    }
    Node* node = make(Kind::Binary, from);
    node->at_op = token().at;
    advance();
    node->op = static_cast<unsigned char>(BinOp::Pow);
    node->a = base;
    node->b = factor();
    return finish(node);
}

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
        } else if (item->kind != Kind::Keyword && item->kind != Kind::Starred && !call->items.empty() &&
                   call->items.back()->kind == Kind::Keyword) {
            fail(item->at, call->items.back()->text.empty() ? "positional argument follows keyword argument unpacking"
                                                             : "positional argument follows keyword argument");
        }
        call->items.push_back(item);
        if (!take(",")) {
            break;
        }
    }
    if (!is(")") && starts_expression() && !call->items.empty()) {
        fail({call->items.back()->at.from, token().at.to}, "invalid syntax. Perhaps you forgot a comma?");
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
        Node* node = make(Kind::Keyword, from);
        node->text = name();
        advance();
        node->a = expression();
        return finish(node);
    }
    Node* node = named_expression();
    if (is("=")) {
        return fail(node->at, "expression cannot contain assignment, perhaps you meant \"==\"?");
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
            node->text.erase(std::remove(node->text.begin(), node->text.end(), '_'), node->text.end());
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
        } else if (starts_expression()) {
            return fail({node->at.from, token().at.to}, "invalid syntax. Perhaps you forgot a comma?");
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
        if (list->items.empty() && is("for")) {
            list = comprehension(Kind::ListComp, from, item);
            break;
        }
        list->items.push_back(item);
        if (!take(",")) {
            if (starts_expression()) {
                return fail({item->at.from, token().at.to}, "invalid syntax. Perhaps you forgot a comma?");
            }
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
                return fail_here("':' expected after dictionary key");
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
