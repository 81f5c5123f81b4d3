// SPDX-License-Identifier: MIT
#include "world.h"

#include <cstdio>
#include <cstdlib>

namespace interference {

namespace {

const char* g_case[4] = {"", "", "", ""};

}  // namespace

void now(const char* setup, const char* outer, const char* place, const char* inner) {
    g_case[0] = setup;
    g_case[1] = outer;
    g_case[2] = place;
    g_case[3] = inner;
}

void require(bool holds, const char* what) {
    if (!holds) {
        (void)std::fprintf(stderr,
                           "interference: %s\n  heap: %s\n  call: %s\n  place: %s\n  does: %s\n",
                           what,
                           g_case[0],
                           g_case[1],
                           g_case[2],
                           g_case[3]);
        std::abort();
    }
}

// --- the heap's memory ---------------------------------------------------------------------------

void* World::allocate(size_t size, size_t alignment, void* world) {
    const size_t rounded = (size + alignment - 1) & ~(alignment - 1);
    void* block =
        std::aligned_alloc(alignment < sizeof(void*) ? sizeof(void*) : alignment, rounded);
    if (block != nullptr) {
        static_cast<World*>(world)->blocks_[block] = size;
    }
    return block;
}

void World::release(void* block, size_t size, size_t, void* world) {
    auto& blocks = static_cast<World*>(world)->blocks_;
    const auto found = blocks.find(block);
    require(found != blocks.end() && found->second == size, "a block came back that is not out");
    blocks.erase(found);
    std::free(block);
}

// --- user code -----------------------------------------------------------------------------------

cairn_status World::user_code(Place place, cairn_object* self) {
    if (closing_) {
        return CAIRN_OK;
    }
    const bool can_fail =
        place_ == kUnraisable && place != kHash && place != kEqual && place != kMatch;
    if (inside_ || !counting_) {
        return CAIRN_OK;
    }
    ++counts_[place];
    if (place != place_ || counts_[place] != turn_ || inner_ == nullptr) {
        return can_fail ? CAIRN_USER_ERROR : CAIRN_OK;
    }
    inside_ = true;
    answer = CAIRN_OK;
    const Hold hold(self);
    inner_->run(*this, self);
    verify();
    inside_ = false;
    return answer;
}

cairn_status World::finalize(cairn_object* self) {
    World* world = world_of(self);
    Record& record = world->records_[reinterpret_cast<Node*>(self)->label];
    require(!record.is_finalized, "an object was finalized twice");
    require(!record.is_dead, "an object was finalized after its death");
    record.is_finalized = true;
    return world->user_code(kFinalizer, self);
}

void World::dealloc(cairn_object* self) {
    World* world = world_of(self);
    Record& record = world->records_[reinterpret_cast<Node*>(self)->label];
    require(!record.is_dead, "an object died twice");
    require(record.is_finalized || !record.has_finalizer || world->closing_ || world->is_ended,
            "an object died without its finalizer");
    record.is_dead = true;
}

void World::traverse(cairn_object* self, cairn_visit_fn visit, void* visit_data) {
    for (cairn_object* referent : reinterpret_cast<Node*>(self)->slots) {
        visit(referent, visit_data);
    }
}

void World::clear(cairn_object* self) {
    for (cairn_object*& slot : reinterpret_cast<Node*>(self)->slots) {
        cairn_clear(&slot);
    }
}

cairn_status World::hash(cairn_object* self, uint64_t* out_hash) {
    *out_hash = reinterpret_cast<Node*>(self)->label % 2;
    return world_of(self)->user_code(kHash, nullptr);
}

cairn_status World::equal(cairn_object* self, cairn_object* other, int* out_equal) {
    *out_equal = self == other ? 1 : 0;
    return world_of(self)->user_code(kEqual, nullptr);
}

cairn_status World::match(cairn_object*, void* world, int* out_equal) {
    *out_equal = 0;
    return static_cast<World*>(world)->user_code(kMatch, nullptr);
}

cairn_status World::called_back(cairn_object* ref, cairn_object* argument, void* call) {
    auto* mine = static_cast<Call*>(call);
    require(!mine->was_called, "a callback was called twice");
    mine->was_called = true;
    require(cairn_weakref_is_cleared(ref) == 1, "a callback came before its reference was cleared");
    require(argument == nullptr || cairn_refcount(argument) > 0, "a dead argument");
    return mine->world->user_code(kCallback, ref);
}

cairn_status World::registered(cairn_object* argument, void* call) {
    auto* mine = static_cast<Call*>(call);
    require(!mine->was_called, "a registered finalizer ran twice");
    mine->was_called = true;
    require(argument == nullptr || cairn_refcount(argument) > 0, "a dead argument");
    return mine->world->user_code(kRegistered, argument);
}

cairn_status World::at_collection(cairn_heap*,
                                  cairn_gc_phase phase,
                                  const cairn_gc_info*,
                                  void* world) {
    return static_cast<World*>(world)->user_code(phase == CAIRN_GC_START ? kGcStart : kGcStop,
                                                 nullptr);
}

void World::at_soft_limit(cairn_heap*, size_t, void* world) {
    (void)static_cast<World*>(world)->user_code(kSoftLimit, nullptr);
}

void World::at_error(cairn_heap*, cairn_place, cairn_status, cairn_object* object, void* world) {
    require(object == nullptr || cairn_refcount(object) > 0, "an error of a dead object");
    (void)static_cast<World*>(world)->user_code(kUnraisable, object);
}

void World::visit_roots(cairn_visit_fn visit, void* visit_data, void* world) {
    const auto* self = static_cast<const World*>(world);
    for (size_t i = 0; i < kVariables; ++i) {
        if (i != kSpare || !self->is_extra_root) {
            visit(self->variables[i], visit_data);
        }
    }
}

// --- beginning and end ---------------------------------------------------------------------------

World::World(const Setup& setup) {
    cairn_heap_options options;
    cairn_heap_options_init(&options);
    options.flags = setup.flags | CAIRN_HEAP_KEEPS_OBJECTS;
    options.allocator = {allocate, release, this};
    options.on_unraisable = at_error;
    options.user_data = this;
    heap = cairn_heap_new(&options);
    require(heap != nullptr, "no heap");
    cairn_collect_every_for_testing(heap, 0);
    cairn_gc_disable(heap);
    make_types();
    fill();
    if (setup.in_slices) {
        require(cairn_gc_set_pause_target(heap, 1) == CAIRN_OK, "no pause target");
        int done = 0;
        require(cairn_gc_step(heap, 1, &done) == CAIRN_OK, "no slice");
    }
    require(cairn_gc_callback_add(heap, at_collection, this) == CAIRN_OK, "no collection callback");
    cairn_heap_usage usage = {};
    cairn_heap_get_usage(heap, &usage);
    const size_t used = usage.object_bytes + usage.table_bytes + usage.buffer_bytes;
    if (setup.at_soft_limit) {
        cairn_heap_set_soft_limit(heap, used - 1, at_soft_limit, this);
    }
    if (setup.at_memory_limit) {
        cairn_heap_set_memory_limit(heap, used);
    }
    cairn_collect_every_for_testing(heap, setup.collect_every);
}

void World::make_types() {
    cairn_type_spec spec = {};
    spec.name = "node";
    spec.object_size = sizeof(Node);
    spec.slots_offset = offsetof(Node, slots);
    spec.slot_count = 2;
    spec.user_data = this;
    const auto make = [&](cairn_type** out) {
        require(cairn_type_new(heap, &spec, out) == CAIRN_OK, "no type");
    };
    make(&plain_type);
    spec.dealloc = dealloc;
    spec.flags = CAIRN_TYPE_TRACK_BY_HAND;
    make(&by_hand_type);
    spec.flags = CAIRN_TYPE_TAGGED_SLOTS | CAIRN_TYPE_UNTRACK_ATOMIC;
    make(&tagged_type);
    spec.flags = 0;
    spec.finalize = finalize;
    spec.hash = hash;
    spec.equal = equal;
    make(&node_type);
    spec.slots_offset = spec.slot_count = 0;
    make(&leaf_type);
    spec.traverse = traverse;
    spec.clear = clear;
    make(&custom_type);
    spec = {};
    spec.user_data = this;
    spec.name = "list";
    spec.object_size = sizeof(List);
    spec.buffer_offset = offsetof(List, items);
    spec.dealloc = dealloc;
    make(&list_type);
    spec.buffer_offset = 0;
    spec.name = "items";
    spec.object_size = sizeof(Node);
    spec.item_size = sizeof(cairn_object*);
    spec.item_count_offset = offsetof(Node, slots);
    spec.flags = CAIRN_TYPE_ITEMS_ARE_SLOTS;
    make(&items_type);
    spec = {};
    spec.name = "reference";
    spec.flags = CAIRN_TYPE_WEAKREF;
    spec.object_size = CAIRN_WEAKREF_SIZE + sizeof(cairn_object*);
    spec.slots_offset = CAIRN_WEAKREF_SIZE;
    spec.slot_count = 1;
    make(&ref_type);
}

cairn_object* World::new_node(cairn_type* type) {
    cairn_object* object = type == items_type ? cairn_new_var(type, 3) : cairn_new(type);
    if (object != nullptr) {
        require(cairn_refcount(object) == 1, "a new object has other references");
        reinterpret_cast<Node*>(object)->label = records_.size();
        Record record;
        record.has_finalizer = type == node_type || type == custom_type || type == leaf_type;
        record.is_dead = type == plain_type;  // It has no dealloc function to tell.
        records_.push_back(record);
    }
    return object;
}

cairn_object* World::new_weakref(cairn_object* referent, cairn_object* argument) {
    return cairn_weakref_new(referent, called_back, argument, &calls_.emplace_back(Call{this}));
}

cairn_object* World::new_finalizer(cairn_object* object, cairn_object* argument) {
    return cairn_finalizer_new(object, registered, argument, &calls_.emplace_back(Call{this}));
}

void World::make_ring(Variable ref, Variable fin_ref) {
    cairn_object* one = new_node(node_type);
    cairn_object* other = new_node(custom_type);
    cairn_object* plain = new_node(plain_type);
    if (one != nullptr && other != nullptr && plain != nullptr) {
        cairn_set(&reinterpret_cast<Node*>(one)->slots[0], other);
        cairn_set(&reinterpret_cast<Node*>(other)->slots[0], plain);
        cairn_set(&reinterpret_cast<Node*>(plain)->slots[0], one);
        cairn_set_consume(&reinterpret_cast<Node*>(plain)->slots[1], new_node(leaf_type));
        put(ref, new_weakref(one, nullptr));
        put(fin_ref, new_finalizer(other, nullptr));
        for (const Variable map : {kValueMap, kKeyMap, kSet}) {
            const Hold hold(get(map));
            if (map == kSet && hold.get() != nullptr) {
                (void)cairn_weakset_add(hold.get(), one);
            } else if (hold.get() != nullptr) {
                cairn_object* partner = new_node(leaf_type);
                if (partner != nullptr && map == kValueMap) {
                    (void)cairn_weakmap_set(hold.get(), partner, one);
                } else if (partner != nullptr) {
                    (void)cairn_weakmap_set(hold.get(), one, partner);
                }
                cairn_clear(&partner);
            }
        }
    }
    cairn_clear(&one);
    cairn_clear(&other);
    cairn_clear(&plain);
}

void World::fill() {
    put(kSubject, new_node(node_type));
    put(kKey, new_node(node_type));
    put(kHolder, new_node(node_type));
    cairn_set_consume(&reinterpret_cast<Node*>(get(kHolder))->slots[0], new_node(node_type));
    put(kList, new_node(list_type));
    require(cairn_buffer_resize(get(kList), 3) == CAIRN_OK, "no buffer");
    for (size_t i = 0; i < 3; ++i) {
        cairn_object* item = new_node(i == 1 ? custom_type : node_type);
        static_cast<cairn_object**>(reinterpret_cast<List*>(get(kList))->items.records)[i] = item;
    }
    put(kValueMap, cairn_weakmap_new(heap, CAIRN_WEAK_VALUE_MAP));
    put(kKeyMap, cairn_weakmap_new(heap, CAIRN_WEAK_KEY_MAP));
    put(kSet, cairn_weakmap_new(heap, CAIRN_WEAK_SET));
    for (const Variable member : {kSubject, kKey}) {
        cairn_object* key = new_node(node_type);
        cairn_object* value = new_node(node_type);
        require(cairn_weakmap_set(get(kValueMap), key, get(member)) == CAIRN_OK, "no entry");
        require(cairn_weakmap_set(get(kKeyMap), get(member), value) == CAIRN_OK, "no entry");
        require(cairn_weakset_add(get(kSet), get(member)) == CAIRN_OK, "no member");
        cairn_clear(&key);
        cairn_clear(&value);
    }
    cairn_object* argument = new_node(node_type);
    put(kRef, new_weakref(get(kSubject), argument));
    put(kFinRef, new_finalizer(get(kSubject), argument));
    cairn_clear(&argument);
    put(kTypedRef,
        cairn_weakref_new_typed(
            ref_type, get(kKey), called_back, nullptr, &calls_.emplace_back(Call{this})));
    put(kByHand, new_node(by_hand_type));
    put(kTagged, new_node(tagged_type));
    auto* tagged = reinterpret_cast<Node*>(get(kTagged));
    tagged->slots[0] = reinterpret_cast<cairn_object*>(uintptr_t{5});
    tagged->slots[1] = new_node(node_type);
    make_ring(kRingRef, kRingFinRef);
    for (size_t i = 0; i < kSpare; ++i) {
        require(variables[i] != nullptr, "the world is not whole");
    }
}

void World::verify() const {
    require(cairn_verify_for_testing(heap) == 1, "the verifier found fault");
}

void World::run(const Step& outer, Place place, uint32_t turn, const Step* inner) {
    place_ = place;
    turn_ = turn;
    inner_ = inner;
    counting_ = true;
    outer.run(*this, nullptr);
    counting_ = false;
    if (heap != nullptr) {
        verify();
    }
}

void World::finish() {
    if (heap != nullptr) {
        cairn_fail_allocation_for_testing(heap, 0);
        cairn_heap_set_memory_limit(heap, 0);
        cairn_heap_set_soft_limit(heap, 0, nullptr, nullptr);
        cairn_weakmap_iterator_close(&iterator);
        for (size_t i = 0; i < kVariables; ++i) {
            put(static_cast<Variable>(i), nullptr);
        }
        verify();
        closing_ = true;
        const size_t leaked = cairn_heap_free(heap);
        require(leaked == 0 || may_leak, "the heap has leaked");
        heap = nullptr;
    }
    require(blocks_.empty(), "blocks were not given back");
    for (const Record& record : records_) {
        require(record.is_dead, "an object was not deallocated");
    }
}

}  // namespace interference
