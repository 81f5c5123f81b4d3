// SPDX-License-Identifier: MIT
/// The lexer: source text to tokens.
#ifndef PEBBLE_FRONT_LEXER_H
#define PEBBLE_FRONT_LEXER_H

#include <string_view>
#include <vector>

#include "front/source.h"

namespace pebble {

enum class Tok : unsigned char { End, Newline, Indent, Dedent, Name, Number, String, Op };

struct Token {
    Tok kind;
    std::string_view text;  ///< a view of the source; a string keeps its prefix and quotes
    Span at;
};

/// Splits a whole source. The list always ends with Tok::End; after a problem it is cut short.
std::vector<Token> tokenize(const Source& source, SyntaxProblem* problem);

/// Splits one expression inside a source (a replacement field of an f-string).
std::vector<Token> tokenize_expression(const Source& source,
                                       Pos from,
                                       size_t length,
                                       SyntaxProblem* problem);

}  // namespace pebble

#endif
