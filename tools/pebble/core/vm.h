// SPDX-License-Identifier: MIT
// clang-format off
/// The interpreter's state, object creation, and raising. One interpreter a process.
#ifndef PEBBLE_CORE_VM_H
#define PEBBLE_CORE_VM_H

#include <atomic>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "core/class.h"
#include "core/names.h"

namespace pebble {

/// The exception being handled, one for the main program and one for each running generator.
struct Handled {
    Value exception = nullptr;
    Handled* outer = nullptr;
};

/// Builtin classes, by the name of the member: vm.classes.list. Exceptions are in exceptions.h.
#define PEBBLE_CLASSES(C)                                                                       \
    C(object)                                                                                   \
    C(type)                                                                                     \
    C(none_type)                                                                                \
    C(bool_)                                                                                    \
    C(ellipsis) C(not_implemented) C(int_) C(float_) C(complex) C(str) C(bytes) C(bytearray) C(tuple) C(list) C(dict)   \
        C(set) C(frozenset) C(range) C(slice) C(function) C(native) C(method) C(native_method)  \
            C(cell) C(code) C(frame) C(generator) C(traceback) C(module) C(property)            \
                C(staticmethod) C(classmethod) C(super) C(getset) C(member)                    \
                    C(call_iterator) C(dict_keys) C(dict_values) C(dict_items) \
                        C(dict_proxy) C(set_iterator) C(enumerate) C(zip) C(map) C(filter)      \
                            C(reversed) C(list_reversed) C(weakref) C(weakproxy) C(callable_weakproxy)           \
                                C(namespace_) C(union_) C(generic_alias)

#define PEBBLE_EXCEPTIONS(E)                                                                       \
    E(BaseException, BaseException)                                                                \
    E(Exception, BaseException)                                                                    \
    E(SystemExit, BaseException)                                                                   \
    E(KeyboardInterrupt, BaseException)                                                            \
    E(GeneratorExit, BaseException) E(StopIteration, Exception) E(ArithmeticError, Exception) E(   \
        ZeroDivisionError,                                                                         \
        ArithmeticError) E(OverflowError, ArithmeticError) E(FloatingPointError, ArithmeticError)  \
        E(AssertionError, Exception) E(AttributeError, Exception) E(BufferError, Exception) E(     \
            EOFError, Exception) E(ImportError, Exception) E(ModuleNotFoundError, ImportError)     \
            E(LookupError, Exception) E(IndexError, LookupError) E(KeyError, LookupError) E(       \
                MemoryError, Exception) E(NameError, Exception) E(UnboundLocalError, NameError)    \
                E(OSError, Exception) E(FileNotFoundError, OSError) E(FileExistsError, OSError) E( \
                    PermissionError, OSError) E(IsADirectoryError, OSError)                        \
                    E(NotADirectoryError, OSError) E(InterruptedError, OSError) E(                 \
                        TimeoutError, OSError) E(BlockingIOError, OSError)                         \
                        E(ChildProcessError, OSError) E(ProcessLookupError, OSError) E(            \
                            ConnectionError, OSError) E(BrokenPipeError, ConnectionError)          \
                            E(ConnectionResetError, ConnectionError) E(                            \
                                ConnectionRefusedError,                                            \
                                ConnectionError) E(ConnectionAbortedError,                         \
                                                   ConnectionError) E(ReferenceError, Exception)   \
                                E(RuntimeError, Exception) E(NotImplementedError, RuntimeError) E( \
                                    RecursionError, RuntimeError) E(StopAsyncIteration, Exception) \
                                    E(SyntaxError, Exception) E(IndentationError, SyntaxError) E(  \
                                        TabError, IndentationError) E(SystemError, Exception)      \
                                        E(TypeError, Exception) E(ValueError, Exception) E(        \
                                            UnicodeError,                                          \
                                            ValueError) E(UnicodeDecodeError, UnicodeError)        \
                                            E(UnicodeEncodeError, UnicodeError) E(                 \
                                                Warning, Exception) E(DeprecationWarning, Warning) \
                                                E(RuntimeWarning, Warning) E(UserWarning, Warning) \
                                                    E(ResourceWarning, Warning)                    \
                                                        E(ImportWarning, Warning)                  \
                                                            E(FutureWarning, Warning)

/// The special methods of the binary operators, by BinOp.
struct OperatorNames {
    static constexpr int kCount = 13;
    Str* plain[kCount] = {};
    Str* reflected[kCount] = {};
    Str* inplace[kCount] = {};
};

/// All that the interpreter keeps between calls; there is no other static data that leads to
/// objects, except tables of classes, which start() fills anew.
struct State {
    cairn_heap* heap = nullptr;
    Exception* pending = nullptr;       ///< the exception on its way, owned
    Exception* memory_error = nullptr;  ///< made in advance
    Frame* frame = nullptr;             ///< the running frame
    Handled base_handled;
    Handled* handled = &base_handled;
    int depth = 0;
    int depth_limit = 1000;
    const char* stack_limit = nullptr;  ///< the C++ stack must stay above
    uint64_t young_every = 0;  ///< a young collection before every n-th allocation, 0 = never
    uint64_t young_countdown = 0;
    std::atomic<bool> interrupted{false};
    size_t memory_limit = 0;  ///< of the heap, bytes; 0 = none
    unsigned above_limit = 0;  ///< how many AboveLimit live
    bool making_memory_error = false;
    bool late_finalizers = false;
    struct FinalizeCall* finalize_call = nullptr;  ///< a weakref.finalize that the program calls
    bool finalizing_at_exit = false;  ///< weakref.finalize's run, for the program ends
    bool finalizers_over = false;  ///< weakref.finalize does nothing more: the program has ended
    bool ending = false;  ///< the modules are being taken down
    bool dismantled = false;  ///< the heap ends and has cleared the class object: no code can run
    bool untracks_atomic = false;      ///< as CPython in full collections: with CPython's order
    bool lookups_may_be_old = false;  ///< a collection runs, and may have emptied dicts of classes
    Dict* modules = nullptr;                      ///< sys.modules
    Dict* builtins = nullptr;                     ///< of the module builtins
    List* exit_functions = nullptr;               ///< of atexit: (function, args, keywords)
    size_t exit_pending = 0;                      ///< of them, still to be called: the end
    List* garbage = nullptr;                      ///< gc.garbage
    List* gc_callbacks = nullptr;                 ///< gc.callbacks
    Value soft_limit_function = nullptr;          ///< of cairn.set_soft_limit(), or NULL
    std::vector<Value> shown;                     ///< whose repr is under way, borrowed
    std::vector<std::string> being_imported;      ///< the innermost module last
    std::unordered_map<std::string_view, Str*> interned;  ///< they live as long as the heap
    const cairn_type* shared_ref_type = nullptr;  ///< of weak references without a callback
    Value empty_tuple = nullptr;
    OperatorNames operators;
    struct {
#define PEBBLE_MEMBER(name, text) Str* name = nullptr;
        PEBBLE_NAMES(PEBBLE_MEMBER)
#undef PEBBLE_MEMBER
    } names;
    struct {
#define PEBBLE_MEMBER(name) Class* name = nullptr;
        PEBBLE_CLASSES(PEBBLE_MEMBER)
#undef PEBBLE_MEMBER
    } classes;
    struct {
#define PEBBLE_MEMBER(name, base) Class* name = nullptr;
        PEBBLE_EXCEPTIONS(PEBBLE_MEMBER)
#undef PEBBLE_MEMBER
    } exceptions;
};
extern State vm;

/// The class of a value, borrowed.
inline Class* class_of(Value v) {
    if (is_immediate(v)) {
        if (is_small(v)) {
            return vm.classes.int_;
        }
        switch (constant_index(v)) {
            case kFalseIndex:
            case kTrueIndex:
                return vm.classes.bool_;
            case kNoneIndex:
                return vm.classes.none_type;
            case kEllipsisIndex:
                return vm.classes.ellipsis;
            default:
                return vm.classes.not_implemented;
        }
    }
    const cairn_type* type = v->type;
    if (type == vm.shared_ref_type) {
        return vm.classes.weakref;
    }
    Class* cls = type == layouts[kWeakRef].exact ? as<WeakRef>(v)->cls : as<Object>(v)->cls;
    // An object that the collector has cleared has lost its class as well.
    return cls != nullptr ? cls : vm.classes.object;
}

/// Is `v` one of pebble's own objects (and not one that the heap makes for itself)?
bool is_known(Value v);

// Creation: see layout.cc. All raise MemoryError.

void make_layouts();  ///< once, by start()

/// An object of class `cls`, zeroed, with `count` items if its layout has any.
Object* new_object(Class* cls, LayoutId id, size_t count = 0);
template <class T>
T* make(Class* cls, size_t count = 0) {
    return static_cast<T*>(new_object(cls, T::kLayout, count));
}
/// A Box with these fields (references are added).
Ref make_box(
    Class* cls, Value a = nullptr, Value b = nullptr, Value c = nullptr, Value d = nullptr);
/// Exchanges the buffers of two objects with the same kind of records.
void swap_buffers(Value a, Value b);
/// While one lives the heap calls into the program out of turn: what is on its way when an object
/// happens to die stays on its way.
class OutOfTurn {
  public:
    OutOfTurn();
    ~OutOfTurn();
    OutOfTurn(const OutOfTurn&) = delete;
    OutOfTurn& operator=(const OutOfTurn&) = delete;

  private:
    Ref outer_;
    bool lookups_before_;
};
/// For a result that grows in host memory before it becomes an object: could `count` items of
/// `size` bytes be had? False: MemoryError is raised. May collect.
bool check_room(size_t count, size_t size = 1);
/// While one lives, memory is had above the program's limit: for names and for errors, so that a
/// program that is out of memory can handle that, and for code, which is made whole.
class AboveLimit {
  public:
    AboveLimit() {
        if (vm.above_limit++ == 0) {
            cairn_heap_set_memory_limit(vm.heap, 0);
        }
    }
    ~AboveLimit() {
        if (--vm.above_limit == 0) {
            cairn_heap_set_memory_limit(vm.heap, vm.memory_limit);
        }
    }
    AboveLimit(const AboveLimit&) = delete;
    AboveLimit& operator=(const AboveLimit&) = delete;
};

// Raising: see errors.cc. The first form takes a printf format.

Failed raise(Class* cls, const char* format, ...) __attribute__((format(printf, 2, 3)));
Failed raise_type(const char* format, ...) __attribute__((format(printf, 1, 2)));
Failed raise_value(Class* cls, Value argument);
Failed raise_memory();
Failed raise_key(Value key);
Failed raise_os(int error, const char* path);
Class* os_error_class(int64_t error);  ///< which OSError stands for this errno
enum class Unbound : unsigned char { Name, Local, Free };
Failed raise_unbound(Str* name, Unbound where);
/// Makes `exception` (borrowed) the pending one, with the handled one as its context.
Failed raise_exception(Value exception);
/// Puts a caught exception back as it was.
Failed restore(Ref exception);
/// For all that may take long. False: Ctrl-C was pressed, and KeyboardInterrupt is raised.
bool check_interrupt();
/// Takes the pending exception.
Ref fetch();
inline bool pending() {
    return vm.pending != nullptr;
}
bool pending_is(const Class* cls);
/// Drops the pending exception if it is a `cls`; true if it did.
bool swallow(const Class* cls);
/// Reports the pending exception where there is no caller, and drops it.
void report_unraisable(const char* what, Value object);
/// Turns a status of the heap into an exception. The status must not be CAIRN_OK; after
/// CAIRN_USER_ERROR the exception is pending already.
Failed raise_status(cairn_status status);

/// For what recurses without calls of the program, and so may go deeper than these.
bool stack_is_used_up();
Failed raise_recursion(const char* where);

/// Guards C++ recursion that follows the program's data; false: RecursionError is raised.
class Recursion {
  public:
    explicit Recursion(const char* where);
    ~Recursion() { --vm.depth; }
    Recursion(const Recursion&) = delete;
    Recursion& operator=(const Recursion&) = delete;
    explicit operator bool() const { return ok_; }

  private:
    bool ok_;
};

// Strings and texts: see types/str.cc.

Ref new_str(std::string_view text);
/// The one string of this text, for names. Borrowed: it lives for ever.
Str* intern(std::string_view text);
/// The same for a string; raises TypeError when `v` is none.
Str* intern_value(Value v);
inline std::string_view view(Value str) {
    return {as<Str>(str)->data, as<Str>(str)->size};
}
inline const char* c_str(Value str) {
    return as<Str>(str)->data;
}
std::string format_text(const char* format, ...) __attribute__((format(printf, 1, 2)));
inline const char* class_name(const Class* cls) {
    return c_str(cls->name);
}
/// For messages: the name of a value's class, with its module before it if a native module has it.
const char* type_name(Value v);

}  // namespace pebble

#endif
