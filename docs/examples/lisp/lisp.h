// SPDX-License-Identifier: MIT
// A small Lisp on Cairn. A value is a reference, a tagged integer, or NULL, which is ().
//
// Every value that a C function holds across a call is on the value stack, or in an object. What
// makes a value pushes it. A function that fails returns 0 and leaves what it has pushed to its
// caller, up to the one that handles the error and pops all. Finalizers and callbacks wait in the
// heap's queue, and eval() runs it between two calls: no script runs inside an allocation.
#ifndef LISP_H
#define LISP_H

#include <cairn/cairn.h>
#include <stdio.h>

typedef cairn_object* val;
typedef struct lisp lisp;

// clang-format off
typedef struct { cairn_object head; val car, cdr; } pair;
// A string or a symbol. The interpreter's map leads weakly from a string to the symbol like it.
typedef struct { cairn_object head; size_t length; char bytes[]; } text;
typedef struct { cairn_object head; val parameters, body, env; } closure;
// A hash table: all records of the buffer are in use, and those without a key are empty.
typedef struct { cairn_object head; size_t used; cairn_buffer records; } table;
typedef struct { val key, value; uint64_t hash; } record;
// What it takes: i(nteger), p(air), t(able), c(losure), o(bject) or ? for each argument; NULL: any. Its call pushes the result. The arguments end at the top of the stack.
typedef struct { const char *name, *takes; int (*call)(lisp* in, val* arguments); } builtin;
typedef struct { cairn_object head; const builtin* is; } builtin_object;
// clang-format on

enum { QUOTE, IF, LAMBDA, DEFINE, SET, BEGIN, TRY, FORMS, ERROR = FORMS, NAMES };
enum { FAILED, DONE, AGAIN, END, STACK = 4000 };

struct lisp {
    cairn_heap* heap;
    cairn_type *pair, *string, *symbol, *closure, *builtin, *table;
    val globals, symbols, no_memory, name[NAMES];
    val error;  // after a failure
    FILE* output;
    int finalizers_wait;
    size_t top;
    val stack[STACK];  // owned
};

// An interpreter whose heap may use `limit` bytes (0: any number); NULL when memory is out.
lisp* lisp_new(size_t limit, FILE* output);
int lisp_run(lisp* in,
             const char* script);  // prints an error, and returns 0 then
size_t lisp_free(lisp* in);        // runs finalizers; returns the number of leaked objects

static inline int is_int(val v) { return ((uintptr_t)v & 1) != 0; }
static inline val from_int(uintptr_t n) { return (val)(n << 1 | 1); }
static inline intptr_t to_int(val v) { return (intptr_t)v >> 1; }
static inline int is(val v, const cairn_type* type) {
    return v != NULL && !is_int(v) && cairn_type_of(v) == type;
}
static inline val hold(val v) { return is_int(v) ? v : cairn_new_ref(v); }
static inline void drop(val v) {
    if (v != NULL && !is_int(v)) cairn_decref(v);
}
// Stores first and releases afterwards. Takes `v` over.
static inline void put(val* slot, val v) {
    val old = *slot;
    *slot = v;
    drop(old);
}
static inline val car(val v) { return ((pair*)v)->car; }
static inline val cdr(val v) { return ((pair*)v)->cdr; }

static inline val pop(lisp* in) { return in->stack[--in->top]; }
static inline int pop_to(lisp* in, size_t height, int result) {
    while (in->top > height) drop(pop(in));
    return result;
}
int push(lisp* in, val v);  // takes `v` over
int fail(lisp* in, const char* message);
int fail_for_memory(lisp* in);

int make_types(lisp* in);
val make(lisp* in,
         cairn_type* type);  // pushes a new object, or returns NULL for a failure
int cons(lisp* in);          // replaces car and cdr, on the stack, by a pair
val new_text(cairn_type* type, const char* bytes,
             size_t length);  // NULL: memory is out
int make_text(lisp* in, cairn_type* type, const char* bytes, size_t length);
int intern(lisp* in, const char* bytes, size_t length);
val* table_find(val t, val key);  // where its value is; NULL: nowhere
int table_set(lisp* in, val t, val key, val value);

int read_value(lisp* in,
               const char** script);  // DONE, FAILED, END, or AGAIN after a ")"
void print_value(lisp* in, val v, int depth);
int eval(lisp* in, val expression, val env);

#endif
