#include "modules/modules.h"

namespace pebble {

bool fill_gc(Module* module);
bool fill_weakref(Module* module);
bool fill_time(Module* module);
bool fill_atexit(Module* module);

const NativeModule kNativeModules[] = {{"gc", fill_gc}, {"_weakref", fill_weakref}, {"time", fill_time}, {"atexit", fill_atexit}, {nullptr, nullptr}};

}  // namespace pebble
