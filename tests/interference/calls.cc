// SPDX-License-Identifier: MIT
/// Calls on objects, buffers, weak references, weak containers and finalizers.
#include <array>
#include <vector>

#include "world.h"

namespace interference {
namespace {

/// Calls `use` with what a variable has, held meanwhile.
template <typename Use>
void with(World& world, Variable variable, Use use) {
    const Hold hold(world.get(variable));
    if (hold.get() != nullptr) {
        use(hold.get());
    }
}

/// The same, and with a key: the one of the world, or, if it is gone, nothing.
template <typename Use>
void with_map(World& world, Variable map, Use use) {
    with(world, map, [&](cairn_object* held) {
        with(world, kKey, [&](cairn_object* key) { use(held, key); });
    });
}

void look_at(cairn_object* object) {
    std::array<char, 40> text{};
    (void)cairn_refcount(object);
    (void)cairn_is_immortal(object);
    (void)cairn_object_size(object);
    (void)cairn_object_external_size(object);
    (void)cairn_repr(object, text.data(), text.size());
    (void)cairn_gc_is_tracked(object);
    (void)cairn_gc_is_finalized(object);
    (void)cairn_finalizer_is_waiting(object);
    (void)cairn_weakref_count(object);
    (void)cairn_weakmap_kind(object);
    (void)cairn_is_weakref(object);
    (void)cairn_is_finalizer(object);
    (void)cairn_heap_of(object);
}

template <Variable map>
void get_entry(World& world, cairn_object*) {
    with_map(world, map, [&](cairn_object* held, cairn_object* key) {
        cairn_object* value = nullptr;
        if (cairn_weakmap_get(held, key, &value) == CAIRN_OK) {
            require(cairn_refcount(value) > 0, "a dead value");
            world.put(kSpare, value);
        }
    });
}

template <Variable map>
void set_new(World& world, cairn_object*) {
    with(world, map, [&](cairn_object* held) {
        cairn_object* key = world.new_node(world.node_type);
        cairn_object* value = world.new_node(world.node_type);
        if (key != nullptr && value != nullptr) {
            (void)cairn_weakmap_set(held, key, value);
        }
        cairn_clear(&value);
        cairn_clear(&key);
    });
}

template <Variable map>
void set_old(World& world, cairn_object*) {
    with_map(world, map, [&](cairn_object* held, cairn_object* key) {
        with(world, kHolder, [&](cairn_object* value) {
            (void)cairn_weakmap_set(held, key, value);
        });
    });
}

template <Variable map>
void delete_entry(World& world, cairn_object*) {
    with_map(world, map, [&](cairn_object* held, cairn_object* key) {
        (void)cairn_weakmap_delete(held, key);
    });
}

template <Variable map>
void pop_entry(World& world, cairn_object*) {
    with_map(world, map, [&](cairn_object* held, cairn_object* key) {
        cairn_object* value = nullptr;
        if (cairn_weakmap_pop(held, key, &value) == CAIRN_OK) {
            world.put(kSpare, value);
        }
    });
}

template <Variable map>
void pop_last(World& world, cairn_object*) {
    with(world, map, [&](cairn_object* held) {
        cairn_object* key = nullptr;
        cairn_object* value = nullptr;
        if (cairn_weakmap_pop_last(held, &key, &value) == CAIRN_OK) {
            require(key != nullptr && cairn_refcount(key) > 0, "a dead key");
            cairn_clear(&key);
            cairn_clear(&value);
        }
    });
}

template <Variable map>
void contains(World& world, cairn_object*) {
    with_map(world, map, [&](cairn_object* held, cairn_object* key) {
        int found = 0;
        (void)cairn_weakmap_contains(held, key, &found);
    });
}

template <Variable map>
void find(World& world, cairn_object*) {
    with(world, map, [&](cairn_object* held) {
        for (uint64_t hash = 0; hash < 2; ++hash) {
            cairn_object* key = nullptr;
            if (cairn_weakmap_find(held, hash, World::match, &world, &key, nullptr) == CAIRN_OK) {
                cairn_clear(&key);
            }
        }
    });
}

template <Variable map>
void store(World& world, cairn_object*) {
    with(world, map, [&](cairn_object* held) {
        cairn_object* key = world.new_node(world.node_type);
        cairn_object* value = map == kSet ? nullptr : world.new_node(world.node_type);
        if (key != nullptr && (map == kSet || value != nullptr)) {
            cairn_object* own = nullptr;
            if (cairn_weakmap_store(held, 0, World::match, &world, key, value, &own) == CAIRN_OK) {
                cairn_clear(&own);
            }
        }
        cairn_clear(&value);
        cairn_clear(&key);
    });
}

template <Variable map>
void clear_map(World& world, cairn_object*) {
    with(world, map, [](cairn_object* held) { (void)cairn_weakmap_clear(held); });
}

template <Variable map>
void update(World& world, cairn_object*) {
    with(world, map, [&](cairn_object* held) {
        cairn_object* other = cairn_weakmap_new(world.heap, cairn_weakmap_kind(held));
        if (other != nullptr) {
            (void)cairn_weakmap_update(other, held);
            (void)cairn_weakmap_update(held, other);
        }
        cairn_clear(&other);
    });
}

template <Variable map>
void copy(World& world, cairn_object*) {
    with(world, map, [&](cairn_object* held) {
        cairn_object* made = nullptr;
        if (cairn_weakmap_copy(held, &made) == CAIRN_OK) {
            world.put(kSpare, made);
        }
    });
}

template <Variable map>
void list_refs(World& world, cairn_object*) {
    with(world, map, [&](cairn_object* held) {
        (void)cairn_weakmap_length(held);
        cairn_objects refs = {};
        if (cairn_weakmap_refs(held, &refs) == CAIRN_OK) {
            cairn_objects_release(world.heap, &refs);
        }
    });
}

/// Leaves the iterator open.
template <Variable map>
void open_iterator(World& world, cairn_object*) {
    with(world, map, [&](cairn_object* held) {
        if (world.iterator.map == nullptr) {
            cairn_weakmap_iterator_open(held, &world.iterator);
        }
    });
}

template <Variable map>
void iterate(World& world, cairn_object*) {
    with(world, map, [&](cairn_object* held) {
        cairn_weakmap_iterator mine = {};
        cairn_weakmap_iterator_open(held, &mine);
        cairn_object* key = nullptr;
        cairn_object* value = nullptr;
        while (cairn_weakmap_iterator_next(&mine, &key, &value) != 0) {
            require(cairn_refcount(key) > 0, "a dead key in an iteration");
            require(value == nullptr || cairn_refcount(value) > 0, "a dead value in an iteration");
            if (!world.is_inside()) {
                world.put(kSubject, nullptr);
                world.put(kKey, nullptr);
            }
        }
        cairn_weakmap_iterator_close(&mine);
    });
}

template <cairn_weak_kind kind>
void new_map(World& world, cairn_object*) {
    world.put(kSpare, cairn_weakmap_new(world.heap, kind));
}

/// Calls for the three kinds of containers.
// NOLINTBEGIN(bugprone-macro-parentheses): nothing in them can stand in parentheses
#define CONTAINERS(title, function)                        \
    {title " of a weak-value map", function<kValueMap>},   \
        {title " of a weak-key map", function<kKeyMap>}, { \
        title " of a weak set", function<kSet>             \
    }
#define MAPS(title, function)                              \
    {title " of a weak-value map", function<kValueMap>}, { \
        title " of a weak-key map", function<kKeyMap>      \
    }
// NOLINTEND(bugprone-macro-parentheses)

constexpr Step kCalls[] = {
    {"cairn_new",
     [](World& world, cairn_object*) { world.put(kSpare, world.new_node(world.node_type)); }},
    {"cairn_new of a list",
     [](World& world, cairn_object*) { world.put(kSpare, world.new_node(world.list_type)); }},
    {"cairn_new_var",
     [](World& world, cairn_object*) { world.put(kSpare, world.new_node(world.items_type)); }},
    {"cairn_new of garbage",
     [](World& world, cairn_object*) { world.make_ring(kRingRef, kRingFinRef); }},
    {"cairn_decref", [](World& world, cairn_object*) { world.put(kSubject, nullptr); }},
    {"cairn_incref, cairn_decref",
     [](World& world, cairn_object* self) {
         with_self(world, self, kSubject, [](cairn_object*) {});
     }},
    {"cairn_set",
     [](World& world, cairn_object*) {
         with(world, kHolder, [&](cairn_object* holder) {
             cairn_set(&node(holder)->slots[0], world.get(kKey));
         });
     }},
    {"cairn_set_consume",
     [](World& world, cairn_object*) {
         with(world, kHolder, [&](cairn_object* holder) {
             cairn_set_consume(&node(holder)->slots[0], world.new_node(world.node_type));
         });
     }},
    {"cairn_clear",
     [](World& world, cairn_object*) {
         with(world, kHolder, [](cairn_object* holder) { cairn_clear(&node(holder)->slots[0]); });
     }},
    {"cairn_value_set",
     [](World& world, cairn_object*) {
         with(world, kTagged, [&](cairn_object* tagged) {
             cairn_value_set(&node(tagged)->slots[1], node(tagged)->slots[0]);
         });
     }},
    {"cairn_value_clear",
     [](World& world, cairn_object*) {
         with(world, kTagged, [](cairn_object* tagged) {
             cairn_value_clear(&node(tagged)->slots[1]);
         });
     }},
    {"cairn_hash",
     [](World& world, cairn_object* self) {
         with_self(world, self, kKey, [&](cairn_object* object) {
             uint64_t hash = 0;
             (void)cairn_hash(object, &hash);
         });
     }},
    {"cairn_equal",
     [](World& world, cairn_object*) {
         with_map(world, kSubject, [](cairn_object* one, cairn_object* other) {
             int equal = 0;
             (void)cairn_equal(one, other, &equal);
         });
     }},
    {"cairn_make_immortal",
     [](World& world, cairn_object* self) {
         with_self(world, self, kKey, [&](cairn_object* object) { cairn_make_immortal(object); });
     }},
    {"questions about an object",
     [](World& world, cairn_object* self) {
         with_self(world, self, kSubject, [&](cairn_object* object) { look_at(object); });
     }},

    {"cairn_buffer_reserve",
     [](World& world, cairn_object*) {
         with(world, kList, [](cairn_object* list) { (void)cairn_buffer_reserve(list, 100); });
     }},
    {"cairn_buffer_resize to more",
     [](World& world, cairn_object*) {
         with(world, kList, [](cairn_object* list) { (void)cairn_buffer_resize(list, 40); });
     }},
    {"cairn_buffer_resize to less",
     [](World& world, cairn_object*) {
         with(world, kList, [](cairn_object* list) { (void)cairn_buffer_resize(list, 1); });
     }},
    {"cairn_buffer_insert",
     [](World& world, cairn_object*) {
         with(world, kList, [](cairn_object* list) { (void)cairn_buffer_insert(list, 0, 9); });
     }},
    {"cairn_buffer_remove",
     [](World& world, cairn_object*) {
         with(world, kList, [](cairn_object* list) { (void)cairn_buffer_remove(list, 0, 1); });
     }},
    {"cairn_buffer_shift_out",
     [](World& world, cairn_object*) {
         with(world, kList, [](cairn_object* list) {
             cairn_object* out = nullptr;
             if (cairn_buffer_shift_out(list, 0, static_cast<void*>(&out)) == CAIRN_OK) {
                 cairn_clear(&out);
             }
         });
     }},
    {"cairn_buffer_clear",
     [](World& world, cairn_object*) {
         with(world, kList, [](cairn_object* list) { (void)cairn_buffer_clear(list); });
     }},
    {"cairn_buffer_trim",
     [](World& world, cairn_object*) {
         with(world, kList, [](cairn_object* list) { (void)cairn_buffer_trim(list); });
     }},
    {"cairn_buffer_replace",
     [](World& world, cairn_object*) {
         with(world, kList, [&](cairn_object* list) {
             auto* items = &reinterpret_cast<List*>(list)->items;
             cairn_buffer old = {};
             if (cairn_buffer_replace(list, items->count + 10, &old) != CAIRN_OK) {
                 return;
             }
             // User code may have filled the old one before: what does not fit goes.
             auto** from = static_cast<cairn_object**>(old.records);
             const size_t moved = old.count < items->count ? old.count : items->count;
             for (size_t i = 0; i < moved; ++i) {
                 static_cast<cairn_object**>(items->records)[i] = from[i];
             }
             std::vector<cairn_object*> left(from + moved, from + old.count);
             cairn_buffer_release(world.heap, &old);
             for (cairn_object* object : left) {
                 cairn_clear(&object);
             }
         });
     }},
    {"cairn_buffer_exchange",
     [](World& world, cairn_object*) {
         with(world, kList, [&](cairn_object* list) {
             cairn_buffer other = {};
             require(cairn_buffer_exchange(list, &other) == CAIRN_OK, "no exchange");
             world.put(kSpare, world.new_node(world.node_type));
             // User code may have filled the list meanwhile: that goes.
             (void)cairn_buffer_exchange(list, &other);
             for (size_t i = 0; i < other.count; ++i) {
                 cairn_clear(&static_cast<cairn_object**>(other.records)[i]);
             }
             cairn_buffer_release(world.heap, &other);
         });
     }},

    {"cairn_weakref_new",
     [](World& world, cairn_object* self) {
         with_self(world, self, kSubject, [&](cairn_object* object) {
             world.put(kSpare, cairn_weakref_new(object, nullptr, nullptr, nullptr));
         });
     }},
    {"cairn_weakref_new with a callback",
     [](World& world, cairn_object* self) {
         with_self(world, self, kSubject, [&](cairn_object* object) {
             const Hold argument(world.get(kKey));
             world.put(kSpare, world.new_weakref(object, argument.get()));
         });
     }},
    {"cairn_weakref_new_typed",
     [](World& world, cairn_object*) {
         with(world, kKey, [&](cairn_object* key) {
             world.put(kSpare,
                       cairn_weakref_new_typed(world.ref_type, key, nullptr, nullptr, nullptr));
         });
     }},
    {"cairn_weakref_get",
     [](World& world, cairn_object*) {
         for (const Variable variable : {kRef, kTypedRef, kRingRef}) {
             with(world, variable, [&](cairn_object* ref) {
                 cairn_object* referent = cairn_weakref_get(ref);
                 require(referent == nullptr || cairn_refcount(referent) > 1, "a dead referent");
                 cairn_clear(&referent);
             });
         }
     }},
    {"cairn_weakref_get of garbage, which stays",
     [](World& world, cairn_object*) {
         with(world, kRingRef, [&](cairn_object* ref) {
             world.put(kSpare, cairn_weakref_get(ref));
         });
     }},
    {"cairn_weakref_hash",
     [](World& world, cairn_object*) {
         with(world, kRef, [](cairn_object* ref) {
             uint64_t hash = 0;
             (void)cairn_weakref_hash(ref, &hash);
         });
     }},
    {"cairn_weakref_equal",
     [](World& world, cairn_object*) {
         with(world, kRef, [&](cairn_object* ref) {
             with(world, kTypedRef, [&](cairn_object* other) {
                 int equal = 0;
                 (void)cairn_weakref_equal(ref, other, &equal);
             });
         });
     }},
    {"release of weak references",
     [](World& world, cairn_object*) {
         world.put(kRef, nullptr);
         world.put(kTypedRef, nullptr);
         world.put(kRingRef, nullptr);
     }},

    {"cairn_finalizer_new",
     [](World& world, cairn_object* self) {
         with_self(world, self, kSubject, [&](cairn_object* object) {
             const Hold argument(world.get(kKey));
             world.put(kSpare, world.new_finalizer(object, argument.get()));
         });
     }},
    {"cairn_finalizer_call",
     [](World& world, cairn_object*) {
         with(world, kFinRef, [](cairn_object* finalizer) {
             int ran = 0;
             (void)cairn_finalizer_call(finalizer, &ran);
         });
     }},
    {"cairn_finalizer_call for garbage",
     [](World& world, cairn_object*) {
         with(world, kRingFinRef, [](cairn_object* finalizer) {
             (void)cairn_finalizer_call(finalizer, nullptr);
         });
     }},
    {"cairn_finalizer_detach",
     [](World& world, cairn_object*) {
         with(world, kFinRef, [](cairn_object* finalizer) {
             (void)cairn_finalizer_detach(finalizer);
         });
         with(world, kRingFinRef, [](cairn_object* finalizer) {
             (void)cairn_finalizer_detach(finalizer);
         });
     }},
    {"cairn_finalizer_peek",
     [](World& world, cairn_object*) {
         with(world, kFinRef, [](cairn_object* finalizer) {
             cairn_object* object = nullptr;
             cairn_object* argument = nullptr;
             if (cairn_finalizer_peek(finalizer, &object, &argument, nullptr) == CAIRN_OK) {
                 cairn_clear(&object);
                 cairn_clear(&argument);
             }
         });
     }},
    {"cairn_finalizer_set_atexit",
     [](World& world, cairn_object*) {
         with(world, kFinRef, [](cairn_object* finalizer) {
             (void)cairn_finalizer_set_atexit(finalizer, 1 - cairn_finalizer_get_atexit(finalizer));
         });
     }},
    {"cairn_finalizers_run_atexit",
     [](World& world, cairn_object*) { cairn_finalizers_run_atexit(world.heap); }},
    {"cairn_finalizers_run",
     [](World& world, cairn_object*) { (void)cairn_finalizers_run(world.heap, 0, 0); }},
    {"cairn_finalizers_run, one",
     [](World& world, cairn_object*) { (void)cairn_finalizers_run(world.heap, 1, 0); }},
    {"release of registered finalizers",
     [](World& world, cairn_object*) {
         world.put(kFinRef, nullptr);
         world.put(kRingFinRef, nullptr);
     }},

    {"cairn_weakmap_new", new_map<CAIRN_WEAK_KEY_MAP>},
    {"cairn_weakset_add",
     [](World& world, cairn_object*) {
         with(world, kSet, [&](cairn_object* set) {
             cairn_object* member = world.new_node(world.node_type);
             if (member != nullptr) {
                 (void)cairn_weakset_add(set, member);
             }
             cairn_clear(&member);
         });
     }},
    MAPS("cairn_weakmap_get", get_entry),
    MAPS("cairn_weakmap_set of a new entry", set_new),
    MAPS("cairn_weakmap_set of an old entry", set_old),
    CONTAINERS("cairn_weakmap_delete", delete_entry),
    MAPS("cairn_weakmap_pop", pop_entry),
    CONTAINERS("cairn_weakmap_pop_last", pop_last),
    CONTAINERS("cairn_weakmap_contains", contains),
    CONTAINERS("cairn_weakmap_find", find),
    CONTAINERS("cairn_weakmap_store", store),
    CONTAINERS("cairn_weakmap_clear", clear_map),
    CONTAINERS("cairn_weakmap_update", update),
    CONTAINERS("cairn_weakmap_copy", copy),
    CONTAINERS("cairn_weakmap_refs", list_refs),
    CONTAINERS("an iteration", iterate),
    CONTAINERS("cairn_weakmap_iterator_open", open_iterator),
    {"cairn_weakmap_iterator_next",
     [](World& world, cairn_object*) {
         // Out of the world meanwhile: user code may not step it too.
         cairn_weakmap_iterator mine = world.iterator;
         world.iterator = {};
         if (mine.map != nullptr) {
             (void)cairn_weakmap_iterator_next(&mine, nullptr, nullptr);
         }
         cairn_weakmap_iterator_close(&mine);
     }},
    {"release of the containers",
     [](World& world, cairn_object*) {
         world.put(kValueMap, nullptr);
         world.put(kKeyMap, nullptr);
         world.put(kSet, nullptr);
     }},
};

}  // namespace

std::span<const Step> calls() {
    return kCalls;
}

}  // namespace interference
