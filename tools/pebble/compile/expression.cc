// SPDX-License-Identifier: MIT
#include <algorithm>
#include <set>

#include "compile/unit.h"

namespace pebble {

void Compiler::expression(const Node* node) {
    at(node);
    switch (node->kind) {
        case Kind::Name:
            return load_name(node->text);
        case Kind::Number:
            return number(node);
        case Kind::String:
        case Kind::Bytes:
            return load_const_text(node->text, node->kind == Kind::Bytes);
        case Kind::Constant:
            return constant(node);
        case Kind::FString:
            return f_string(node);
        case Kind::Attribute:
            expression(node->a);
            at(node);
            return emit(Op::LoadAttr, name_of(node->text));
        case Kind::Subscript:
            expression(node->a);
            expression(node->b);
            at(node);
            return emit(Op::GetItem);
        case Kind::Slice:
            return slice(node);
        case Kind::Call:
            return call(node);
        case Kind::Binary:
            expression(node->a);
            expression(node->b);
            at(node);
            return emit(Op::Binary, node->op);
        case Kind::Unary:
            if (node->op == static_cast<unsigned char>(UnOp::Neg) &&
                node->a->kind == Kind::Number) {
                return number(node);
            }
            expression(node->a);
            at(node);
            return emit(Op::Unary, node->op);
        case Kind::BoolOp:
            return bool_op(node);
        case Kind::Compare:
            return compare(node);
        case Kind::IfExp: {
            Label otherwise;
            Label end;
            condition(node->a, &otherwise, false);
            expression(node->b);
            jump(Op::Jump, &end);
            place(&otherwise);
            expression(node->c);
            return place(&end);
        }
        case Kind::Lambda:
            return lambda(node);
        case Kind::Tuple:
            return sequence(node, Op::BuildTuple, Op::ListAppend, Op::ListExtend);
        case Kind::List:
            return sequence(node, Op::BuildList, Op::ListAppend, Op::ListExtend);
        case Kind::Set:
            return sequence(node, Op::BuildSet, Op::SetAdd, Op::SetUpdate);
        case Kind::Dict:
            return dict_display(node);
        case Kind::ListComp:
        case Kind::SetComp:
        case Kind::DictComp:
        case Kind::GenExp:
            return comprehension(node);
        case Kind::Yield:
        case Kind::YieldFrom:
            return yield(node);
        case Kind::NamedExpr:
            expression(node->b);
            emit(Op::Copy, 1);
            return store(node->a);
        case Kind::Starred:
            return fail(node->at, "can't use starred expression here");
        default:
            return fail(node->at, "invalid syntax");
    }
}

void Compiler::number(const Node* node) {
    const bool negative = node->kind == Kind::Unary;
    const std::string text = (negative ? "-" : "") + (negative ? node->a->text : node->text);
    const bool hex = text.size() > 2 &&
                     (text.find('x') != std::string::npos || text.find('X') != std::string::npos);
    if (!hex && (text.back() == 'j' || text.back() == 'J')) {
        double value = 0;
        parse_float(text.substr(0, text.size() - 1), &value);
        Ref number = new_imaginary(value);
        return load_const(number, "c" + text);
    }
    if (!hex && text.find_first_of(".eE") != std::string::npos) {
        double value = 0;
        parse_float(text, &value);
        Ref number = new_float(value);
        return load_const(number, "f" + text);
    }
    Ref number = parse_int(text, 0);
    load_const(number, "i" + text);
}

void Compiler::constant(const Node* node) {
    Value value = node->text == "None"    ? none()
                  : node->text == "True"  ? truth(true)
                  : node->text == "False" ? truth(false)
                                          : pebble::constant(kEllipsisIndex);
    load_const(value, node->text == "None" ? "none" : node->text);
}

void Compiler::f_string(const Node* node) {
    for (const Node* item : node->items) {
        if (item->kind == Kind::String) {
            load_text(item->text);
            continue;
        }
        expression(item->a);
        if (item->b != nullptr) {
            f_string(item->b);
        }
        at(node);
        emit(Op::FormatValue, item->op | (item->b != nullptr ? 256u : 0u));
    }
    if (node->items.size() != 1) {
        emit(Op::BuildString, static_cast<uint32_t>(node->items.size()));
    }
}

void Compiler::slice(const Node* node) {
    for (const Node* part : {node->a, node->b}) {
        part != nullptr ? expression(part) : load_none();
    }
    if (node->c != nullptr) {
        expression(node->c);
    }
    emit(Op::BuildSlice, node->c != nullptr ? 3 : 2);
}

// Calls.

namespace {

bool is_unpacked(const Node* argument) {
    return argument->kind == Kind::Starred ||
           (argument->kind == Kind::Keyword && argument->text.empty());
}

}  // namespace

void Compiler::call(const Node* node) {
    const bool unpacked = std::any_of(node->items.begin(), node->items.end(), is_unpacked);
    if (node->a->kind == Kind::Attribute && !unpacked) {
        expression(node->a->a);
        at(node->a);
        emit(Op::LoadMethod, name_of(node->a->text));
    } else {
        emit(Op::PushNull);
        expression(node->a);
    }
    at(node);
    call_parts(node->items, 0);
}

/// Arguments and the call itself; `given` arguments are on the stack already.
void Compiler::call_parts(const std::vector<Node*>& items, uint32_t given) {
    const CodePlace where = unit_->place;
    std::set<std::string> seen;
    bool unpacked = false;
    Ref keywords = new_list();
    for (const Node* item : items) {
        const bool keyword = item->kind == Kind::Keyword;
        unpacked = unpacked || is_unpacked(item);
        if (keyword && !item->text.empty()) {
            if (!seen.insert(item->text).second) {
                fail(item->at, "keyword argument repeated: " + item->text);
            }
            list_append(keywords.as<List>(), val(intern(item->text)));
        }
    }
    if (unpacked) {
        call_unpacked(items, given);
        return;
    }
    for (const Node* item : items) {
        expression(item->kind == Kind::Keyword ? item->a : item);
    }
    unit_->place = where;
    const uint32_t count = given + static_cast<uint32_t>(items.size());
    if (seen.empty()) {
        return emit(Op::Call, count);
    }
    Ref names = new_tuple(keywords.as<List>()->items.count, keywords.as<List>()->items.data());
    load_const(names, "");
    emit(Op::CallKeywords, count);
}

void Compiler::call_unpacked(const std::vector<Node*>& items, uint32_t given) {
    const CodePlace where = unit_->place;
    emit(Op::BuildList, given);
    bool keywords = false;
    const auto positional = std::count_if(
        items.begin(), items.end(), [](const Node* item) { return item->kind != Kind::Keyword; });
    const uint32_t alone = given + static_cast<size_t>(positional) == 1 ? 1 : 0;
    for (const Node* item : items) {
        if (item->kind == Kind::Keyword) {
            keywords = true;
        } else {
            expression(item->kind == Kind::Starred ? item->a : item);
            unit_->place = where;
            emit(item->kind == Kind::Starred ? Op::ListExtend : Op::ListAppend,
                 item->kind == Kind::Starred ? alone : 1);
        }
    }
    emit(Op::ListToTuple);
    if (keywords) {
        bool merged = false;
        emit(Op::BuildMap, 0);
        for (const Node* item : items) {
            if (item->kind != Kind::Keyword) {
                continue;
            }
            if (item->text.empty()) {
                expression(item->a);
                unit_->place = where;
                emit(Op::DictMerge);
                merged = true;
                continue;
            }
            // Behind a mapping the name may be there already: then it is merged, too.
            if (merged) {
                emit(Op::BuildMap, 0);
            }
            load_text(item->text);
            expression(item->a);
            emit(Op::MapAdd, 1);
            if (merged) {
                unit_->place = where;
                emit(Op::DictMerge);
            }
        }
    }
    unit_->place = where;
    emit(Op::CallEx, keywords ? 1 : 0);
}

// Displays.

void Compiler::sequence(const Node* node, Op build, Op add, Op extend) {
    bool starred = false;
    for (const Node* item : node->items) {
        starred = starred || item->kind == Kind::Starred;
    }
    if (!starred) {
        for (const Node* item : node->items) {
            expression(item);
        }
        at(node);
        return emit(build, static_cast<uint32_t>(node->items.size()));
    }
    emit(build == Op::BuildTuple ? Op::BuildList : build, 0);
    for (const Node* item : node->items) {
        expression(item->kind == Kind::Starred ? item->a : item);
        at(node);
        item->kind == Kind::Starred ? emit(extend) : emit(add, 1);
    }
    if (build == Op::BuildTuple) {
        emit(Op::ListToTuple);
    }
}

void Compiler::dict_display(const Node* node) {
    bool unpacked = false;
    for (size_t i = 0; i < node->items.size(); i += 2) {
        unpacked = unpacked || node->items[i] == nullptr;
    }
    if (!unpacked && node->items.size() <= 64) {
        for (const Node* item : node->items) {
            expression(item);
        }
        at(node);
        return emit(Op::BuildMap, static_cast<uint32_t>(node->items.size() / 2));
    }
    emit(Op::BuildMap, 0);
    for (size_t i = 0; i < node->items.size(); i += 2) {
        if (node->items[i] == nullptr) {
            expression(node->items[i + 1]);
            at(node);
            emit(Op::DictUpdate);
        } else {
            expression(node->items[i]);
            expression(node->items[i + 1]);
            emit(Op::MapAdd, 1);
        }
    }
}

// Conditions.

void Compiler::compare(const Node* node) {
    const auto operation = [&](CmpOp op) {
        at(node);
        if (op <= CmpOp::Ge) {
            emit(Op::Compare, static_cast<uint32_t>(op));
        } else if (op == CmpOp::Is || op == CmpOp::IsNot) {
            emit(Op::Is, op == CmpOp::IsNot);
        } else {
            emit(Op::Contains, op == CmpOp::NotIn);
        }
    };
    expression(node->a);
    Label cleanup;
    const size_t last = node->ops.size() - 1;
    for (size_t i = 0; i < last; ++i) {
        expression(node->items[i]);
        emit(Op::Swap, 2);
        emit(Op::Copy, 2);
        operation(node->ops[i]);
        jump(Op::JumpIfFalseOrPop, &cleanup);
    }
    expression(node->items[last]);
    operation(node->ops[last]);
    if (last > 0) {
        Label end;
        jump(Op::Jump, &end);
        place(&cleanup);
        emit(Op::Swap, 2);
        emit(Op::Pop);
        place(&end);
    }
}

void Compiler::bool_op(const Node* node) {
    Label end;
    const bool is_or = node->op == static_cast<unsigned char>(BoolOpKind::Or);
    for (size_t i = 0; i < node->items.size(); ++i) {
        expression(node->items[i]);
        if (i + 1 < node->items.size()) {
            jump(is_or ? Op::JumpIfTrueOrPop : Op::JumpIfFalseOrPop, &end);
        }
    }
    place(&end);
}

/// Jumps to `target` if the truth of `node` is `jump_if`, else goes on.
void Compiler::condition(const Node* node, Label* target, bool jump_if) {
    if (node->kind == Kind::Unary && node->op == static_cast<unsigned char>(UnOp::Not)) {
        return condition(node->a, target, !jump_if);
    }
    if (node->kind == Kind::BoolOp) {
        const bool is_or = node->op == static_cast<unsigned char>(BoolOpKind::Or);
        Label skip;
        for (size_t i = 0; i + 1 < node->items.size(); ++i) {
            condition(node->items[i], is_or == jump_if ? target : &skip, is_or);
        }
        condition(node->items.back(), target, jump_if);
        return place(&skip);
    }
    expression(node);
    at(node);
    jump(jump_if ? Op::PopJumpIfTrue : Op::PopJumpIfFalse, target);
}

}  // namespace pebble
