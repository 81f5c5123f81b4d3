// SPDX-License-Identifier: MIT
/// What the interpreter loop works on, and the instructions that take more than a few lines.
#ifndef PEBBLE_CORE_LOOP_H
#define PEBBLE_CORE_LOOP_H

#include "compile/code.h"
#include "core/eval.h"

namespace pebble {

/// What the interpreter loop works on. Stack items above `sp` are stale.
struct Loop {
    Frame* frame;
    const CodeData* data;
    Value* consts;
    Value* names;
    Dict* globals;
    Value* sp;

    [[nodiscard]] Str* name(uint32_t n) const { return as<Str>(names[n]); }
    void push(Value owned) { *sp++ = owned; }
    bool push(Ref owned) {
        if (!owned) {
            return false;
        }
        *sp++ = owned.take();
        return true;
    }
    Ref pop() { return Ref::own(*--sp); }
    /// Replaces the top `n` items.
    bool replace(int n, Ref result) {
        for (int i = 0; i < n; ++i) {
            pop();
        }
        return push(std::move(result));
    }
    void drop_to(Value* bottom) {
        while (sp > bottom) {
            Value v = *--sp;
            if (v != nullptr) {
                decref(v);
            }
        }
    }
    [[nodiscard]] Str* local_name(uint32_t n) const {
        return as<Str>(as<Tuple>(as<Code>(frame->code)->varnames)->items[n]);
    }

    bool load_name(Str* name);
    bool load_global(Str* name);
    bool load_cell(uint32_t n, bool class_body);
    bool delete_name(Dict* dict, Str* name);
    bool load_method(Str* name);
    bool call(uint32_t n, Tuple* keywords);
    bool call_ex(bool keywords);
    bool build(Op op, uint32_t n);
    bool add_to(Op op, uint32_t n);
    bool list_extend(bool alone);
    bool dict_merge();
    bool merge_mapping();
    bool unpack(uint32_t n);
    bool unpack_ex(uint32_t before, uint32_t after);
    bool make_function(uint32_t flags);
    bool make_cell(uint32_t arg);
    bool truth_of_top(bool* out);
    bool send(bool* finished);
    bool enter_with();
    bool exit_with();
    bool except_with();
    bool match_exception();
    void push_handled();
    void pop_handled();
    bool raise(uint32_t n);
    bool import_name(Str* name);
    bool format(uint32_t n);
    bool find_handler(int32_t* pc);
};

}  // namespace pebble

#endif
