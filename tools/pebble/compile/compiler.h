// SPDX-License-Identifier: MIT
/// The compiler: a syntax tree to code objects.
#ifndef PEBBLE_COMPILE_COMPILER_H
#define PEBBLE_COMPILE_COMPILER_H

#include <memory>

#include "core/vm.h"
#include "front/source.h"

namespace pebble {

enum class CompileMode : unsigned char { Module, Expression, Prompt };

/// Parses and compiles a source. Nothing: SyntaxError is pending. `incomplete` (may be NULL) tells
/// whether more input could mend it.
Ref compile_source(const std::shared_ptr<const Source>& source,
                   CompileMode mode,
                   bool* incomplete = nullptr);

/// Raises the SyntaxError (or its kind) of a problem.
Failed raise_syntax(const Source& source, const SyntaxProblem& problem);

}  // namespace pebble

#endif
