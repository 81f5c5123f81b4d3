// SPDX-License-Identifier: MIT
// What scripts can call, and the interpreter's beginning and end.
#include "lisp.h"

#include <stdlib.h>
#include <string.h>

static int push_int(lisp* in, uintptr_t n) { return push(in, from_int(n)); }
static int push_truth(lisp* in, int is_true) { return push(in, is_true ? from_int(1) : NULL); }

static int do_add(lisp* in, val* a) {
    return push_int(in, (uintptr_t)to_int(a[0]) + (uintptr_t)to_int(a[1]));
}
static int do_subtract(lisp* in, val* a) {
    return push_int(in, (uintptr_t)to_int(a[0]) - (uintptr_t)to_int(a[1]));
}
static int do_multiply(lisp* in, val* a) {
    return push_int(in, (uintptr_t)to_int(a[0]) * (uintptr_t)to_int(a[1]));
}
static int do_less(lisp* in, val* a) { return push_truth(in, to_int(a[0]) < to_int(a[1])); }
static int do_same(lisp* in, val* a) { return push_truth(in, a[0] == a[1]); }
static int do_cons(lisp* in, val* a) {
    return push(in, hold(a[0])) && push(in, hold(a[1])) && cons(in);
}
static int do_car(lisp* in, val* a) { return push(in, hold(car(a[0]))); }
static int do_cdr(lisp* in, val* a) { return push(in, hold(cdr(a[0]))); }
static int do_set_cdr(lisp* in, val* a) {
    put(&((pair*)a[0])->cdr, hold(a[1]));
    return push(in, NULL);
}

static int do_table(lisp* in, val* a) {
    (void)a;
    return make(in, in->table) != NULL;
}
static int do_table_get(lisp* in, val* a) {
    val* place = a[1] == NULL ? NULL : table_find(a[0], a[1]);
    return push(in, place == NULL ? NULL : hold(*place));
}
static int do_table_set(lisp* in, val* a) {
    if (a[1] == NULL) return fail(in, "() is no key");
    return table_set(in, a[0], a[1], a[2]) && push(in, NULL);
}

static int do_weak(lisp* in, val* a) {
    val ref = cairn_weakref_new(a[0], NULL, NULL, NULL);
    return ref == NULL ? fail_for_memory(in) : push(in, ref);
}
static int do_weak_get(lisp* in, val* a) { return push(in, cairn_weakref_get(a[0])); }

static int report(lisp* in, const char* what) {
    fputs(what, in->output);
    print_value(in, in->error, 0);
    fputc('\n', in->output);
    put(&in->error, NULL);
    return 0;
}

// The heap's queue calls it, when eval() or lisp_free() asks for that. A list of a function alone
// is an expression that calls it.
static cairn_status call_finalizer(val function, void* user_data) {
    lisp* in = user_data;
    const size_t base = in->top;
    if (!push(in, hold(function)) || !push(in, NULL) || !cons(in) ||
        !eval(in, in->stack[base], NULL)) {
        (void)report(in, "error in a finalizer: ");
    }
    pop_to(in, base, DONE);
    return CAIRN_OK;
}
static int do_finalize(lisp* in, val* a) {
    val made = cairn_finalizer_new(a[0], call_finalizer, a[1], in);
    if (made == NULL) return fail_for_memory(in);
    drop(made);  // the heap keeps it
    return push(in, NULL);
}

static int do_collect(lisp* in, val* a) {
    size_t found = 0;
    (void)a;
    const cairn_status status = cairn_gc_collect(in->heap, 2, &found);
    return status == CAIRN_OK ? push_int(in, found) : fail_for_memory(in);
}
static int do_symbols(lisp* in, val* a) {
    (void)a;
    return push_int(in, cairn_weakmap_length(in->symbols));
}
static int do_print(lisp* in, val* a) {
    for (const val* end = &in->stack[in->top]; a < end; ++a) {
        print_value(in, *a, 0);
        fputc(a + 1 < end ? ' ' : '\n', in->output);
    }
    return push(in, NULL);
}
static int do_error(lisp* in, val* a) {
    put(&in->error, hold(a[0]));
    return FAILED;
}

// clang-format off
static const builtin builtins[] = {
    {"+", "ii", do_add}, {"-", "ii", do_subtract}, {"*", "ii", do_multiply}, {"<", "ii", do_less},
    {"eq?", "??", do_same}, {"cons", "??", do_cons}, {"car", "p", do_car}, {"cdr", "p", do_cdr},
    {"set-cdr!", "p?", do_set_cdr}, {"table", "", do_table}, {"table-get", "t?", do_table_get},
    {"table-set!", "t??", do_table_set}, {"weak", "o", do_weak}, {"weak-get", "o", do_weak_get},
    {"finalize", "oc", do_finalize}, {"collect", "", do_collect}, {"symbols", "", do_symbols},
    {"print", NULL, do_print}, {"error", "?", do_error}};
// clang-format on

static int add_builtins(lisp* in) {
    int ok = 1;
    for (size_t i = 0; ok && i < sizeof builtins / sizeof *builtins; ++i) {
        builtin_object* self = (builtin_object*)make(in, in->builtin);
        ok = self != NULL && intern(in, builtins[i].name, strlen(builtins[i].name));
        if (ok) {
            self->is = &builtins[i];
            ok = table_set(in, in->globals, in->stack[in->top - 1], &self->head);
        }
        pop_to(in, 0, ok);
    }
    return ok;
}

// Called inside a release or a collection: it may only set a flag.
static void on_finalizers_waiting(cairn_heap* heap, void* user_data) {
    (void)heap;
    ((lisp*)user_data)->finalizers_wait = 1;
}

// Collections that see the stack need not find out who holds what is on it.
static void visit_stack(cairn_visit_fn visit, void* visit_data, void* user_data) {
    const lisp* in = user_data;
    visit(in->globals, visit_data);
    for (size_t i = 0; i < in->top; ++i) {
        visit(is_int(in->stack[i]) ? NULL : in->stack[i], visit_data);
    }
}

static int fill(lisp* in) {
    static const char* const names[NAMES] = {"quote", "if",    "lambda", "define",
                                             "set!",  "begin", "try",    "error"};
    in->symbols = cairn_weakmap_new(in->heap, CAIRN_WEAK_VALUE_MAP);
    if (in->symbols == NULL || !make_types(in)) return 0;
    in->no_memory = new_text(in->string, "memory is out", 13);
    in->globals = cairn_new(in->table);
    for (int i = 0; i < NAMES; ++i) {
        if (!intern(in, names[i], strlen(names[i]))) return 0;
        in->name[i] = pop(in);
    }
    return in->no_memory != NULL && in->globals != NULL && add_builtins(in);
}

lisp* lisp_new(size_t limit, FILE* output) {
    lisp* in = calloc(1, sizeof *in);
    if (in == NULL) return NULL;
    in->output = output;
    cairn_heap_options options;
    cairn_heap_options_init(&options);
    options.flags = CAIRN_HEAP_QUEUE_FINALIZERS;
    options.memory_limit = limit;
    options.on_finalizers_waiting = on_finalizers_waiting;
    options.user_data = in;
    in->heap = cairn_heap_new(&options);
    if (in->heap != NULL) {
        cairn_heap_set_root_visitor(in->heap, visit_stack, in);
        if (fill(in)) return in;
    }
    (void)lisp_free(in);
    return NULL;
}

int lisp_run(lisp* in, const char* script) {
    int found = DONE;
    while (found == DONE) {
        found = read_value(in, &script);
        if (found == DONE) {
            found = eval(in, in->stack[in->top - 1], NULL);
        } else if (found == AGAIN) {
            found = fail(in, "an unexpected )");
        }
        pop_to(in, 0, DONE);
    }
    return found == END || report(in, "error: ");
}

// Finalizers of scripts run while the interpreter is whole: those of all that lives, and those that
// they register, within reason. Then the globals go, and with them what nobody else holds.
static void run_last_finalizers(lisp* in) {
    size_t ran = 1;
    for (int round = 0; ran > 0 && round < 16; ++round) {
        cairn_finalizers_run_atexit(in->heap);
        ran = cairn_finalizers_run(in->heap, 0, 0);
    }
    ((table*)in->globals)->used = 0;
    (void)cairn_buffer_clear(in->globals);
    (void)cairn_gc_collect(in->heap, 2, NULL);
    (void)cairn_finalizers_run(in->heap, 0, 0);
}

size_t lisp_free(lisp* in) {
    if (in->globals != NULL) run_last_finalizers(in);
    put(&in->globals, NULL);
    put(&in->symbols, NULL);
    put(&in->no_memory, NULL);
    put(&in->error, NULL);
    for (int i = 0; i < NAMES; ++i) put(&in->name[i], NULL);
    const size_t leaked = cairn_heap_free(in->heap);
    free(in);
    return leaked;
}
