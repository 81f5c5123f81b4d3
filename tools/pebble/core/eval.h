// SPDX-License-Identifier: MIT
/// Running code: frames, exceptions being handled, imports. What the interpreter loop needs.
#ifndef PEBBLE_CORE_EVAL_H
#define PEBBLE_CORE_EVAL_H

#include "core/protocol.h"

namespace pebble {

// Frames: frame.cc.

Frame* new_frame(Function* function, Dict* locals);
/// Runs a frame until it returns, yields or fails. With `throwing` an exception is pending, which
/// is raised at the instruction where the frame stopped.
Ref run_frame(Frame* frame, bool throwing = false);
/// Ends the caller's use of a frame that is done: takes it apart, or, if somebody keeps it (a
/// traceback), leaves it whole. Consumes the reference.
void finish_frame(Frame* frame);
/// Runs code with these globals, and locals (NULL: the globals).
Ref run_code(Value code, Dict* globals, Dict* locals);
/// The line and columns of the instruction under way.
Span frame_place(const Frame* frame);
/// A snapshot of the local variables as a dict; at module and class level the dict itself.
Ref frame_locals(Frame* frame);

// Generators: types/generator.cc.

/// Runs a generator on; when it returns, *finished is set and the result is what it returned.
Ref generator_resume(Generator* generator, Value sent, bool* finished);
/// next() that leaves a StopIteration pending.
Ref next_raw(Value iterator);

// Exceptions: errors.cc.

/// The exception being handled, borrowed, or NULL.
Value handled_exception();
/// `raise what from cause`; cause NULL: without `from`.
Failed raise_statement(Value what, Value cause);

// Imports: import.cc.

bool is_being_imported(std::string_view module);
Ref import_module(std::string_view given, Value from_list, int level, Dict* globals);
Ref import_from(Value module, Str* name);
bool import_star(Value module, Dict* into);

// Builtins.

Value build_class_function();  ///< borrowed; NULL: an exception is pending
bool display(Value value);     ///< what a prompt does with an expression's value
Ref ascii_repr(Value v);

}  // namespace pebble

#endif
