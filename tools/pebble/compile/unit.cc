// SPDX-License-Identifier: MIT
#include "compile/unit.h"

#include "front/parser.h"

namespace pebble {
namespace {

/// How an instruction that does not jump changes the stack's depth.
int effect(Op op, uint32_t n) {
    const int count = static_cast<int>(n);
    switch (op) {
        case Op::Nop:
        case Op::Swap:
        case Op::LoadAttr:
        case Op::Unary:
        case Op::GetIter:
        case Op::DeleteFast:
        case Op::DeleteName:
        case Op::DeleteGlobal:
        case Op::DeleteCell:
        case Op::MakeCell:
        case Op::Jump:
        case Op::JumpBack:
        case Op::Yield:
        case Op::YieldFromIter:
        case Op::Send:
        case Op::ReturnGenerator:
        case Op::ListToTuple:
        case Op::MatchException:
            return 0;
        case Op::Copy:
        case Op::LoadConst:
        case Op::LoadFast:
        case Op::LoadName:
        case Op::LoadGlobal:
        case Op::LoadCell:
        case Op::LoadClassCell:
        case Op::LoadClosure:
        case Op::LoadMethod:
        case Op::PushNull:
        case Op::BuildClass:
        case Op::PushHandled:
        case Op::EnterWith:
        case Op::ExceptWith:
        case Op::ImportFrom:
        case Op::AssertionError:
        case Op::ForIter:
            return 1;
        case Op::Pop:
        case Op::StoreFast:
        case Op::StoreName:
        case Op::StoreGlobal:
        case Op::StoreCell:
        case Op::DeleteAttr:
        case Op::Binary:
        case Op::Inplace:
        case Op::Compare:
        case Op::Is:
        case Op::Contains:
        case Op::GetItem:
        case Op::ListAppend:
        case Op::SetAdd:
        case Op::ListExtend:
        case Op::SetUpdate:
        case Op::DictUpdate:
        case Op::DictMerge:
        case Op::PopJumpIfFalse:
        case Op::PopJumpIfTrue:
        case Op::JumpIfFalseOrPop:
        case Op::JumpIfTrueOrPop:
        case Op::Return:
        case Op::PopHandled:
        case Op::ExitWith:
        case Op::ImportName:
        case Op::ImportStar:
        case Op::Reraise:
        case Op::PrintExpr:
            return -1;
        case Op::StoreAttr:
        case Op::DeleteItem:
        case Op::MapAdd:
            return -2;
        case Op::SetItem:
            return -3;
        case Op::BuildSlice:
        case Op::BuildTuple:
        case Op::BuildList:
        case Op::BuildSet:
        case Op::BuildString:
            return 1 - count;
        case Op::BuildMap:
            return 1 - 2 * count;
        case Op::Unpack:
            return count - 1;
        case Op::UnpackEx:
            return (count & 255) + (count >> 8);
        case Op::FormatValue:
            return (n & 256) != 0 ? -1 : 0;
        case Op::Call:
            return -count - 1;
        case Op::CallKeywords:
            return -count - 2;
        case Op::CallEx:
            return -2 - count;
        case Op::MakeFunction:
            return -((n & 1) != 0) - ((n & 2) != 0) - ((n & 4) != 0) - ((n & 8) != 0);
        case Op::Raise:
            return -count;
    }
    return 0;
}

Ref tuple_of(Value list) {
    return new_tuple(as<List>(list)->items.count, as<List>(list)->items.data());
}

}  // namespace

void Compiler::fail(Span at, std::string message) {
    if (!problem_->found()) {
        problem_->message = std::move(message);
        problem_->at = at;
    }
}

void Compiler::at(const Node* node) {
    unit_->place = {node->at, node->kind == Kind::Binary ? node->at_op : node->at};
    if (node->kind == Kind::Subscript) {
        unit_->place.anchor = {node->a->at.to, node->at.to};
    }
}

bool Compiler::is_global(const std::string& name) const {
    const auto found = unit_->scope->places.find(name);
    return found != unit_->scope->places.end() && found->second == Place::Global;
}

void Compiler::open_unit(Unit* unit, Scope* scope, const std::string& name, const Node* node) {
    unit->scope = scope;
    unit->outer = unit_;
    unit->consts = new_list();
    unit->names = new_list();
    unit->class_name = scope->kind == ScopeKind::Class ? name
                       : unit_ != nullptr              ? unit_->class_name
                                                       : "";
    unit->qualname = name;
    // What is declared global inside a function is named as if it stood outside.
    if (unit_ != nullptr && unit_->scope->kind != ScopeKind::Module && !is_global(name)) {
        unit->qualname = unit_->qualname +
                         (unit_->scope->kind == ScopeKind::Function ? ".<locals>." : ".") + name;
    }
    unit->data->source = source_;
    unit->data->first = node->at;
    unit->data->is_generator = scope->is_generator;
    unit->data->fast_locals = scope->is_function();
    unit->place = {node->at, node->at};
    uint32_t slot = 0;
    const auto assign = [&](const std::vector<std::string>& names, bool cells) {
        for (const std::string& local : names) {
            // A parameter in a cell has two places; the name means the cell.
            if (cells || scope->places[local] == Place::Fast) {
                unit->slots[local] = slot;
            }
            ++slot;
        }
    };
    assign(scope->params, false);
    assign(scope->locals, false);
    assign(scope->cells, true);
    assign(scope->frees, true);
    unit->data->params = static_cast<uint32_t>(scope->params.size());
    unit->data->cells = static_cast<uint32_t>(scope->cells.size());
    unit->data->frees = static_cast<uint32_t>(scope->frees.size());
    unit->data->locals = slot;
    unit_ = unit;
    if (slot >= 4096) {
        fail(node->at, "pebble does not support more than 4095 local variables");
    }
    for (const std::string& cell : scope->cells) {
        uint32_t param = 0;
        for (size_t i = 0; i < scope->params.size(); ++i) {
            param = scope->params[i] == cell ? static_cast<uint32_t>(i + 1) : param;
        }
        emit(Op::MakeCell, unit->slots[cell] | param << 12);
    }
    if (scope->is_generator) {
        emit(Op::ReturnGenerator);
    }
}

Ref Compiler::close_unit(const std::string& name) {
    Unit* unit = unit_;
    unit_ = unit->outer;
    Ref varnames = new_list();
    for (const auto* names :
         {&unit->scope->params, &unit->scope->locals, &unit->scope->cells, &unit->scope->frees}) {
        for (const std::string& local : *names) {
            list_append(varnames.as<List>(), val(intern(local)));
        }
    }
    Code* code = make<Code>(vm.classes.code);
    Ref result = Ref::own(code);
    if (code == nullptr) {
        return {};
    }
    code->data = unit->data.release();
    code->name = new_ref(val(intern(name)));
    code->qualname = new_ref(val(intern(unit->qualname)));
    code->filename = new_ref(val(intern(source_->name())));
    code->consts = tuple_of(unit->consts).take();
    code->names = tuple_of(unit->names).take();
    code->varnames = tuple_of(varnames).take();
    return result;
}

void Compiler::emit(Op op, uint32_t arg) {
    CodeData* data = unit_->data.get();
    data->code.emplace_back(op, arg);
    data->places.push_back(unit_->place);
    unit_->depth += effect(op, arg);
    const auto depth = static_cast<uint32_t>(unit_->depth < 0 ? 0 : unit_->depth);
    data->stack = depth > data->stack ? depth : data->stack;
}

void Compiler::jump(Op op, Label* target) {
    const int32_t before = unit_->depth;
    target->jumps.push_back(static_cast<uint32_t>(unit_->data->code.size()));
    emit(op, target->position < 0 ? 0 : static_cast<uint32_t>(target->position));
    const bool keeps = op == Op::JumpIfFalseOrPop || op == Op::JumpIfTrueOrPop;
    const int32_t taken = op == Op::ForIter || op == Op::Send ? before - 1
                          : keeps                             ? before
                                                              : unit_->depth;
    if (target->depth < 0) {
        target->depth = taken;
    }
}

void Compiler::place(Label* label) {
    std::vector<Instr>& code = unit_->data->code;
    label->position = static_cast<int32_t>(code.size());
    for (uint32_t jump : label->jumps) {
        code[jump] = Instr(code[jump].op(), static_cast<uint32_t>(label->position));
    }
    for (size_t range : label->ranges) {
        unit_->data->handlers[range].target = static_cast<uint32_t>(label->position);
    }
    if (label->depth < 0) {
        label->depth = unit_->depth;
    }
    unit_->depth = label->depth;
    const auto depth = static_cast<uint32_t>(unit_->depth);
    unit_->data->stack = depth > unit_->data->stack ? depth : unit_->data->stack;
}

void Compiler::add_range(uint32_t from, Label* handler, uint32_t depth) {
    const auto to = static_cast<uint32_t>(unit_->data->code.size());
    if (to > from) {
        handler->ranges.push_back(unit_->data->handlers.size());
        unit_->data->handlers.push_back({from, to, 0, depth});
    }
}

/// Opens the protected range of `what`: its handler will find one more item, the exception.
void Compiler::protect(Enclosing* what) {
    what->from = static_cast<uint32_t>(unit_->data->code.size());
    what->depth = static_cast<uint32_t>(unit_->depth);
    what->handler->depth = unit_->depth + 1;
    unit_->enclosing.push_back(*what);
}

/// Closes the innermost range.
void Compiler::end_range(const Enclosing& what) {
    add_range(unit_->enclosing.back().from, what.handler, what.depth);
    unit_->enclosing.pop_back();
}

void Compiler::load_const(Value value, const std::string& key) {
    const auto index = static_cast<uint32_t>(as<List>(unit_->consts)->items.count);
    if (!key.empty()) {
        const auto [found, fresh] = unit_->const_index.try_emplace(key, index);
        if (!fresh) {
            return emit(Op::LoadConst, found->second);
        }
    }
    list_append(unit_->consts.as<List>(), value);
    emit(Op::LoadConst, index);
}

void Compiler::load_const_text(const std::string& text, bool bytes) {
    if (bytes) {
        Ref value = new_bytes(text);
        return load_const(value, "b" + text);
    }
    if (text == "__del__") {
        expect_late_finalizers();
    }
    // Texts that look like names are interned, as names of attributes they often are.
    const bool name =
        text.size() <= 40 &&
        text.find_first_not_of("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_") ==
            std::string::npos;
    Ref value = name ? Ref::share(intern(text)) : new_str(text);
    load_const(value, "s" + text);
}

uint32_t Compiler::name_of(const std::string& name) {
    const std::string full = mangle(name);
    const auto [found, fresh] = unit_->name_index.try_emplace(
        full, static_cast<uint32_t>(as<List>(unit_->names)->items.count));
    if (fresh) {
        list_append(unit_->names.as<List>(), val(intern(full)));
    }
    return found->second;
}

std::string Compiler::mangle(const std::string& name) const {
    return private_name(unit_->class_name, name);
}

void Compiler::name_op(const std::string& name, Op kind) {
    const auto shifted = [&](Op load) {
        return static_cast<Op>(static_cast<int>(load) + static_cast<int>(kind) -
                               static_cast<int>(Op::LoadFast));
    };
    const auto found = unit_->scope->places.find(name);
    const Place where = found == unit_->scope->places.end() ? Place::Global : found->second;
    switch (where) {
        case Place::Fast:
            return emit(kind, unit_->slots[name]);
        case Place::Cell:
        case Place::Free:
            if (kind == Op::LoadFast && unit_->scope->kind == ScopeKind::Class) {
                return emit(Op::LoadClassCell, unit_->slots[name]);
            }
            return emit(shifted(Op::LoadCell), unit_->slots[name]);
        case Place::Name:
            return emit(shifted(Op::LoadName), name_of(name));
        case Place::Global:
            return emit(shifted(Op::LoadGlobal), name_of(name));
    }
}

void code_dealloc(Value code) {
    delete as<Code>(code)->data;
}

Ref compile_source(const std::shared_ptr<const Source>& source,
                   CompileMode mode,
                   bool* incomplete) {
    Ast ast;
    SyntaxProblem problem;
    ScopeTable scopes;
    problem.bare_line = mode == CompileMode::Expression;
    const bool parsed = mode == CompileMode::Expression ? parse_expression(*source, &ast, &problem)
                                                        : parse_module(*source, &ast, &problem);
    Ref code;
    if (parsed && build_scopes(ast.root, &scopes, &problem)) {
        // The limit counts again when the code is whole: the next allocation tells.
        const AboveLimit above;
        code = Compiler(source, &scopes, &problem).module(ast.root, mode);
    }
    if (incomplete != nullptr) {
        *incomplete = problem.found() && problem.incomplete;
    }
    if (problem.found()) {
        return raise_syntax(*source, problem);
    }
    return code;
}

}  // namespace pebble
