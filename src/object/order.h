// SPDX-License-Identifier: MIT
// CPython's generation lists, kept only by heaps with CAIRN_HEAP_CPYTHON_ORDER.
//
// CPython finds, finalizes and clears garbage in the order of doubly linked lists, which its
// collections rearrange. Side bytes have no order but the address. A heap that must agree with
// CPython to the letter keeps the lists too, with their links at the end of each object's cell.
#ifndef CAIRN_OBJECT_ORDER_H
#define CAIRN_OBJECT_ORDER_H

#include "cairn/object.h"
#include "memory/segment.h"

namespace cairn {

struct OrderLink {
    OrderLink* previous = nullptr;  // nullptr: in no list
    OrderLink* next = nullptr;
    cairn_object* object = nullptr;
};

inline OrderLink* order_link(const cairn_object* object) {
    const std::byte* start = reinterpret_cast<const std::byte*>(object);
    const size_t size = page_of(object)->cell_size & ~(alignof(OrderLink) - 1);
    return reinterpret_cast<OrderLink*>(const_cast<std::byte*>(start) + size - sizeof(OrderLink));
}

class OrderList {
  public:
    OrderList() { reset(); }
    OrderList(const OrderList&) = delete;
    OrderList& operator=(const OrderList&) = delete;

    [[nodiscard]] bool is_empty() const { return head_.next == &head_; }
    [[nodiscard]] OrderLink* first() { return head_.next; }
    [[nodiscard]] OrderLink* end() { return &head_; }

    void append(cairn_object* object) {
        OrderLink* link = order_link(object);
        link->object = object;
        link->previous = head_.previous;
        link->next = &head_;
        head_.previous->next = link;
        head_.previous = link;
    }

    // Moves everything in `from` behind what is here.
    void take_all(OrderList& from) {
        if (from.is_empty()) {
            return;
        }
        from.head_.next->previous = head_.previous;
        head_.previous->next = from.head_.next;
        from.head_.previous->next = &head_;
        head_.previous = from.head_.previous;
        from.reset();
    }

    static void remove(cairn_object* object) {
        OrderLink* link = order_link(object);
        if (link->previous != nullptr) {
            link->previous->next = link->next;
            link->next->previous = link->previous;
            link->previous = link->next = nullptr;
        }
    }

    void move_here(cairn_object* object) {
        remove(object);
        append(object);
    }

  private:
    void reset() { head_.previous = head_.next = &head_; }

    OrderLink head_;
};

}  // namespace cairn

#endif
