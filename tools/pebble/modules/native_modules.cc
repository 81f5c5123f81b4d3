#include "modules/modules.h"

namespace pebble {

const NativeModule kNativeModules[] = {{"gc", fill_gc},
                                       {"_weakref", fill_weakref},
                                       {"time", fill_time},
                                       {"atexit", fill_atexit},
                                       {nullptr, nullptr}};

}  // namespace pebble
