// SPDX-License-Identifier: MIT
// References that the library itself holds: the same counting as the inline functions of
// cairn/object.h, for the layers below api/.
//
// retain_slow() and release_slow() are declared here and defined in reclaim/: release_slow() is the
// one call that goes upwards. A count reaches zero, so the object is torn down.
#ifndef CAIRN_OBJECT_RELEASE_H
#define CAIRN_OBJECT_RELEASE_H

#include "object/header.h"

namespace cairn {

// Every reference is counted (INV-EDGE-COUNT), so what is referred to is alive (INV-EDGE-ALIVE).

// Adds a reference where there is more to do than to count: a checked build, an immortal object, a
// count that saturates.
void retain_slow(cairn_object* object);

// Drops a reference where there is more to do than to count: a checked build, an immortal object,
// the last reference. USER CODE.
void release_slow(cairn_object* object);

inline void retain(cairn_object* object) {
    if (CAIRN_CHECK_LEVEL > 0 || !add_unless_special(object)) [[unlikely]] {
        retain_slow(object);
    }
}

// Drops a reference; with the last one the object dies before this returns. USER CODE.
inline void release(cairn_object* object) {
    if (CAIRN_CHECK_LEVEL > 0 || !drop_unless_last(object)) [[unlikely]] {
        release_slow(object);  // USER CODE
    }
}

// The same for what may be nullptr. USER CODE.
inline void release_if_any(cairn_object* object) {
    if (object != nullptr) {
        release(object);  // USER CODE
    }
}

// Returns `object`, which may be nullptr, with one reference more.
inline cairn_object* new_ref(cairn_object* object) {
    if (object != nullptr) {
        retain(object);
    }
    return object;
}

// Stores `value`, or nullptr, in `*slot`, then releases what was there. USER CODE.
inline void set_slot(cairn_object** slot, cairn_object* value) {
    cairn_object* old = *slot;
    *slot = new_ref(value);
    release_if_any(old);  // USER CODE
}

// Empties `*slot`, then releases what was there. USER CODE.
inline void clear_slot(cairn_object** slot) {
    cairn_object* old = *slot;
    *slot = nullptr;
    release_if_any(old);  // USER CODE
}

// Keeps an object alive for the time of a call whose user code may drop it. USER CODE, at the end.
class Hold {
  public:
    explicit Hold(cairn_object* object) : object_(object) { retain(object); }
    ~Hold() { release(object_); }  // USER CODE
    Hold(const Hold&) = delete;
    Hold& operator=(const Hold&) = delete;

  private:
    cairn_object* object_;
};

}  // namespace cairn

#endif
