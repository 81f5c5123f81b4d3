// SPDX-License-Identifier: MIT
// lisp FILE [LIMIT]: runs a script in a heap of at most LIMIT bytes.
#include <stdlib.h>

#include "lisp.h"

int main(int argc, char** argv) {
    static char script[1 << 20];
    FILE* file = argc > 1 ? fopen(argv[1], "rb") : NULL;
    if (file == NULL) {
        fputs("usage: lisp FILE [LIMIT]\n", stderr);
        return 2;
    }
    script[fread(script, 1, sizeof script - 1, file)] = '\0';
    fclose(file);
    lisp* in = lisp_new(argc > 2 ? strtoull(argv[2], NULL, 10) : 0, stdout);
    if (in == NULL) {
        fputs("lisp: the limit is too low\n", stderr);
        return 2;
    }
    const int ok = lisp_run(in, script);
    return lisp_free(in) != 0 ? 3 : ok ? 0 : 1;
}
