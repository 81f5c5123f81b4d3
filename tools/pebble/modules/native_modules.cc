// SPDX-License-Identifier: MIT
#include "modules/modules.h"

namespace pebble {

const NativeModule kNativeModules[] = {{"gc", fill_gc},
                                       {"_weakref", fill_weakref},
                                       {"_time", fill_time},
                                       {"atexit", fill_atexit},
                                       {"_collections", fill_collections},
                                       {"posix", fill_posix},
                                       {"_process", fill_process},
                                       {"_math", fill_math},
                                       {"_random", fill_random},
                                       {"_traceback", fill_traceback},
                                       {"cairn", fill_cairn},
                                       {nullptr, nullptr}};

}  // namespace pebble
