#include "modules/modules.h"

namespace pebble {

const NativeModule kNativeModules[] = {{"gc", fill_gc},
                                       {"_weakref", fill_weakref},
                                       {"time", fill_time},
                                       {"atexit", fill_atexit},
                                       {"_collections", fill_collections},
                                       {"posix", fill_posix},
                                       {"_process", fill_process},
                                       {nullptr, nullptr}};

}  // namespace pebble
