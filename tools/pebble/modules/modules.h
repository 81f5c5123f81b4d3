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
/// Generated from lib/: ends with a NULL name.
extern const EmbeddedModule kEmbeddedModules[];

bool fill_builtins(Module* module);
bool fill_sys(Module* module);

/// The script's arguments, for sys.argv and sys.path.
void set_arguments(const char* path0, int argc, char** argv);
/// Opens a text file over a descriptor that is not closed with it (standard streams).
Ref open_stream(int descriptor, const char* name, bool write);
void flush_streams();
/// Adds the gc line printer for --gc-stats.
bool watch_collections();

}  // namespace pebble

#endif
