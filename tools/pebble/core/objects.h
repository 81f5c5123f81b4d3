// SPDX-License-Identifier: MIT
/// Object layouts. Every object starts with the heap's header and its class; strong references
/// follow without a gap, so that the heap walks them itself (see layout.cc).
#ifndef PEBBLE_CORE_OBJECTS_H
#define PEBBLE_CORE_OBJECTS_H

#include <cstdio>
#include <string>

#include "core/value.h"

namespace pebble {

struct Class;
struct ClassInfo;
struct CodeData;
struct Dict;
struct Frame;
struct NativeDef;
struct Str;

/// How an object lies in memory. Each has up to three heap types: see Layout.
enum LayoutId : unsigned char {
    kInstance,
    kStr,
    kBytes,
    kByteArray,
    kInt,
    kFloat,
    kComplex,
    kTuple,
    kList,
    kDict,
    kSet,
    kBox,
    kFunction,
    kNative,
    kCell,
    kCode,
    kFrame,
    kGenerator,
    kClass,
    kException,
    kTraceback,
    kModule,
    kDeque,
    kFile,
    kWeakRef,
    kLayoutCount
};

struct Layout {
    cairn_type* exact;      ///< of a builtin class: the class is not counted
    cairn_type* derived;    ///< of a class of the program: the class is a counted slot
    cairn_type* finalized;  ///< the same, with a finalizer that calls __del__
};
extern Layout layouts[kLayoutCount];

struct Object {
    cairn_object head;
    Class* cls;
};

/// An instance of a class of the program. Attributes lie inline, in the order of the class's shared
/// keys, until somebody wants the dict or there are too many.
struct Instance : Object {
    static constexpr LayoutId kLayout = kInstance;
    Dict* dict;
    size_t count;
    Value items[];
};

/// UTF-8. `length` counts characters.
struct Str : Object {
    static constexpr LayoutId kLayout = kStr;
    int64_t hash;  ///< 0: not computed
    size_t length;
    size_t size;
    bool interned;
    char data[];
};

struct Bytes : Object {
    static constexpr LayoutId kLayout = kBytes;
    size_t size;
    char data[];
};

struct ByteArray : Object {
    static constexpr LayoutId kLayout = kByteArray;
    std::string* text;
    size_t reported;  ///< what the heap knows of its memory
};

/// An int too big for an immediate, or of a subclass of int. Magnitude: base 2^32, lowest first.
struct Int : Object {
    static constexpr LayoutId kLayout = kInt;
    size_t count;
    bool negative;
    uint32_t digits[];
};

struct Float : Object {
    static constexpr LayoutId kLayout = kFloat;
    double value;
};

struct Complex : Object {
    static constexpr LayoutId kLayout = kComplex;
    double real;
    double imag;
};

struct Tuple : Object {
    static constexpr LayoutId kLayout = kTuple;
    size_t count;
    Value items[];
};

/// Records in a buffer, which is the heap's: no clear and no dealloc function has to know of them.
template <class T>
struct Records : cairn_buffer {
    T* data() const { return static_cast<T*>(records); }
    T& operator[](size_t i) const { return data()[i]; }
};

struct List : Object {
    static constexpr LayoutId kLayout = kList;
    Dict* dict;  ///< attributes of an instance of a subclass
    Records<Value> items;
};

struct DictEntry {
    Value key;  ///< NULL: deleted
    Value value;
    int64_t hash;
};

/// Insertion-ordered: entries in order, and an index with their numbers, counted from 1. In the
/// index of a small dict each takes one byte, else four.
/// The heap may empty the buffer of a dict that is garbage: all else counts only while there is
/// one.
struct Dict : Object {
    static constexpr LayoutId kLayout = kDict;
    Dict* dict;
    Records<DictEntry> entries;  ///< deleted ones too; `index` lies behind the room for them
    void* index;                 ///< of `mask + 1` places
    size_t mask;
    size_t live;       ///< entries that are not deleted
    size_t room;       ///< so many can be added before the table has to grow
    uint64_t version;  ///< changes with every insertion and deletion
    Class* owner;      ///< the class whose dict it is, not counted; NULL: that of none
    bool tracked;      ///< it holds something that can be in a cycle
    bool other_keys;   ///< there was a key that is not an exact str: traverse visits keys

    size_t count() const { return entries.records != nullptr ? live : 0; }
};

struct SetEntry {
    Value key;  ///< NULL: never used; the dummy: deleted
    int64_t hash;
};

struct Set : Object {
    static constexpr LayoutId kLayout = kSet;
    Dict* dict;
    Records<SetEntry> table;  ///< of as many places as a power of two, or none
    size_t filled;  ///< places that are or were in use; counts only while there is a table
    size_t live;    ///< items; the same
    int64_t hash;   ///< of a frozenset, 0: not computed

    size_t count() const { return table.records != nullptr ? live : 0; }
};

/// The small native objects: slice, range, iterators, views, property, bound method, super ...
/// What the fields mean is said where each class is.
struct Box : Object {
    static constexpr LayoutId kLayout = kBox;
    Value a;
    Value b;
    Value c;
    Value d;
    int64_t i;
    int64_t n;
};

struct Function : Object {
    static constexpr LayoutId kLayout = kFunction;
    // They die in this order, as in CPython; but for the name.
    Value code;
    Dict* globals;
    Value module;
    Value defaults;    ///< Tuple or NULL
    Value kwdefaults;  ///< Dict or NULL
    Value doc;
    Value name;
    Dict* dict;
    Value closure;      ///< Tuple of Cell or NULL
    Value annotations;  ///< Dict or NULL
    Value qualname;
};

struct Native : Object {
    static constexpr LayoutId kLayout = kNative;
    Value self;    ///< what it is bound to, or NULL
    Class* owner;  ///< the class whose method it is, or NULL
    const NativeDef* def;
};

struct Cell : Object {
    static constexpr LayoutId kLayout = kCell;
    Value value;
};

struct Code : Object {
    static constexpr LayoutId kLayout = kCode;
    Value name;
    Value qualname;
    Value filename;
    Value consts;
    Value names;
    Value varnames;  ///< locals, then cells, then free variables
    CodeData* data;
};

/// Untracked while it runs (its references count as coming from outside) and as long as only its
/// generator owns it; tracked when somebody else keeps it.
struct Frame : Object {
    static constexpr LayoutId kLayout = kFrame;
    Value function;
    Value code;    ///< the function's when the frame was made; a program may give it another
    Value locals;  ///< Dict of a module or class body, or NULL
    Value back;    ///< the caller, once this one outlives its call
    size_t count;
    Frame* previous;  ///< the caller while running; not counted
    int32_t pc;       ///< of the instruction under way; -1 before the first
    int32_t sp;       ///< items in use
    bool running;
    bool is_generator;
    bool finished;  ///< of a generator: it has returned or failed
    Value items[];  ///< locals, cells, free variables, stack
};

struct Generator : Object {
    static constexpr LayoutId kLayout = kGenerator;
    Value frame;    ///< NULL when finished
    Value handled;  ///< the exception being handled inside, or NULL
    Value name;
    Value qualname;
};

struct Class : Object {
    static constexpr LayoutId kLayout = kClass;
    Value name;
    Value qualname;
    Value bases;  ///< Tuple
    Value mro;    ///< Tuple
    Dict* dict;
    ClassInfo* info;
};

struct Exception : Object {
    static constexpr LayoutId kLayout = kException;
    Dict* dict;
    Value args;       ///< Tuple
    Value traceback;  ///< Traceback or NULL
    Value context;
    Value cause;
    Value name;  ///< of NameError, AttributeError, ImportError
    Value obj;   ///< of AttributeError
    bool suppress_context;
};

struct Traceback : Object {
    static constexpr LayoutId kLayout = kTraceback;
    Value next;
    Value frame;
    int32_t pc;
};

struct Module : Object {
    static constexpr LayoutId kLayout = kModule;
    Dict* dict;
};

/// Values in a row, with room to grow at both ends.
struct Deque : Object {
    static constexpr LayoutId kLayout = kDeque;
    Dict* dict;
    Records<Value> items;  ///< those before `first` are empty
    size_t first;
    int64_t limit;  ///< maxlen, or -1
    uint64_t version;

    /// The heap may empty the buffer of one that is garbage.
    size_t count() const { return items.count > first ? items.count - first : 0; }
};

/// A file of text or bytes over a C stream.
struct File : Object {
    static constexpr LayoutId kLayout = kFile;
    Value name;
    Value mode;
    FILE* stream;   ///< NULL: closed
    bool standard;  ///< one of the process's own: not closed with the object
    bool bytes;
};

/// The payload of weak references and proxies, behind the heap's own part of them.
struct WeakRef {
    static constexpr LayoutId kLayout = kWeakRef;
    char head[CAIRN_WEAKREF_SIZE];
    Class* cls;
    Dict* dict;
};

/// Is `v` an instance of the builtin class with T's layout, or of a subclass?
template <class T>
bool is(Value v) {
    const Layout& layout = layouts[T::kLayout];
    return !is_immediate(v) &&
           (v->type == layout.exact || v->type == layout.derived || v->type == layout.finalized);
}
template <class T>
bool is_exact(Value v) {
    return !is_immediate(v) && v->type == layouts[T::kLayout].exact;
}

}  // namespace pebble

#endif
