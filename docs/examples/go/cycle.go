// SPDX-License-Identifier: MIT

// Cairn from Go by cgo: a cycle, a weak reference with a callback, a collection. Needs CGO_CFLAGS
// with the folder of the headers and CGO_LDFLAGS with that of the library. A heap belongs to one
// thread, so the goroutine that uses it stays on its own.
package main

/*
#cgo LDFLAGS: -lcairn
#include <cairn/cairn.h>

typedef struct node {
    cairn_object head;
    cairn_object* next;
} node;

extern cairn_status onDeath(cairn_object* ref, cairn_object* argument, void* user_data);

static cairn_type* node_type(cairn_heap* heap) {
    cairn_type_spec spec = {
        .name = "node", .object_size = sizeof(node), .slots_offset = offsetof(node, next), .slot_count = 1};
    cairn_type* type = NULL;
    return cairn_type_new(heap, &spec, &type) == CAIRN_OK ? type : NULL;
}

static void set_next(cairn_object* from, cairn_object* to) {
    cairn_set(&((node*)from)->next, to);
}

static cairn_object* watch(cairn_object* object) {
    return cairn_weakref_new(object, onDeath, NULL, NULL);
}
*/
import "C"

import (
	"fmt"
	"runtime"
	"unsafe"
)

//export onDeath
func onDeath(ref, argument *C.cairn_object, data unsafe.Pointer) C.cairn_status {
	fmt.Println("callback: the cycle is gone")
	return C.CAIRN_OK
}

func main() {
	runtime.LockOSThread()
	heap := C.cairn_heap_new(nil)
	nodes := C.node_type(heap)
	if nodes == nil {
		panic("the type is not valid, or memory is out")
	}
	a, b := C.cairn_new(nodes), C.cairn_new(nodes)
	C.set_next(a, b)
	C.set_next(b, a)
	fmt.Printf("linked: %d references to b\n", C.cairn_refcount(b))
	ref := C.watch(a)
	C.cairn_decref(a)
	C.cairn_decref(b)
	var found C.size_t
	C.cairn_gc_collect(heap, 2, &found)
	fmt.Printf("unreachable: %d\n", found)
	fmt.Printf("the reference is cleared: %d\n", C.cairn_weakref_is_cleared(ref))
	C.cairn_decref(ref)
	fmt.Printf("leaked: %d\n", C.cairn_heap_free(heap))
}
