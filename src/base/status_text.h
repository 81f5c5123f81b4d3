// SPDX-License-Identifier: MIT
// The words for status codes and places.
#ifndef CAIRN_BASE_STATUS_TEXT_H
#define CAIRN_BASE_STATUS_TEXT_H

#include "cairn/status.h"

namespace cairn {

const char* status_text(cairn_status status);
const char* place_text(cairn_place place);

}  // namespace cairn

#endif
