// SPDX-License-Identifier: MIT
// Weak containers of Cairn: nanoseconds an operation, one line each. The same is done by
// weak_cpython.py.
#include <cairn/cairn.h>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <vector>

namespace {

struct Node {
    cairn_object head;
    cairn_object* slots[2];
};

// Time of this process alone: other programs on the machine do not count.
class Clock {
  public:
    void report(const char* name, size_t count) const {
        std::printf("%s %.3f\n", name, (now_ns() - start_) / static_cast<double>(count));
    }

  private:
    static double now_ns() {
        timespec now = {};
        clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
        return static_cast<double>(now.tv_sec) * 1e9 + static_cast<double>(now.tv_nsec);
    }

    double start_ = now_ns();
};

void check(bool holds) {
    if (!holds) {
        std::fprintf(stderr, "weak: a result is wrong\n");
        std::exit(1);
    }
}

std::vector<cairn_object*> make(cairn_type* type, size_t count) {
    std::vector<cairn_object*> objects(count);
    for (cairn_object*& object : objects) {
        object = cairn_new(type);
        check(object != nullptr);
    }
    return objects;
}

void release(const std::vector<cairn_object*>& objects) {
    for (cairn_object* object : objects) {
        cairn_decref(object);
    }
}

void weak_value_map(cairn_heap* heap, cairn_type* type, size_t count) {
    const std::vector<cairn_object*> keys = make(type, count);
    const std::vector<cairn_object*> values = make(type, count);
    cairn_object* map = cairn_weakmap_new(heap, CAIRN_WEAK_VALUE_MAP);
    {
        const Clock clock;
        for (size_t i = 0; i < count; ++i) {
            check(cairn_weakmap_set(map, keys[i], values[i]) == CAIRN_OK);
        }
        clock.report("insert", count);
    }
    {
        const Clock clock;
        for (size_t i = 0; i < count; ++i) {
            cairn_object* value = nullptr;
            check(cairn_weakmap_get(map, keys[i], &value) == CAIRN_OK);
            cairn_decref(value);
        }
        clock.report("hit", count);
    }
    {
        const Clock clock;
        release(values);
        clock.report("death", count);
    }
    check(cairn_weakmap_length(map) == 0);
    cairn_decref(map);
    release(keys);
}

void weak_set(cairn_heap* heap, cairn_type* type, size_t count) {
    const std::vector<cairn_object*> members = make(type, count);
    cairn_object* set = cairn_weakmap_new(heap, CAIRN_WEAK_SET);
    for (cairn_object* member : members) {
        check(cairn_weakset_add(set, member) == CAIRN_OK);
    }
    size_t seen = 0;
    const Clock clock;
    cairn_weakmap_iterator iterator;
    cairn_object* member = nullptr;
    cairn_weakmap_iterator_open(set, &iterator);
    while (cairn_weakmap_iterator_next(&iterator, &member, nullptr) != 0) {
        ++seen;
    }
    cairn_weakmap_iterator_close(&iterator);
    clock.report("iterate", count);
    check(seen == count);
    cairn_decref(set);
    release(members);
}

}  // namespace

int main(int argc, char** argv) {
    const size_t count = argc > 1 ? std::strtoul(argv[1], nullptr, 10) : 100000;
    cairn_heap* heap = cairn_heap_new(nullptr);
    cairn_gc_disable(heap);
    cairn_type_spec spec = {};
    spec.name = "node";
    spec.object_size = sizeof(Node);
    spec.slots_offset = offsetof(Node, slots);
    spec.slot_count = 2;
    cairn_type* type = nullptr;
    check(cairn_type_new(heap, &spec, &type) == CAIRN_OK);
    weak_value_map(heap, type, count);
    weak_set(heap, type, count);
    check(cairn_heap_free(heap) == 0);
    return 0;
}
