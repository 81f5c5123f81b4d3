// SPDX-License-Identifier: MIT
// lisp FILE [LIMIT [SNAPSHOT]]: runs a script in a heap of at most LIMIT bytes, and writes a
// snapshot of what is left, for `cairn heap`.
#include <stdlib.h>

#include "lisp.h"

static int write_part(const void* data, size_t size, void* file) {
    return fwrite(data, 1, size, file) == size;
}

static int write_snapshot(lisp* in, const char* path) {
    FILE* file = fopen(path, "wb");
    if (file == NULL) return 0;
    const cairn_status status = cairn_snapshot_write(in->heap, NULL, write_part, file);
    return fclose(file) == 0 && status == CAIRN_OK;
}

int main(int argc, char** argv) {
    static char script[1 << 20];
    FILE* file = argc > 1 ? fopen(argv[1], "rb") : NULL;
    if (file == NULL) {
        fputs("usage: lisp FILE [LIMIT [SNAPSHOT]]\n", stderr);
        return 2;
    }
    script[fread(script, 1, sizeof script - 1, file)] = '\0';
    fclose(file);
    lisp* in = lisp_new(argc > 2 ? strtoull(argv[2], NULL, 10) : 0, stdout);
    if (in == NULL) {
        fputs("lisp: the limit is too low\n", stderr);
        return 2;
    }
    int ok = lisp_run(in, script);
    if (argc > 3 && !write_snapshot(in, argv[3])) {
        perror(argv[3]);
        ok = 0;
    }
    return lisp_free(in) != 0 ? 3 : ok ? 0 : 1;
}
