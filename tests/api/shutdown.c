// SPDX-License-Identifier: MIT
// The end of an interpreter in the order of docs/embedding.md: every finalizer and callback runs
// while the interpreter is whole, whatever the script and the host have left behind.
#include "check.h"

struct interpreter {
    int is_whole;
    int runs;
    cairn_heap* heap;
    cairn_object* globals[3];
    cairn_object* leaked;
};

static struct interpreter interpreter;

// What script code needs: an interpreter.
static void run_script(const char* what) {
    CHECK(interpreter.is_whole);
    ++interpreter.runs;
    printf("%s\n", what);
}

static cairn_status finalize(cairn_object* self) {
    run_script(self == interpreter.leaked ? "finalizer of what the host leaked" : "finalizer");
    CHECK(cairn_heap_finalize(interpreter.heap) == CAIRN_BUSY);
    return CAIRN_OK;
}

static cairn_status at_exit(cairn_object* argument, void* user_data) {
    (void)argument;
    (void)user_data;
    run_script("at exit");
    CHECK(interpreter.globals[0] != NULL);
    return CAIRN_OK;
}

static cairn_status called_back(cairn_object* ref, cairn_object* argument, void* user_data) {
    (void)ref;
    (void)argument;
    (void)user_data;
    run_script("weak reference callback");
    return CAIRN_OK;
}

int main(void) {
    cairn_heap* heap = cairn_heap_new(NULL);
    interpreter.heap = heap;
    interpreter.is_whole = 1;
    cairn_type_spec spec = pair_spec();
    spec.finalize = finalize;
    cairn_type* type = NULL;
    CHECK(cairn_type_new(heap, &spec, &type) == CAIRN_OK);
    for (int i = 0; i < 3; ++i) {
        interpreter.globals[i] = loop_new(type);
    }
    cairn_object* ref = cairn_weakref_new(interpreter.globals[1], called_back, NULL, NULL);
    cairn_object* late = cairn_weakref_new(interpreter.globals[2], called_back, NULL, NULL);
    interpreter.leaked = pair_new(type);
    cairn_decref(cairn_finalizer_new(interpreter.globals[0], at_exit, NULL, NULL));

    // 1. No script runs any more. What is registered and queued runs, and sees the globals.
    cairn_finalizers_run_atexit(heap);
    (void)cairn_finalizers_run(heap, 0, 0);
    CHECK(interpreter.runs == 1);
    // 2. The globals go; cycles are left. (The host forgets one of them.)
    cairn_clear(&interpreter.globals[0]);
    cairn_clear(&interpreter.globals[1]);
    // 3. All that is left runs, also for what the host still holds.
    CHECK(cairn_heap_finalize(heap) == CAIRN_OK);
    CHECK(cairn_heap_finalize(heap) == CAIRN_OK);
    CHECK(interpreter.runs == 6);
    // 4. The interpreter is taken apart. Whatever dies or is made now runs nothing.
    interpreter.is_whole = 0;
    cairn_clear(&interpreter.globals[2]);
    cairn_object* made_late = loop_new(type);
    cairn_object* third = cairn_weakref_new(made_late, called_back, NULL, NULL);
    CHECK(cairn_finalizer_new(made_late, at_exit, NULL, NULL) == NULL);
    cairn_decref(made_late);
    CHECK(cairn_gc_collect(heap, 2, NULL) == CAIRN_OK);
    CHECK(cairn_weakref_is_cleared(late) && cairn_weakref_is_cleared(third));
    cairn_decref(ref);
    cairn_decref(late);
    cairn_decref(third);
    // 5. The heap is freed. The result counts what the host has leaked.
    CHECK(cairn_heap_free(heap) == 1);
    CHECK(interpreter.runs == 6);
    return 0;
}
