// SPDX-License-Identifier: MIT
#include "core/walk.h"

#include <cstdlib>

#include "core/lookup.h"
#include "types/types.h"

namespace pebble {
namespace {

// A layout whose references lie in a row needs no code: the heap walks it. The others come with
// functions that visit and drop what their buffers hold.

void visit_value(Value v, cairn_visit_fn visit, void* data) {
    if (v != nullptr && !is_immediate(v)) {
        visit(v, data);
    }
}

template <class T>
void drop_field(T** field) {
    if (T* old = std::exchange(*field, nullptr)) {
        decref(val(old));
    }
}

}  // namespace

void frame_traverse(Value self, cairn_visit_fn visit, void* data) {
    Frame* frame = as<Frame>(self);
    visit_value(frame->function, visit, data);
    visit_value(frame->code, visit, data);
    visit_value(frame->locals, visit, data);
    visit_value(frame->back, visit, data);
    for (int32_t i = 0; i < frame->sp; ++i) {
        visit_value(frame->items[i], visit, data);
    }
}

void frame_clear(Value self) {
    Frame* frame = as<Frame>(self);
    const int32_t sp = std::exchange(frame->sp, 0);
    for (int32_t i = 0; i < sp; ++i) {
        if (Value v = std::exchange(frame->items[i], nullptr)) {
            decref(v);
        }
    }
    for (Value* field : {&frame->function, &frame->code, &frame->locals, &frame->back}) {
        drop_field(field);
    }
}

/// A generator answers for its frame's references as long as nobody else sees the frame. While it
/// runs they count as held from outside.
void generator_traverse(Value self, cairn_visit_fn visit, void* data) {
    Generator* generator = as<Generator>(self);
    visit_value(generator->handled, visit, data);
    visit_value(generator->name, visit, data);
    visit_value(generator->qualname, visit, data);
    Value frame = generator->frame;
    if (frame == nullptr) {
        return;
    }
    const bool own = !cairn_gc_is_tracked(frame);
    if (own && as<Frame>(frame)->running) {
        return;
    }
    visit(frame, data);
    if (own) {
        frame_traverse(frame, visit, data);
    }
}

void generator_clear(Value self) {
    Generator* generator = as<Generator>(self);
    // A frame is still there if the generator has gone on when it was told to end. It is taken
    // apart here if its references count as the generator's (see generator_traverse).
    Ref frame = Ref::own(std::exchange(generator->frame, nullptr));
    if (frame && !cairn_gc_is_tracked(frame) && !frame.as<Frame>()->running) {
        frame_clear(frame);
    }
    frame.reset();
    for (Value* field : {&generator->handled, &generator->name, &generator->qualname}) {
        drop_field(field);
    }
}

void class_clear(Value self) {
    Class* cls = as<Class>(self);
    vm.dismantled = vm.dismantled || cls == vm.classes.object;
    if (cls->info != nullptr) {
        forget_lookups(cls);
        forget_class(cls);
    }
    if (cls->dict != nullptr) {
        cls->dict->owner = nullptr;
    }
    for (Value* field : {&cls->name, &cls->qualname, &cls->bases, &cls->mro}) {
        drop_field(field);
    }
    drop_field(&cls->dict);
}

void class_traverse(Value self, cairn_visit_fn visit, void* data) {
    Class* cls = as<Class>(self);
    for (Value v : {cls->name, cls->qualname, cls->bases, cls->mro, val(cls->dict)}) {
        visit_value(v, visit, data);
    }
}

void class_dealloc(Value self) {
    delete as<Class>(self)->info;
}

void file_dealloc(Value self) {
    File* file = as<File>(self);
    if (file->stream != nullptr && !file->standard) {
        fclose(file->stream);
    }
}

}  // namespace pebble
