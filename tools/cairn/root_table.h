// SPDX-License-Identifier: MIT
/// The roots of a trace as an object of the heap, as in the reference, where a dictionary of
/// CPython's holds them.
///
/// A collection of CPython's examines that dictionary with the rest: it is tracked from the moment
/// when it gets its first entry, comes at that place in the order of objects, and is untracked by a
/// full collection that finds it empty. What it holds is then met in the order of its entries. So
/// the order in which finalizers run can depend on it.
///
/// What leads to the roots in the reference, the objects of the Python program, is frozen before
/// the trace begins. Once `unfreeze` has thawed it, it is examined too: a full collection then gets
/// to the roots by way of it. One frozen object stands for it, and one more for the garbage list,
/// which is such an object as well: it takes over what a collection put into the heap's own list.
#ifndef CAIRN_TOOL_ROOT_TABLE_H
#define CAIRN_TOOL_ROOT_TABLE_H

#include <cstddef>
#include <cstdint>
#include <deque>
#include <vector>

#include "cairn/cairn.h"

namespace tool {

class RootTable {
  public:
    RootTable() = default;
    RootTable(const RootTable&) = delete;
    RootTable& operator=(const RootTable&) = delete;

    /// Makes the table's object and what leads to it, and declares the latter's reference to the
    /// object to the heap if told so. False when memory is out.
    bool make(cairn_heap* heap, bool declare);
    /// Lets go of it all; what the roots hold is dropped before.
    void release();

    /// Adds an empty root and returns where it lies.
    cairn_object* const* add();
    [[nodiscard]] size_t size() const { return roots_.size(); }
    [[nodiscard]] cairn_object* get(size_t root) const { return roots_[root]; }

    /// Stores an object; what the root held dies after that.
    void put(uint32_t root, cairn_object* object);
    void drop(uint32_t root);

    /// What the garbage list holds, borrowed.
    [[nodiscard]] const std::vector<cairn_object*>& garbage() const { return garbage_items_; }
    void clear_garbage();

    void freeze();
    void unfreeze();

    /// A full collection counts the references of what it examines, and follows them from what
    /// is reachable: it calls the traverse function of the table's object twice. If it reaches the
    /// object from a declared root, it does not count its references.
    struct Counts {
        uint64_t full_collections = 0;  ///< that examined the table's object
        uint64_t marked = 0;            ///< in these it was reached from a declared root
    };
    [[nodiscard]] const Counts& counts() const { return counts_; }

  private:
    struct Object;
    struct Holder;
    bool make_garbage_list();
    bool make_program(bool declare);
    static RootTable& table_of(cairn_object* self);
    static void traverse(cairn_object* self, cairn_visit_fn visit, void* visit_data);
    static void clear(cairn_object* self);
    static void traverse_garbage(cairn_object* self, cairn_visit_fn visit, void* visit_data);
    static void clear_garbage_of(cairn_object* self);
    void take_garbage();
    void note_phase(cairn_gc_phase phase, int generation);
    static cairn_status collection(cairn_heap* heap,
                                   cairn_gc_phase phase,
                                   const cairn_gc_info* info,
                                   void* user_data);

    void untrack_empty() const;

    cairn_heap* heap_ = nullptr;
    cairn_object* object_ = nullptr;   ///< held by the program
    cairn_object* program_ = nullptr;  ///< owned
    cairn_object* garbage_ = nullptr;  ///< owned
    std::vector<cairn_object*> garbage_items_;
    Counts counts_;
    uint64_t visits_ = 0;              ///< of the table's object, by the collection under way
    bool is_frozen_ = false;           ///< is the table's object?
    std::deque<cairn_object*> roots_;  ///< a deque, since the heap is told where they are
    std::vector<uint32_t> entries_;    ///< roots that hold something, in the order of their entry
};

}  // namespace tool

#endif
