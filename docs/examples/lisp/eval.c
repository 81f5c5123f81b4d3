// SPDX-License-Identifier: MIT
// The evaluator. An environment is a list of bindings (symbol . value). A call of eval() has an
// expression and its environment on the stack, and behind them what it computes.
#include <string.h>

#include "lisp.h"

static val* find_variable(lisp* in, val name, val env) {
    for (; env != NULL; env = cdr(env)) {
        if (car(car(env)) == name) return &((pair*)car(env))->cdr;
    }
    return table_find(in->globals, name);
}

// Adds a binding to the environment on the stack at `env`.
static int bind(lisp* in, val* env, val name, val value) {
    pair* binding = (pair*)make(in, in->pair);
    if (binding == NULL) return FAILED;
    binding->car = hold(name);
    binding->cdr = hold(value);
    if (!push(in, hold(*env)) || !cons(in)) return FAILED;
    put(env, pop(in));
    return DONE;
}

// Evaluates a body but for its last expression, which is evaluated in its place.
static int enter_body(lisp* in, val* frame, val body) {
    for (; is(body, in->pair) && cdr(body) != NULL; body = cdr(body)) {
        if (!eval(in, car(body), frame[1])) return FAILED;
        drop(pop(in));
    }
    put(&frame[0], hold(is(body, in->pair) ? car(body) : NULL));
    return AGAIN;
}

// Calls the closure at `called`, with the arguments behind it, in the place of the frame.
static int enter_closure(lisp* in, val* frame, val* called) {
    const closure* c = (const closure*)*called;
    val* env = &in->stack[in->top];
    val* argument = called + 1;
    val name = c->parameters;
    if (!push(in, hold(c->env))) return FAILED;
    for (; is(name, in->pair) && argument < env; name = cdr(name), ++argument) {
        if (!bind(in, env, car(name), *argument)) return FAILED;
    }
    if (name != NULL || argument != env) return fail(in, "a wrong number of arguments");
    put(&frame[1], pop(in));
    return enter_body(in, frame, c->body);
}

static int fits(lisp* in, val v, char kind) {
    return kind == 'i'   ? is_int(v)
           : kind == 'o' ? v != NULL && !is_int(v)
           : kind == '?' ? 1
                         : is(v, kind == 'p'   ? in->pair
                                 : kind == 't' ? in->table
                                               : in->closure);
}

static int call_builtin(lisp* in, val* called) {
    if (!is(*called, in->builtin)) return fail(in, "only functions can be called");
    const builtin* b = ((builtin_object*)*called)->is;
    const size_t count = (size_t)(&in->stack[in->top] - called) - 1;
    if (b->takes != NULL && strlen(b->takes) != count)
        return fail(in, "a wrong number of arguments");
    for (size_t i = 0; b->takes != NULL && i < count; ++i) {
        if (!fits(in, called[i + 1], b->takes[i])) return fail(in, "an argument of the wrong kind");
    }
    return b->call(in, called + 1);
}

// (try expression otherwise): the second is evaluated after an error, which is the variable error.
static int try_it(lisp* in, val* frame, val rest) {
    const size_t base = in->top;
    if (eval(in, car(rest), frame[1])) return DONE;
    pop_to(in, base, FAILED);
    if (!bind(in, &frame[1], in->name[ERROR], in->error)) return FAILED;
    put(&in->error, NULL);
    return enter_body(in, frame, cdr(rest));
}

static int eval_form(lisp* in, val* frame, int form, val rest) {
    if (form == QUOTE) return push(in, hold(car(rest)));
    if (form == LAMBDA) {
        closure* c = (closure*)make(in, in->closure);
        if (c == NULL) return FAILED;
        c->parameters = hold(car(rest));
        c->body = hold(cdr(rest));
        c->env = hold(frame[1]);
        return DONE;
    }
    if (form == BEGIN) return enter_body(in, frame, rest);
    if (form == TRY) return try_it(in, frame, rest);
    if (!eval(in, car(form == IF ? rest : cdr(rest)), frame[1])) return FAILED;
    val value = in->stack[in->top - 1];
    if (form == IF) {
        val next = value != NULL ? cdr(rest) : cdr(cdr(rest));
        put(&frame[0], hold(next != NULL ? car(next) : NULL));
        return AGAIN;
    }
    if (!is(car(rest), in->symbol)) return fail(in, "only symbols name variables");
    if (form == DEFINE) return table_set(in, in->globals, car(rest), value);
    val* place = find_variable(in, car(rest), frame[1]);
    if (place == NULL) return fail(in, "set! of an unknown variable");
    put(place, hold(value));
    return DONE;
}

// DONE: the value is on the stack. AGAIN: the frame has another expression to evaluate instead.
static int step(lisp* in, val* frame) {
    val expression = frame[0];
    if (is(expression, in->symbol)) {
        val* place = find_variable(in, expression, frame[1]);
        return place != NULL ? push(in, hold(*place)) : fail(in, "an unknown variable");
    }
    if (!is(expression, in->pair)) return push(in, hold(expression));
    for (int form = 0; form < FORMS; ++form) {
        if (car(expression) == in->name[form]) {
            val rest = cdr(expression);
            const int shortest = form == BEGIN ? 0 : form == QUOTE || form == LAMBDA ? 1 : 2;
            for (int i = 0; i < shortest; ++i, rest = cdr(rest)) {
                if (!is(rest, in->pair)) return fail(in, "a form is too short");
            }
            return eval_form(in, frame, form, cdr(expression));
        }
    }
    val* called = &in->stack[in->top];
    for (; is(expression, in->pair); expression = cdr(expression)) {
        if (!eval(in, car(expression), frame[1])) return FAILED;
    }
    if (in->finalizers_wait) {
        in->finalizers_wait = 0;
        (void)cairn_finalizers_run(in->heap, 0, 0);
    }
    return is(*called, in->closure) ? enter_closure(in, frame, called) : call_builtin(in, called);
}

int eval(lisp* in, val expression, val env) {
    const size_t base = in->top;
    if (!push(in, hold(expression)) || !push(in, hold(env))) return FAILED;
    int result = step(in, &in->stack[base]);
    while (result == AGAIN) {
        pop_to(in, base + 2, DONE);
        result = step(in, &in->stack[base]);
    }
    if (result == FAILED) return FAILED;
    put(&in->stack[base], pop(in));
    return pop_to(in, base + 1, DONE);
}
