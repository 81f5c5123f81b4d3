// SPDX-License-Identifier: MIT
#include "cairn/status.h"

#include "base/check.h"
#include "base/status_text.h"

void cairn_set_misuse_hook(cairn_misuse_fn hook, void* user_data) {
    cairn::set_misuse_hook(hook, user_data);
}

const char* cairn_status_text(cairn_status status) {
    return cairn::status_text(status);
}

const char* cairn_place_text(cairn_place place) {
    return cairn::place_text(place);
}
