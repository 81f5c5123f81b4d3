// SPDX-License-Identifier: MIT
#include "core/loop.h"
#include "types/types.h"

namespace pebble {
namespace {

bool fast_int(Value a, Value b, BinOp op, Value* out) {
    int64_t n = 0;
    const int64_t x = small_value(a);
    const int64_t y = small_value(b);
    switch (op) {
        case BinOp::Add:
            n = x + y;
            break;
        case BinOp::Sub:
            n = x - y;
            break;
        case BinOp::Mul:
            if (__builtin_mul_overflow(x, y, &n)) {
                return false;
            }
            break;
        case BinOp::And:
            n = x & y;
            break;
        case BinOp::Or:
            n = x | y;
            break;
        case BinOp::Xor:
            n = x ^ y;
            break;
        default:
            return false;
    }
    *out = small(n);
    return fits_small(n);
}

bool fast_compare(Value a, Value b, CmpOp op) {
    const int64_t x = small_value(a);
    const int64_t y = small_value(b);
    switch (op) {
        case CmpOp::Lt:
            return x < y;
        case CmpOp::Le:
            return x <= y;
        case CmpOp::Eq:
            return x == y;
        case CmpOp::Ne:
            return x != y;
        case CmpOp::Gt:
            return x > y;
        default:
            return x >= y;
    }
}

}  // namespace

/// Runs a frame until it returns, yields or fails. `throwing`: with an exception pending, at the
/// instruction where it stopped. The one long function here: the switch over all instructions.
Ref run_frame(Frame* frame, bool throwing) {
    Recursion recursion("");
    if (!recursion) {
        frame->finished = true;
        return {};
    }
    Function* function = as<Function>(frame->function);
    Code* code = as<Code>(frame->code);
    Loop loop{frame,
              code->data,
              as<Tuple>(code->consts)->items,
              as<Tuple>(code->names)->items,
              function->globals,
              frame->items + frame->sp};
    const Instr* instructions = code->data->code.data();
    Value* const locals = frame->items;
    Value*& sp = loop.sp;
    int32_t pc = frame->pc + 1;
    bool reraised = false;
    frame->previous = vm.frame;
    frame->running = true;
    vm.frame = frame;
    Ref result;
    bool ok = !throwing && (!vm.interrupted || check_interrupt());
    for (;;) {
        if (!ok) {
            if (!reraised) {
                (void)add_traceback(frame);
            }
            reraised = false;
            ok = loop.find_handler(&pc);
            if (!ok) {
                loop.drop_to(locals + loop.data->locals);
                frame->finished = true;
                break;
            }
        }
        const Instr instr = instructions[pc];
        const uint32_t arg = instr.arg();
        frame->pc = pc++;
        switch (instr.op()) {
            case Op::Nop:
                break;
            case Op::Pop:
                loop.pop();
                break;
            case Op::Copy:
                loop.push(new_ref(sp[-static_cast<int>(arg)]));
                break;
            case Op::Swap:
                std::swap(sp[-1], sp[-static_cast<int>(arg)]);
                break;
            case Op::LoadConst:
                loop.push(new_ref(loop.consts[arg]));
                break;
            case Op::LoadFast:
                if (locals[arg] == nullptr) {
                    ok = raise_unbound(loop.local_name(arg), Unbound::Local);
                    break;
                }
                loop.push(new_ref(locals[arg]));
                break;
            case Op::StoreFast:
                store(&locals[arg], *--sp);
                break;
            case Op::DeleteFast:
                if (locals[arg] == nullptr) {
                    ok = raise_unbound(loop.local_name(arg), Unbound::Local);
                    break;
                }
                store(&locals[arg], nullptr);
                break;
            case Op::LoadName:
                ok = loop.load_name(loop.name(arg));
                break;
            case Op::StoreName:
                ok = dict_set_name(as<Dict>(frame->locals), loop.name(arg), loop.pop().get());
                break;
            case Op::DeleteName:
                ok = loop.delete_name(as<Dict>(frame->locals), loop.name(arg));
                break;
            case Op::LoadGlobal:
                ok = loop.load_global(loop.name(arg));
                break;
            case Op::StoreGlobal:
                ok = dict_set_name(loop.globals, loop.name(arg), loop.pop().get());
                break;
            case Op::DeleteGlobal:
                ok = loop.delete_name(loop.globals, loop.name(arg));
                break;
            case Op::LoadCell:
                ok = loop.load_cell(arg, false);
                break;
            case Op::LoadClassCell:
                ok = loop.load_cell(arg, true);
                break;
            case Op::StoreCell:
                store(&as<Cell>(locals[arg])->value, *--sp);
                break;
            case Op::DeleteCell:
                ok = as<Cell>(locals[arg])->value != nullptr ||
                     raise_unbound(loop.local_name(arg), Unbound::Local);
                if (ok) {
                    store(&as<Cell>(locals[arg])->value, nullptr);
                }
                break;
            case Op::LoadClosure:
                loop.push(new_ref(locals[arg]));
                break;
            case Op::MakeCell:
                ok = loop.make_cell(arg);
                break;
            case Op::LoadAttr:
                ok = loop.replace(1, get_attribute(sp[-1], loop.name(arg)));
                break;
            case Op::StoreAttr: {
                Ref object = loop.pop();
                Ref value = loop.pop();
                ok = set_attribute(object, loop.name(arg), value);
                break;
            }
            case Op::DeleteAttr: {
                Ref object = loop.pop();
                ok = set_attribute(object, loop.name(arg), nullptr);
                break;
            }
            case Op::LoadMethod:
                ok = loop.load_method(loop.name(arg));
                break;
            case Op::Binary:
            case Op::Inplace: {
                Value fast = nullptr;
                const auto op = static_cast<BinOp>(arg);
                if (is_small(sp[-2]) && is_small(sp[-1]) && fast_int(sp[-2], sp[-1], op, &fast)) {
                    *--sp = nullptr;
                    sp[-1] = fast;
                    break;
                }
                ok = loop.replace(2,
                                  instr.op() == Op::Binary ? binary(sp[-2], sp[-1], op)
                                                           : inplace(sp[-2], sp[-1], op));
                break;
            }
            case Op::Unary:
                ok = loop.replace(1, unary(sp[-1], static_cast<UnOp>(arg)));
                break;
            case Op::Compare:
                if (is_small(sp[-2]) && is_small(sp[-1])) {
                    const bool yes = fast_compare(sp[-2], sp[-1], static_cast<CmpOp>(arg));
                    --sp;
                    sp[-1] = truth(yes);
                    break;
                }
                ok = loop.replace(2, compare(sp[-2], sp[-1], static_cast<CmpOp>(arg)));
                break;
            case Op::Is:
                ok = loop.replace(2, Ref::own(truth((sp[-2] == sp[-1]) != (arg != 0))));
                break;
            case Op::Contains: {
                bool found = false;
                ok = contains(sp[-1], sp[-2], &found);
                ok = ok && loop.replace(2, Ref::own(truth(found != (arg != 0))));
                break;
            }
            case Op::GetItem:
                ok = loop.replace(2, get_item(sp[-2], sp[-1]));
                break;
            case Op::SetItem: {
                ok = set_item(sp[-2], sp[-1], sp[-3]);
                loop.drop_to(sp - 3);
                break;
            }
            case Op::DeleteItem:
                ok = set_item(sp[-2], sp[-1], nullptr);
                loop.drop_to(sp - 2);
                break;
            case Op::BuildSlice:
                ok = loop.replace(static_cast<int>(arg),
                                  arg == 3 ? new_slice(sp[-3], sp[-2], sp[-1])
                                           : new_slice(sp[-2], sp[-1], none()));
                break;
            case Op::BuildTuple:
            case Op::BuildList:
            case Op::BuildSet:
            case Op::BuildMap:
            case Op::BuildString:
                ok = loop.build(instr.op(), arg);
                break;
            case Op::ListAppend:
            case Op::SetAdd:
            case Op::MapAdd:
                ok = loop.add_to(instr.op(), arg);
                break;
            case Op::ListExtend:
                ok = loop.list_extend(arg != 0);
                loop.pop();
                break;
            case Op::SetUpdate:
                ok = set_update(as<Set>(sp[-2]), sp[-1]);
                loop.pop();
                break;
            case Op::DictUpdate:
                ok = loop.merge_mapping();
                loop.pop();
                break;
            case Op::DictMerge:
                ok = loop.dict_merge();
                break;
            case Op::ListToTuple:
                ok = loop.replace(
                    1, new_tuple(as<List>(sp[-1])->items.count, as<List>(sp[-1])->items.data()));
                break;
            case Op::Unpack:
                ok = loop.unpack(arg);
                break;
            case Op::UnpackEx:
                ok = loop.unpack_ex(arg & 255, arg >> 8);
                break;
            case Op::FormatValue:
                ok = loop.format(arg);
                break;
            case Op::Jump:
                pc = static_cast<int32_t>(arg);
                break;
            case Op::JumpBack:
                pc = static_cast<int32_t>(arg);
                if (vm.interrupted) {
                    ok = check_interrupt();
                }
                break;
            case Op::PopJumpIfFalse:
            case Op::PopJumpIfTrue: {
                bool yes = false;
                ok = loop.truth_of_top(&yes);
                loop.pop();
                if (ok && yes == (instr.op() == Op::PopJumpIfTrue)) {
                    pc = static_cast<int32_t>(arg);
                }
                break;
            }
            case Op::JumpIfFalseOrPop:
            case Op::JumpIfTrueOrPop: {
                bool yes = false;
                ok = loop.truth_of_top(&yes);
                if (ok && yes == (instr.op() == Op::JumpIfTrueOrPop)) {
                    pc = static_cast<int32_t>(arg);
                } else if (ok) {
                    loop.pop();
                }
                break;
            }
            case Op::GetIter:
                ok = loop.replace(1, iterate(sp[-1]));
                break;
            case Op::ForIter: {
                Ref item = next(sp[-1]);
                if (item) {
                    loop.push(item.take());
                } else if (pending()) {
                    ok = false;
                } else {
                    loop.pop();
                    pc = static_cast<int32_t>(arg);
                }
                break;
            }
            case Op::PushNull:
                loop.push(nullptr);
                break;
            case Op::Call:
                ok = loop.call(arg, nullptr);
                break;
            case Op::CallKeywords: {
                Ref names = loop.pop();
                ok = loop.call(arg, names.as<Tuple>());
                break;
            }
            case Op::CallEx:
                ok = loop.call_ex(arg != 0);
                break;
            case Op::MakeFunction:
                ok = loop.make_function(arg);
                break;
            case Op::BuildClass:
                ok = loop.push(Ref::share(build_class_function()));
                break;
            case Op::Return:
                result = loop.pop();
                frame->finished = true;
                break;
            case Op::Yield:
                result = loop.pop();
                break;
            case Op::YieldFromIter:
                ok = is_exact<Generator>(sp[-1]) || loop.replace(1, iterate(sp[-1]));
                break;
            case Op::Send: {
                bool finished = false;
                ok = loop.send(&finished);
                if (ok && finished) {
                    pc = static_cast<int32_t>(arg);
                }
                break;
            }
            case Op::ReturnGenerator:
                frame->is_generator = true;
                result = new_generator(Ref::share(frame), function->name, function->qualname);
                ok = static_cast<bool>(result);
                break;
            case Op::Raise:
                ok = loop.raise(arg);
                reraised = arg == 0;
                break;
            case Op::Reraise: {
                Ref exception = loop.pop();
                if (arg == 1) {
                    loop.pop_handled();
                }
                ok = restore(std::move(exception));
                reraised = true;
                break;
            }
            case Op::PushHandled:
                loop.push_handled();
                break;
            case Op::PopHandled:
                loop.pop_handled();
                break;
            case Op::MatchException:
                ok = loop.match_exception();
                break;
            case Op::EnterWith:
                ok = loop.enter_with();
                break;
            case Op::ExitWith:
                ok = loop.exit_with();
                break;
            case Op::ExceptWith:
                ok = loop.except_with();
                break;
            case Op::ImportName:
                ok = loop.import_name(loop.name(arg));
                break;
            case Op::ImportFrom:
                ok = loop.push(import_from(sp[-1], loop.name(arg)));
                break;
            case Op::ImportStar: {
                Ref module = loop.pop();
                ok = import_star(module, loop.globals);
                break;
            }
            case Op::AssertionError:
                loop.push(new_ref(val(vm.exceptions.AssertionError)));
                break;
            case Op::PrintExpr: {
                Ref value = loop.pop();
                ok = display(value);
                break;
            }
        }
        if (result) {
            break;
        }
    }
    frame->sp = static_cast<int32_t>(sp - frame->items);
    frame->running = false;
    vm.frame = frame->previous;
    frame->previous = nullptr;
    return result;
}

}  // namespace pebble
