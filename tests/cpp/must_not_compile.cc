// SPDX-License-Identifier: MIT
// Faults of ownership that cairn.hpp refuses to compile: each is a case, with a part of the error.
// must_not_compile.py compiles the file once without a case, which must work, and once with each.
#include "cairn/cairn.hpp"

struct node {
    cairn_object head;
    cairn::slot<node> next;
    cairn::slot<node> other;
    cairn_object* raw;
};

struct other_type {
    cairn_object head;
};

struct with_destructor {
    cairn_object head;
    ~with_destructor() {}
};

cairn_status may_throw(node&) {
    return CAIRN_OK;
}
cairn_status returns(node&) noexcept {
    return CAIRN_OK;
}
void takes_borrowed(cairn::borrowed<node>);
void takes_owned(cairn::owned<node>);

void cases(const cairn::type<node>& type, cairn::borrowed<node> b, node& n) {
    cairn::owned<node> o = type.make();
    takes_borrowed(o);
    takes_borrowed(n.next);
    takes_owned(std::move(o));
    n.next = b;
    n.next = b.own();
    (void)returns(n);
    cairn::type_builder<node> builder("node");
    builder.slots(&node::next, &node::other).finalize<returns>();
#if CASE == 1  // deleted: a reference has one owner
    cairn::owned<node> twice = o;
#elif CASE == 2   // deleted: nor does assignment add an owner
    cairn::owned<node> second;
    second = o;
#elif CASE == 3   // conver|matching: what is borrowed is not the caller's to give
    takes_owned(b);
#elif CASE == 4   // deleted|conver: nobody would own it any more
    cairn::borrowed<node> dangling = type.make();
#elif CASE == 5   // deleted|conver: nor here
    cairn::borrowed<node> dangling(n.next.take());
#elif CASE == 6   // release: nothing that is borrowed can be released
    (void)b.release();
#elif CASE == 7   // deleted|operator=|overloaded: a raw pointer says nothing of its owner
    const cairn::owned<node> constant;
    n.next = constant.get_raw();
#elif CASE == 8   // nodiscard|unused: an owned result is not to be lost
    b.own();
#elif CASE == 9   // nodiscard|unused: nor is one from a type
    type.make();
#elif CASE == 10  // conver|operator=|overloaded: of another type
    n.next = cairn::owned<other_type>();
#elif CASE == 11  // cairn..slot: a raw pointer is no slot
    builder.slots(&node::raw);
#elif CASE == 12  // noexcept: an exception must not pass through the library
    builder.finalize<may_throw>();
#elif CASE == 13  // plain struct: the heap calls no destructor
    cairn::type_builder<with_destructor> wrong("wrong");
#elif CASE == 14  // deleted: a slot is part of an object
    cairn::slot<node> copy = n.next;
#elif CASE == 15  // conver: a pointer of the C API is owned or borrowed: say which
    cairn::owned<node> unknown = &n;
#elif CASE == 16  // conver: the same
    cairn::borrowed<node> unknown = &n;
#elif CASE == 17  // nodiscard|unused: released to nobody
    o.release();
#elif CASE == 18  // deleted: a slot is no variable
    cairn::slot<node> variable;
#elif CASE == 19  // deleted: nor is an object with slots: the heap makes it
    node made_by_the_host;
#endif
}
