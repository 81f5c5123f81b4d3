// SPDX-License-Identifier: MIT
/// Runs a script of the Lisp example with each of its allocations failing once, with a collection
/// at every allocation, and with every limit from too little to enough. Whatever happens, the
/// interpreter must end without a leak.
#include <cairn/testing.h>
#include <stdlib.h>

#include "lisp.h"

enum { LIMIT = 3000000 };

static char script[1 << 16];
static FILE* output;

static void check(int holds, const char* what, uint64_t n) {
    if (!holds) {
        fprintf(stderr, "%s, at %llu\n", what, (unsigned long long)n);
        exit(EXIT_FAILURE);
    }
}

static void end(lisp* in, uint64_t n) {
    check(cairn_verify_for_testing(in->heap), "the heap is not consistent", n);
    check(lisp_free(in) == 0, "objects leaked", n);
    rewind(output);
}

static lisp* begin(size_t limit) {
    lisp* in = lisp_new(limit, output);
    check(in != NULL, "no interpreter", limit);
    return in;
}

/// Fails the n-th allocation from now on for n = 1, 2, ... until there are not so many.
static void fail_each(void) {
    uint64_t failures = 0;
    for (uint64_t n = 1;; ++n) {
        lisp* in = begin(LIMIT);
        const uint64_t before = cairn_allocation_requests_for_testing(in->heap);
        cairn_fail_allocation_for_testing(in->heap, n);
        failures += !lisp_run(in, script);
        const uint64_t requests = cairn_allocation_requests_for_testing(in->heap) - before;
        end(in, n);
        if (requests < n) {
            break;
        }
    }
    check(failures > 20, "hardly any failure was seen", failures);
}

static void collect_each(void) {
    lisp* in = begin(LIMIT);
    cairn_collect_every_for_testing(in->heap, 1);
    check(lisp_run(in, script), "the script failed", 0);
    end(in, 0);
}

static void limit_each(void) {
    size_t refused = 0;
    size_t limit = 1;
    for (; limit < LIMIT; limit += limit < 200000 ? 997 : 99991) {
        lisp* in = lisp_new(limit, output);
        if (in == NULL) {
            ++refused;
            continue;
        }
        (void)lisp_run(in, script);
        end(in, limit);
    }
    check(refused > 10, "a low limit was enough", refused);
}

int main(int argc, char** argv) {
    FILE* file = argc > 1 ? fopen(argv[1], "rb") : NULL;
    output = tmpfile();
    if (file == NULL || output == NULL) {
        fputs("usage: lisp_failures FILE\n", stderr);
        return 2;
    }
    script[fread(script, 1, sizeof script - 1, file)] = '\0';
    fclose(file);
    fail_each();
    collect_each();
    limit_each();
    return EXIT_SUCCESS;
}
