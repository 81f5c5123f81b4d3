// SPDX-License-Identifier: MIT
/// Code: the instructions of one block, and what surrounds them.
#ifndef PEBBLE_COMPILE_CODE_H
#define PEBBLE_COMPILE_CODE_H

#include <memory>
#include <vector>

#include "core/objects.h"
#include "front/source.h"

namespace pebble {

/// Instructions. `[a b]` is the stack before, top last; n is the argument.
#define PEBBLE_OPCODES(O)                                                                     \
    O(Nop)                                                                                    \
    O(Pop)       /* [x] -> [] */                                                              \
    O(Copy)      /* pushes the n-th item from the top (1 = top) */                            \
    O(Swap)      /* swaps the top with the n-th item */                                       \
    O(LoadConst) /* consts[n] */                                                              \
    O(LoadFast)  /* local n */                                                                \
    O(StoreFast)                                                                              \
    O(DeleteFast)                                                                             \
    O(LoadName) /* names[n]: block's dict, globals, builtins */                               \
    O(StoreName)                                                                              \
    O(DeleteName)                                                                             \
    O(LoadGlobal) /* names[n]: globals, builtins */                                           \
    O(StoreGlobal)                                                                            \
    O(DeleteGlobal)                                                                           \
    O(LoadCell) /* what the cell in local n holds */                                          \
    O(StoreCell)                                                                              \
    O(DeleteCell)                                                                             \
    O(LoadClassCell) /* the block's dict by the cell's name, else the cell */                 \
    O(LoadClosure)   /* the cell itself */                                                    \
    O(MakeCell)      /* local n becomes a new cell; takes the value of the parameter in it */ \
    O(LoadAttr)      /* [x] -> [x.names[n]] */                                                \
    O(StoreAttr)     /* [value x] -> [] */                                                    \
    O(DeleteAttr)                                                                             \
    O(LoadMethod) /* [x] -> [function x] or [NULL attribute] */                               \
    O(Binary)     /* [a b] -> [a op b], n = BinOp */                                          \
    O(Inplace)                                                                                \
    O(Unary)                                                                                  \
    O(Compare)    /* n = CmpOp up to Ge */                                                    \
    O(Is)         /* n = 1: is not */                                                         \
    O(Contains)   /* n = 1: not in */                                                         \
    O(GetItem)    /* [x key] -> [x[key]] */                                                   \
    O(SetItem)    /* [value x key] -> [] */                                                   \
    O(DeleteItem) /* [x key] -> [] */                                                         \
    O(BuildSlice) /* n = 2 or 3 parts */                                                      \
    O(BuildTuple)                                                                             \
    O(BuildList)                                                                              \
    O(BuildSet)                                                                               \
    O(BuildMap) /* n pairs */                                                                 \
    O(BuildString)                                                                            \
    O(ListAppend) /* [.. list .. x] -> x appended to the n-th item below */                   \
    O(SetAdd)                                                                                 \
    O(MapAdd)     /* [.. dict .. key value] */                                                \
    O(ListExtend) /* [list x] -> [list] */                                                    \
    O(SetUpdate)                                                                              \
    O(DictUpdate)                                                                             \
    O(DictMerge) /* as DictUpdate; a key twice is an error of the call */                     \
    O(ListToTuple)                                                                            \
    O(Unpack)      /* [x] -> n items, first on top */                                         \
    O(UnpackEx)    /* n & 255 before the star, n >> 8 behind it */                            \
    O(FormatValue) /* n & 255: conversion; n & 256: [x spec] */                               \
    O(Jump)                                                                                   \
    O(JumpBack) /* looks for interrupts */                                                    \
    O(PopJumpIfFalse)                                                                         \
    O(PopJumpIfTrue)                                                                          \
    O(JumpIfFalseOrPop)                                                                       \
    O(JumpIfTrueOrPop)                                                                        \
    O(GetIter)                                                                                \
    O(ForIter) /* [it] -> [it item], or [] and a jump */                                      \
    O(PushNull)                                                                               \
    O(Call)         /* [NULL f, or f self] n arguments -> [result] */                         \
    O(CallKeywords) /* the names' tuple on top */                                             \
    O(CallEx)       /* [NULL f args], n = 1: and a dict */                                    \
    O(MakeFunction) /* [parts.. code]; n: 1 defaults, 2 keyword defaults, 8 closure */        \
    O(BuildClass)   /* pushes the function that makes classes */                              \
    O(Return)                                                                                 \
    O(Yield)         /* n = 1: for `yield from` */                                            \
    O(YieldFromIter) /* [x] -> [iterator to delegate to] */                                   \
    O(Send)          /* [it value] -> [it value to yield], or [result] and a jump */          \
    O(ReturnGenerator)                                                                        \
    O(Raise)          /* n = 0, 1, 2 operands */                                              \
    O(Reraise)        /* [exc] -> raised; n = 1: [previous exc], previous is handled again */ \
    O(PushHandled)    /* [exc] -> [previous exc], exc is handled now */                       \
    O(PopHandled)     /* [previous] -> [] */                                                  \
    O(MatchException) /* [exc type] -> [exc bool] */                                          \
    O(EnterWith)      /* [manager] -> [exit result] */                                        \
    O(ExitWith)       /* [exit] -> [] */                                                      \
    O(ExceptWith)     /* [exit previous exc] -> [exit previous exc swallow?] */               \
    O(ImportName)     /* [level fromlist] -> [module] */                                      \
    O(ImportFrom)     /* [module] -> [module attribute] */                                    \
    O(ImportStar)                                                                             \
    O(AssertionError)                                                                         \
    O(PrintExpr)

enum class Op : unsigned char {
#define PEBBLE_OP(name) name,
    PEBBLE_OPCODES(PEBBLE_OP)
#undef PEBBLE_OP
};

struct Instr {
    uint32_t bits;
    Instr(Op op, uint32_t arg) : bits(static_cast<uint32_t>(op) | arg << 8) {}
    [[nodiscard]] Op op() const { return static_cast<Op>(bits & 0xFF); }
    [[nodiscard]] uint32_t arg() const { return bits >> 8; }
};

/// Where an instruction comes from; `anchor` is what a traceback underlines with carets.
struct CodePlace {
    Span at;
    Span anchor;
};

/// Instructions [from, to) are protected: an exception cuts the stack to `depth`, pushes itself and
/// goes on at `target`. Inner ranges stand before outer ones.
struct HandlerRange {
    uint32_t from;
    uint32_t to;
    uint32_t target;
    uint32_t depth;
};

struct CodeData {
    std::vector<Instr> code;
    std::vector<CodePlace> places;
    std::vector<HandlerRange> handlers;
    std::shared_ptr<const Source> source;
    Span first;               ///< of the definition
    uint32_t positional = 0;  ///< parameters, the positional-only ones included
    uint32_t positional_only = 0;
    uint32_t keyword_only = 0;
    bool star = false;
    bool star_star = false;
    uint32_t params = 0;  ///< frame places of all parameters
    uint32_t locals = 0;  ///< frame places of locals, cells and free variables
    uint32_t cells = 0;
    uint32_t frees = 0;
    uint32_t stack = 0;
    bool is_generator = false;
    bool fast_locals = false;     ///< a function: no dict of locals
    bool has_doc = false;         ///< consts[0] is the docstring
    bool simple = false;          ///< neither keyword-only nor starred parameters
    uint32_t attribute_hint = 0;  ///< of a class body: attributes that methods give to self

    /// Are so many arguments all parameters, in order?
    [[nodiscard]] bool takes(size_t count) const { return simple && count == positional; }
};

inline const CodeData& data_of(Value code) {
    return *as<Code>(code)->data;
}
void code_dealloc(Value code);

}  // namespace pebble

#endif
