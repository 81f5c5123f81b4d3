// SPDX-License-Identifier: MIT
// heap.h: options, an allocator of the host's own, usage, roots, external bytes, two heaps.
#include <string.h>

#include "check.h"

static void visit_root(cairn_visit_fn visit, void* visit_data, void* user_data) {
    visit(*(cairn_object**)user_data, visit_data);
}

static size_t bytes_out = 0;

static void* take(size_t size, size_t alignment, void* user_data) {
    CHECK(user_data == &bytes_out);
    // malloc() aligns enough for small alignments; for others keep the block's start in front.
    char* start = malloc(size + alignment + sizeof(void*));
    if (start == NULL) {
        return NULL;
    }
    const uintptr_t low = (uintptr_t)(start + sizeof(void*));
    char* block = start + sizeof(void*) + (alignment - low % alignment) % alignment;
    memcpy(block - sizeof(void*), &start, sizeof start);
    bytes_out += size;
    return block;
}

static void give_back(void* block, size_t size, size_t alignment, void* user_data) {
    (void)alignment;
    CHECK(user_data == &bytes_out);
    char* start = NULL;
    memcpy(&start, (char*)block - sizeof(void*), sizeof start);
    free(start);
    bytes_out -= size;
}

static cairn_heap* heap_with_own_memory(void) {
    cairn_heap_options options;
    cairn_heap_options_init(&options);
    options.allocator.allocate = take;
    options.allocator.release = give_back;
    options.allocator.user_data = &bytes_out;
    options.user_data = &bytes_out;
    cairn_heap* heap = cairn_heap_new(&options);
    CHECK(heap != NULL && cairn_heap_user_data(heap) == &bytes_out);
    return heap;
}

int main(void) {
    cairn_heap* heap = heap_with_own_memory();
    cairn_heap* other = cairn_heap_new(NULL);
    CHECK(other != NULL);
    cairn_type* type = pair_type_new(heap);
    cairn_type* other_type = pair_type_new(other);

    cairn_object* root = loop_new(type);
    CHECK(cairn_root_add(heap, &root) == CAIRN_OK);
    cairn_heap_set_root_visitor(heap, visit_root, &root);
    CHECK(cairn_gc_collect(heap, 2, NULL) == CAIRN_OK);
    cairn_heap_set_root_visitor(heap, NULL, NULL);
    cairn_object* foreign = loop_new(other_type);
    CHECK(cairn_heap_of(root) == heap && cairn_heap_of(foreign) == other);

    size_t found = 0;
    CHECK(cairn_gc_collect(heap, 2, &found) == CAIRN_OK && found == 0);
    cairn_clear(&root);
    CHECK(cairn_gc_collect(heap, 2, &found) == CAIRN_OK && found == 1);
    CHECK(cairn_root_remove(heap, &root) == CAIRN_OK);
    CHECK(cairn_root_remove(heap, &root) == CAIRN_NOT_FOUND);

    cairn_heap_usage usage = {0};
    CHECK(cairn_heap_add_external(heap, 1000) == CAIRN_OK);
    cairn_heap_get_usage(heap, &usage);
    CHECK(usage.objects == 0 && usage.external_bytes == 1000);
    CHECK(usage.reserved_bytes >= usage.object_bytes && bytes_out >= usage.object_bytes);
    CHECK(cairn_heap_add_external(heap, -1000) == CAIRN_OK);
    cairn_heap_trim(heap);

    cairn_heap_get_usage(other, &usage);
    CHECK(usage.objects == 1);
    CHECK(cairn_heap_free(other) == 1);  // a leak: one loop that somebody holds
    cairn_heap_adopt(heap);              // it is ours already
    CHECK(cairn_heap_free(heap) == 0 && bytes_out == 0);
    CHECK(cairn_heap_free(NULL) == 0);
    return 0;
}
