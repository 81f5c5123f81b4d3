// SPDX-License-Identifier: MIT
/// One code object under construction, and the compiler that fills it.
#ifndef PEBBLE_COMPILE_UNIT_H
#define PEBBLE_COMPILE_UNIT_H

#include <map>
#include <set>
#include <string>
#include <vector>

#include "compile/code.h"
#include "compile/compiler.h"
#include "front/scope.h"
#include "types/types.h"

namespace pebble {

/// A place to jump to. Its stack depth is the one of the first jump there.
struct Label {
    int32_t position = -1;
    int32_t depth = -1;
    std::vector<uint32_t> jumps;
    std::vector<size_t> ranges;  ///< of a handler: indices of what it protects
};

/// A statement around the one being compiled that a return, break or continue has to undo.
struct Enclosing {
    enum What : unsigned char {
        Loop,            ///< while
        ForLoop,         ///< its iterator is on the stack
        TryBody,         ///< protected by handlers, nothing to undo
        FinallyBody,     ///< `body` must run
        FinallyRunning,  ///< the exception and the previous one are on the stack
        WithBody,        ///< the exit function is on the stack
        HandlerBody      ///< the previous exception is on the stack; `name` must be deleted
    } what;
    Label* start = nullptr;  ///< of a loop: `continue`
    Label* end = nullptr;    ///< of a loop: `break`
    Label* handler = nullptr;
    uint32_t from = 0;  ///< where the open protected range starts
    uint32_t depth = 0;
    const Node* body = nullptr;
    std::string name;
};

/// The state of one code object.
struct Unit {
    Scope* scope = nullptr;
    Unit* outer = nullptr;
    std::string qualname;
    std::string class_name;  ///< for private names
    std::string self_name;   ///< first parameter of a method
    std::unique_ptr<CodeData> data = std::make_unique<CodeData>();
    Ref consts;
    Ref names;
    std::map<std::string, uint32_t> const_index;
    std::map<std::string, uint32_t> name_index;
    std::map<std::string, uint32_t> slots;  ///< frame places of locals, cells, free variables
    std::set<std::string> self_attributes;  ///< of a class body
    std::vector<Enclosing> enclosing;
    int32_t depth = 0;
    bool unreachable = false;
    CodePlace place;
};

class Compiler {
  public:
    Compiler(std::shared_ptr<const Source> source, ScopeTable* scopes, SyntaxProblem* problem)
        : source_(std::move(source)), scopes_(scopes), problem_(problem) {}

    Ref module(const Node* root, CompileMode mode);

  private:
    // Emitting: unit.cc.
    [[nodiscard]] bool is_global(const std::string& name) const;
    void open_unit(Unit* unit, Scope* scope, const std::string& name, const Node* node);
    Ref close_unit(const std::string& name);
    void emit(Op op, uint32_t arg = 0);
    void jump(Op op, Label* target);
    void place(Label* label);
    void at(const Node* node);
    void at(Span span) { unit_->place = {span, span}; }
    void load_const(Value value, const std::string& key);
    void load_none() { load_const(none(), "none"); }
    void load_text(const std::string& text) { load_const_text(text, false); }
    void load_const_text(const std::string& text, bool bytes);
    uint32_t name_of(const std::string& name);
    [[nodiscard]] std::string mangle(const std::string& name) const;
    void load_name(const std::string& name) { name_op(name, Op::LoadFast); }
    void store_name(const std::string& name) { name_op(name, Op::StoreFast); }
    void name_op(const std::string& name, Op kind);
    void fail(Span at, std::string message);
    void protect(Enclosing* what);
    void end_range(const Enclosing& what);
    void add_range(uint32_t from, Label* handler, uint32_t depth);

    // Expressions: expression.cc.
    void expression(const Node* node);
    void number(const Node* node);
    void constant(const Node* node);
    void f_string(const Node* node);
    void call(const Node* node);
    void method_call(const Node* node);
    void call_parts(const std::vector<Node*>& items, uint32_t given);
    void call_unpacked(const std::vector<Node*>& items, uint32_t given);
    void positional_list(const std::vector<Node*>& items, uint32_t given);
    void keyword_dict(const std::vector<Node*>& items);
    void sequence(const Node* node, Op build, Op add, Op extend);
    void dict_display(const Node* node);
    void compare(const Node* node);
    void bool_op(const Node* node);
    void condition(const Node* node, Label* target, bool jump_if);
    void comprehension(const Node* node);
    void clause(const Node* node, size_t index, uint32_t level);
    void slice(const Node* node);
    void yield(const Node* node);
    void delegate();
    void lambda(const Node* node);
    void make_function(Ref code, uint32_t flags, const Scope& scope);
    uint32_t defaults(const Node* params);
    void function_data(const Node* params);
    void store(const Node* target);
    void unpack_target(const Node* target);

    // Statements: statement.cc.
    void block(const Node* node);
    void statements(const std::vector<Node*>& nodes);
    void statement(const Node* node);
    void assign(const Node* node);
    void aug_assign(const Node* node);
    void remove(const Node* target);
    void if_statement(const Node* node);
    void while_statement(const Node* node);
    void for_statement(const Node* node);
    void try_statement(const Node* node);
    void try_except(const Node* node);
    void handlers(const Node* node, Label* end);
    void handler(const Node* node, Label* end);
    void try_finally(const Node* node);
    void with_statement(const Node* node, size_t index);
    void leave_loop(const Node* node);
    void return_statement(const Node* node);
    void unwind(size_t down_to, bool keep_top);
    void unwind_one(const Enclosing& what, bool keep_top);
    void function(const Node* node);
    void class_definition(const Node* node);
    void decorate(const Node* node);
    void import(const Node* node);
    void check_future(const Node* node);
    [[nodiscard]] bool keeps_annotations() const;
    void prepare_annotations();
    void annotation(const Node* node);
    void annotate(const Node* node);
    uint32_t annotations(const Node* node);
    void import_from(const Node* node);
    void assertion(const Node* node);
    const Node* docstring(const Node* block) const;

    std::shared_ptr<const Source> source_;
    ScopeTable* scopes_;
    SyntaxProblem* problem_;
    bool future_annotations_ = false;  ///< annotations are kept as text
    CompileMode mode_ = CompileMode::Module;
    Unit* unit_ = nullptr;
};

}  // namespace pebble

#endif
