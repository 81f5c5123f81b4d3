// SPDX-License-Identifier: MIT
#include "compile/unit.h"

namespace pebble {

// Comprehensions and generators.

void Compiler::comprehension(const Node* node) {
    static const std::map<Kind, std::pair<const char*, Op>> kinds = {
        {Kind::ListComp, {"<listcomp>", Op::BuildList}},
        {Kind::SetComp, {"<setcomp>", Op::BuildSet}},
        {Kind::DictComp, {"<dictcomp>", Op::BuildMap}},
        {Kind::GenExp, {"<genexpr>", Op::Nop}}};
    const auto& [name, build] = kinds.at(node->kind);
    Scope* scope = scopes_->by_node[node];
    Unit unit;
    emit(Op::PushNull);
    open_unit(&unit, scope, name, node);
    unit.data->positional = unit.data->positional_only = 1;
    unit.data->simple = true;
    if (build != Op::Nop) {
        emit(build, 0);
    }
    clause(node, 0, 1);
    if (build == Op::Nop) {
        load_none();
    }
    emit(Op::Return);
    make_function(close_unit(name), 0, *scope);
    expression(node->items[0]->b);
    at(node);
    emit(Op::GetIter);
    emit(Op::Call, 1);
}

void Compiler::clause(const Node* node, size_t index, uint32_t level) {
    const Node* clause_node = node->items[index];
    Label next;
    Label end;
    if (index == 0) {
        emit(Op::LoadFast, 0);
    } else {
        expression(clause_node->b);
        emit(Op::GetIter);
    }
    place(&next);
    at(clause_node->b);
    jump(Op::ForIter, &end);
    store(clause_node->a);
    for (const Node* test : clause_node->items) {
        condition(test, &next, false);
    }
    if (index + 1 < node->items.size()) {
        clause(node, index + 1, level + 1);
    } else {
        expression(node->a);
        at(node->a);
        switch (node->kind) {
            case Kind::ListComp:
                emit(Op::ListAppend, level + 1);
                break;
            case Kind::SetComp:
                emit(Op::SetAdd, level + 1);
                break;
            case Kind::DictComp:
                expression(node->b);
                emit(Op::MapAdd, level + 1);
                break;
            default:
                emit(Op::Yield);
                emit(Op::Pop);
        }
    }
    jump(Op::JumpBack, &next);
    place(&end);
}

void Compiler::yield(const Node* node) {
    if (node->kind == Kind::YieldFrom) {
        expression(node->a);
        at(node);
        emit(Op::YieldFromIter);
        load_none();
        return delegate();
    }
    node->a != nullptr ? expression(node->a) : load_none();
    at(node);
    emit(Op::Yield);
}

void Compiler::delegate() {
    Label loop;
    Label end;
    place(&loop);
    jump(Op::Send, &end);
    emit(Op::Yield, 1);
    jump(Op::JumpBack, &loop);
    place(&end);
}

// Functions.

void Compiler::lambda(const Node* node) {
    const uint32_t flags = defaults(node->a);
    Scope* scope = scopes_->by_node[node];
    Unit unit;
    open_unit(&unit, scope, "<lambda>", node);
    function_data(node->a);
    expression(node->b);
    emit(Op::Return);
    make_function(close_unit("<lambda>"), flags, *scope);
}

/// Pushes the default values; returns the flags for MakeFunction.
uint32_t Compiler::defaults(const Node* params) {
    uint32_t positional = 0;
    uint32_t keyword = 0;
    for (const Node* param : params->items) {
        if (param->a != nullptr &&
            param->op != static_cast<unsigned char>(ParamKind::KeywordOnly)) {
            expression(param->a);
            ++positional;
        }
    }
    if (positional > 0) {
        emit(Op::BuildTuple, positional);
    }
    for (const Node* param : params->items) {
        if (param->a != nullptr &&
            param->op == static_cast<unsigned char>(ParamKind::KeywordOnly)) {
            load_text(param->text);
            expression(param->a);
            ++keyword;
        }
    }
    if (keyword > 0) {
        emit(Op::BuildMap, keyword);
    }
    return (positional > 0 ? 1u : 0u) | (keyword > 0 ? 2u : 0u);
}

/// Writes the shape of the parameters into the open unit.
void Compiler::function_data(const Node* params) {
    CodeData* data = unit_->data.get();
    for (const Node* param : params->items) {
        switch (static_cast<ParamKind>(param->op)) {
            case ParamKind::PositionalOnly:
                ++data->positional_only;
                [[fallthrough]];
            case ParamKind::Plain:
                ++data->positional;
                break;
            case ParamKind::KeywordOnly:
                ++data->keyword_only;
                break;
            case ParamKind::Star:
                data->star = true;
                break;
            case ParamKind::StarStar:
                data->star_star = true;
                break;
        }
    }
    data->simple = data->keyword_only == 0 && !data->star && !data->star_star;
    if (unit_->outer->scope->kind == ScopeKind::Class && !unit_->scope->params.empty()) {
        unit_->self_name = unit_->scope->params[0];
    }
}

void Compiler::make_function(Ref code, uint32_t flags, const Scope& scope) {
    if (!code) {
        return;
    }
    if (!scope.frees.empty()) {
        for (const std::string& name : scope.frees) {
            emit(Op::LoadClosure, unit_->slots[name]);
        }
        emit(Op::BuildTuple, static_cast<uint32_t>(scope.frees.size()));
        flags |= 8;
    }
    load_const(code, "");
    emit(Op::MakeFunction, flags);
}

// Targets.

/// Stores the top of the stack.
void Compiler::store(const Node* target) {
    at(target);
    switch (target->kind) {
        case Kind::Name:
            return store_name(target->text);
        case Kind::Attribute:
            if (target->a->kind == Kind::Name && target->a->text == unit_->self_name &&
                unit_->outer != nullptr) {
                unit_->outer->self_attributes.insert(target->text);
            }
            if (target->text == "__del__") {
                expect_late_finalizers();
            }
            expression(target->a);
            at(target);
            return emit(Op::StoreAttr, name_of(target->text));
        case Kind::Subscript:
            expression(target->a);
            expression(target->b);
            at(target);
            return emit(Op::SetItem);
        default:
            return unpack_target(target);
    }
}

void Compiler::unpack_target(const Node* target) {
    const size_t count = target->items.size();
    size_t star = count;
    for (size_t i = 0; i < count; ++i) {
        star = target->items[i]->kind == Kind::Starred ? i : star;
    }
    if (star == count) {
        emit(Op::Unpack, static_cast<uint32_t>(count));
    } else {
        if (star > 255) {
            fail(target->at, "too many expressions in star-unpacking assignment");
        }
        emit(Op::UnpackEx, static_cast<uint32_t>(star | (count - star - 1) << 8));
    }
    for (const Node* item : target->items) {
        store(item->kind == Kind::Starred ? item->a : item);
    }
}

}  // namespace pebble
