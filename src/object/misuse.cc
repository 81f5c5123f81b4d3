// SPDX-License-Identifier: MIT
#include "object/misuse.h"

#include <cstdarg>
#include <cstdio>

#include "base/address_set.h"
#include "memory/bin.h"
#include "memory/known.h"
#include "object/order.h"
#include "object/type.h"

namespace cairn {

namespace {

struct Text {
    char* at;
    size_t left;

    [[gnu::format(printf, 2, 3)]] void add(const char* format, ...) {
        std::va_list arguments;
        va_start(arguments, format);
        const int length = std::vsnprintf(at, left, format, arguments);
        va_end(arguments);
        const size_t used = length < 0 ? 0 : static_cast<size_t>(length);
        const size_t step = used < left ? used : left - 1;
        at += step;
        left -= step;
    }
};

#if CAIRN_CHECK_LEVEL >= 1
AddressSet known_types;

bool is_known_type(const cairn_type* type) {
    return known_types.has(type);
}

// An address that can be an object's, in a segment of a heap.
bool is_readable(const cairn_object* object) {
    return address_problem(object) == nullptr &&
           find_cell(object).start == reinterpret_cast<const std::byte*>(object);
}
#else
bool is_known_type(const cairn_type*) {
    return true;
}

bool is_readable(const cairn_object* object) {
    return object != nullptr;
}
#endif

// The name of the type of an object, or of the one that was in a free cell; nullptr if there is no
// such type.
const char* text_of_type(const cairn_object* object) {
    const uintptr_t mark = is_marked_free(object) ? 1 : 0;
    const auto* type =
        reinterpret_cast<const cairn_type*>(reinterpret_cast<uintptr_t>(object->type) - mark);
    return type == nullptr || !is_known_type(type) ? nullptr : type->name;
}

#if CAIRN_CHECK_LEVEL >= 1
// An object whose header is not what the library wrote: probably the one before it is shorter than
// what the host wrote there.
void describe_overwritten(Text& text, const cairn_object* object) {
    text.add("object %p of an unknown type, refcount %u",
             static_cast<const void*>(object),
             object->refcount);
    const Page* page = page_of(object);
    const auto* start = reinterpret_cast<const std::byte*>(object);
    if (page->bin == nullptr || start == page->base) {
        return;
    }
    const auto* before = reinterpret_cast<const cairn_object*>(start - page->cell_size);
    if (const char* type = text_of_type(before)) {
        text.add(", after object %p of type %s", static_cast<const void*>(before), type);
    }
}
#endif

void describe(Text& text, const cairn_object* object) {
    if (!is_readable(object)) {
        text.add("pointer %p", static_cast<const void*>(object));
        return;
    }
    const char* type = text_of_type(object);
#if CAIRN_CHECK_LEVEL >= 1
    if (type == nullptr) {
        describe_overwritten(text, object);
        return;
    }
#endif
    text.add("object %p of type %s, refcount %u",
             static_cast<const void*>(object),
             type == nullptr ? "?" : type,
             is_dying(object) ? 0 : object->refcount);
}

}  // namespace

void report_misuse(const cairn_object* object, const char* what, const cairn_object* other) {
    char report[512];
    Text text = {report, sizeof report};
    text.add("cairn: misuse: %s: ", what);
    describe(text, object);
    if (other != nullptr) {
        text.add("; ");
        describe(text, other);
    }
    const bool can_be_shown =
        is_readable(object) && text_of_type(object) != nullptr && is_alive(object);
    end_process(report, can_be_shown ? const_cast<cairn_object*>(object) : nullptr);
}

void report_misuse(const cairn_object* object, const char* what) {
    report_misuse(object, what, nullptr);
}

#if CAIRN_CHECK_LEVEL >= 1

void add_known_type(const cairn_type* type) {
    known_types.add(type);
}

void remove_known_type(const cairn_type* type) {
    known_types.remove(type);
}

const char* address_problem(const cairn_object* object) {
    const auto address = reinterpret_cast<uintptr_t>(object);
    if (object == nullptr) {
        return "NULL is used as an object";
    }
    if (address == kFillWord) {
        return "what a freed object holds is used as an object";
    }
    if ((address & 1) != 0) {
        return "a tagged immediate is used as an object (cairn_value_... take both)";
    }
    if (address % 16 != 0) {
        return "a pointer that is not aligned to 16 bytes is used as an object";
    }
    if (!is_in_known_segment(object)) {
        return "a pointer into no heap is used as an object: it never was one, or its heap is "
               "freed";
    }
    return nullptr;
}

const char* cell_problem(const cairn_object* object) {
    if (const char* problem = address_problem(object)) {
        return problem;
    }
    if (find_cell(object).start != reinterpret_cast<const std::byte*>(object)) {
        return "a pointer to where no object begins is used as an object: it never was one, or its "
               "memory is given back";
    }
    if (is_marked_free(object)) {
        return "use of a freed object";
    }
    return is_known_type(object->type) ? nullptr : "the header of an object was overwritten";
}

const char* object_problem(const cairn_object* object) {
    if (const char* problem = cell_problem(object)) {
        return problem;
    }
    return is_alive(object) ? nullptr : "use of a freed object";
}

void check_referent(const cairn_object* owner, const cairn_object* referent) {
    char what[192];
    if (const char* problem = cell_problem(referent)) {
        (void)std::snprintf(
            what, sizeof what, "an object refers to what is no live object: %s", problem);
        report_misuse(owner, what, referent);
    }
    // INV-EDGE-HEAP
    if (segment_of(owner)->heap != segment_of(referent)->heap) {
        report_misuse(owner, "an object refers to an object of another heap", referent);
    }
}

namespace {

// Where what the host may write to ends, by what the object says itself; 0: unknown.
size_t end_of(const cairn_object* object) {
    const cairn_type* type = object->type;
    const Shape& shape = type->shape;
    if (shape.items_offset != 0) {
        const auto* start = reinterpret_cast<const std::byte*>(object);
        const size_t count = *reinterpret_cast<const size_t*>(start + shape.item_count_offset);
        // What is larger than any object need not be exact.
        return count > SIZE_MAX / 16 ? SIZE_MAX : shape.items_offset + count * sizeof(void*);
    }
    return type->is_variable ? 0 : type->base_size;
}

size_t end_of_cell(const cairn_object* object) {
    return page_of(object)->cell_size - (object->type->has_links ? sizeof(OrderLink) : 0);
}

}  // namespace

void check_item_count(const cairn_object* owner) {
    if (end_of(owner) > page_of(owner)->cell_size) {
        report_misuse(owner, "the item count of an object was raised");
    }
}

void check_end(const cairn_object* object) {
    const size_t end = end_of(object);
    if (CAIRN_CHECK_LEVEL < 2 || end == 0) {
        return;
    }
    check_item_count(object);
    const auto* bytes = reinterpret_cast<const unsigned char*>(object);
    for (size_t i = end; i < end_of_cell(object); ++i) {
        if (bytes[i] != 0) {
            report_misuse(object,
                          object->type->is_variable
                              ? "an item beyond the item count of an object is not empty"
                              : "something was written behind the end of an object");
        }
    }
}

void check_type(const cairn_type* type) {
    if (!is_known_type(type)) {
        char report[96];
        (void)std::snprintf(report,
                            sizeof report,
                            "cairn: misuse: pointer %p is used as a type: it is none, or its heap "
                            "is freed",
                            static_cast<const void*>(type));
        end_process(report, nullptr);
    }
}

void check_same_heap(const cairn_object* object, const cairn_object* other) {
    if (segment_of(object)->heap != segment_of(other)->heap) {
        report_misuse(object, "objects of two heaps are passed to one call", other);
    }
}

void check_store(cairn_object* const* slot, const cairn_object* value) {
    const bool is_counted = value != nullptr && (reinterpret_cast<uintptr_t>(value) & 1) == 0;
    if (slot == nullptr) {
        report_misuse(value, "a store goes to a slot at NULL");
    }
    const cairn_object* owner = nullptr;
    // Of a slot nobody says that it is in an object.
    if (is_surely_in_known_segment(slot)) {
        owner = reinterpret_cast<const cairn_object*>(find_cell(slot).start);
    }
    if (owner != nullptr && is_marked_free(owner)) {
        report_misuse(
            owner, "a store goes to a slot of a freed object", is_counted ? value : nullptr);
    }
    if (!is_counted) {
        return;
    }
    check_alive(value);
    if (owner != nullptr && segment_of(owner)->heap != segment_of(value)->heap) {
        report_misuse(owner, "a slot is to refer to an object of another heap", value);
    }
}

void report_write_after_death(const void* cell, size_t offset) {
    char what[96];
    (void)std::snprintf(
        what, sizeof what, "something was written to byte %zu of a freed object", offset);
    report_misuse(static_cast<const cairn_object*>(cell), what);
}

#else

void add_known_type(const cairn_type*) {}
void remove_known_type(const cairn_type*) {}

#endif

}  // namespace cairn
