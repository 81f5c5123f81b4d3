// SPDX-License-Identifier: MIT
#include "collect/verify.h"

#include <cstdarg>
#include <cstdio>

#include "finalize/queue.h"
#include "finalize/registry.h"
#include "heap/buffer.h"
#include "heap/cells.h"
#include "object/walk.h"
#include "weakref/weakmap.h"
#include "weakref/weakref.h"

namespace cairn {

namespace {

constexpr int kMostReports = 8;

class Verifier {
  public:
    explicit Verifier(cairn_heap* heap) : heap_(heap) { scratch_.allocator = default_allocator(); }
    ~Verifier() { edges_.release(scratch_); }
    Verifier(const Verifier&) = delete;
    Verifier& operator=(const Verifier&) = delete;

    bool run() {
        check_segments();
        check_bins();
        check_cells();
        check_edges();
        check_weakrefs();
        check_queue();
        check_registry();
        check_order();
        check_policy();
        if (out_of_memory_) {
            report("the check itself ran out of memory");
        }
        return problems_ == 0;
    }

  private:
    [[gnu::format(printf, 2, 3)]] void report(const char* format, ...) {
        if (++problems_ > kMostReports) {
            return;
        }
        std::va_list arguments;
        va_start(arguments, format);
        std::fputs("cairn: verify: ", stderr);
        std::vfprintf(stderr, format, arguments);
        std::fputc('\n', stderr);
        va_end(arguments);
    }

    void check_segments();
    void check_page_marks(const Segment* segment);
    void check_bins();
    size_t count_free(const Bin* bin, const FreeCell* first);
    void check_cells();
    void check_cell(cairn_object* object, const Page* page);
    void check_side(const cairn_object* object);
    void check_edges();
    void check_weakrefs();
    void check_weakref_list(const cairn_object* referent, const WeakrefObject* first);
    void check_weakmap(const WeakMapObject* map);
    void check_queue();
    void check_registry();
    void check_order();
    void check_policy();

    cairn_heap* heap_;
    Memory scratch_;
    PointerMap<uint64_t> edges_;
    size_t queued_ = 0;      // objects flagged as waiting
    size_t registered_ = 0;  // registered finalizers that are alive
    int problems_ = 0;
    bool out_of_memory_ = false;
};

const void* address(const void* p) {
    return p;
}

// Page descriptors against the bits that say which pages are free: INV-SEGMENT-LINKS,
// INV-SEGMENT-PAGES, INV-MEMORY-BYTES.
void Verifier::check_segments() {
    size_t bytes = 0;
    for (const Segment* s = heap_->space.first_segment(); s != nullptr; s = s->next) {
        if (s->heap != heap_ || (s->next != nullptr && s->next->previous != s)) {
            report("segment %p is linked wrongly", address(s));
        }
        uint64_t taken = 0;
        for (uint32_t i = 0; i < s->page_count; ++i) {
            const Page& page = s->pages[i];
            if (page.cell_size == 0) {
                continue;
            }
            taken |= page_mask(&page, i);
            bytes += counted_page_bytes(page_span(&page));
        }
        const uint64_t all = (uint64_t{1} << s->page_count) - 1;
        if ((taken ^ s->free_pages) != all) {
            report("segment %p: free pages do not match its descriptors", address(s));
        }
        check_page_marks(s);
    }
    if (bytes != heap_->memory.object_bytes) {
        report("pages hold %zu bytes, but %zu are counted", bytes, heap_->memory.object_bytes);
    }
}

// A young or middle object on a page that is not marked so would never be collected:
// INV-PAGE-MARKS.
void Verifier::check_page_marks(const Segment* segment) {
    for (uint32_t i = 0; i < segment->page_count; ++i) {
        Page* page = const_cast<Page*>(&segment->pages[i]);
        if (page->cell_size == 0 || page->is_leaf) {
            continue;
        }
        const bool young = (segment->young_pages >> i & 1) != 0;
        const bool middle = (segment->middle_pages >> i & 1) != 0;
        for_each_tracked(page, [&](cairn_object* object, const uint8_t* side) {
            if ((*side == kYoung && !young) || (*side == kMiddle && !middle)) {
                report("object %p: its page is not marked for its generation", address(object));
            }
        });
    }
}

size_t Verifier::count_free(const Bin* bin, const FreeCell* first) {
    size_t count = 0;
    for (const FreeCell* cell = first; cell != nullptr; cell = next_free(cell)) {
        const Page* page = page_of(cell);
        const auto offset =
            static_cast<size_t>(reinterpret_cast<const std::byte*>(cell) - page->base);
        if (page->bin != bin || offset % bin->cell_size != 0 || cell->refcount != 0 ||
            *side_of(cell) != kUntracked) {
            report("cell %p is in a free list and is not a free cell of that bin", address(cell));
            return count;
        }
        uint64_t* seen = edges_.find_or_add(scratch_, cell);
        if (seen == nullptr) {
            out_of_memory_ = true;
            return count;
        }
        if (++*seen > 1) {
            report("cell %p is twice in a free list", address(cell));
            return count;
        }
        ++count;
    }
    return count;
}

// Free lists against the cells that have been handed out: INV-BIN-FREE, INV-CELL-FILL.
void Verifier::check_bins() {
    for (const Bin* bin = heap_->space.first_bin(); bin != nullptr; bin = bin->next) {
        size_t free_cells = 0;
        size_t listed = bin->idle_cells();
        if (bin->current != nullptr && !bin->current->is_available) {
            report("page %p is taken from, and would be offered", address(bin->current));
        }
        for (const Page* page = bin->pages; page != nullptr; page = page->next) {
            if (page->bin != bin || page->cell_size != bin->cell_size) {
                report("page %p is in the list of another bin", address(page));
                continue;
            }
            listed += count_free(bin, page->free);
            const uint32_t carved = bin->carved(page);
            for (uint32_t i = 0; i < carved; ++i) {
                const auto* object =
                    reinterpret_cast<const cairn_object*>(page->base + i * bin->cell_size);
                const bool is_free = is_free_cell(object);
                free_cells += is_free;
                if (is_free && CAIRN_FILLS_FREE_CELLS &&
                    find_write_after_death(object, bin->cell_size) != 0) {
                    report("freed object %p was written to", address(object));
                }
            }
        }
        if (listed != free_cells && !out_of_memory_) {
            report("bin of %zu bytes: %zu cells are free, %zu listed",
                   bin->cell_size,
                   free_cells,
                   listed);
        }
    }
    edges_.clear();
}

// During a collection the side bytes of candidates are looked for in their block of an examined
// page alone.
bool may_be_found(const cairn_object* object) {
    const Page* page = page_of(object);
    const Segment* segment = segment_of(object);
    const auto offset = static_cast<size_t>(side_of(object) - side_of(page->base));
    return (segment->examined_pages >> page_index_of(object) & 1) != 0 &&
           (page->examined_blocks >> (offset / kSideBlock) & 1) != 0;
}

// INV-SIDE-TRACKED, INV-SIDE-IDLE, INV-CANDIDATE-BLOCK.
void Verifier::check_side(const cairn_object* object) {
    const uint8_t side = *side_of(object);
    if (side == kUntracked) {
        return;
    }
    if (!is_alive(object) || (object->flags & kContainer) == 0 || is_immortal(object)) {
        report("object %p of type %s has side byte %u", address(object), object->type->name, side);
    }
    if ((object->flags & kUncounted) != 0) {
        report("object %p is tracked and was not counted", address(object));
    }
    if (side > kPermanent && !heap_->gc.collecting) {
        report("object %p: side byte %u outside a collection", address(object), side);
    }
    if (side > kPermanent && heap_->gc.collecting && !may_be_found(object)) {
        report("candidate %p lies in a block that is not examined", address(object));
    }
}

// INV-CELL-FREE, INV-CELL-TYPE, INV-HEADER-STAMP, INV-BUFFER-WHOLE.
void Verifier::check_cell(cairn_object* object, const Page* page) {
    if (is_free_cell(object)) {
        if (*side_of(object) != kUntracked) {
            report("free cell %p has side byte %u", address(object), *side_of(object));
        }
        return;
    }
    check_side(object);
    const bool is_container = (object->flags & kContainer) != 0;
    if (object->type->heap != heap_ || object->type->is_container != is_container ||
        page->is_leaf == is_container) {
        report("object %p: header, type and page disagree", address(object));
    }
    if (is_alive(object) && stamp_of(object) > heap_->marks.last) {
        report("object %p is alive with a mark that was never made", address(object));
    }
    if (is_alive(object) && !is_whole_buffer(object)) {
        report("object %p has a buffer whose count is above its capacity", address(object));
    }
    queued_ += (object->flags & kIsQueued) != 0;
    registered_ += is_finalizer(heap_, object) && as_finalizer(object)->is_alive;
}

// INV-HEAP-COUNT.
void Verifier::check_cells() {
    uint64_t alive = 0;
    for_each_page(heap_, used_pages, [&](Page* page) {
        const uint32_t carved = carved_cells(page);
        for (uint32_t i = 0; i < carved; ++i) {
            auto* object = reinterpret_cast<cairn_object*>(page->base + i * page->cell_size);
            check_cell(object, page);
            alive += !is_free_cell(object);
        }
    });
    if (alive != allocations(heap_) - deallocations(heap_)) {
        report("%llu objects are alive, %llu counted",
               static_cast<unsigned long long>(alive),
               static_cast<unsigned long long>(allocations(heap_) - deallocations(heap_)));
    }
}

// Every reference leads to a live object of this heap, and no object has fewer than lead to it:
// INV-EDGE-HEAP, INV-EDGE-ALIVE, INV-EDGE-COUNT. Containers that are tracked by hand and not
// tracked yet may be half built, and are left out.
void Verifier::check_edges() {
    const auto count_edge = [this](const cairn_object* from, const cairn_object* to) {
        if (segment_of(to)->heap != heap_) {
            report("object %p refers to %p, which is of another heap", address(from), address(to));
            return;
        }
        if (!is_alive(to)) {
            report("object %p refers to %p, which is not alive", address(from), address(to));
            return;
        }
        uint64_t* edges = edges_.find_or_add(scratch_, to);
        if (edges == nullptr) {
            out_of_memory_ = true;
        } else if (++*edges > to->refcount && !is_immortal(to)) {
            report("object %p of type %s, refcount %u, has more references than that: one from %p",
                   address(to),
                   to->type->name,
                   to->refcount,
                   address(from));
        }
    };
    for_each_object(heap_, [&](cairn_object* object) {
        const bool skip = !object->type->tracked_at_birth && *side_of(object) == kUntracked;
        if ((object->flags & kContainer) != 0 && !skip) {
            for_each_strong_edge(
                object, [&](const cairn_object* to, const cairn_edge&) { count_edge(object, to); });
        }
    });
    for (const cairn_object* object : heap_->gc.garbage) {
        count_edge(nullptr, object);
    }
    edges_.clear();
}

// INV-WEAKREF-LIST.
void Verifier::check_weakref_list(const cairn_object* referent, const WeakrefObject* first) {
    const WeakrefObject* previous = nullptr;
    for (const WeakrefObject* ref = first; ref != nullptr; ref = ref->next) {
        if (is_free_cell(&ref->head) || !is_weakref(&ref->head) || ref->referent != referent ||
            ref->previous != previous) {
            report("weak reference %p to %p is linked wrongly", address(ref), address(referent));
            return;
        }
        previous = ref;
    }
}

// The entries of a weak container against its numbers and against what their references know, and
// those that are to leave: INV-MAP-ENTRY, INV-MAP-LENGTH, INV-MAP-PENDING.
void Verifier::check_weakmap(const WeakMapObject* map) {
    size_t live = 0;
    size_t dead = 0;
    size_t left_over = 0;
    size_t removed = 0;
    for (uint32_t i = 0; i < map->table.used; ++i) {
        const EntryRef* ref = map->table.entries[i].ref;
        if (ref == nullptr) {
            ++removed;
            continue;
        }
        ++(ref->weakref.referent != nullptr ? live : dead);
        left_over += is_left_over(ref->weakref);
        if (ref->map != map || ref->weakref.entry != i || (ref->weakref.state & kInWeakMap) == 0 ||
            ref->weakref.referent != map->table.entries[i].weak) {
            report("weak container %p: entry %u and its reference disagree", address(map), i);
        }
    }
    const WeakrefObject* after = nullptr;
    for (const EntryRef* ref = map->pending; ref != nullptr;
         ref = map->table.entries[ref->weakref.entry].pending_before) {
        if (ref->weakref.referent != nullptr || (ref->weakref.state & kIsPending) == 0 ||
            ref->weakref.previous != after) {
            report("weak container %p: an entry that is to leave is linked wrongly", address(map));
            break;
        }
        after = &ref->weakref;
    }
    if (live != map->length || dead != map->dead || left_over != map->left_over ||
        removed != map->table.removed) {
        report(
            "weak container %p: %zu live, %zu dead, %zu left over, %zu removed entries are "
            "not what it counts",
            address(map),
            live,
            dead,
            left_over,
            removed);
    }
}

// INV-WEAKREF-FLAG, INV-KEY-PAGE.
void Verifier::check_weakrefs() {
    heap_->weakrefs.for_each([this](const void* start, const WeakrefObject* first) {
        const cairn_object* referent = first->referent;
        if (is_free_cell(referent)) {
            report(
                "weak reference %p refers to %p, which is free", address(first), address(referent));
            return;
        }
        const auto offset =
            reinterpret_cast<uintptr_t>(referent) - reinterpret_cast<uintptr_t>(start);
        if (offset >= kGranule || (referent->flags & kHasWeakrefs) == 0) {
            report("the weak reference table has an entry at %p for object %p",
                   start,
                   address(referent));
            return;
        }
        check_weakref_list(referent, first);
    });
    for_each_object(heap_, [this](const cairn_object* object) {
        if ((object->flags & kHasWeakrefs) != 0 && heap_->weakrefs.find(object) == nullptr) {
            report("object %p is flagged and not in the weak reference table", address(object));
        }
        if (page_of(object)->is_leaf && !page_of(object)->holds_keys &&
            (object->flags & kIsEphemeronKey) != 0) {
            report("leaf %p is a key, which its page does not say", address(object));
        }
        if (is_weakmap(object)) {
            check_weakmap(reinterpret_cast<const WeakMapObject*>(object));
        }
    });
}

// Who waits against who is flagged, and against the places: INV-QUEUE-FLAG, INV-QUEUE-PLACE,
// INV-QUEUE-NOTED.
void Verifier::check_queue() {
    const FinalizerQueue& queue = heap_->queue;
    size_t waiting = 0;
    size_t items = 0;
    size_t noted = 0;
    for_each_item(queue, [&](const QueueItem& item) {
        ++items;
        const uint32_t* place = queue.places.find(item.object);
        noted += place != nullptr && &queue.items[*place] == &item;
        if (!is_alive(item.object)) {
            report("object %p waits in the queue and is not alive", address(item.object));
        } else if (item.kind == QueueKind::kFinalizer) {
            ++waiting;
            if ((item.object->flags & (kIsQueued | kFinalized)) != (kIsQueued | kFinalized)) {
                report("object %p waits in the queue without its flag", address(item.object));
            }
        }
    });
    size_t unused = 0;
    for (uint32_t i = queue.free_item; i != kNoItem; i = queue.items[i].next) {
        ++unused;
    }
    if (queued_ != waiting) {
        report("%zu finalizers wait, %zu objects are flagged", waiting, queued_);
    }
    if (items != queue.count() || items + unused != queue.capacity) {
        report("the queue counts %zu of %zu items in %zu places",
               queue.count(),
               items,
               queue.capacity);
    }
    if (noted != queue.places.size() || noted != (queue.noted ? queue.borrowed : 0)) {
        report("the queue has noted the places of %zu objects, %zu rightly; %zu wait borrowed",
               queue.places.size(),
               noted,
               queue.borrowed);
    }
    if (queue.count() + queue.reserved > queue.capacity) {
        report("the queue has %zu places for %zu", queue.capacity, queue.count() + queue.reserved);
    }
}

// INV-REGISTRY-ALIVE.
void Verifier::check_registry() {
    size_t listed = 0;
    const FinalizerObject* newer = nullptr;
    for (const FinalizerObject* f = heap_->newest_finalizer; f != nullptr; f = f->older) {
        if (!is_alive(&f->head) || !f->is_alive || f->newer != newer || f->ref == nullptr) {
            report("registered finalizer %p is in the list and is not alive", address(f));
            return;
        }
        ++listed;
        newer = f;
    }
    if (registered_ != listed) {
        report("%zu registered finalizers are alive, %zu in the list", registered_, listed);
    }
}

// With CAIRN_HEAP_CPYTHON_ORDER: each list holds objects of its generation, and all of them
// (INV-ORDER-LISTS).
void Verifier::check_order() {
    if (!heap_->ordered || heap_->gc.collecting) {
        return;
    }
    size_t listed = 0;
    OrderState& order = heap_->order;
    OrderList* lists[] = {
        &order.generations[0], &order.generations[1], &order.generations[2], &order.permanent};
    for (int g = 0; g < 4; ++g) {
        for (const OrderLink* link = lists[g]->first(); link != lists[g]->end();
             link = link->next) {
            ++listed;
            if (*side_of(link->object) != kYoung + g || link->next->previous != link) {
                report("object %p is in the wrong order list", address(link->object));
                break;
            }
        }
    }
    size_t tracked = 0;
    for_each_object(heap_, [&tracked](const cairn_object* o) { tracked += *side_of(o) != 0; });
    if (listed != tracked) {
        report("%zu objects are tracked, %zu in order lists", tracked, listed);
    }
}

// No allocation passes what is due (INV-POLICY-TRIGGER).
void Verifier::check_policy() {
    if (!heap_->gc.collecting && heap_->policy.trigger > trigger_wanted(heap_)) {
        report("allocations look at the policy too late");
    }
}

}  // namespace

bool verify(cairn_heap* heap) {
    return Verifier(heap).run();
}

}  // namespace cairn
