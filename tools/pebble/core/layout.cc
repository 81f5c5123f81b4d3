// SPDX-License-Identifier: MIT
#include <cstdlib>
#include <cstring>

#include "compile/code.h"
#include "core/edge_names.h"
#include "core/walk.h"
#include "types/types.h"

namespace pebble {

Layout layouts[kLayoutCount];
State vm;

namespace {

cairn_status instance_finalize(Value self) {
    Class* cls = class_of(self);
    Value found = vm.dismantled ? nullptr : class_lookup(cls, vm.names.del);
    if (found == nullptr) {
        return CAIRN_OK;
    }
    const OutOfTurn turn;
    Ref method = Ref::share(found);
    Ref result = pebble::call(method, {self});
    if (!result) {
        report_unraisable(nullptr, method);
    }
    return CAIRN_OK;
}

cairn_status generator_finalize(Value self) {
    if (vm.dismantled) {
        return CAIRN_OK;
    }
    const OutOfTurn turn;
    if (!generator_close(as<Generator>(self))) {
        report_unraisable(nullptr, self);
    }
    return CAIRN_OK;
}

cairn_status object_hash(Value self, uint64_t* out) {
    int64_t hash = 0;
    if (!hash_of(self, &hash)) {
        return CAIRN_USER_ERROR;
    }
    *out = static_cast<uint64_t>(hash);
    return CAIRN_OK;
}

cairn_status object_equal(Value self, Value other, int* out) {
    bool result = false;
    if (!equal(self, other, &result)) {
        return CAIRN_USER_ERROR;
    }
    *out = result ? 1 : 0;
    return CAIRN_OK;
}

/// For the heap's own reports: type and address, without running any code.
size_t object_repr(Value self, char* buffer, size_t size) {
    return static_cast<size_t>(
        snprintf(buffer, size, "<%s %p>", type_name(self), static_cast<void*>(self)));
}

void bytearray_dealloc(Value self) {
    const auto* array = as<ByteArray>(self);
    cairn_heap_add_external(vm.heap, -static_cast<ptrdiff_t>(array->reported));
    delete array->text;
}

size_t bytearray_size(Value self) {
    return as<ByteArray>(self)->reported;
}

/// What a table row says about a layout.
struct Row {
    LayoutId id;
    const char* name;
    size_t size;
    size_t slots;         ///< references in a row behind the class
    size_t count_offset;  ///< of variable-sized objects
    size_t item_size;
    bool items_are_slots;
    size_t buffer_offset;  ///< of records with references; see cairn_type_spec
    size_t record_size;
    size_t record_slots;
    size_t other_keys_offset;
    cairn_traverse_fn traverse;
    cairn_clear_fn clear;
    cairn_dealloc_fn dealloc;
    cairn_finalize_fn finalize;
    cairn_external_size_fn external_size;
    uint32_t flags;
};

constexpr size_t kFirst = offsetof(Instance, dict);

Row row(LayoutId id, const char* name, size_t size, size_t slots) {
    Row r = {};
    r.id = id;
    r.name = name;
    r.size = size;
    r.slots = slots;
    return r;
}

Row var_row(LayoutId id,
            const char* name,
            size_t size,
            size_t slots,
            size_t count_offset,
            size_t item_size,
            bool items_are_slots) {
    Row r = row(id, name, size, slots);
    r.count_offset = count_offset;
    r.item_size = item_size;
    r.items_are_slots = items_are_slots;
    return r;
}

Row custom_row(
    LayoutId id, const char* name, size_t size, cairn_traverse_fn traverse, cairn_clear_fn clear) {
    Row r = row(id, name, size, 0);
    r.traverse = traverse;
    r.clear = clear;
    return r;
}

cairn_type* make_type(const Row& r, bool derived, bool finalized) {
    const std::string name = std::string("pebble.") + r.name;
    cairn_type_spec spec = {};
    spec.name = name.c_str();
    spec.flags = r.flags;
    spec.object_size = static_cast<uint32_t>(r.size);
    spec.item_size = static_cast<uint32_t>(r.item_size);
    spec.item_count_offset = static_cast<uint32_t>(r.count_offset);
    spec.record_size = static_cast<uint32_t>(r.record_size);
    spec.record_slots = static_cast<uint32_t>(r.record_slots);
    spec.other_keys_offset = static_cast<uint32_t>(r.other_keys_offset);
    spec.buffer_offset = static_cast<uint32_t>(r.buffer_offset);
    spec.traverse = r.traverse;
    spec.clear = r.clear;
    spec.dealloc = r.dealloc;
    spec.finalize = finalized ? instance_finalize : r.finalize;
    spec.hash = object_hash;
    spec.equal = object_equal;
    spec.repr = object_repr;
    spec.external_size = r.external_size;
    spec.edge_name = edge_name;
    spec.user_data = &layouts[r.id];
    if (r.traverse == nullptr) {
        const bool weak = r.id == kWeakRef;
        const size_t class_offset = weak ? offsetof(WeakRef, cls) : offsetof(Object, cls);
        spec.slots_offset =
            static_cast<uint32_t>(derived ? class_offset : class_offset + sizeof(Class*));
        spec.slot_count = static_cast<uint32_t>(r.slots + (derived ? 1 : 0));
        if (spec.slot_count == 0) {
            spec.slots_offset = 0;
        } else {
            spec.flags |= CAIRN_TYPE_TAGGED_SLOTS;
        }
        if (r.items_are_slots) {
            spec.flags |= CAIRN_TYPE_TAGGED_SLOTS | CAIRN_TYPE_ITEMS_ARE_SLOTS;
        }
        if (r.buffer_offset != 0) {
            spec.flags |= CAIRN_TYPE_TAGGED_SLOTS;
        }
    }
    if (derived) {
        spec.flags &= ~static_cast<uint32_t>(CAIRN_TYPE_UNTRACK_ATOMIC);  // as in CPython
    }
    if (spec.traverse == nullptr && spec.slot_count == 0 && !r.items_are_slots &&
        r.buffer_offset == 0) {
        spec.flags &=
            ~static_cast<uint32_t>(CAIRN_TYPE_TRACK_BY_HAND | CAIRN_TYPE_COMPLETE_AT_BIRTH);
    }
    cairn_type* type = nullptr;
    if (cairn_type_new(vm.heap, &spec, &type) != CAIRN_OK) {
        const char* problem = cairn_type_spec_problem(&spec);
        fprintf(
            stderr, "pebble: type %s: %s\n", spec.name, problem != nullptr ? problem : "no memory");
        abort();
    }
    return type;
}

void make_layout(const Row& r, bool with_derived) {
    layouts[r.id].exact = make_type(r, false, false);
    if (with_derived) {
        layouts[r.id].derived = make_type(r, true, false);
        layouts[r.id].finalized = make_type(r, true, true);
    }
}

/// A row of fixed size whose references lie in a buffer, `record_slots` at the start of each
/// record. An instance of a subclass may have a dict, right behind its class.
Row buffer_row(LayoutId id,
               const char* name,
               size_t size,
               size_t buffer,
               size_t record_size,
               size_t record_slots) {
    Row r = row(id, name, size, 1);
    r.buffer_offset = buffer;
    r.record_size = record_size;
    r.record_slots = record_slots;
    return r;
}

}  // namespace

OutOfTurn::OutOfTurn()
    : outer_(pending() ? fetch() : Ref()), lookups_before_(vm.lookups_may_be_old) {
    vm.lookups_may_be_old = lookups_before_ || cairn_gc_is_collecting(vm.heap) != 0;
}

OutOfTurn::~OutOfTurn() {
    vm.lookups_may_be_old = lookups_before_;
    if (outer_) {
        restore(std::move(outer_));
    }
}

void make_layouts() {
    // A plain object() has neither dict nor attributes: a leaf.
    Row instance = var_row(
        kInstance, "object", sizeof(Instance), 1, offsetof(Instance, count), sizeof(Value), true);
    Row plain = row(kInstance, "object", sizeof(Instance), 0);
    make_layout(instance, true);
    layouts[kInstance].exact = make_type(plain, false, false);

    make_layout(var_row(kStr, "str", sizeof(Str), 0, offsetof(Str, size), 1, false), true);
    make_layout(var_row(kBytes, "bytes", sizeof(Bytes), 0, offsetof(Bytes, size), 1, false), true);
    make_layout(var_row(kInt, "int", sizeof(Int), 0, offsetof(Int, count), sizeof(uint32_t), false),
                true);
    make_layout(row(kFloat, "float", sizeof(Float), 0), true);
    make_layout(row(kComplex, "complex", sizeof(Complex), 0), true);
    Row bytearray = row(kByteArray, "bytearray", sizeof(ByteArray), 0);
    bytearray.dealloc = bytearray_dealloc;
    bytearray.external_size = bytearray_size;
    make_layout(bytearray, true);
    Row tuple =
        var_row(kTuple, "tuple", sizeof(Tuple), 0, offsetof(Tuple, count), sizeof(Value), true);
    tuple.flags = CAIRN_TYPE_UNTRACK_ATOMIC;
    make_layout(tuple, true);
    Row list = buffer_row(kList, "list", sizeof(List), offsetof(List, items), sizeof(Value), 1);
    // In an ordered heap it decides who is finalized first, as in CPython.
    list.flags = CAIRN_TYPE_ARRAY_BACKWARDS;
    make_layout(list, true);
    Row dict =
        buffer_row(kDict, "dict", sizeof(Dict), offsetof(Dict, entries), sizeof(DictEntry), 2);
    dict.other_keys_offset = offsetof(Dict, other_keys);
    dict.flags = CAIRN_TYPE_TRACK_BY_HAND | CAIRN_TYPE_COMPLETE_AT_BIRTH;
    make_layout(dict, true);
    make_layout(buffer_row(kSet, "set", sizeof(Set), offsetof(Set, table), sizeof(SetEntry), 1),
                true);
    make_layout(
        buffer_row(kDeque, "deque", sizeof(Deque), offsetof(Deque, items), sizeof(Value), 1), true);
    make_layout(row(kBox, "box", sizeof(Box), 4), true);
    make_layout(row(kFunction, "function", sizeof(Function), 11), false);
    Row native = row(kNative, "builtin", sizeof(Native), 2);
    native.flags = CAIRN_TYPE_TRACK_BY_HAND | CAIRN_TYPE_COMPLETE_AT_BIRTH;
    make_layout(native, false);
    make_layout(row(kCell, "cell", sizeof(Cell), 1), false);
    Row code = row(kCode, "code", sizeof(Code), 6);
    code.flags = CAIRN_TYPE_TRACK_BY_HAND | CAIRN_TYPE_COMPLETE_AT_BIRTH;
    code.dealloc = code_dealloc;
    make_layout(code, false);
    Row frame = custom_row(kFrame, "frame", sizeof(Frame), frame_traverse, frame_clear);
    frame.item_size = sizeof(Value);
    frame.count_offset = offsetof(Frame, count);
    frame.flags = CAIRN_TYPE_TRACK_BY_HAND | CAIRN_TYPE_COUNT_WHEN_TRACKED;
    make_layout(frame, false);
    Row generator =
        custom_row(kGenerator, "generator", sizeof(Generator), generator_traverse, generator_clear);
    generator.finalize = generator_finalize;
    make_layout(generator, false);
    Row cls = custom_row(kClass, "type", sizeof(Class), class_traverse, class_clear);
    cls.dealloc = class_dealloc;
    make_layout(cls, false);
    make_layout(row(kException, "exception", sizeof(Exception), 7), true);
    make_layout(row(kTraceback, "traceback", sizeof(Traceback), 2), false);
    make_layout(row(kModule, "module", sizeof(Module), 1), true);
    Row file = row(kFile, "file", sizeof(File), 2);
    file.dealloc = file_dealloc;
    make_layout(file, false);
    Row weak = row(kWeakRef, "weakref", sizeof(WeakRef), 1);
    weak.flags = CAIRN_TYPE_WEAKREF;
    // Their references have to start with the first: the class, counted whatever it is.
    layouts[kWeakRef].exact = layouts[kWeakRef].derived = layouts[kWeakRef].finalized =
        make_type(weak, true, false);
    static_assert(kFirst == sizeof(Object));
}

bool is_known(Value v) {
    if (is_immediate(v) || v->type == vm.shared_ref_type) {
        return true;
    }
    const auto* layout = static_cast<const Layout*>(cairn_type_user_data(v->type));
    return layout >= layouts && layout < layouts + kLayoutCount;
}

Object* new_object(Class* cls, LayoutId id, size_t count) {
    const Layout& layout = layouts[id];
    const bool derived = is_heap_class(cls);
    const bool finalized =
        derived && (cls->info->has_del || vm.late_finalizers) && layout.finalized != nullptr;
    cairn_type* type = finalized ? layout.finalized : derived ? layout.derived : layout.exact;
    if (vm.young_every != 0 && --vm.young_countdown == 0) {
        vm.young_countdown = vm.young_every;
        cairn_gc_collect(vm.heap, 0, nullptr);
    }
    const bool variable = id == kStr || id == kBytes || id == kInt || id == kTuple ||
                          id == kFrame || (id == kInstance && derived);
    Value v = variable ? cairn_new_var(type, count) : cairn_new(type);
    if (v == nullptr) {
        raise_memory();
        return nullptr;
    }
    auto* object = as<Object>(v);
    object->cls = cls;
    if (derived) {
        incref(val(cls));
    }
    return object;
}

Ref make_box(Class* cls, Value a, Value b, Value c, Value d) {
    // Making the box may run code that drops what the caller has only borrowed.
    Ref fields[] = {Ref::share(a), Ref::share(b), Ref::share(c), Ref::share(d)};
    Box* box = make<Box>(cls);
    if (box != nullptr) {
        box->a = fields[0].take();
        box->b = fields[1].take();
        box->c = fields[2].take();
        box->d = fields[3].take();
    }
    return Ref::own(box);
}

void swap_buffers(Value a, Value b) {
    cairn_buffer between{};
    (void)cairn_buffer_exchange(a, &between);
    (void)cairn_buffer_exchange(b, &between);
    (void)cairn_buffer_exchange(a, &between);
}

bool check_room(size_t count, size_t size) {
    constexpr size_t kLittle = 4096;  // host memory for this much is always there
    size_t bytes = 0;
    if (__builtin_mul_overflow(count, size, &bytes) || bytes > PTRDIFF_MAX) {
        return raise_memory();
    }
    if (bytes <= kLittle) {
        return true;
    }
    const auto change = static_cast<ptrdiff_t>(bytes);
    if (cairn_heap_add_external(vm.heap, change) != CAIRN_OK) {
        return raise_memory();
    }
    void* probe = std::malloc(bytes);
    std::free(probe);
    cairn_heap_add_external(vm.heap, -change);
    return probe != nullptr || raise_memory();
}

}  // namespace pebble
