// The one call from below to above: a count reached zero, so the object must die. It is defined
// in reclaim/, which stands on everything that a death can touch.
#ifndef CAIRN_OBJECT_RECLAIM_H
#define CAIRN_OBJECT_RECLAIM_H

#include "cairn/object.h"

namespace cairn {

// Tears `object` down, whose refcount has just become 0. USER CODE.
void reclaim(cairn_object* object);

}  // namespace cairn

#endif
