// SPDX-License-Identifier: MIT
/// What tests of buffers share: a list whose items are in one.
#ifndef CAIRN_TESTS_UNIT_BUFFER_LIST_H
#define CAIRN_TESTS_UNIT_BUFFER_LIST_H

#include "cairn/buffer.h"
#include "heap_test.h"

namespace cairn_test {

struct ListWithBuffer {
    cairn_object head;
    uint64_t label;
    cairn_object* slot;
    cairn_buffer items;
};

struct TableRecord {
    cairn_object* key;
    cairn_object* value;
    uint64_t hash;
};

inline ListWithBuffer* buffered(cairn_object* object) {
    return reinterpret_cast<ListWithBuffer*>(object);
}

inline cairn_buffer& buffer_in(cairn_object* object) {
    return buffered(object)->items;
}

inline cairn_object** items_in(cairn_object* object) {
    return static_cast<cairn_object**>(buffer_in(object).records);
}

class BufferTest : public HeapTest {
  protected:
    explicit BufferTest(uint32_t flags = 0) : HeapTest(flags), list(type(list_spec("list"))) {}

    cairn_type_spec list_spec(const char* name) {
        cairn_type_spec spec = leaf_spec(name);
        spec.object_size = sizeof(ListWithBuffer);
        spec.slots_offset = offsetof(ListWithBuffer, slot);
        spec.slot_count = 1;
        spec.buffer_offset = offsetof(ListWithBuffer, items);
        return spec;
    }

    static cairn_status push(cairn_object* to, cairn_object* value) {
        const cairn_status status = cairn_buffer_reserve(to, buffer_in(to).count + 1);
        if (status != CAIRN_OK) {
            cairn_decref(value);
            return status;
        }
        items_in(to)[buffer_in(to).count++] = value;
        return CAIRN_OK;
    }

    /// A list of new objects.
    cairn_object* make_list(const std::string& label, const std::vector<std::string>& labels) {
        cairn_object* object = make(list, label);
        for (const std::string& item : labels) {
            EXPECT_EQ(push(object, make(logged, item)), CAIRN_OK);
        }
        return object;
    }

    cairn_type* list;
};

}  // namespace cairn_test

#endif
