// SPDX-License-Identifier: MIT
/// The operators new and delete of the command. A mimalloc that was compiled as C brings its own,
/// which abort when memory runs out; these throw. All forms are here, so that no block is taken by
/// one library's and given back by another's.
#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <new>

namespace {

void* memory_or_null(size_t size) noexcept {
    return std::malloc(std::max<size_t>(size, 1));
}

void* memory_or_null(size_t size, std::align_val_t alignment) noexcept {
    const auto unit = static_cast<size_t>(alignment);
    if (size > SIZE_MAX - unit) {
        return nullptr;
    }
    return std::aligned_alloc(unit, (std::max<size_t>(size, 1) + unit - 1) / unit * unit);
}

void* not_null(void* memory) {
    if (memory == nullptr) {
        throw std::bad_alloc();
    }
    return memory;
}

}  // namespace

void* operator new(size_t size) {
    return not_null(memory_or_null(size));
}
void* operator new[](size_t size) {
    return not_null(memory_or_null(size));
}
void* operator new(size_t size, std::align_val_t alignment) {
    return not_null(memory_or_null(size, alignment));
}
void* operator new[](size_t size, std::align_val_t alignment) {
    return not_null(memory_or_null(size, alignment));
}
void* operator new(size_t size, const std::nothrow_t& /*tag*/) noexcept {
    return memory_or_null(size);
}
void* operator new[](size_t size, const std::nothrow_t& /*tag*/) noexcept {
    return memory_or_null(size);
}
void* operator new(size_t size,
                   std::align_val_t alignment,
                   const std::nothrow_t& /*tag*/) noexcept {
    return memory_or_null(size, alignment);
}
void* operator new[](size_t size,
                     std::align_val_t alignment,
                     const std::nothrow_t& /*tag*/) noexcept {
    return memory_or_null(size, alignment);
}

void operator delete(void* memory) noexcept {
    std::free(memory);
}
void operator delete[](void* memory) noexcept {
    std::free(memory);
}
void operator delete(void* memory, size_t /*size*/) noexcept {
    std::free(memory);
}
void operator delete[](void* memory, size_t /*size*/) noexcept {
    std::free(memory);
}
void operator delete(void* memory, std::align_val_t /*alignment*/) noexcept {
    std::free(memory);
}
void operator delete[](void* memory, std::align_val_t /*alignment*/) noexcept {
    std::free(memory);
}
void operator delete(void* memory, size_t /*size*/, std::align_val_t /*alignment*/) noexcept {
    std::free(memory);
}
void operator delete[](void* memory, size_t /*size*/, std::align_val_t /*alignment*/) noexcept {
    std::free(memory);
}
void operator delete(void* memory, const std::nothrow_t& /*tag*/) noexcept {
    std::free(memory);
}
void operator delete[](void* memory, const std::nothrow_t& /*tag*/) noexcept {
    std::free(memory);
}
void operator delete(void* memory,
                     std::align_val_t /*alignment*/,
                     const std::nothrow_t& /*tag*/) noexcept {
    std::free(memory);
}
void operator delete[](void* memory,
                       std::align_val_t /*alignment*/,
                       const std::nothrow_t& /*tag*/) noexcept {
    std::free(memory);
}
