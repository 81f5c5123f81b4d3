// SPDX-License-Identifier: MIT
// Reads expressions, and prints values.
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "lisp.h"

// Reads elements up to a ")", or one if `most` is 1, and makes a list of them and what lies before
// them on the stack from `base` on.
static int read_list(lisp* in, const char** script, size_t base, int most) {
    int found = DONE;
    for (int i = 0; found == DONE && i != most; ++i) found = read_value(in, script);
    if (found == FAILED) return FAILED;
    if (found != (most == 1 ? DONE : AGAIN)) return fail(in, "a list has no end");
    int ok = push(in, NULL);
    while (ok && in->top > base + 1) ok = cons(in);
    return ok;
}

int read_value(lisp* in, const char** script) {
    const char* start = *script;
    const size_t base = in->top;
    while (isspace((unsigned char)*start) || *start == ';') {
        start += *start == ';' ? strcspn(start, "\n") : 1;
    }
    *script = start + (*start != '\0');
    if (*start == '\0') return END;
    if (*start == ')') return AGAIN;
    if (*start == '\'') {
        return push(in, hold(in->name[QUOTE])) ? read_list(in, script, base, 1) : FAILED;
    }
    if (*start == '(') {  // what is pushed first limits the depth
        if (!push(in, NULL) || !read_list(in, script, base + 1, -1)) return FAILED;
        put(&in->stack[base], pop(in));
        return DONE;
    }
    const size_t length = strcspn(start + 1, *start == '"' ? "\"" : " \t\r\n();\"'") + 1;
    *script = start + length;
    if (*start == '"') {
        if (**script == '\0') return fail(in, "a string has no end");
        ++*script;
        return make_text(in, in->string, start + 1, length - 1);
    }
    char* end = NULL;
    const long long number = strtoll(start, &end, 10);
    return end == *script ? push(in, from_int((uintptr_t)number)) : intern(in, start, length);
}

static void print_list(lisp* in, val v, int depth) {
    fputc('(', in->output);
    for (int i = 0; is(v, in->pair) && i < 20; v = cdr(v), ++i) {
        fputs(i > 0 ? " " : "", in->output);
        print_value(in, car(v), depth + 1);
    }
    if (v != NULL) {
        fputs(is(v, in->pair) ? " ..." : " . ", in->output);  // it may have no end
        if (!is(v, in->pair)) print_value(in, v, depth + 1);
    }
    fputc(')', in->output);
}

void print_value(lisp* in, val v, int depth) {
    if (v == NULL || (is(v, in->pair) && depth < 8)) {
        print_list(in, v, depth);
    } else if (is_int(v)) {
        fprintf(in->output, "%lld", (long long)to_int(v));
    } else if (is(v, in->string) || is(v, in->symbol)) {
        fwrite(((text*)v)->bytes, 1, ((text*)v)->length, in->output);
    } else {
        fprintf(in->output, "<%s>", cairn_type_name(cairn_type_of(v)));
    }
}
