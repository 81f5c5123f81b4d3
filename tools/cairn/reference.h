// SPDX-License-Identifier: MIT
/// An owned reference as a C++ object.
#ifndef CAIRN_TOOL_REFERENCE_H
#define CAIRN_TOOL_REFERENCE_H

#include <utility>

#include "cairn/object.h"

namespace tool {

class Reference {
  public:
    Reference() = default;
    /// Takes over a reference that the caller owns; NULL is allowed.
    explicit Reference(cairn_object* owned) : object_(owned) {}
    /// Makes a reference of its own to an object that somebody else holds; NULL is allowed.
    static Reference to(cairn_object* borrowed) { return Reference(cairn_new_ref(borrowed)); }

    Reference(Reference&& other) noexcept : object_(std::exchange(other.object_, nullptr)) {}
    Reference& operator=(Reference&& other) noexcept {
        cairn_set_consume(&object_, std::exchange(other.object_, nullptr));
        return *this;
    }
    Reference(const Reference&) = delete;
    Reference& operator=(const Reference&) = delete;
    ~Reference() { reset(); }

    void reset() { cairn_clear(&object_); }
    [[nodiscard]] cairn_object* get() const { return object_; }
    explicit operator bool() const { return object_ != nullptr; }

  private:
    cairn_object* object_ = nullptr;
};

}  // namespace tool

#endif
