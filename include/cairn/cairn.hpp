// SPDX-License-Identifier: MIT
/// Cairn for hosts in C++17: ownership as types, and types built from member pointers.
///
/// owned<T> holds a reference and releases it; borrowed<T> does not; slot<T> is a reference inside
/// an object. They do not convert to each other by accident, so that a release that is forgotten or
/// done twice does not compile. T is a struct that starts with a `cairn_object`, or cairn_object
/// itself. Nothing here throws, and nothing is compiled into the library: each function is a call
/// of the C API. Functions of a type must be noexcept, since no exception may pass through the
/// library.
#ifndef CAIRN_CAIRN_HPP
#define CAIRN_CAIRN_HPP

#include <cstddef>
#include <cstdint>
#include <type_traits>
#include <utility>

#include "cairn/cairn.h"

namespace cairn {

template <class T>
class owned;
template <class T>
class slot;

namespace detail {

template <class T>
cairn_object* to_object(const T* object) noexcept {
    static_assert(std::is_standard_layout_v<T> && std::is_trivially_destructible_v<T>,
                  "an object of the heap is a plain struct that starts with a cairn_object");
    return reinterpret_cast<cairn_object*>(const_cast<T*>(object));
}

inline void check_store([[maybe_unused]] cairn_object* const* slot) noexcept {
#if CAIRN_CHECK_LEVEL > 0
    cairn_check_store(slot, nullptr);
#endif
}

}  // namespace detail

/// A reference that its holder must not release. Valid as long as somebody owns one.
template <class T>
class borrowed {
  public:
    constexpr borrowed() noexcept = default;
    constexpr borrowed(std::nullptr_t) noexcept {}
    borrowed(const owned<T>& from) noexcept : object_(from.get_raw()) {}
    borrowed(const slot<T>& from) noexcept : object_(from.get_raw()) {}
    /// What nobody would own by the end of the expression cannot be borrowed.
    borrowed(owned<T>&&) = delete;
    borrowed(const owned<T>&&) = delete;

    /// Says that a pointer from the C API is borrowed.
    [[nodiscard]] static borrowed of(T* object) noexcept {
        borrowed result;
        result.object_ = object;
        return result;
    }

    /// Adds a reference.
    [[nodiscard]] owned<T> own() const noexcept {
        return owned<T>::adopt(object_ == nullptr ? nullptr : add(object_));
    }

    [[nodiscard]] T* get_raw() const noexcept { return object_; }
    [[nodiscard]] cairn_object* object() const noexcept { return detail::to_object(object_); }
    T* operator->() const noexcept { return object_; }
    T& operator*() const noexcept { return *object_; }
    explicit operator bool() const noexcept { return object_ != nullptr; }
    friend bool operator==(borrowed a, borrowed b) noexcept { return a.object_ == b.object_; }
    friend bool operator!=(borrowed a, borrowed b) noexcept { return a.object_ != b.object_; }

  private:
    static T* add(T* object) noexcept {
        cairn_incref(detail::to_object(object));
        return object;
    }

    T* object_ = nullptr;
};

/// A reference that is released at the end of its scope, which may run user code. Moves; a second
/// reference is made with share() only.
template <class T>
class [[nodiscard]] owned {
  public:
    constexpr owned() noexcept = default;
    constexpr owned(std::nullptr_t) noexcept {}
    owned(owned&& from) noexcept : object_(std::exchange(from.object_, nullptr)) {}
    owned& operator=(owned&& from) noexcept {
        T* old = std::exchange(object_, std::exchange(from.object_, nullptr));
        drop(old);
        return *this;
    }
    owned(const owned&) = delete;
    owned& operator=(const owned&) = delete;
    ~owned() { drop(object_); }

    /// Takes over a reference that the C API gave.
    static owned adopt(T* object) noexcept {
        owned result;
        result.object_ = object;
        return result;
    }

    /// Gives the reference up to C code that consumes it.
    [[nodiscard]] T* release() noexcept { return std::exchange(object_, nullptr); }

    owned share() const noexcept { return borrowed<T>(*this).own(); }

    [[nodiscard]] T* get_raw() const noexcept { return object_; }
    [[nodiscard]] cairn_object* object() const noexcept { return detail::to_object(object_); }
    T* operator->() const noexcept { return object_; }
    T& operator*() const noexcept { return *object_; }
    explicit operator bool() const noexcept { return object_ != nullptr; }

  private:
    static void drop(T* object) noexcept {
        if (object != nullptr) {
            cairn_decref(detail::to_object(object));
        }
    }

    T* object_ = nullptr;
};

/// A slot of an object, as a member: `struct node { cairn_object head; cairn::slot<node> next; };`.
/// Stores first and releases the old value afterwards, which may run user code. Has no constructor
/// and no destructor: the heap zeroes an object, and releases its slots.
template <class T>
class slot {
  public:
    slot() = delete;  // a member of an object, which the heap zeroes; never a variable
    slot(const slot&) = delete;

    /// Takes the reference over.
    slot& operator=(owned<T>&& value) noexcept {
        cairn_set_consume(&object_, detail::to_object(value.release()));
        return *this;
    }
    /// Adds a reference.
    slot& operator=(borrowed<T> value) noexcept { return *this = value.own(); }
    slot& operator=(const slot& value) noexcept { return *this = borrowed<T>(value); }
    slot& operator=(std::nullptr_t) noexcept { return *this = owned<T>(); }

    /// Empties the slot and gives its reference to the caller.
    owned<T> take() noexcept {
        detail::check_store(&object_);
        return owned<T>::adopt(reinterpret_cast<T*>(std::exchange(object_, nullptr)));
    }

    [[nodiscard]] borrowed<T> get() const noexcept { return borrowed<T>(*this); }
    [[nodiscard]] T* get_raw() const noexcept { return reinterpret_cast<T*>(object_); }
    T* operator->() const noexcept { return get_raw(); }
    T& operator*() const noexcept { return *get_raw(); }
    explicit operator bool() const noexcept { return object_ != nullptr; }

  private:
    cairn_object* object_;
};

/// A heap, freed at the end of its scope. Empty if memory ran out.
class heap {
  public:
    explicit heap(const cairn_heap_options* options = nullptr) noexcept
        : heap_(cairn_heap_new(options)) {}
    heap(heap&& from) noexcept : heap_(std::exchange(from.heap_, nullptr)) {}
    heap& operator=(heap&&) = delete;
    heap(const heap&) = delete;
    heap& operator=(const heap&) = delete;
    ~heap() { (void)cairn_heap_free(heap_); }

    /// Frees the heap now and returns the number of leaked objects. Keeps the heap and returns
    /// SIZE_MAX where cairn_heap_free() fails.
    size_t close() noexcept {
        const size_t leaked = cairn_heap_free(heap_);
        heap_ = leaked == SIZE_MAX ? heap_ : nullptr;
        return leaked;
    }

    [[nodiscard]] cairn_heap* get() const noexcept { return heap_; }
    explicit operator bool() const noexcept { return heap_ != nullptr; }

  private:
    cairn_heap* heap_;
};

/// Options of a heap: `cairn::heap h = cairn::heap_builder().memory_limit(1 << 20).build();`.
class heap_builder {
  public:
    heap_builder() noexcept { cairn_heap_options_init(&options_); }
    heap_builder& flags(uint32_t flags) noexcept {
        options_.flags |= flags;
        return *this;
    }
    heap_builder& memory_limit(size_t bytes) noexcept {
        options_.memory_limit = bytes;
        return *this;
    }
    heap_builder& user_data(void* data) noexcept {
        options_.user_data = data;
        return *this;
    }
    /// All other options.
    [[nodiscard]] cairn_heap_options& options() noexcept { return options_; }
    [[nodiscard]] heap build() const noexcept { return heap(&options_); }

  private:
    cairn_heap_options options_;
};

/// A type whose objects are T. Empty if it could not be made.
template <class T>
class type {
  public:
    constexpr type() noexcept = default;
    explicit type(cairn_type* from) noexcept : type_(from) {}

    /// Makes an object, zeroed; empty if memory ran out or the type is empty. May collect and
    /// run user code.
    [[nodiscard]] owned<T> make() const noexcept {
        return adopt(type_ == nullptr ? nullptr : cairn_new(type_));
    }
    [[nodiscard]] owned<T> make_var(size_t items) const noexcept {
        return adopt(type_ == nullptr ? nullptr : cairn_new_var(type_, items));
    }

    /// The object as a T, or nothing if it is of another type.
    [[nodiscard]] borrowed<T> cast(borrowed<cairn_object> object) const noexcept {
        const bool is = object && cairn_type_of(object.get_raw()) == type_;
        return is ? borrowed<T>::of(reinterpret_cast<T*>(object.get_raw())) : borrowed<T>();
    }

    [[nodiscard]] cairn_type* get() const noexcept { return type_; }
    explicit operator bool() const noexcept { return type_ != nullptr; }

  private:
    static owned<T> adopt(cairn_object* made) noexcept {
        return owned<T>::adopt(reinterpret_cast<T*>(made));
    }

    cairn_type* type_ = nullptr;
};

/// Describes a type by the members of T:
/// `auto t = cairn::type_builder<node>("node").slots(&node::left, &node::right).build(heap);`.
template <class T>
class type_builder {
    static_assert(std::is_standard_layout_v<T> && std::is_trivially_destructible_v<T>,
                  "an object of the heap is a plain struct that starts with a cairn_object");

  public:
    explicit type_builder(const char* name) noexcept {
        spec_.name = name;
        spec_.object_size = sizeof(T);
    }

    /// The members that are slots, in order and without a gap between them. Each is a slot, or an
    /// array of slots.
    template <class... Members>
    type_builder& slots(Members T::*... members) noexcept {
        static_assert((is_slot<Members>::value && ...), "members of slots() are cairn::slot");
        (add(offset_of(members), sizeof(Members)), ...);
        return *this;
    }

    /// The member that is a buffer, of records R that start with `slots` references.
    template <class R>
    type_builder& buffer(cairn_buffer T::*member, uint32_t slots = 1) noexcept {
        static_assert(std::is_standard_layout_v<R> && std::is_trivially_destructible_v<R>,
                      "records are plain structs");
        spec_.buffer_offset = offset_of(member);
        spec_.record_size = sizeof(R);
        spec_.record_slots = slots;
        spec_.flags |= slots == 0 ? uint32_t{CAIRN_TYPE_PLAIN_BUFFER} : 0U;
        return *this;
    }

    /// `kFunction(T&)` returns a cairn_status.
    template <auto kFunction>
    type_builder& finalize() noexcept {
        static_assert(std::is_nothrow_invocable_r_v<cairn_status, decltype(kFunction), T&>,
                      "a finalizer is noexcept, takes T& and returns cairn_status");
        spec_.finalize = [](cairn_object* self) -> cairn_status {
            return kFunction(*reinterpret_cast<T*>(self));
        };
        return *this;
    }

    /// `kFunction(T&)` releases what the object holds outside the heap.
    template <auto kFunction>
    type_builder& dealloc() noexcept {
        static_assert(std::is_nothrow_invocable_v<decltype(kFunction), T&>,
                      "a dealloc function is noexcept and takes T&");
        spec_.dealloc = [](cairn_object* self) { kFunction(*reinterpret_cast<T*>(self)); };
        return *this;
    }

    type_builder& flags(uint32_t flags) noexcept {
        spec_.flags |= flags;
        return *this;
    }

    /// All other fields.
    [[nodiscard]] cairn_type_spec& spec() noexcept { return spec_; }

    /// What is wrong with the description, or nullptr.
    [[nodiscard]] const char* problem() const noexcept {
        return has_gap_ ? "the members of slots() do not lie side by side"
                        : cairn_type_spec_problem(&spec_);
    }

    /// Empty if the description is wrong, memory ran out, or the heap is empty.
    [[nodiscard]] type<T> build(const heap& of) const noexcept {
        cairn_type* made = nullptr;
        return has_gap_ || !of || cairn_type_new(of.get(), &spec_, &made) != CAIRN_OK
                   ? type<T>()
                   : type<T>(made);
    }

  private:
    template <class M>
    struct is_slot : std::false_type {};
    template <class M>
    struct is_slot<slot<M>> : std::true_type {};
    template <class M, size_t kCount>
    struct is_slot<slot<M>[kCount]> : std::true_type {};

    template <class M>
    static uint32_t offset_of(M T::*member) noexcept {
        alignas(T) static unsigned char place[sizeof(T)];
        const auto* object = reinterpret_cast<const T*>(place);
        const auto* at = reinterpret_cast<const unsigned char*>(&(object->*member));
        return static_cast<uint32_t>(at - place);
    }

    void add(uint32_t offset, size_t size) noexcept {
        if (spec_.slot_count == 0) {
            spec_.slots_offset = offset;
        }
        has_gap_ |= offset != spec_.slots_offset + spec_.slot_count * sizeof(void*);
        spec_.slot_count += static_cast<uint32_t>(size / sizeof(void*));
    }

    cairn_type_spec spec_{};
    bool has_gap_ = false;
};

}  // namespace cairn

#endif
