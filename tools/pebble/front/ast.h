// SPDX-License-Identifier: MIT
/// The syntax tree: plain nodes of one struct, living together in an Ast.
#ifndef PEBBLE_FRONT_AST_H
#define PEBBLE_FRONT_AST_H

#include <deque>
#include <string>
#include <vector>

#include "front/source.h"

namespace pebble {

/// What a node is, and what its fields mean. Fields not named are unused. `[x]` may be null.
enum class Kind : unsigned char {
    // Expressions.
    Name,       ///< text; store: it is bound here
    Number,     ///< text: the literal
    String,     ///< text: the value, UTF-8
    Bytes,      ///< text: the value
    Constant,   ///< text: None True False ...
    FString,    ///< items: String and Field nodes
    Field,      ///< a: expression, [b]: FString of the format spec, op: conversion or 0
    Attribute,  ///< a . text
    Subscript,  ///< a [ b ]
    Slice,      ///< [a] : [b] : [c]
    Call,       ///< a ( items ), items: expressions, Starred, Keyword
    Keyword,    ///< text = a; an empty text is `**a`
    Starred,    ///< *a
    Binary,     ///< a op b; at_op: the operator's place
    Unary,      ///< op a
    BoolOp,     ///< items joined by op (And, Or)
    Compare,    ///< a, then ops[i] items[i]
    IfExp,      ///< b if a else c
    Lambda,     ///< a: Params, b: body
    Tuple,      ///< items
    List,       ///< items
    Set,        ///< items
    Dict,       ///< items: key, value, key, value …; a null key is `**value`
    ListComp,   ///< a: element, items: For clauses
    SetComp,    ///< a: element, items: For clauses
    DictComp,   ///< a: key, b: value, items: For clauses
    GenExp,     ///< a: element, items: For clauses
    Clause,     ///< for a in b, items: conditions
    Yield,      ///< [a]
    YieldFrom,  ///< a
    NamedExpr,  ///< a (a Name) := b
    // Statements.
    Module,       ///< items
    Block,        ///< items
    FunctionDef,  ///< text, a: Params, b: Block, [c]: annotation, items: decorators
    Params,       ///< items: Param
    Param,        ///< text, [a]: default, [b]: annotation, op: ParamKind
    ClassDef,     ///< text, b: Block, items: decorators, more: arguments as of a Call
    Return,       ///< [a]
    Delete,       ///< items
    Assign,       ///< items: targets, a: value
    AugAssign,    ///< a op= b
    AnnAssign,    ///< a: c [= b], where c is the annotation
    For,          ///< for a in b, c: Block, [d]: else Block
    While,        ///< while a, c: Block, [d]: else Block
    If,           ///< if a, c: Block, [d]: else Block or If
    With,         ///< items: WithItem, c: Block
    WithItem,     ///< a [as b]
    Raise,        ///< [a] [from b]
    Try,          ///< c: Block, items: Handler, [d]: else, [b]: finally
    Handler,      ///< except [a] [as text], c: Block
    Assert,       ///< a [, b]
    Import,       ///< items: Alias
    ImportFrom,   ///< text: module, op: leading dots, items: Alias; none is `*`
    Alias,        ///< text [as alias]
    Global,       ///< items: Name
    Nonlocal,     ///< items: Name
    ExprStmt,     ///< a
    Pass,
    Break,
    Continue
};

/// Operators of Binary and AugAssign, in the order of their special methods.
enum class BinOp : unsigned char {
    Add,
    Sub,
    Mul,
    MatMul,
    TrueDiv,
    FloorDiv,
    Mod,
    Pow,
    LShift,
    RShift,
    And,
    Or,
    Xor
};
enum class UnOp : unsigned char { Neg, Pos, Invert, Not };
enum class CmpOp : unsigned char { Lt, Le, Eq, Ne, Gt, Ge, Is, IsNot, In, NotIn };
enum class BoolOpKind : unsigned char { And, Or };
enum class ParamKind : unsigned char { PositionalOnly, Plain, Star, KeywordOnly, StarStar };

struct Node {
    Kind kind = Kind::Pass;
    unsigned char op = 0;
    bool store = false;          ///< Name: bound or deleted here
    bool parenthesized = false;  ///< stood in parentheses
    Span at;
    Span at_op;
    std::string text;
    std::string alias;
    Node* a = nullptr;
    Node* b = nullptr;
    Node* c = nullptr;
    Node* d = nullptr;
    std::vector<Node*> items;
    std::vector<Node*> more;
    std::vector<CmpOp> ops;
};

/// Owns the nodes of one source.
class Ast {
  public:
    Node* make(Kind kind, Span at) {
        Node& node = nodes_.emplace_back();
        node.kind = kind;
        node.at = at;
        return &node;
    }

    Node* root = nullptr;

  private:
    std::deque<Node> nodes_;
};

}  // namespace pebble

#endif
