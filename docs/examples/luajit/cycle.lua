-- SPDX-License-Identifier: MIT
-- Cairn from LuaJIT: a cycle, a weak reference with a callback, a collection.
-- usage: luajit cycle.lua PATH_OF_LIBCAIRN
local ffi = require("ffi")

ffi.cdef [[
typedef struct cairn_heap cairn_heap;
typedef struct cairn_type cairn_type;
typedef struct cairn_object { uint32_t refcount, flags; const cairn_type* type; } cairn_object;
typedef struct node { cairn_object head; cairn_object* next[1]; } node;
typedef struct cairn_type_spec {
    size_t size;
    const char* name;
    uint32_t flags, object_size, item_size, item_count_offset, slots_offset, slot_count;
    uint32_t array_and_buffer[6];
    void* functions[11];
} cairn_type_spec;
typedef int (*cairn_weakref_fn)(cairn_object* ref, cairn_object* argument, void* user_data);
cairn_heap* cairn_heap_new(const void* options);
size_t cairn_heap_free(cairn_heap* heap);
int cairn_type_new(cairn_heap* heap, const cairn_type_spec* spec, cairn_type** out_type);
cairn_object* cairn_new(cairn_type* type);
void cairn_decref(cairn_object* object);
void cairn_set(cairn_object** slot, cairn_object* value);
uint32_t cairn_refcount(const cairn_object* object);
cairn_object* cairn_weakref_new(cairn_object* referent, cairn_weakref_fn callback,
                                cairn_object* argument, void* user_data);
int cairn_weakref_is_cleared(const cairn_object* ref);
int cairn_gc_collect(cairn_heap* heap, int generation, size_t* out_unreachable);
]]

local cairn = ffi.load(arg[1])
-- A compiled loop must not call what calls back; see "Callbacks" in LuaJIT's manual.
jit.off(true, true)

local heap = cairn.cairn_heap_new(nil)
local spec = ffi.new("cairn_type_spec", {
    size = ffi.sizeof("cairn_type_spec"), name = "node", object_size = ffi.sizeof("node"),
    slots_offset = ffi.offsetof("node", "next"), slot_count = 1,
})
local out_type = ffi.new("cairn_type*[1]")
assert(cairn.cairn_type_new(heap, spec, out_type) == 0)

local on_death = ffi.cast("cairn_weakref_fn", function()
    print("callback: the cycle is gone")
    return 0
end)

local a, b = cairn.cairn_new(out_type[0]), cairn.cairn_new(out_type[0])
local function slot(object) return ffi.cast("node*", object).next end
cairn.cairn_set(slot(a), b)
cairn.cairn_set(slot(b), a)
print(("linked: %d references to b"):format(cairn.cairn_refcount(b)))
local ref = cairn.cairn_weakref_new(a, on_death, nil, nil)
cairn.cairn_decref(a)
cairn.cairn_decref(b)
local found = ffi.new("size_t[1]")
cairn.cairn_gc_collect(heap, 2, found)
print(("unreachable: %d"):format(tonumber(found[0])))
print(("the reference is cleared: %d"):format(cairn.cairn_weakref_is_cleared(ref)))
cairn.cairn_decref(ref)
print(("leaked: %d"):format(tonumber(cairn.cairn_heap_free(heap))))
on_death:free()
