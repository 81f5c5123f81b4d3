// SPDX-License-Identifier: MIT
#include <set>

#include "compile/unit.h"

namespace pebble {

Ref Compiler::module(const Node* root, CompileMode mode) {
    mode_ = mode;
    Unit unit;
    open_unit(&unit, scopes_->root.get(), "<module>", root);
    unit.data->simple = true;
    if (mode == CompileMode::Expression) {
        expression(root);
    } else {
        if (const Node* doc = mode == CompileMode::Module ? docstring(root) : nullptr) {
            load_text(doc->text);
            emit(Op::StoreName, name_of("__doc__"));
        }
        prepare_annotations();
        statements(root->items);
        load_none();
    }
    emit(Op::Return);
    return close_unit("<module>");
}

const Node* Compiler::docstring(const Node* block) const {
    if (block->items.empty() || block->items[0]->kind != Kind::ExprStmt ||
        block->items[0]->a->kind != Kind::String) {
        return nullptr;
    }
    return block->items[0]->a;
}

void Compiler::statements(const std::vector<Node*>& nodes) {
    for (const Node* node : nodes) {
        statement(node);
    }
}

void Compiler::block(const Node* node) {
    if (node != nullptr) {
        node->kind == Kind::Block ? statements(node->items) : statement(node);
    }
}

void Compiler::statement(const Node* node) {
    at(node);
    switch (node->kind) {
        case Kind::ExprStmt: {
            const Kind kind = node->a->kind;
            if (mode_ == CompileMode::Prompt && unit_->outer == nullptr) {
                expression(node->a);
                return emit(Op::PrintExpr);
            }
            if (kind == Kind::String || kind == Kind::Number || kind == Kind::Constant) {
                return;
            }
            expression(node->a);
            return emit(Op::Pop);
        }
        case Kind::Assign:
            return assign(node);
        case Kind::AugAssign:
            return aug_assign(node);
        case Kind::AnnAssign:
            if (node->b != nullptr) {
                expression(node->b);
                store(node->a);
            }
            return annotate(node);
        case Kind::Delete:
            for (const Node* item : node->items) {
                remove(item);
            }
            return;
        case Kind::If:
            return if_statement(node);
        case Kind::While:
            return while_statement(node);
        case Kind::For:
            return for_statement(node);
        case Kind::Try:
            return try_statement(node);
        case Kind::With:
            return with_statement(node, 0);
        case Kind::Return:
            return return_statement(node);
        case Kind::Break:
        case Kind::Continue:
            return leave_loop(node);
        case Kind::Raise:
            if (node->a != nullptr) {
                expression(node->a);
            }
            if (node->b != nullptr) {
                expression(node->b);
            }
            at(node);
            return emit(Op::Raise, (node->a != nullptr ? 1u : 0u) + (node->b != nullptr ? 1u : 0u));
        case Kind::Assert:
            return assertion(node);
        case Kind::FunctionDef:
            return function(node);
        case Kind::ClassDef:
            return class_definition(node);
        case Kind::Import:
            return import(node);
        case Kind::ImportFrom:
            return import_from(node);
        case Kind::Block:
            return statements(node->items);
        default:
            return;
    }
}

void Compiler::assign(const Node* node) {
    expression(node->a);
    for (size_t i = 0; i < node->items.size(); ++i) {
        if (i + 1 < node->items.size()) {
            emit(Op::Copy, 1);
        }
        store(node->items[i]);
    }
}

void Compiler::aug_assign(const Node* node) {
    const Node* target = node->a;
    const auto operation = [&] {
        expression(node->b);
        at(node);
        emit(Op::Inplace, node->op);
        at(target);
    };
    at(target);
    switch (target->kind) {
        case Kind::Name:
            load_name(target->text);
            operation();
            return store_name(target->text);
        case Kind::Attribute:
            expression(target->a);
            emit(Op::Copy, 1);
            at(target);
            emit(Op::LoadAttr, name_of(target->text));
            operation();
            emit(Op::Swap, 2);
            return emit(Op::StoreAttr, name_of(target->text));
        default:
            expression(target->a);
            expression(target->b);
            emit(Op::Copy, 2);
            emit(Op::Copy, 2);
            at(target);
            emit(Op::GetItem);
            operation();
            emit(Op::Swap, 3);
            emit(Op::Swap, 2);
            return emit(Op::SetItem);
    }
}

void Compiler::remove(const Node* target) {
    at(target);
    switch (target->kind) {
        case Kind::Name:
            return name_op(target->text, Op::DeleteFast);
        case Kind::Attribute:
            expression(target->a);
            at(target);
            return emit(Op::DeleteAttr, name_of(target->text));
        case Kind::Subscript:
            expression(target->a);
            expression(target->b);
            at(target);
            return emit(Op::DeleteItem);
        default:
            for (const Node* item : target->items) {
                remove(item);
            }
    }
}

void Compiler::if_statement(const Node* node) {
    Label otherwise;
    condition(node->a, &otherwise, false);
    block(node->c);
    if (node->d == nullptr) {
        return place(&otherwise);
    }
    Label end;
    jump(Op::Jump, &end);
    place(&otherwise);
    block(node->d);
    place(&end);
}

// Loops.

void Compiler::while_statement(const Node* node) {
    Label start;
    Label otherwise;
    Label end;
    place(&start);
    condition(node->a, &otherwise, false);
    unit_->enclosing.push_back({Enclosing::Loop, &start, &end, nullptr, 0, 0, nullptr, {}});
    block(node->c);
    unit_->enclosing.pop_back();
    jump(Op::JumpBack, &start);
    place(&otherwise);
    block(node->d);
    place(&end);
}

void Compiler::for_statement(const Node* node) {
    Label start;
    Label otherwise;
    Label end;
    expression(node->b);
    at(node);
    emit(Op::GetIter);
    place(&start);
    at(node->b);
    jump(Op::ForIter, &otherwise);
    store(node->a);
    unit_->enclosing.push_back({Enclosing::ForLoop, &start, &end, nullptr, 0, 0, nullptr, {}});
    block(node->c);
    unit_->enclosing.pop_back();
    jump(Op::JumpBack, &start);
    place(&otherwise);
    block(node->d);
    place(&end);
}

void Compiler::leave_loop(const Node* node) {
    const bool is_break = node->kind == Kind::Break;
    size_t at_loop = unit_->enclosing.size();
    while (at_loop > 0 && unit_->enclosing[at_loop - 1].what > Enclosing::ForLoop) {
        --at_loop;
    }
    if (at_loop == 0) {
        return fail(node->at,
                    is_break ? "'break' outside loop" : "'continue' not properly in loop");
    }
    const int32_t depth = unit_->depth;
    const Enclosing loop = unit_->enclosing[at_loop - 1];
    unwind(at_loop, false);
    if (is_break && loop.what == Enclosing::ForLoop) {
        emit(Op::Pop);
    }
    jump(is_break ? Op::Jump : Op::JumpBack, is_break ? loop.end : loop.start);
    unit_->depth = depth;
}

void Compiler::return_statement(const Node* node) {
    if (!unit_->scope->is_function()) {
        return fail(node->at, "'return' outside function");
    }
    const int32_t depth = unit_->depth;
    node->a != nullptr ? expression(node->a) : load_none();
    at(node);
    unwind(0, true);
    emit(Op::Return);
    unit_->depth = depth;
}

void Compiler::assertion(const Node* node) {
    Label end;
    condition(node->a, &end, true);
    if (node->b != nullptr) {
        emit(Op::PushNull);
        emit(Op::AssertionError);
        expression(node->b);
        at(node->a);
        emit(Op::Call, 1);
    } else {
        emit(Op::AssertionError);
    }
    at(node->a);
    emit(Op::Raise, 1);
    place(&end);
}

// Annotations.

/// A prompt forgets those of its variables: each of its statements is a unit of its own.
bool Compiler::keeps_annotations() const {
    return unit_->scope->has_annotations &&
           (mode_ != CompileMode::Prompt || unit_->outer != nullptr);
}

/// A class or module that annotates variables has a dict for them from the beginning.
void Compiler::prepare_annotations() {
    if (keeps_annotations()) {
        emit(Op::BuildMap, 0);
        emit(Op::StoreName, name_of("__annotations__"));
    }
}

/// Pushes an annotation: its value, or its text under `from __future__ import annotations`.
void Compiler::annotation(const Node* node) {
    if (!future_annotations_) {
        return expression(node);
    }
    const size_t from = source_->offset(node->at.from);
    load_text(std::string(source_->text().substr(from, source_->offset(node->at.to) - from)));
}

/// Keeps the annotation of a variable of a class or module.
void Compiler::annotate(const Node* node) {
    if (!keeps_annotations() || node->a->kind != Kind::Name || node->a->parenthesized) {
        return;
    }
    annotation(node->c);
    at(node);
    emit(Op::LoadName, name_of("__annotations__"));
    load_text(node->a->text);
    emit(Op::SetItem);
}

/// Pushes the annotations of a function as a dict; returns the flag for MakeFunction.
uint32_t Compiler::annotations(const Node* node) {
    uint32_t count = 0;
    for (const Node* param : node->a->items) {
        if (param->b != nullptr) {
            load_text(param->text);
            annotation(param->b);
            ++count;
        }
    }
    if (node->c != nullptr) {
        load_text("return");
        annotation(node->c);
        ++count;
    }
    if (count > 0) {
        emit(Op::BuildMap, count);
    }
    return count > 0 ? 4 : 0;
}

// Definitions.

void Compiler::decorate(const Node* node) {
    for (size_t i = node->items.size(); i > 0; --i) {
        at(node->items[i - 1]);
        emit(Op::Call, 1);
    }
    at(node);
    store_name(node->text);
}

void Compiler::function(const Node* node) {
    for (const Node* decorator : node->items) {
        emit(Op::PushNull);
        expression(decorator);
    }
    at(node);
    const uint32_t flags = defaults(node->a) | annotations(node);
    Scope* scope = scopes_->by_node[node];
    Unit unit;
    open_unit(&unit, scope, node->text, node);
    function_data(node->a);
    if (const Node* doc = docstring(node->b)) {
        unit.data->has_doc = true;
        Ref text = new_str(doc->text);
        list_append(unit.consts.as<List>(), text);
    }
    block(node->b);
    load_none();
    emit(Op::Return);
    make_function(close_unit(node->text), flags, *scope);
    decorate(node);
}

void Compiler::class_definition(const Node* node) {
    for (const Node* decorator : node->items) {
        emit(Op::PushNull);
        expression(decorator);
    }
    at(node);
    emit(Op::PushNull);
    emit(Op::BuildClass);
    Scope* scope = scopes_->by_node[node];
    Unit unit;
    open_unit(&unit, scope, node->text, node);
    unit.data->simple = true;
    emit(Op::LoadName, name_of("__name__"));
    emit(Op::StoreName, name_of("__module__"));
    load_text(unit.qualname);
    emit(Op::StoreName, name_of("__qualname__"));
    if (const Node* doc = docstring(node->b)) {
        load_text(doc->text);
        emit(Op::StoreName, name_of("__doc__"));
    }
    prepare_annotations();
    block(node->b);
    scope->needs_class_cell ? emit(Op::LoadClosure, unit.slots["__class__"]) : load_none();
    emit(Op::Return);
    unit.data->attribute_hint = static_cast<uint32_t>(unit.self_attributes.size());
    make_function(close_unit(node->text), 0, *scope);
    load_text(node->text);
    at(node);
    call_parts(node->more, 2);
    decorate(node);
}

// Imports.

void Compiler::import(const Node* node) {
    for (const Node* item : node->items) {
        load_const(small(0), "i0");
        load_none();
        at(node);
        emit(Op::ImportName, name_of(item->text));
        if (item->alias.empty()) {
            store_name(item->text.substr(0, item->text.find('.')));
            continue;
        }
        for (size_t dot = item->text.find('.'); dot != std::string::npos;) {
            const size_t next = item->text.find('.', dot + 1);
            emit(Op::ImportFrom, name_of(item->text.substr(dot + 1, next - dot - 1)));
            emit(Op::Swap, 2);
            emit(Op::Pop);
            dot = next;
        }
        store_name(item->alias);
    }
}

void Compiler::check_future(const Node* node) {
    for (const Node* item : node->items) {
        static const std::set<std::string_view> known = {"nested_scopes",
                                                         "generators",
                                                         "division",
                                                         "absolute_import",
                                                         "with_statement",
                                                         "print_function",
                                                         "unicode_literals",
                                                         "barry_as_FLUFL",
                                                         "generator_stop",
                                                         "annotations"};
        future_annotations_ = future_annotations_ || item->text == "annotations";
        if (known.count(item->text) == 0) {
            const Pos from = node->at.from;
            return fail({from, {from.line, from.column + 1}},
                        "future feature " + item->text + " is not defined");
        }
    }
}

void Compiler::import_from(const Node* node) {
    if (node->text == "__future__" && node->op == 0) {
        return check_future(node);
    }
    load_const(small(node->op), "i" + std::to_string(node->op));
    Ref list = new_list();
    for (const Node* item : node->items) {
        list_append(list.as<List>(), val(intern(item->text)));
    }
    if (node->items.empty()) {
        list_append(list.as<List>(), val(intern("*")));
    }
    Ref names = new_tuple(list.as<List>()->items.count, list.as<List>()->items.data());
    load_const(names, "");
    at(node);
    emit(Op::ImportName, name_of(node->text));
    if (node->items.empty()) {
        return emit(Op::ImportStar);
    }
    for (const Node* item : node->items) {
        emit(Op::ImportFrom, name_of(item->text));
        store_name(item->alias.empty() ? item->text : item->alias);
    }
    emit(Op::Pop);
}

}  // namespace pebble
