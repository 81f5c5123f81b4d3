// SPDX-License-Identifier: MIT
#include "base/status_text.h"

namespace cairn {

const char* status_text(cairn_status status) {
    switch (status) {
        case CAIRN_OK:
            return "ok";
        case CAIRN_NO_MEMORY:
            return "out of memory";
        case CAIRN_INVALID:
            return "invalid argument";
        case CAIRN_NOT_FOUND:
            return "not found";
        case CAIRN_BUSY:
            return "not possible now";
        case CAIRN_USER_ERROR:
            return "error in user code";
    }
    return "unknown status";
}

const char* place_text(cairn_place place) {
    switch (place) {
        case CAIRN_PLACE_FINALIZER:
            return "finalizer";
        case CAIRN_PLACE_WEAKREF_CALLBACK:
            return "weak reference callback";
        case CAIRN_PLACE_REGISTERED_FINALIZER:
            return "registered finalizer";
        case CAIRN_PLACE_GC_CALLBACK:
            return "collection callback";
    }
    return "unknown place";
}

}  // namespace cairn
