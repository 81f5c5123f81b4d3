// SPDX-License-Identifier: MIT
/// Values: pointers to heap objects, or tagged immediates; and Ref, which owns one.
#ifndef PEBBLE_CORE_VALUE_H
#define PEBBLE_CORE_VALUE_H

#include <cairn/cairn.h>
#include <cstddef>
#include <cstdint>
#include <utility>

namespace pebble {

/// A reference to an object, or an immediate. Bit 0 set: an immediate (which slot layouts skip);
/// then bit 1 tells a small int (0) from a constant (1). A plain Value argument is borrowed.
using Value = cairn_object*;

constexpr int64_t kSmallMax = (int64_t{1} << 61) - 1;
constexpr int64_t kSmallMin = -(int64_t{1} << 61);

inline bool is_immediate(Value v) {
    return (reinterpret_cast<uintptr_t>(v) & 1) != 0;
}
inline bool is_small(Value v) {
    return (reinterpret_cast<uintptr_t>(v) & 3) == 1;
}
inline bool fits_small(int64_t n) {
    return n >= kSmallMin && n <= kSmallMax;
}
inline Value small(int64_t n) {
    return reinterpret_cast<Value>(static_cast<uintptr_t>(n) << 2 | 1);
}
inline int64_t small_value(Value v) {
    return static_cast<int64_t>(reinterpret_cast<uintptr_t>(v)) >> 2;
}

enum Constant : unsigned char {
    kNoneIndex,
    kFalseIndex,
    kTrueIndex,
    kEllipsisIndex,
    kNotImplementedIndex
};
inline Value constant(Constant index) {
    return reinterpret_cast<Value>(uintptr_t{index} << 2 | 3);
}
inline Constant constant_index(Value v) {
    return static_cast<Constant>(reinterpret_cast<uintptr_t>(v) >> 2);
}
inline Value none() {
    return constant(kNoneIndex);
}
inline Value truth(bool b) {
    return constant(b ? kTrueIndex : kFalseIndex);
}
inline Value not_implemented() {
    return constant(kNotImplementedIndex);
}
inline bool is_none(Value v) {
    return v == none();
}
inline bool is_bool(Value v) {
    return v == truth(true) || v == truth(false);
}

inline void incref(Value v) {
    if (!is_immediate(v)) {
        cairn_incref(v);
    }
}
inline void decref(Value v) {
    if (!is_immediate(v)) {
        cairn_decref(v);
    }
}
inline Value new_ref(Value v) {
    if (v != nullptr) {
        incref(v);
    }
    return v;
}
/// Stores an owned value in a slot, then releases what was there.
inline void store(Value* slot, Value owned) {
    Value old = *slot;
    *slot = owned;
    if (old != nullptr) {
        decref(old);
    }
}

/// Owns one reference, or nothing. As a result, "nothing" means: an exception is pending (or, where
/// the function says so, that there is nothing).
class Ref {
  public:
    Ref() = default;
    Ref(std::nullptr_t) {}
    Ref(Ref&& other) noexcept : value_(std::exchange(other.value_, nullptr)) {}
    Ref(const Ref&) = delete;
    Ref& operator=(const Ref&) = delete;
    Ref& operator=(Ref&& other) noexcept {
        store(&value_, std::exchange(other.value_, nullptr));
        return *this;
    }
    ~Ref() {
        if (value_ != nullptr) {
            decref(value_);
        }
    }

    /// Takes over a reference.
    static Ref own(Value v) {
        Ref ref;
        ref.value_ = v;
        return ref;
    }
    template <class T>
    static Ref own(T* object) {
        return own(reinterpret_cast<Value>(object));
    }
    /// Adds a reference.
    static Ref share(Value v) { return own(new_ref(v)); }
    template <class T>
    static Ref share(T* object) {
        return share(reinterpret_cast<Value>(object));
    }

    Value get() const { return value_; }
    operator Value() const& { return value_; }
    operator Value() const&& = delete;
    explicit operator bool() const { return value_ != nullptr; }
    Value take() { return std::exchange(value_, nullptr); }
    void reset() { *this = Ref(); }
    template <class T>
    T* as() const {
        return reinterpret_cast<T*>(value_);
    }

  private:
    Value value_ = nullptr;
};

template <class T>
T* as(Value v) {
    return reinterpret_cast<T*>(v);
}
/// The Value of an object.
template <class T>
Value val(T* object) {
    return reinterpret_cast<Value>(object);
}

/// What a raise returns: "nothing" as whatever the function has to return.
struct Failed {
    operator Ref() const { return {}; }
    operator bool() const { return false; }
};

}  // namespace pebble

#endif
