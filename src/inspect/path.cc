// SPDX-License-Identifier: MIT
// A search in breadth from all roots at once. For each cell it keeps who reached it first, and a
// queue of those that were reached.
#include "inspect/path.h"

#include <algorithm>

#include "finalize/queue.h"
#include "inspect/edges.h"
#include "inspect/ephemeron.h"
#include "inspect/held.h"
#include "object/host_call.h"

namespace cairn {

namespace {

class Search {
  public:
    Search(cairn_heap* heap, cairn_object* target) : heap_(heap), target_(target), index_(heap) {}
    ~Search() {
        parents_.release(heap_->memory);
        queue_.release(heap_->memory);
    }
    Search(const Search&) = delete;
    Search& operator=(const Search&) = delete;

    [[nodiscard]] bool prepare();
    // Does anything lead to the target?
    bool find();
    void show(cairn_visit_path_fn visit, void* visit_data);

  private:
    using Number = uint32_t;
    static constexpr Number kNone = 0;
    static constexpr Number kRoot = 1;
    static constexpr Number kFirst = 2;  // the cell with number 0

    Number& parent(const cairn_object* object) { return parents_[index_.number(object)]; }
    bool is_reached(const cairn_object* object) { return parent(object) != kNone; }

    void reach(const cairn_object* object, Number from) {
        const size_t number = index_.number(object);
        if (parents_[number] == kNone) {
            parents_[number] = from;
            queue_.push_reserved(static_cast<Number>(number));
        }
    }

    [[nodiscard]] bool find_held();
    void start();
    void expand(cairn_object* object, Number number);
    void expand_map(const WeakMapObject* map, Number from);
    void expand_key(cairn_object* key);
    Number turn_around();
    cairn_root_kind root_kind(const cairn_object* object);

    cairn_heap* heap_;
    cairn_object* target_;
    CellIndex index_;
    Array<Number> parents_;
    Array<Number> queue_;
    size_t held_ = 0;  // at the start of the queue
};

// The objects that the host holds, at the start of the queue.
bool Search::find_held() {
    Residues residues(heap_, index_);
    if (!residues.count(0, index_.size(), true)) {
        return false;
    }
    index_.for_each([&](const cairn_object* object, size_t number) {
        if (residues.left(object, number) > 0) {
            queue_.push_reserved(static_cast<Number>(number));
        }
    });
    held_ = queue_.size();
    return true;
}

bool Search::prepare() {
    if (!index_.build() || index_.size() >= UINT32_MAX - kFirst ||
        !queue_.reserve(heap_->memory, index_.size()) || !find_held() ||
        !parents_.resize(heap_->memory, index_.size())) {
        return false;
    }
    std::fill_n(parents_.begin(), parents_.size(), Number{});
    return true;
}

void Search::start() {
    for (const Number held : queue_) {
        parents_[held] = kRoot;
    }
    const auto reach_root = [this](const cairn_object* object) { reach(object, kRoot); };
    for_each_root(heap_, [&](const cairn_object* object, auto) { reach_root(object); });
    for_each_library_reference(heap_, reach_root);
    for_each_borrowed(heap_, reach_root);
    index_.for_each([&](const cairn_object* object, size_t) {
        if (is_immortal(object) || own_references(object) > 0) {
            reach_root(object);
        }
    });
}

void Search::expand_map(const WeakMapObject* map, Number from) {
    for (uint32_t i = 0; i < map->table.used; ++i) {
        const WeakEntry& entry = map->table.entries[i];
        if (entry.ref == nullptr) {
            continue;
        }
        reach(&entry.ref->weakref.head, from);
        if (entry.strong != nullptr &&
            (!is_ephemeron(heap_, map, entry) || is_reached(entry.weak))) {
            reach(entry.strong, from);
        }
    }
}

// The values under a key that was reached, of the maps that were.
void Search::expand_key(cairn_object* key) {
    for (WeakrefObject* r = first_weakref(heap_, key); r != nullptr; r = r->next) {
        const WeakMapObject* map = (r->state & kInWeakMap) != 0 ? as_entry_ref(r)->map : nullptr;
        if (map != nullptr && is_alive(&map->head) && map->kind == CAIRN_WEAK_KEY_MAP &&
            is_reached(&map->head) && map->table.entries[r->entry].strong != nullptr) {
            const size_t number = index_.number(&map->head);
            reach(map->table.entries[r->entry].strong, static_cast<Number>(number) + kFirst);
        }
    }
}

void Search::expand(cairn_object* object, Number number) {
    const Number from = number + kFirst;
    if ((object->flags & kIsEphemeronKey) != 0) {
        expand_key(object);
    }
    if (is_weakmap(object)) {
        expand_map(as_weakmap(object), from);
    } else if (!may_be_half_built(object)) {
        for_each_referent<Walked::kAll>(object, [&](const cairn_object* to) { reach(to, from); });
    }
}

bool Search::find() {
    start();
    for (size_t next = 0; next < queue_.size() && !is_reached(target_); ++next) {
        expand(index_.object(queue_[next]), queue_[next]);
    }
    return is_reached(target_);
}

// Has each object on the path lead to the next instead of to the one before. Returns the first.
Search::Number Search::turn_around() {
    auto number = static_cast<Number>(index_.number(target_));
    Number next = kNone;
    for (;;) {
        const Number before = parents_[number];
        parents_[number] = next;
        if (before == kRoot) {
            return number;
        }
        next = number + kFirst;
        number = before - kFirst;
    }
}

cairn_root_kind Search::root_kind(const cairn_object* object) {
    if (is_immortal(object)) {
        return CAIRN_ROOT_IMMORTAL;
    }
    cairn_root_kind kind = CAIRN_ROOT_NONE;
    const auto note = [&](const cairn_object* root, cairn_root_kind of) {
        kind = kind == CAIRN_ROOT_NONE && root == object ? of : kind;
    };
    for_each_root(heap_, note);
    for (size_t i = 0; i < held_; ++i) {
        note(index_.object(queue_[i]), CAIRN_ROOT_HELD);
    }
    return kind == CAIRN_ROOT_NONE ? CAIRN_ROOT_LIBRARY : kind;
}

// Finds an edge to an object among those of another.
struct EdgeTo {
    const cairn_object* object;
    cairn_edge edge;

    static int visit(cairn_object* referent, const cairn_edge* edge, void* data) {
        auto* wanted = static_cast<EdgeTo*>(data);
        const bool is_weak =
            edge->kind == CAIRN_EDGE_WEAK || edge->kind == CAIRN_EDGE_EPHEMERON_KEY;
        if (referent != wanted->object || is_weak) {
            return 1;
        }
        wanted->edge = *edge;
        return 0;
    }
};

void Search::show(cairn_visit_path_fn visit, void* visit_data) {
    Number number = turn_around();
    cairn_path_step step = {};
    step.object = index_.object(number);
    step.root = root_kind(step.object);
    const auto go_on = [this, &step, visit, visit_data] {
        const HostCall call(heap_, HostFunction::kVisit, step.object);
        return visit(&step, visit_data) != 0;  // HOST CODE
    };
    while (go_on() && parents_[number] != kNone) {
        number = parents_[number] - kFirst;
        EdgeTo wanted = {index_.object(number), {}};
        visit_edges(step.object, EdgeTo::visit, &wanted);
        step = {index_.object(number), CAIRN_ROOT_NONE, wanted.edge};
    }
}

}  // namespace

cairn_status show_path(cairn_heap* heap,
                       cairn_object* object,
                       cairn_visit_path_fn visit,
                       void* visit_data) {
    Search search(heap, object);
    if (!search.prepare()) {
        return CAIRN_NO_MEMORY;
    }
    if (!search.find()) {
        return CAIRN_NOT_FOUND;
    }
    search.show(visit, visit_data);
    return CAIRN_OK;
}

}  // namespace cairn
