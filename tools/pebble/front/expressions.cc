// SPDX-License-Identifier: MIT
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
    {"|", BinOp::Or, 0},
    {"^", BinOp::Xor, 1},
    {"&", BinOp::And, 2},
    {"<<", BinOp::LShift, 3},
    {">>", BinOp::RShift, 3},
    {"+", BinOp::Add, 4},
    {"-", BinOp::Sub, 4},
    {"*", BinOp::Mul, 5},
    {"/", BinOp::TrueDiv, 5},
    {"//", BinOp::FloorDiv, 5},
    {"%", BinOp::Mod, 5},
    {"@", BinOp::MatMul, 5},
};
constexpr int kLevels = 6;

/// Can an `=` behind it have been meant as a comparison? Not if it binds less than one.
bool can_be_compared(const Node* node) {
    switch (node->kind) {
        case Kind::Tuple:
        case Kind::List:
        case Kind::GenExp:
            return false;
        case Kind::Constant:
            return node->text == "...";
        case Kind::Unary:
            return node->parenthesized || node->op != static_cast<unsigned char>(UnOp::Not);
        case Kind::Compare:
        case Kind::BoolOp:
        case Kind::IfExp:
        case Kind::Lambda:
        case Kind::Yield:
        case Kind::YieldFrom:
        case Kind::NamedExpr:
            return node->parenthesized;
        default:
            return true;
    }
}

}  // namespace

std::string describe(const Node* node) {
    switch (node->kind) {
        case Kind::Call:
            return "function call";
        case Kind::Number:
        case Kind::String:
        case Kind::Bytes:
            return "literal";
        case Kind::Constant:
            return node->text == "..." ? "ellipsis" : node->text;
        case Kind::FString:
            return "f-string expression";
        case Kind::Compare:
            return "comparison";
        case Kind::IfExp:
            return "conditional expression";
        case Kind::Lambda:
            return "lambda";
        case Kind::Dict:
            return "dict literal";
        case Kind::Set:
            return "set display";
        case Kind::ListComp:
            return "list comprehension";
        case Kind::SetComp:
            return "set comprehension";
        case Kind::DictComp:
            return "dict comprehension";
        case Kind::GenExp:
            return "generator expression";
        case Kind::Yield:
        case Kind::YieldFrom:
            return "yield expression";
        case Kind::NamedExpr:
            return "named expression";
        case Kind::Tuple:
            return "tuple";
        case Kind::List:
            return "list";
        case Kind::Attribute:
            return "attribute";
        case Kind::Subscript:
            return "subscript";
        case Kind::Starred:
            return "starred";
        default:
            return "expression";
    }
}

void Parser::make_store(Node* node, const char* verb, bool alone) {
    if (problem_->found()) {
        return;
    }
    const bool assign = std::string_view(verb) == "assign to";
    switch (node->kind) {
        case Kind::Name:
            if (node->text == "__debug__") {
                break;
            }
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
                    fail(node->at, "multiple starred expressions in assignment");
                    return;
                }
                make_store(item, verb);
            }
            return;
        }
        default:
            break;
    }
    std::string message = std::string("cannot ") + verb + " " +
                          (node->kind == Kind::Name ? node->text : describe(node));
    if (alone && node->kind != Kind::Name && can_be_compared(node)) {
        message += " here. Maybe you meant '==' instead of '='?";
    }
    fail(node->at, std::move(message));
}

bool Parser::starts_expression() const {
    if (token().kind == Tok::Name) {
        static const std::set<std::string_view> openers = {
            "None", "True", "False", "not", "lambda", "yield", "await"};
        return !is_keyword(token().text) || openers.count(token().text) != 0;
    }
    if (token().kind == Tok::Op) {
        return std::string_view("([{-+~*").find(token().text[0]) != std::string_view::npos ||
               token().text == "...";
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
    if (token().kind == Tok::Name && ahead().text == ":=") {
        advance();
        return invalid_syntax();  // a walrus stands in parentheses, or where it is an argument
    }
    Node* first = star_or_named();
    if (!is(",")) {
        if (first->kind == Kind::Starred) {
            return fail(first->at,
                        is("=") ? "starred assignment target must be in a list or tuple"
                                : "can't use starred expression here");
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

void Parser::refuse_assignment(Node* node) {
    if (is(":=") && node->kind == Kind::NamedExpr && !node->parenthesized) {
        invalid_syntax();
    } else if (is(":=")) {
        fail(node->at, "cannot use assignment expressions with " + describe(node));
    } else if (is("=") && node->kind == Kind::Name) {
        advance();
        binary(0);
        if (!is("=") && !is(":=")) {
            fail({node->at.from, last_end_},
                 "invalid syntax. Maybe you meant '==' or ':=' instead of '='?");
        }
    } else if (is("=") && can_be_compared(node)) {
        fail(node->at,
             "cannot assign to " + describe(node) + " here. Maybe you meant '==' instead of '='?");
    }
}

bool Parser::in_brackets() const {
    int open = 0;
    for (size_t i = 0; i < at_; ++i) {
        if (tokens_[i].kind == Tok::Op) {
            open += std::string_view("([{").find(tokens_[i].text) != std::string_view::npos;
            open -= std::string_view(")]}").find(tokens_[i].text) != std::string_view::npos;
        }
    }
    return open > 0;
}

/// Refuses an expression that stands right behind `node` and starts where the parser is.
void Parser::refuse_neighbour(Node* node) {
    const bool prefix = node->kind == Kind::Name && is_kind(Tok::String);
    if (node->kind == Kind::Name && (node->text == "print" || node->text == "exec")) {
        expressions();
        fail({node->at.from, last_end_},
             "Missing parentheses in call to '" + node->text + "'. Did you mean " + node->text +
                 "(...)?");
    } else if (in_brackets() && !prefix) {
        is("lambda") ? lambda() : or_test();
        fail({node->at.from, last_end_}, "invalid syntax. Perhaps you forgot a comma?");
    }
}

/// Nesting is bounded here, before the C++ stack is.
bool Parser::too_deep() {
    if (depth_ <= 200) {
        return false;
    }
    fail_here("too many nested parentheses");
    return true;
}

Node* Parser::expression() {
    if (too_deep()) {
        return make(Kind::Pass, here());
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
        } else if ((token().kind != Tok::Op || is("{") || is("~") || is("...")) && !is("yield") &&
                   starts_expression()) {
            refuse_neighbour(result);
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
    if (too_deep()) {
        return make(Kind::Pass, from);
    }
    ++depth_;
    Node* node = make(Kind::Unary, from);
    node->op = static_cast<unsigned char>(UnOp::Not);
    node->a = not_test();
    --depth_;
    return finish(node);
}

bool Parser::comparison_operator(CmpOp* op) {
    static constexpr struct {
        std::string_view text;
        CmpOp op;
    } kComparisons[] = {{"<", CmpOp::Lt},
                        {"<=", CmpOp::Le},
                        {"==", CmpOp::Eq},
                        {"!=", CmpOp::Ne},
                        {">", CmpOp::Gt},
                        {">=", CmpOp::Ge},
                        {"in", CmpOp::In}};
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
    if (too_deep()) {
        return make(Kind::Pass, from);
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

}  // namespace pebble
