// Trial deletion: which candidates are referred to from outside the set of candidates?
#include "heap/cells.h"
#include "collect/collection.h"
#include "collect/ephemerons.h"
#include "heap/tracking.h"
#include "object/misuse.h"
#include "object/slots.h"

namespace cairn {

namespace {

// A side byte holds -120 .. 127 around 128. What does not fit is carried, 64 at a time, to the
// overflow map: the exact value is (side - 128) + 64 * map.
constexpr int64_t kCarry = 64;

class Counter {
  public:
    explicit Counter(cairn_heap* heap) : heap_(heap) {}

    void add(const cairn_object* object, uint8_t* side) {
        const uint32_t sum = *side + object->refcount;
        if (sum <= UINT8_MAX) {
            *side = static_cast<uint8_t>(sum);
            return;
        }
        const int64_t exact = int64_t{sum} - kUnreachable;
        *side = static_cast<uint8_t>(kUnreachable + exact % kCarry);
        carry(object, exact / kCarry);
    }

    void subtract(const cairn_object* referent) {
        uint8_t* side = side_of(referent);
        if (*side > kFirstCandidate) {
            --*side;
        } else if (*side == kFirstCandidate) {
            *side = kFirstCandidate + kCarry - 1;
            carry(referent, -1);
        }
    }

    [[nodiscard]] bool failed() const { return failed_; }

  private:
    void carry(const cairn_object* object, int64_t units) {
        int64_t* carried = heap_->gc.overflow.find_or_add(heap_->memory, object);
        if (carried == nullptr) {
            failed_ = true;
            return;
        }
        *carried += units;
    }

    cairn_heap* heap_;
    bool failed_ = false;
};

}  // namespace

void spare_all(Collection& c) {
    for_each_page(c.heap, examined_pages, [&c](Page* page) {
        for_each_tracked(page, [&c](cairn_object* object, uint8_t* side) {
            if (is_candidate(*side)) {
                survive(c, object);
            }
        });
    });
    OrderState& order = c.heap->order;
    if (c.heap->ordered && c.target != c.generation) {
        order.generations[c.target].take_all(order.generations[c.generation]);
    }
    if (c.heap->ordered) {
        order.generations[c.target].take_all(order.unreachable);
    }
}

namespace {

void report_too_many_visits(const cairn_object* object) {
#if CAIRN_CHECK_LEVEL >= 1
    report_misuse(object, "traverse visits it more often than it is referred to");
#endif
    (void)object;
}

// Puts what was carried back: a candidate has references from outside, or it has none.
void resolve_overflow(cairn_heap* heap) {
    heap->gc.overflow.for_each([](const void* key, int64_t carried) {
        uint8_t* side = side_of(key);
        if (!is_candidate(*side)) {
            return;  // An immortal object, found and untracked after it had been counted down.
        }
        const int64_t exact = int64_t{*side} - kUnreachable + kCarry * carried;
        if (exact < 0) {
            report_too_many_visits(static_cast<const cairn_object*>(key));
        }
        *side = exact == 0 ? kUnreachable : UINT8_MAX;
    });
    heap->gc.overflow.clear();
}

}  // namespace

void merge_younger_generations(Collection& c) {
    const int generation = c.generation;
    for (Segment* s = c.heap->space.first_segment(); s != nullptr; s = s->next) {
        s->examined_pages = generation == 2   ? container_pages(s)
                            : generation == 1 ? s->young_pages | s->middle_pages
                                              : s->young_pages;
        s->young_pages = 0;
        s->middle_pages &= generation == 0 ? ~uint64_t{0} : 0;
        s->middle_pages |= c.target == 1 ? s->examined_pages : 0;
    }
    const uint8_t oldest = side_of_generation(generation);
    for_each_page(c.heap, examined_pages, [&c, oldest](Page* page) {
        for_each_tracked(page, [&c, oldest](cairn_object*, uint8_t* side) {
            if (*side <= oldest) {
                *side = kUnreachable;
                ++c.candidates;
            }
        });
    });
    if (c.heap->ordered) {
        merge_younger_lists(c);
    }
}

bool subtract_internal_refs(Collection& c) {
    Counter counter(c.heap);
    for_each_page(c.heap, examined_pages, [&c, &counter](Page* page) {
        for_each_tracked(page, [&c, &counter](cairn_object* object, uint8_t* side) {
            if (!is_candidate(*side)) {
                return;
            }
            if (is_immortal(object)) {
                // It is nobody's garbage, and what it refers to is referred to from outside.
                untrack(c.heap, object);
                --c.candidates;
                return;
            }
            counter.add(object, side);
            for_each_referent(object, [&counter](cairn_object* referent) {
                counter.subtract(referent);
            });
        });
    });
    if (counter.failed()) {
        c.heap->gc.overflow.clear();
        return false;
    }
    resolve_overflow(c.heap);
    return true;
}

namespace {

// The stack takes at most this share of what is examined; a very wide graph fills it.
size_t longest_stack(const Collection& c) {
    return 4096 + c.candidates / 64;
}

// Reachable objects whose referents are still to be visited. When the stack is full or cannot
// grow, an object waits as a gray side byte instead, and is found by another sweep.
void push_reached(Collection& c, cairn_object* object) {
    Array<cairn_object*>& stack = c.heap->gc.mark_stack;
    if (stack.size() >= longest_stack(c) || !stack.push(c.heap->memory, object)) {
        *side_of(object) = kGray;
        c.gray_left = true;
    }
}

void visit_kept_alive(Collection& c, cairn_object* object) {
    for_each_kept_alive(c.heap, object, [&c](cairn_object* referent) {
        if (*side_of(referent) == kUnreachable) {
            survive(c, referent);
            push_reached(c, referent);
        }
    });
}

void drain(Collection& c) {
    Array<cairn_object*>& stack = c.heap->gc.mark_stack;
    while (!stack.empty()) {
        visit_kept_alive(c, stack.pop());
    }
}

bool starts_propagation(uint8_t side) {
    return side == kGray || (is_candidate(side) && side != kUnreachable);
}

}  // namespace

void separate_unreachable(Collection& c) {
    do {
        c.gray_left = false;
        for_each_page(c.heap, examined_pages, [&c](Page* page) {
            for_each_tracked(page, [&c](cairn_object* object, uint8_t* side) {
                if (!starts_propagation(*side)) {
                    return;
                }
                if (*side < kUnreachable && *side != kGray) {
                    report_too_many_visits(object);
                }
                c.reached += *side != kGray;
                *side = side_of_generation(c.target);
                visit_kept_alive(c, object);
                drain(c);
            });
        });
    } while (c.gray_left);
}

}  // namespace cairn
