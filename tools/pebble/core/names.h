// clang-format off
/// The strings that the interpreter itself asks for, interned once: vm.names.init is "__init__".
#ifndef PEBBLE_CORE_NAMES_H
#define PEBBLE_CORE_NAMES_H

#define PEBBLE_NAMES(N)                                                                            \
    N(abs, "__abs__")                                                                              \
    N(all, "__all__")                                                                              \
    N(args, "args")                                                                                \
    N(bool_, "__bool__")                                                                           \
    N(builtins, "__builtins__") N(bytes, "__bytes__") N(call, "__call__") N(cause, "__cause__") N( \
        class_, "__class__") N(class_getitem, "__class_getitem__") N(close, "close")               \
        N(code, "code") N(contains, "__contains__") N(copy, "__copy__") N(del, "__del__") N(       \
            delattr, "__delattr__") N(delete_, "__delete__") N(delitem, "__delitem__")             \
            N(dict, "__dict__") N(dir, "__dir__") N(divmod, "__divmod__") N(doc, "__doc__") N(     \
                empty, "") N(encoding, "encoding") N(enter, "__enter__") N(eq, "__eq__")           \
                N(exit, "__exit__") N(file, "__file__") N(float_, "__float__") N(                  \
                    flush,                                                                         \
                    "flush") N(format,                                                             \
                               "__format__") N(fspath,                                             \
                                               "__fspath__") N(ge, "__ge__") N(get, "__get__")     \
                    N(getattr, "__getattr__") N(getattribute, "__getattribute__") N(               \
                        getitem,                                                                   \
                        "__getitem__") N(gt,                                                       \
                                         "__gt__") N(hash, "__hash__")                             \
                        N(index, "__index__") N(init, "__init__") N(                               \
                            init_subclass,                                                         \
                            "__init_subclass__") N(int_,                                           \
                                                   "__int__") N(invert, "__invert__")              \
                            N(instancecheck, "__instancecheck__") N(items, "items") N(             \
                                iter,                                                              \
                                "__iter__") N(keys, "keys")                                        \
                                N(lambda, "<lambda>") N(le, "__le__") N(len, "__len__") N(         \
                                    length_hint,                                                   \
                                    "__length_hint__") N(lt,                                       \
                                                         "__lt__") N(main, "__main__")             \
                                    N(missing, "__missing__") N(module, "__module__") N(           \
                                        mro,                                                       \
                                        "__mro__") N(name,                                         \
                                                     "__name__") N(ne,                             \
                                                                   "__ne__") N(neg, "__neg__")     \
                                        N(new_, "__new__") N(next, "__next__") N(obj, "obj") N(    \
                                            package,                                               \
                                            "__package__") N(path,                                 \
                                                             "__path__") N(pos, "__pos__")         \
                                            N(plain_name, "name") N(qualname, "__qualname__") N(   \
                                                repr,                                              \
                                                "__repr__") N(reversed, "__reversed__")            \
                                                N(round, "__round__") N(self, "self") N(           \
                                                    send,                                          \
                                                    "send") N(set, "__set__")                      \
                                                    N(set_name,                                    \
                                                      "__set_name__") N(setattr, "__setattr__")    \
                                                        N(setitem, "__setitem__") N(               \
                                                            sizeof_, "__sizeof__") N(slots,        \
                                                                                     "__slots__")  \
                                                            N(stderr_, "stderr") N(stdout_,        \
                                                                                   "stdout")       \
                                                                N(str, "__str__") N(               \
                                                                    subclasscheck,                 \
                                                                    "__"                           \
                                                                    "subclasscheck_"               \
                                                                    "_") N(super, "super")         \
                                                                    N(throw_, "throw") N(          \
                                                                        unraisablehook,            \
                                                                        "unraisablehoo"            \
                                                                        "k") N(value, "value")     \
                                                                        N(values, "values") N(     \
                                                                            weakref,               \
                                                                            "__weakref__")         \
                                                                            N(write, "write") N(   \
                                                                                excepthook,        \
                                                                                "excepthoo"        \
                                                                                "k") N(notes,      \
                                                                                       "__"        \
                                                                                       "not"       \
                                                                                       "es_"       \
                                                                                       "_")        \
                                                                                N(displayhook,     \
                                                                                  "displa"         \
                                                                                  "yhook")         \
                                                                                    N(underscore,  \
                                                                                      "_")

#endif
