// SPDX-License-Identifier: MIT
// snapshot.h: a snapshot and sampled allocation sites from C.
#include "cairn/snapshot.h"

#include <string.h>

#include "check.h"

typedef struct output {
    char text[65536];
    size_t size;
} output;

static int write_part(const void* data, size_t size, void* user_data) {
    output* out = user_data;
    if (out->size + size >= sizeof out->text) {
        return 0;
    }
    memcpy(out->text + out->size, data, size);
    out->size += size;
    return 1;
}

static uint32_t site_of(cairn_heap* heap, const cairn_type* type, size_t bytes, void* user_data) {
    CHECK(heap != NULL && bytes >= 16 && strcmp(cairn_type_name(type), "pair") == 0);
    return *(uint32_t*)user_data;
}

static int check_site(const cairn_site_sum* sum, void* user_data) {
    CHECK(sum->site == 42 && sum->live_objects == 1 && sum->objects == 2);
    ++*(size_t*)user_data;
    return 1;
}

static void describe(cairn_object* object, cairn_node* out_node, void* user_data) {
    (void)object;
    out_node->name = user_data;
}

int main(void) {
    static output out;
    cairn_heap* heap = cairn_heap_new(NULL);
    CHECK(heap != NULL);
    cairn_type* type = pair_type_new(heap);
    uint32_t site = 42;
    cairn_heap_set_sampler(heap, 1, site_of, &site);
    cairn_object* a = pair_new(type);
    cairn_decref(pair_new(type));
    cairn_heap_set_sampler(heap, 0, NULL, NULL);
    cairn_decref(pair_new(type));
    size_t sites = 0;
    CHECK(cairn_visit_sites(heap, check_site, &sites) == CAIRN_OK && sites == 1);

    char name[] = "Point";
    cairn_snapshot_options options;
    cairn_snapshot_options_init(&options);
    options.describe = describe;
    options.describe_data = name;
    CHECK(cairn_snapshot_write(heap, &options, write_part, &out) == CAIRN_OK);
    out.text[out.size] = '\0';
    CHECK(strncmp(out.text, "{\"snapshot\":{", 13) == 0);
    CHECK(strstr(out.text, "\"Point\"") != NULL && strstr(out.text, "\"site 42\"") != NULL);
    out.size = sizeof out.text;
    CHECK(cairn_snapshot_write(heap, NULL, write_part, &out) == CAIRN_USER_ERROR);
    options.size = sizeof options + 1;
    CHECK(cairn_snapshot_write(heap, &options, write_part, &out) == CAIRN_INVALID);
    cairn_decref(a);
    CHECK(cairn_heap_free(heap) == 0);
    return 0;
}
