// SPDX-License-Identifier: MIT
#include "compile/unit.h"

namespace pebble {

/// Undoes the enclosing statements from the innermost down to index `down_to`. What is emitted is
/// not protected by what it undoes, so the open ranges are cut here and go on behind it.
void Compiler::unwind(size_t down_to, bool keep_top) {
    std::vector<Enclosing> undone;
    while (unit_->enclosing.size() > down_to) {
        Enclosing what = unit_->enclosing.back();
        if (what.handler != nullptr) {
            add_range(what.from, what.handler, what.depth);
        }
        unit_->enclosing.pop_back();
        unwind_one(what, keep_top);
        undone.push_back(std::move(what));
    }
    // The jump or return that follows is still part of what was undone: nothing of it can raise.
    while (!undone.empty()) {
        undone.back().from = static_cast<uint32_t>(unit_->data->code.size()) + 1;
        unit_->enclosing.push_back(std::move(undone.back()));
        undone.pop_back();
    }
}

void Compiler::unwind_one(const Enclosing& what, bool keep_top) {
    const auto raise_up = [&] {
        if (keep_top) {
            emit(Op::Swap, 2);
        }
    };
    switch (what.what) {
        case Enclosing::Loop:
        case Enclosing::TryBody:
            return;
        case Enclosing::ForLoop:
            raise_up();
            return emit(Op::Pop);
        case Enclosing::FinallyBody:
            return block(what.body);
        case Enclosing::FinallyRunning:
            raise_up();
            emit(Op::Pop);
            raise_up();
            return emit(Op::PopHandled);
        case Enclosing::WithBody:
            raise_up();
            return emit(Op::ExitWith);
        case Enclosing::HandlerBody:
            raise_up();
            emit(Op::PopHandled);
            if (!what.name.empty()) {
                load_none();
                store_name(what.name);
                name_op(what.name, Op::DeleteFast);
            }
            return;
    }
}

// try.

void Compiler::try_statement(const Node* node) {
    node->b != nullptr ? try_finally(node) : try_except(node);
}

void Compiler::try_except(const Node* node) {
    Label handler_label;
    Label end;
    Enclosing body{Enclosing::TryBody, nullptr, nullptr, &handler_label, 0, 0, nullptr, {}};
    protect(&body);
    block(node->c);
    end_range(body);
    block(node->d);
    jump(Op::Jump, &end);
    place(&handler_label);
    handlers(node, &end);
    place(&end);
}

/// [exc] on the stack: finds the clause that takes it.
void Compiler::handlers(const Node* node, Label* end) {
    Label cleanup;
    emit(Op::PushHandled);
    --unit_->depth;  // The range must cut the stack to the previous exception alone.
    Enclosing all{Enclosing::TryBody, nullptr, nullptr, &cleanup, 0, 0, nullptr, {}};
    protect(&all);
    ++unit_->depth;
    for (const Node* item : node->items) {
        Label next;
        at(item);
        if (item->a != nullptr) {
            expression(item->a);
            at(item->a);
            emit(Op::MatchException);
            jump(Op::PopJumpIfFalse, &next);
        }
        const int32_t depth = unit_->depth;
        handler(item, end);
        unit_->depth = depth;
        place(&next);
    }
    emit(Op::Reraise, 0);
    end_range(all);
    place(&cleanup);
    emit(Op::Reraise, 1);
}

/// [previous exc] on the stack.
void Compiler::handler(const Node* node, Label* end) {
    Label cleanup;
    Enclosing body{Enclosing::HandlerBody, nullptr, nullptr, &cleanup, 0, 0, nullptr, node->text};
    if (node->text.empty()) {
        emit(Op::Pop);
        body.handler = nullptr;
        unit_->enclosing.push_back(body);
        block(node->c);
        unit_->enclosing.pop_back();
        unwind_one(body, false);
        return jump(Op::Jump, end);
    }
    store_name(node->text);
    protect(&body);
    block(node->c);
    end_range(body);
    unwind_one(body, false);
    jump(Op::Jump, end);
    place(&cleanup);
    load_none();
    store_name(node->text);
    name_op(node->text, Op::DeleteFast);
    emit(Op::Reraise, 0);
}

void Compiler::try_finally(const Node* node) {
    Label handler_label;
    Label cleanup;
    Label end;
    Enclosing body{Enclosing::FinallyBody, nullptr, nullptr, &handler_label, 0, 0, node->b, {}};
    protect(&body);
    node->items.empty() ? block(node->c) : try_except(node);
    end_range(body);
    block(node->b);
    jump(Op::Jump, &end);
    place(&handler_label);
    emit(Op::PushHandled);
    --unit_->depth;
    Enclosing running{Enclosing::FinallyRunning, nullptr, nullptr, &cleanup, 0, 0, nullptr, {}};
    protect(&running);
    ++unit_->depth;
    block(node->b);
    emit(Op::Reraise, 0);
    end_range(running);
    place(&cleanup);
    emit(Op::Reraise, 1);
    place(&end);
}

void Compiler::with_statement(const Node* node, size_t index) {
    if (index == node->items.size()) {
        return block(node->c);
    }
    const Node* item = node->items[index];
    Label handler_label;
    Label cleanup;
    Label swallow;
    Label end;
    expression(item->a);
    at(node);
    emit(Op::EnterWith);
    --unit_->depth;
    Enclosing body{Enclosing::WithBody, nullptr, nullptr, &handler_label, 0, 0, nullptr, {}};
    protect(&body);
    ++unit_->depth;
    item->b != nullptr ? store(item->b) : emit(Op::Pop);
    with_statement(node, index + 1);
    end_range(body);
    at(item->a);
    emit(Op::ExitWith);
    jump(Op::Jump, &end);
    place(&handler_label);
    emit(Op::PushHandled);
    --unit_->depth;
    Enclosing leaving{Enclosing::TryBody, nullptr, nullptr, &cleanup, 0, 0, nullptr, {}};
    protect(&leaving);
    ++unit_->depth;
    emit(Op::ExceptWith);
    jump(Op::PopJumpIfTrue, &swallow);
    emit(Op::Reraise, 0);
    end_range(leaving);
    place(&cleanup);
    emit(Op::Reraise, 1);
    place(&swallow);
    emit(Op::Pop);
    emit(Op::PopHandled);
    emit(Op::Pop);
    place(&end);
}

}  // namespace pebble
