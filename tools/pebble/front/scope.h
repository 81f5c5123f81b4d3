// SPDX-License-Identifier: MIT
/// Scopes: which name of which block of code means what.
#ifndef PEBBLE_FRONT_SCOPE_H
#define PEBBLE_FRONT_SCOPE_H

#include <memory>
#include <string>
#include <unordered_map>
#include <vector>

#include "front/ast.h"

namespace pebble {

enum class ScopeKind : unsigned char { Module, Class, Function, Comprehension };

/// Where a name lives, seen from one scope.
enum class Place : unsigned char {
    Global,  ///< in the module's dict, or built in
    Name,    ///< in the dict of the running block (module and class level), then as Global
    Fast,    ///< a local of this function
    Cell,    ///< a local that inner functions share
    Free     ///< a cell of an outer function
};

struct Scope {
    ScopeKind kind = ScopeKind::Module;
    const Node* node = nullptr;
    Scope* parent = nullptr;
    std::vector<std::unique_ptr<Scope>> children;
    std::unordered_map<std::string, Place> places;
    std::vector<std::string> params;  ///< in the order of the frame
    std::vector<std::string> locals;  ///< Fast names that are no parameter
    std::vector<std::string> cells;
    std::vector<std::string> frees;
    bool has_annotations = false;  ///< of a class or module: variables with annotations
    bool is_generator = false;
    bool needs_class_cell = false;  ///< a class whose methods use super() or __class__

    /// A comprehension is one, too, but does not stand in the names of what it holds.
    bool is_function() const {
        return kind == ScopeKind::Function || kind == ScopeKind::Comprehension;
    }
};

/// The scopes of one tree, by the node that opens them.
struct ScopeTable {
    std::unique_ptr<Scope> root;
    std::unordered_map<const Node*, Scope*> by_node;
};

bool build_scopes(const Node* root, ScopeTable* table, SyntaxProblem* problem);

}  // namespace pebble

#endif
