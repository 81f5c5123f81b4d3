// SPDX-License-Identifier: MIT
/// The builtin modules: native ones, made by a function, and those written in Python (lib/*.py),
/// whose text is part of the program. See README.md for how to add one.
#ifndef PEBBLE_MODULES_MODULES_H
#define PEBBLE_MODULES_MODULES_H

#include "core/protocol.h"
#include "types/types.h"

namespace pebble {

struct NativeModule {
    const char* name;
    bool (*fill)(Module* module);  ///< false: an exception is pending
};
/// native_modules.cc: ends with a NULL name.
extern const NativeModule kNativeModules[];

struct EmbeddedModule {
    const char* name;
    const char* text;
    bool package;
};
/// The program behind `pebble --tour`, generated from tour/tour.py.
extern const char* const kTour;
/// Generated from lib/: ends with a NULL name.
extern const EmbeddedModule kEmbeddedModules[];

bool fill_builtins(Module* module);
bool fill_code_builtins(Module* module);  ///< a part of builtins
bool fill_sys(Module* module);
bool fill_gc(Module* module);
bool fill_time(Module* module);  ///< _time
bool fill_atexit(Module* module);
bool fill_collections(Module* module);  ///< _collections: deque
bool fill_ordered(Module* module);      ///< a part of _collections
bool fill_posix(Module* module);
bool fill_process(Module* module);
bool fill_math(Module* module);       ///< _math
bool fill_random(Module* module);     ///< _random
bool fill_traceback(Module* module);  ///< _traceback
bool fill_cairn(Module* module);
bool fill_cairn_inspect(Module* module);  ///< a part of cairn
bool fill_weakref(Module* module);
bool fill_weakmap(Module* module);    ///< a part of _weakref
bool fill_finalize(Module* module);   ///< another one
bool fill_weakproxy(Module* module);  ///< another one

/// What a proxy stands for, held for the time of an operation; anything else stands for itself.
Ref unwrap_proxy(Value v);
/// A weak reference or proxy of class `cls`; `callback` may be NULL or None.
Ref make_weak_reference(Class* cls, Value object, Value callback);
/// Of any weak reference, the containers' own included.
Ref weak_reference_repr(Value self);
/// A path: a str, bytes, or what has __fspath__.
bool path_text(Value v, std::string* out);
Ref open_function(Value self, const Args& args);
/// The whole content of a file; false: errno says why.
bool read_file(const std::string& path, std::string* out);

/// The script's arguments, for sys.argv and sys.path.
void set_arguments(const char* path0, int argc, char** argv);
/// Opens a text file over a descriptor that is not closed with it (standard streams).
Ref open_stream(int descriptor, const char* name, bool write);
void flush_streams();

}  // namespace pebble

#endif
