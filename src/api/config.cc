// SPDX-License-Identifier: MIT
#include "cairn/config.h"

uint32_t cairn_version(void) {
    return CAIRN_VERSION_NUMBER;
}

int cairn_check_level(void) {
    return CAIRN_CHECK_LEVEL;
}
