// SPDX-License-Identifier: MIT
/// The parser: recursive descent from tokens to a syntax tree.
///
/// After the first problem the parser stands on the last token for good and drains quickly, so no
/// parse function has to look at its callees' success; only the caller of parse() asks.
#ifndef PEBBLE_FRONT_PARSER_H
#define PEBBLE_FRONT_PARSER_H

#include "front/ast.h"
#include "front/lexer.h"

namespace pebble {

/// Parses a whole source into `ast->root`, a Module. False: see `problem`.
bool parse_module(const Source& source, Ast* ast, SyntaxProblem* problem);
/// Parses a source that is one expression (eval). The root is the expression.
bool parse_expression(const Source& source, Ast* ast, SyntaxProblem* problem);

bool is_keyword(std::string_view text);
/// What CPython calls an expression that cannot be a target.
std::string describe(const Node* node);

class Parser {
  public:
    Parser(const Source& source, std::vector<Token> tokens, Ast* ast, SyntaxProblem* problem)
        : source_(source), tokens_(std::move(tokens)), ast_(ast), problem_(problem) {}

    // Statements: parser.cc.
    Node* module();
    Node* block(const std::string& what, int line);
    void statement(std::vector<Node*>* out);

    // Expressions: expressions.cc.
    Node* expressions();       ///< one or a tuple, stars allowed
    Node* expression();        ///< conditional, lambda
    Node* named_expression();  ///< with `:=`
    Node* yield_or_expressions();
    Node* targets(std::string_view stop);  ///< of `for`: up to the word `stop`
    bool too_deep();
    /// Checks that `node` can be stored to. `alone`: before the only `=` of a statement, where a
    /// comparison may have been meant.
    void make_store(Node* node, const char* verb, bool alone = false);
    /// Refuses an `=` or `:=` that stands behind `node`, where there can be none.
    void refuse_assignment(Node* node);
    [[nodiscard]] bool at_end() const { return token().kind == Tok::End; }
    void expect_end();

  private:
    // Tokens.
    [[nodiscard]] const Token& token() const { return tokens_[at_]; }
    [[nodiscard]] const Token& ahead(size_t n = 1) const {
        return tokens_[std::min(at_ + n, tokens_.size() - 1)];
    }
    [[nodiscard]] bool is(std::string_view text) const;
    [[nodiscard]] bool is_kind(Tok kind) const { return token().kind == kind; }
    bool take(std::string_view text);
    void expect(std::string_view text);
    void advance();
    std::string name();
    [[nodiscard]] Pos here() const { return token().at.from; }
    [[nodiscard]] Span since(Pos from) const { return {from, last_end_}; }
    Node* make(Kind kind, Pos from) { return ast_->make(kind, since(from)); }
    Node* finish(Node* node);
    Node* fail(Span at, std::string message, const char* kind = "SyntaxError");
    Node* fail_here(std::string message, const char* kind = "SyntaxError") {
        return fail(token().at, std::move(message), kind);
    }
    Node* unsupported(const char* what);
    Node* invalid_syntax();

    // Statements.
    void simple_statements(std::vector<Node*>* out);
    Node* simple_statement();
    Node* expression_statement();
    Node* compound_statement();
    Node* if_statement();
    Node* while_statement();
    Node* for_statement();
    Node* try_statement();
    Node* except_clause();
    Node* with_statement();
    Node* with_item();
    Node* function(std::vector<Node*> decorators, Pos from);
    Node* class_definition(std::vector<Node*> decorators, Pos from);
    Node* decorated();
    Node* params(std::string_view close, bool annotations);
    Node* param(ParamKind kind, bool annotations);
    Node* import_statement();
    Node* from_statement();
    Node* alias(bool dotted);
    Node* names_statement(Kind kind);
    Node* delete_statement();
    Node* else_block(const char* what);
    [[nodiscard]] bool is_match_statement() const;

    // Expressions.
    Node* lambda();
    Node* or_test();
    Node* and_test();
    Node* not_test();
    Node* comparison();
    bool comparison_operator(CmpOp* op);
    Node* binary(int level);
    Node* factor();
    Node* power();
    Node* primary();
    Node* atom();
    Node* name_atom();
    Node* call_arguments(Node* callee, Pos from);
    void arguments(Node* call);
    Node* argument();
    Node* subscript(Node* base, Pos from);
    Node* slice();
    Node* star_or_named();
    Node* parenthesized();
    Node* list_display();
    Node* brace_display();
    void clauses(Node* comprehension);
    Node* comprehension(Kind kind, Pos from, Node* element);
    Node* strings();
    [[nodiscard]] bool starts_expression() const;
    void refuse_neighbour(Node* node);
    [[nodiscard]] bool in_brackets() const;

    // String literals: strings.cc.
    void string_part(const Token& token, Node* joined, bool* bytes, bool* formatted);
    void decode(std::string_view body, bool raw, bool bytes, std::string* out);
    bool decode_number(std::string_view body, size_t* i, bool bytes, unsigned* value);
    void bad_escape(size_t from, size_t to, const char* what);
    void f_string(std::string_view body, Pos from, bool raw, int depth, Node* joined);
    size_t field_end(std::string_view body, size_t at);
    Node* field_expression(std::string_view text, Pos start);
    size_t field(std::string_view body, size_t at, Pos from, bool raw, int depth, Node* joined);

    const Source& source_;
    std::vector<Token> tokens_;
    Ast* ast_;
    SyntaxProblem* problem_;
    size_t at_ = 0;
    Span after_strings_;  ///< of the token after string literals: where their problems are shown
    Pos last_end_;
    int depth_ = 0;
};

}  // namespace pebble

#endif
