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

/// What CPython calls an expression that cannot be a target.
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
        default:
            return "expression";
    }
}

}  // namespace

void Parser::make_store(Node* node, const char* verb, bool alone) {
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
    if (alone && node->kind != Kind::Constant && node->kind != Kind::Yield) {
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
