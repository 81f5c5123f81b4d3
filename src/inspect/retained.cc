// SPDX-License-Identifier: MIT
// Trial deletion, as a collection does it, of what some objects reach.
//
// What a weak container owns for an entry it owns as long as both it and the entry's weak side
// live. So the entries of a member, and those that members are the weak side of, are taken apart
// from other references: see Closure::hold_entry(). When the weak side of an entry dies that held
// its strong side by itself, the strong side has one reference less, and what is reached is found
// again.
#include "inspect/retained.h"

#include "base/hand_out.h"
#include "inspect/cell_index.h"
#include "inspect/ephemeron.h"
#include "inspect/sizes.h"
#include "object/host_call.h"
#include "object/walk.h"

namespace cairn {

namespace {

class Closure {
  public:
    explicit Closure(cairn_heap* heap) : heap_(heap) {}
    ~Closure() {
        members_.release(heap_->memory);
        places_.release(heap_->memory);
        reached_.release(heap_->memory);
    }
    Closure(const Closure&) = delete;
    Closure& operator=(const Closure&) = delete;

    // Collects what the objects reach. False when memory is out.
    [[nodiscard]] bool build(cairn_object* const* objects, size_t count);
    // Finds who is reached from elsewhere.
    void find_reached();
    // Calls `visit(object)` for each of the others until it returns false.
    template <typename F>
    void for_each_dying(F visit) {
        for (const Member& member : members_) {
            if (!member.is_reached && !visit(member.object)) {
                return;
            }
        }
    }

  private:
    struct Member {
        cairn_object* object;
        uint32_t left;  // references from elsewhere
        bool is_reached;
        bool is_removed;  // the entry that it is the reference of
    };

    [[nodiscard]] bool add(cairn_object* object);
    [[nodiscard]] bool add_referents(cairn_object* object);
    Member* find(const cairn_object* object) {
        const size_t* place = places_.find(object);
        return place == nullptr ? nullptr : &members_[*place];
    }
    // Is it neither a member nor immortal, or reached?
    bool lives(const cairn_object* object) {
        const Member* member = find(object);
        return member == nullptr || member->is_reached;
    }
    void drop(const cairn_object* object) {
        if (Member* member = find(object); member != nullptr && member->left > 0) {
            --member->left;
        }
    }
    void reach(const cairn_object* object) {
        if (Member* member = find(object); member != nullptr && !member->is_reached) {
            member->is_reached = true;
            reached_.push_reserved(static_cast<size_t>(member - members_.begin()));
        }
    }
    void drop_internal();
    void propagate();
    void expand(cairn_object* object);
    void hold_entry(WeakrefObject* ref);
    bool remove_entries();

    // The entry of a weak container's reference; nullptr if the container has let go of it.
    static const WeakEntry* entry_of(const WeakrefObject* ref) {
        const WeakMapObject* map = reinterpret_cast<const EntryRef*>(ref)->map;
        return map == nullptr || !is_alive(&map->head) ? nullptr : &map->table.entries[ref->entry];
    }
    static WeakrefObject* as_entry(cairn_object* object) {
        WeakrefObject* ref = is_weakref(object) ? as_weakref(object) : nullptr;
        return ref != nullptr && (ref->state & kIsEntryRef) != 0 && entry_of(ref) != nullptr
                   ? ref
                   : nullptr;
    }
    template <typename F>
    void for_each_entry_under(const cairn_object* weak, F visit) {
        for (WeakrefObject* r = first_weakref(heap_, weak); r != nullptr; r = r->next) {
            if ((r->state & kInWeakMap) != 0 && entry_of(r) != nullptr) {
                visit(r);
            }
        }
    }
    template <typename F>
    static void for_each_entry_of(const WeakMapObject* map, F visit) {
        for (uint32_t i = 0; i < map->table.used; ++i) {
            if (map->table.entries[i].ref != nullptr) {
                visit(&map->table.entries[i].ref->weakref);
            }
        }
    }

    cairn_heap* heap_;
    Array<Member> members_;
    PointerMap<size_t> places_;
    Array<size_t> reached_;
    size_t targets_ = 0;  // at the start of the members
};

bool Closure::add(cairn_object* object) {
    if (is_immortal(object)) {
        return true;
    }
    const size_t before = places_.size();
    size_t* place = places_.find_or_add(heap_->memory, object);
    if (place == nullptr || places_.size() == before) {
        return place != nullptr;
    }
    *place = members_.size();
    // What waits in the finalizer queue is held by it, counted or not.
    const uint32_t queued = (object->flags & kIsBorrowed) != 0 ? 1 : 0;
    return members_.push(heap_->memory, {object, object->refcount + queued, false, false});
}

bool Closure::add_referents(cairn_object* object) {
    bool complete = true;
    const auto add_next = [&](cairn_object* to) { complete = complete && add(to); };
    if (!may_be_half_built(object)) {
        for_each_referent<Walked::kAll>(object, add_next);
    }
    if ((object->flags & kHasWeakrefs) != 0) {
        for_each_entry_under(object, [&](WeakrefObject* ref) {
            const WeakEntry* entry = entry_of(ref);
            add_next(&ref->head);
            if (entry->strong != nullptr) {
                add_next(entry->strong);
            }
        });
    }
    return complete;
}

bool Closure::build(cairn_object* const* objects, size_t count) {
    for (size_t i = 0; i < count; ++i) {
        if (!add(objects[i])) {
            return false;
        }
    }
    targets_ = members_.size();
    for (size_t i = 0; i < members_.size(); ++i) {
        if (!add_referents(members_[i].object)) {
            return false;
        }
    }
    drop_internal();
    return reached_.reserve(heap_->memory, members_.size());
}

// What is left of the counts are references from elsewhere; of the objects asked about, those are
// let go.
void Closure::drop_internal() {
    for (const Member& member : members_) {
        if (WeakrefObject* ref = as_entry(member.object)) {
            drop(member.object);
            if (entry_of(ref)->strong != nullptr) {
                drop(entry_of(ref)->strong);
            }
        }
        if (!is_weakmap(member.object) && !may_be_half_built(member.object)) {
            for_each_referent<Walked::kAll>(member.object,
                                            [this](const cairn_object* to) { drop(to); });
        }
    }
    for (size_t i = 0; i < targets_; ++i) {
        members_[i].left = 0;
    }
}

// Reaches what a container owns for an entry, if it does so by now.
void Closure::hold_entry(WeakrefObject* ref) {
    const WeakMapObject* map = as_entry_ref(ref)->map;
    const WeakEntry* entry = entry_of(ref);
    const Member* member = find(&ref->head);
    if (member == nullptr || member->is_removed || !lives(&map->head) ||
        (is_ephemeron(heap_, map, *entry) && !lives(entry->weak))) {
        return;
    }
    reach(&ref->head);
    if (entry->strong != nullptr) {
        reach(entry->strong);
    }
}

void Closure::expand(cairn_object* object) {
    if (is_weakmap(object)) {
        for_each_entry_of(as_weakmap(object), [this](WeakrefObject* ref) { hold_entry(ref); });
    } else if (!may_be_half_built(object)) {
        for_each_referent<Walked::kAll>(object, [this](const cairn_object* to) { reach(to); });
    }
    if ((object->flags & kHasWeakrefs) != 0) {
        for_each_entry_under(object, [this](WeakrefObject* ref) { hold_entry(ref); });
    }
}

void Closure::propagate() {
    reached_.clear();
    for (Member& member : members_) {
        member.is_reached = false;
    }
    for (const Member& member : members_) {
        if (member.left > 0) {
            reach(member.object);
        }
        if (WeakrefObject* ref = as_entry(member.object)) {
            hold_entry(ref);
        }
    }
    for (size_t next = 0; next < reached_.size(); ++next) {
        expand(members_[reached_[next]].object);
    }
}

// Removes the entries whose weak side is not reached. Did one of them hold something?
bool Closure::remove_entries() {
    bool some = false;
    for (Member& member : members_) {
        const WeakrefObject* ref = member.is_removed ? nullptr : as_entry(member.object);
        if (ref == nullptr || entry_of(ref)->weak == nullptr || lives(entry_of(ref)->weak)) {
            continue;
        }
        member.is_removed = true;
        some = some || member.is_reached;
    }
    return some;
}

void Closure::find_reached() {
    do {
        propagate();
    } while (remove_entries());
}

}  // namespace

cairn_status measure_retained(cairn_heap* heap,
                              cairn_object* const* objects,
                              size_t count,
                              cairn_retained_size* out_size,
                              cairn_visit_object_fn visit,
                              void* visit_data) {
    Closure closure(heap);
    if (!closure.build(objects, count)) {
        return CAIRN_NO_MEMORY;
    }
    closure.find_reached();
    cairn_retained_size size = {};
    closure.for_each_dying([&size](cairn_object* object) {
        ++size.objects;
        size.bytes += cell_bytes(object);
        size.external_bytes += external_bytes(object);
        return true;
    });
    hand_out(out_size, size);
    if (visit != nullptr) {
        closure.for_each_dying([&](cairn_object* object) {
            const HostCall call(heap, HostFunction::kVisit, object);
            return visit(object, visit_data) != 0;  // HOST CODE
        });
    }
    return CAIRN_OK;
}

}  // namespace cairn
