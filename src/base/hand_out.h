// SPDX-License-Identifier: MIT
// Filling a struct of the host that may grow: docs/abi.md.
#ifndef CAIRN_BASE_HAND_OUT_H
#define CAIRN_BASE_HAND_OUT_H

#include <cstddef>
#include <cstring>

namespace cairn {

// Writes what host and library both know of a struct, and how much that is. A size of 0 means the
// fields of version 0.2, which are all so far.
template <typename T>
void hand_out(T* out, const T& value) {
    const size_t known = out->size == 0 || out->size > sizeof(T) ? sizeof(T) : out->size;
    std::memcpy(out, &value, known);
    out->size = known;
}

}  // namespace cairn

#endif
