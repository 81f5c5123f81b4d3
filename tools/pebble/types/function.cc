// SPDX-License-Identifier: MIT
#include "compile/code.h"
#include "core/eval.h"
#include "types/types.h"

namespace pebble {

Ref new_function(Value code, Dict* globals) {
    Function* function = make<Function>(vm.classes.function);
    Ref result = Ref::own(function);
    if (function == nullptr) {
        return {};
    }
    const Code* c = as<Code>(code);
    function->code = new_ref(code);
    function->globals = as<Dict>(new_ref(val(globals)));
    function->name = new_ref(c->name);
    function->qualname = new_ref(c->qualname);
    function->doc = new_ref(c->data->has_doc ? as<Tuple>(c->consts)->items[0] : none());
    Value module = dict_find_name(globals, vm.names.name);
    function->module = new_ref(module != nullptr ? module : none());
    return result;
}

Ref new_method(Value function, Value self) {
    return make_box(vm.classes.method, function, self);
}

Ref new_native(const NativeDef* def, Value self, Class* owner) {
    Native* native = make<Native>(owner != nullptr && self == nullptr ? vm.classes.native_method
                                                                      : vm.classes.native);
    if (native != nullptr) {
        native->def = def;
        native->self = new_ref(self);
        native->owner = as<Class>(new_ref(val(owner)));
        if (self != nullptr && !is_immediate(self) && !is<Module>(self)) {
            cairn_gc_track(val(native));
        }
    }
    return Ref::own(native);
}

Ref new_cell(Value value) {
    Cell* cell = make<Cell>(vm.classes.cell);
    if (cell != nullptr) {
        cell->value = new_ref(value);
    }
    return Ref::own(cell);
}

namespace {

unsigned long long address(Value v) {
    return static_cast<unsigned long long>(identity(v));
}

template <class T, Value T::*kField>
Ref field_get(Value self) {
    Value v = as<T>(self)->*kField;
    return Ref::share(v != nullptr ? v : none());
}
template <class T, Value T::*kField>
bool field_set(Value self, Value value) {
    store(&(as<T>(self)->*kField), value != nullptr && !is_none(value) ? new_ref(value) : nullptr);
    return true;
}

// Functions.

Ref function_repr(Value self) {
    return new_str(
        format_text("<function %s at 0x%llx>", c_str(as<Function>(self)->qualname), address(self)));
}
Ref function_bind(Value self, Value object, Class*) {
    return object != nullptr ? new_method(self, object) : Ref::share(self);
}
Ref function_call(Value self, const Args& args) {
    return call(self, args);
}
Ref function_globals(Value self) {
    return Ref::share(as<Function>(self)->globals);
}
bool function_set_code(Value self, Value value) {
    if (value == nullptr || !is<Code>(value) ||
        data_of(value).frees != data_of(as<Function>(self)->code).frees) {
        return raise_type("__code__ must be set to a code object");
    }
    store(&as<Function>(self)->code, new_ref(value));
    return true;
}
bool function_set_name(Value self, Value value) {
    if (value == nullptr || !is<Str>(value)) {
        return raise_type("__name__ must be set to a string object");
    }
    store(&as<Function>(self)->name, new_ref(value));
    return true;
}
bool function_set_qualname(Value self, Value value) {
    if (value == nullptr || !is<Str>(value)) {
        return raise_type("__qualname__ must be set to a string object");
    }
    store(&as<Function>(self)->qualname, new_ref(value));
    return true;
}
Ref function_annotations(Value self) {
    Function* function = as<Function>(self);
    if (function->annotations == nullptr) {
        function->annotations = new_dict().take();
    }
    return Ref::share(function->annotations);
}
const GetSet kFunctionGetSets[] = {
    {"__annotations__", function_annotations, field_set<Function, &Function::annotations>},
    {"__name__", field_get<Function, &Function::name>, function_set_name},
    {"__qualname__", field_get<Function, &Function::qualname>, function_set_qualname},
    {"__code__", field_get<Function, &Function::code>, function_set_code},
    {"__defaults__",
     field_get<Function, &Function::defaults>,
     field_set<Function, &Function::defaults>},
    {"__kwdefaults__",
     field_get<Function, &Function::kwdefaults>,
     field_set<Function, &Function::kwdefaults>},
    {"__closure__", field_get<Function, &Function::closure>},
    {"__doc__", field_get<Function, &Function::doc>, field_set<Function, &Function::doc>},
    {"__module__", field_get<Function, &Function::module>, field_set<Function, &Function::module>},
    {"__globals__", function_globals},
    {nullptr, nullptr}};
NativeClass function_class = {"function",
                              kFunction,
                              {.repr = function_repr, .call = function_call, .bind = function_bind},
                              nullptr,
                              kFunctionGetSets,
                              true};

// Native functions: a method of a class as long as it has an owner and no self.

Ref native_repr(Value self) {
    const Native* native = as<Native>(self);
    if (native->owner != nullptr && native->self == nullptr) {
        return new_str(format_text(
            "<method '%s' of '%s' objects>", native->def->name, class_name(native->owner)));
    }
    if (native->self != nullptr && !is<Module>(native->self)) {
        return new_str(format_text("<built-in method %s of %s object at 0x%llx>",
                                   native->def->name,
                                   type_name(native->self),
                                   address(native->self)));
    }
    return new_str(format_text("<built-in function %s>", native->def->name));
}
Ref native_name(Value self) {
    return new_str(as<Native>(self)->def->name);
}
Ref native_qualname(Value self) {
    const Native* native = as<Native>(self);
    return new_str(native->owner != nullptr
                       ? std::string(class_name(native->owner)) + "." + native->def->name
                       : native->def->name);
}
Ref native_self(Value self) {
    return Ref::share(as<Native>(self)->self != nullptr ? as<Native>(self)->self : none());
}
Ref native_doc(Value) {
    return Ref::own(none());
}
Ref native_module(Value self) {
    Value module = as<Native>(self)->self;
    return module != nullptr && is<Module>(module) ? get_attribute(module, vm.names.name)
                                                   : Ref::own(none());
}
Ref native_compare(Value a, Value b, CmpOp op) {
    if (!is<Native>(b) || (op != CmpOp::Eq && op != CmpOp::Ne)) {
        return Ref::own(not_implemented());
    }
    const bool same =
        as<Native>(a)->def == as<Native>(b)->def && as<Native>(a)->self == as<Native>(b)->self;
    return Ref::own(truth(same == (op == CmpOp::Eq)));
}
bool native_hash(Value self, int64_t* out) {
    *out = (reinterpret_cast<intptr_t>(as<Native>(self)->def) >> 4) ^
           (as<Native>(self)->self != nullptr ? identity(as<Native>(self)->self) >> 4 : 0);
    return true;
}
/// bind() knows native methods itself; that this is here makes `__get__` an attribute of them.
Ref native_method_bind(Value self, Value object, Class* cls) {
    return bind(self, object, cls);
}
const GetSet kNativeGetSets[] = {{"__name__", native_name},
                                 {"__qualname__", native_qualname},
                                 {"__self__", native_self},
                                 {"__doc__", native_doc},
                                 {"__module__", native_module},
                                 {nullptr, nullptr}};
NativeClass native_class = {"builtin_function_or_method",
                            kNative,
                            {.repr = native_repr, .hash = native_hash, .compare = native_compare},
                            nullptr,
                            kNativeGetSets,
                            true};
NativeClass native_method_class = {"method_descriptor",
                                   kNative,
                                   {.repr = native_repr,
                                    .hash = native_hash,
                                    .compare = native_compare,
                                    .bind = native_method_bind},
                                   nullptr,
                                   kNativeGetSets,
                                   true};

// Bound methods: a is the function, b self.

Ref method_create(Class* cls, const Args& args) {
    if (args.count != 2 || !is_callable(args[0])) {
        return raise_type("first argument must be callable");
    }
    return make_box(cls, args[0], args[1]);
}
Ref method_repr(Value self) {
    const Box* box = as<Box>(self);
    Ref name = find_attribute(box->a, vm.names.qualname);
    Ref object = name ? repr(box->b) : Ref();
    return object
               ? new_str(format_text(
                     "<bound method %s of %s>", is<Str>(name) ? c_str(name) : "?", c_str(object)))
               : Ref();
}
bool method_hash(Value self, int64_t* out) {
    const Box* box = as<Box>(self);
    int64_t function = 0;
    if (!hash_of(box->a, &function)) {
        return false;
    }
    *out = (identity(box->b) >> 4) ^ function;
    return true;
}
Ref method_compare(Value a, Value b, CmpOp op) {
    if (class_of(b) != vm.classes.method || (op != CmpOp::Eq && op != CmpOp::Ne)) {
        return Ref::own(not_implemented());
    }
    bool same = as<Box>(a)->b == as<Box>(b)->b;
    if (same && !equal(as<Box>(a)->a, as<Box>(b)->a, &same)) {
        return {};
    }
    return Ref::own(truth(same == (op == CmpOp::Eq)));
}
/// A method shows its function's attributes as its own.
Ref method_get_attribute(Value self, Str* name) {
    if (class_lookup(class_of(self), name) != nullptr && name != vm.names.doc) {
        return generic_get_attribute(self, name);
    }
    return get_attribute(as<Box>(self)->a, name);
}
Ref method_call(Value self, const Args& args) {
    return call(self, args);
}
const GetSet kMethodGetSets[] = {{"__func__", field_get<Box, &Box::a>},
                                 {"__self__", field_get<Box, &Box::b>},
                                 {nullptr, nullptr}};
NativeClass method_class = {"method",
                            kBox,
                            {.create = method_create,
                             .repr = method_repr,
                             .hash = method_hash,
                             .compare = method_compare,
                             .call = method_call,
                             .get_attribute = method_get_attribute},
                            nullptr,
                            kMethodGetSets,
                            true};

// Cells and code.

Ref cell_repr(Value self) {
    Value content = as<Cell>(self)->value;
    return new_str(content != nullptr ? format_text("<cell at 0x%llx: %s object at 0x%llx>",
                                                    address(self),
                                                    type_name(content),
                                                    address(content))
                                      : format_text("<cell at 0x%llx: empty>", address(self)));
}
Ref cell_contents(Value self) {
    Value content = as<Cell>(self)->value;
    return content != nullptr ? Ref::share(content)
                              : Ref(raise(vm.exceptions.ValueError, "Cell is empty"));
}
bool cell_set_contents(Value self, Value value) {
    store(&as<Cell>(self)->value, new_ref(value));
    return true;
}
Ref cell_create(Class*, const Args& args) {
    return new_cell(args.count > 0 ? args[0] : nullptr);
}
const GetSet kCellGetSets[] = {{"cell_contents", cell_contents, cell_set_contents},
                               {nullptr, nullptr}};
NativeClass cell_class = {
    "cell", kCell, {.create = cell_create, .repr = cell_repr}, nullptr, kCellGetSets, true};

Ref code_repr(Value self) {
    const Code* code = as<Code>(self);
    return new_str(format_text("<code object %s at 0x%llx, file \"%s\", line %d>",
                               c_str(code->name),
                               address(self),
                               c_str(code->filename),
                               code->data->first.from.line));
}
Ref code_argcount(Value self) {
    return new_int(data_of(self).positional);
}
Ref code_positional_only(Value self) {
    return new_int(data_of(self).positional_only);
}
Ref code_keyword_only(Value self) {
    return new_int(data_of(self).keyword_only);
}
Ref code_first_line(Value self) {
    return new_int(data_of(self).first.from.line);
}
Ref code_varnames(Value self) {
    const CodeData& data = data_of(self);
    return new_tuple(data.locals - data.cells - data.frees,
                     as<Tuple>(as<Code>(self)->varnames)->items);
}
Ref code_freevars(Value self) {
    const CodeData& data = data_of(self);
    return new_tuple(data.frees,
                     as<Tuple>(as<Code>(self)->varnames)->items + (data.locals - data.frees));
}
Ref code_cellvars(Value self) {
    const CodeData& data = data_of(self);
    return new_tuple(
        data.cells,
        as<Tuple>(as<Code>(self)->varnames)->items + (data.locals - data.cells - data.frees));
}
/// As far as they say what a program may ask for: *args, **keywords, a generator.
Ref code_flags(Value self) {
    const CodeData& data = data_of(self);
    return new_int((data.fast_locals ? 3 : 0) | (data.star ? 4 : 0) | (data.star_star ? 8 : 0) |
                   (data.is_generator ? 0x20 : 0));
}
const GetSet kCodeGetSets[] = {{"co_name", field_get<Code, &Code::name>},
                               {"co_qualname", field_get<Code, &Code::qualname>},
                               {"co_filename", field_get<Code, &Code::filename>},
                               {"co_consts", field_get<Code, &Code::consts>},
                               {"co_names", field_get<Code, &Code::names>},
                               {"co_varnames", code_varnames},
                               {"co_freevars", code_freevars},
                               {"co_cellvars", code_cellvars},
                               {"co_flags", code_flags},
                               {"co_argcount", code_argcount},
                               {"co_posonlyargcount", code_positional_only},
                               {"co_kwonlyargcount", code_keyword_only},
                               {"co_firstlineno", code_first_line},
                               {nullptr, nullptr}};
NativeClass code_class = {"code", kCode, {.repr = code_repr}, nullptr, kCodeGetSets, true};

// Frames and tracebacks.

Ref frame_code(Value self) {
    Value code = as<Frame>(self)->code;
    return Ref::share(code != nullptr ? code : none());
}
Ref frame_globals(Value self) {
    Value function = as<Frame>(self)->function;
    return function != nullptr ? Ref::share(as<Function>(function)->globals) : Ref::own(none());
}
Ref frame_line(Value self) {
    return new_int(frame_place(as<Frame>(self)).from.line);
}
Ref frame_back(Value self) {
    const Frame* frame = as<Frame>(self);
    return frame->running
               ? (frame->previous != nullptr ? Ref::share(frame->previous) : Ref::own(none()))
               : Ref::share(frame->back != nullptr ? frame->back : none());
}
Ref frame_locals_get(Value self) {
    return as<Frame>(self)->code != nullptr ? frame_locals(as<Frame>(self)) : new_dict();
}
/// The generator that a suspended frame belongs to. Whoever sees its frame has had it tracked.
Ref generator_of(Value frame) {
    cairn_objects holders = {};
    const cairn_status status = cairn_get_referrers(vm.heap, &frame, 1, &holders);
    if (status != CAIRN_OK) {
        return raise_status(status);
    }
    Ref found;
    for (size_t i = 0; i < holders.count && !found; ++i) {
        Value holder = holders.items[i];
        const bool own = is_exact<Generator>(holder) && as<Generator>(holder)->frame == frame;
        found = Ref::share(own ? holder : nullptr);
    }
    cairn_objects_release(vm.heap, &holders);
    return found;
}

Ref frame_clear(Value self, const Args&) {
    Frame* frame = as<Frame>(self);
    if (frame->running) {
        return raise(vm.exceptions.RuntimeError, "cannot clear an executing frame");
    }
    if (frame->is_generator && !frame->finished) {
        // The generator ends first, as if it died.
        Ref generator = generator_of(self);
        if (pending()) {
            return {};
        }
        if (generator && !generator_close(generator.as<Generator>())) {
            report_unraisable(nullptr, generator);
        }
        frame->finished = true;
    }
    for (int32_t i = 0; i < frame->sp; ++i) {
        store(&frame->items[i], nullptr);
    }
    return Ref::own(none());
}
Ref frame_repr(Value self) {
    const Frame* frame = as<Frame>(self);
    if (frame->code == nullptr) {
        return new_str(format_text("<frame at 0x%llx>", address(self)));
    }
    const Code* code = as<Code>(frame->code);
    return new_str(format_text("<frame at 0x%llx, file '%s', line %d, code %s>",
                               address(self),
                               c_str(code->filename),
                               frame_place(frame).from.line,
                               c_str(code->name)));
}
const NativeDef kFrameMethods[] = {{"clear", frame_clear, ""}, {nullptr, nullptr, nullptr}};
const GetSet kFrameGetSets[] = {{"f_code", frame_code},
                                {"f_globals", frame_globals},
                                {"f_lineno", frame_line},
                                {"f_back", frame_back},
                                {"f_locals", frame_locals_get},
                                {nullptr, nullptr}};
NativeClass frame_class = {
    "frame", kFrame, {.repr = frame_repr}, kFrameMethods, kFrameGetSets, true};

Ref traceback_last(Value self) {
    return new_int(as<Traceback>(self)->pc);
}
Ref traceback_line(Value self) {
    const Traceback* traceback = as<Traceback>(self);
    Value code = traceback->frame != nullptr ? as<Frame>(traceback->frame)->code : nullptr;
    return new_int(code != nullptr && traceback->pc >= 0
                       ? data_of(code).places[static_cast<size_t>(traceback->pc)].at.from.line
                       : 0);
}
bool traceback_set_next(Value self, Value value) {
    if (value == nullptr || (!is_none(value) && !is<Traceback>(value))) {
        return raise_type("expected traceback object or None");
    }
    return field_set<Traceback, &Traceback::next>(self, value);
}
const GetSet kTracebackGetSets[] = {
    {"tb_next", field_get<Traceback, &Traceback::next>, traceback_set_next},
    {"tb_frame", field_get<Traceback, &Traceback::frame>},
    {"tb_lasti", traceback_last},
    {"tb_lineno", traceback_line},
    {nullptr, nullptr}};
NativeClass traceback_class = {"traceback", kTraceback, {}, nullptr, kTracebackGetSets, true};

}  // namespace

void make_native_function_classes() {
    vm.classes.native = make_native_class(native_class, vm.classes.object, vm.classes.native);
    vm.classes.native_method =
        make_native_class(native_method_class, vm.classes.object, vm.classes.native_method);
}

void make_function_classes() {
    vm.classes.function = make_native_class(function_class, vm.classes.object);
    vm.classes.method = make_native_class(method_class, vm.classes.object);
    vm.classes.cell = make_native_class(cell_class, vm.classes.object);
    vm.classes.code = make_native_class(code_class, vm.classes.object);
    vm.classes.frame = make_native_class(frame_class, vm.classes.object);
    vm.classes.traceback = make_native_class(traceback_class, vm.classes.object);
}

}  // namespace pebble
