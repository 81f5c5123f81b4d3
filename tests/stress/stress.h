// SPDX-License-Identifier: MIT
/// What the stress programs share: a heap with node types, checks that fail loudly, timing.
///
/// They are run on a C stack of 256 KiB: whatever recursed on the shape of a graph would crash.
#ifndef CAIRN_TESTS_STRESS_STRESS_H
#define CAIRN_TESTS_STRESS_STRESS_H

#include <cstddef>
#include <cstdint>

#include "cairn/cairn.h"

namespace cairn_stress {

struct Node {
    cairn_object head;
    cairn_object* left;
    cairn_object* right;
};

/// The items follow.
struct Array {
    cairn_object head;
    size_t count;
};

/// Ends the program with a message unless `condition` holds.
void require(bool condition, const char* what);

/// A heap without automatic collection, and what is done with it.
class Bench {
  public:
    Bench();
    ~Bench();
    Bench(const Bench&) = delete;
    Bench& operator=(const Bench&) = delete;

    cairn_object* make(cairn_type* type) const;
    [[nodiscard]] cairn_object* make_array(size_t count) const;

    /// Ends the time of building and starts that of freeing.
    void built(size_t objects);

    /// Drops the last reference, after which nothing may be left; prints what was done.
    void free_by_count(const char* name, cairn_object* last);

    /// Drops the last reference, which leaves everything there, and collects it all.
    void free_by_collection(const char* name, cairn_object* last);

    cairn_heap* heap = nullptr;
    cairn_type* plain = nullptr;   ///< two slots
    cairn_type* custom = nullptr;  ///< two references shown by a traverse function
    cairn_type* fin = nullptr;     ///< two slots and a finalizer
    cairn_type* array = nullptr;   ///< items
    size_t finalized = 0;

  private:
    void report(const char* name) const;
    [[nodiscard]] size_t live() const;

    size_t objects_ = 0;
    double started_ = 0;
    double built_ = 0;
};

inline Node* node(cairn_object* object) {
    return reinterpret_cast<Node*>(object);
}
inline cairn_object** items(cairn_object* array) {
    return reinterpret_cast<cairn_object**>(reinterpret_cast<char*>(array) + sizeof(Array));
}

/// Seconds on a clock that only goes forward.
double now();

}  // namespace cairn_stress

#endif
