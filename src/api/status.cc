// SPDX-License-Identifier: MIT
#include "cairn/status.h"

#include "base/status_text.h"

const char* cairn_status_text(cairn_status status) {
    return cairn::status_text(status);
}

const char* cairn_place_text(cairn_place place) {
    return cairn::place_text(place);
}
