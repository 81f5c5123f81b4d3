// SPDX-License-Identifier: MIT
#ifndef CAIRN_TESTS_HOLD_H
#define CAIRN_TESTS_HOLD_H

#include "cairn/cairn.h"

namespace cairn_test {

/// Owns what a call is given, as a host must.
class Hold {
  public:
    explicit Hold(cairn_object* object) : object_(cairn_new_ref(object)) {}
    Hold(const Hold&) = delete;
    Hold& operator=(const Hold&) = delete;
    ~Hold() { cairn_clear(&object_); }
    [[nodiscard]] cairn_object* get() const { return object_; }

  private:
    cairn_object* object_;
};

}  // namespace cairn_test

#endif
