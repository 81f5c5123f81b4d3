// SPDX-License-Identifier: MIT
#include "front/scope.h"

#include <algorithm>
#include <set>

namespace pebble {
namespace {

using Names = std::set<std::string>;

/// What a scope does with a name, gathered before anything is decided.
struct Uses {
    bool bound = false;
    bool param = false;
    bool global = false;
    bool nonlocal = false;
    bool used = false;
};

class Builder {
  public:
    Builder(ScopeTable* table, SyntaxProblem* problem) : table_(table), problem_(problem) {}

    bool run(const Node* root) {
        table_->root = std::make_unique<Scope>();
        open(table_->root.get(), ScopeKind::Module, root, nullptr);
        current_ = table_->root.get();
        if (root->kind == Kind::Module) {
            visit_all(root->items);
        } else {
            visit(root);
        }
        resolve(table_->root.get(), {});
        return !problem_->found();
    }

  private:
    int depth_ = 0;
    int iterables_ = 0;  ///< of comprehensions, around what is visited

    struct Gathered {
        std::vector<std::string> order;
        std::unordered_map<std::string, Uses> uses;
        std::unordered_map<std::string, Span> declared;
    };

    void open(Scope* scope, ScopeKind kind, const Node* node, Scope* parent) {
        scope->kind = kind;
        scope->node = node;
        scope->parent = parent;
        table_->by_node[node] = scope;
    }

    Scope* open_child(ScopeKind kind, const Node* node) {
        current_->children.push_back(std::make_unique<Scope>());
        Scope* child = current_->children.back().get();
        open(child, kind, node, current_);
        return child;
    }

    Uses& uses(Scope* scope, const std::string& name) {
        Gathered& gathered = gathered_[scope];
        auto [place, fresh] = gathered.uses.try_emplace(name);
        if (fresh) {
            gathered.order.push_back(name);
        }
        return place->second;
    }

    void fail(Span at, std::string message) {
        if (!problem_->found()) {
            problem_->message = std::move(message);
            problem_->at = at;
        }
    }

    void visit_all(const std::vector<Node*>& nodes) {
        for (const Node* node : nodes) {
            visit(node);
        }
    }

    void visit_children(const Node* node) {
        visit(node->a);
        visit(node->b);
        visit_all(node->items);
        visit_all(node->more);
        visit(node->c);
        visit(node->d);
    }

    /// A chain of operators nests without a bracket: as in CPython, 3000 levels are too many.
    void visit(const Node* node) {
        if (node == nullptr) {
            return;
        }
        if (depth_ == 3000) {
            problem_->kind = "RecursionError";
            return fail(node->at, "maximum recursion depth exceeded during compilation");
        }
        ++depth_;
        visit_kind(node);
        --depth_;
    }

    void visit_kind(const Node* node) {
        switch (node->kind) {
            case Kind::Name:
                return name(node);
            case Kind::FunctionDef:
            case Kind::Lambda:
                return function(node);
            case Kind::ClassDef:
                return class_definition(node);
            case Kind::ListComp:
            case Kind::SetComp:
            case Kind::DictComp:
            case Kind::GenExp:
                return comprehension(node);
            case Kind::NamedExpr:
                return named_expression(node);
            case Kind::Global:
            case Kind::Nonlocal:
                return declaration(node);
            case Kind::Import:
            case Kind::ImportFrom:
                for (const Node* alias : node->items) {
                    const std::string name = alias->alias.empty()
                                                 ? alias->text.substr(0, alias->text.find('.'))
                                                 : alias->alias;
                    uses(current_, name).bound = true;
                }
                if (node->kind == Kind::ImportFrom && node->items.empty() &&
                    current_->is_function()) {
                    fail(node->at_op, "import * only allowed at module level");
                }
                return;
            case Kind::Handler:
                if (!node->text.empty()) {
                    uses(current_, node->text).bound = true;
                }
                break;
            case Kind::AnnAssign:
                visit(node->a);
                visit(node->b);
                if (!current_->is_function()) {
                    current_->has_annotations = true;
                    visit(node->c);
                }
                return;
            case Kind::Yield:
            case Kind::YieldFrom:
                if (current_->kind == ScopeKind::Comprehension) {
                    fail(node->at, "'yield' inside list comprehension");
                } else if (current_->kind != ScopeKind::Function) {
                    fail(node->at, "'yield' outside function");
                }
                current_->is_generator = true;
                break;
            default:
                break;
        }
        visit_children(node);
    }

    void name(const Node* node) {
        Uses& use = uses(current_, node->text);
        if (node->store && current_->kind == ScopeKind::Comprehension &&
            (use.global || use.nonlocal)) {
            fail(node->at,
                 "comprehension inner loop cannot rebind assignment expression target '" +
                     node->text + "'");
        }
        (node->store ? use.bound : use.used) = true;
        if (node->text == "super" && current_->is_function()) {
            uses(current_, "__class__").used = true;
        }
    }

    void function(const Node* node) {
        visit_all(node->items);
        for (const Node* param : node->a->items) {
            visit(param->a);
            visit(param->b);
        }
        if (node->kind == Kind::FunctionDef) {
            visit(node->c);
            uses(current_, node->text).bound = true;
        }
        Scope* scope = open_child(ScopeKind::Function, node);
        // The frame's order: positional, keyword-only, *args, **kwargs.
        for (int pass = 0; pass < 4; ++pass) {
            for (const Node* param : node->a->items) {
                const auto kind = static_cast<ParamKind>(param->op);
                const int turn = kind == ParamKind::StarStar      ? 3
                                 : kind == ParamKind::Star        ? 2
                                 : kind == ParamKind::KeywordOnly ? 1
                                                                  : 0;
                if (turn == pass) {
                    scope->params.push_back(param->text);
                    Uses& use = uses(scope, param->text);
                    use.bound = use.param = true;
                }
            }
        }
        inside(scope, [&] { visit(node->b); });
    }

    void class_definition(const Node* node) {
        visit_all(node->items);
        visit_all(node->more);
        uses(current_, node->text).bound = true;
        inside(open_child(ScopeKind::Class, node), [&] { visit(node->b); });
    }

    void visit_iterable(const Node* clause) {
        ++iterables_;
        visit(clause->b);
        --iterables_;
    }

    void comprehension(const Node* node) {
        visit_iterable(node->items[0]);  // The outermost one belongs to the enclosing scope.
        Scope* scope = open_child(ScopeKind::Comprehension, node);
        scope->is_generator = node->kind == Kind::GenExp;
        scope->params.push_back(".0");
        Uses& use = uses(scope, ".0");
        use.bound = use.param = true;
        inside(scope, [&] {
            for (size_t i = 0; i < node->items.size(); ++i) {
                const Node* clause = node->items[i];
                visit(clause->a);
                if (i > 0) {
                    visit_iterable(clause);
                }
                visit_all(clause->items);
            }
            visit(node->a);
            visit(node->b);
        });
    }

    /// A walrus inside a comprehension binds in the function (or module) around it.
    void named_expression(const Node* node) {
        if (iterables_ > 0) {
            fail(node->at,
                 "assignment expression cannot be used in a comprehension iterable expression");
        }
        Scope* target = current_;
        while (target->kind == ScopeKind::Comprehension) {
            if (uses(target, node->a->text).bound) {
                fail(node->a->at,
                     "assignment expression cannot rebind comprehension iteration variable '" +
                         node->a->text + "'");
            }
            target = target->parent;
        }
        if (target != current_) {
            if (target->kind == ScopeKind::Class) {
                fail(node->at,
                     "assignment expression within a comprehension cannot be used in a class body");
            }
            Uses& outer = uses(target, node->a->text);
            outer.bound = outer.bound || !outer.global;
            Uses& inner = uses(current_, node->a->text);
            (target->kind == ScopeKind::Module || outer.global ? inner.global : inner.nonlocal) =
                true;
        } else {
            uses(current_, node->a->text).bound = true;
        }
        visit(node->b);
    }

    void declaration(const Node* node) {
        const bool global = node->kind == Kind::Global;
        const std::string word = global ? "global" : "nonlocal";
        for (const Node* item : node->items) {
            Uses& use = uses(current_, item->text);
            if (use.param) {
                fail(node->at, "name '" + item->text + "' is parameter and " + word);
            } else if (use.bound && !(use.global || use.nonlocal)) {
                fail(node->at,
                     "name '" + item->text + "' is assigned to before " + word + " declaration");
            } else if (use.used && !(use.global || use.nonlocal)) {
                fail(node->at,
                     "name '" + item->text + "' is used prior to " + word + " declaration");
            } else if (!global && current_->kind == ScopeKind::Module) {
                fail(node->at, "nonlocal declaration not allowed at module level");
            }
            (global ? use.global : use.nonlocal) = true;
            gathered_[current_].declared[item->text] = node->at;
        }
    }

    template <class Body>
    void inside(Scope* scope, Body body) {
        Scope* outer = current_;
        current_ = scope;
        body();
        current_ = outer;
    }

    /// Decides every name of `scope`; returns the names that it needs from outside. `visible` are
    /// the names that enclosing functions bind.
    Names resolve(Scope* scope, const Names& visible) {
        Gathered& gathered = gathered_[scope];
        Names own;
        Names wanted;
        for (const std::string& name : gathered.order) {
            const Uses& use = gathered.uses[name];
            Place place = Place::Global;
            if (use.nonlocal) {
                if (visible.count(name) == 0) {
                    fail(gathered.declared[name], "no binding for nonlocal '" + name + "' found");
                }
                place = Place::Free;
            } else if (!use.global && use.bound) {
                place = scope->is_function() ? Place::Fast : Place::Name;
            } else if (!use.global && visible.count(name) != 0) {
                place = Place::Free;
            } else if (!use.global && !scope->is_function()) {
                place = Place::Name;
            }
            scope->places[name] = place;
            if (place == Place::Fast) {
                own.insert(name);
            } else if (place == Place::Free) {
                wanted.insert(name);
            }
        }
        resolve_children(scope, visible, own, &wanted);
        for (const std::string& name : gathered.order) {
            const Place place = scope->places[name];
            if (place == Place::Fast && !gathered.uses[name].param) {
                scope->locals.push_back(name);
            } else if (place == Place::Cell) {
                scope->cells.push_back(name);
            }
        }
        scope->frees.assign(wanted.begin(), wanted.end());
        return wanted;
    }

    void resolve_children(Scope* scope, const Names& visible, const Names& own, Names* wanted) {
        Names inner = visible;
        if (scope->is_function()) {
            for (const std::string& name : own) {
                inner.insert(name);
            }
            // A name declared global here hides the outer function's from inner ones.
            for (const auto& [name, use] : gathered_[scope].uses) {
                if (use.global) {
                    inner.erase(name);
                }
            }
        } else if (scope->kind == ScopeKind::Class) {
            inner.insert("__class__");
        }
        for (const auto& child : scope->children) {
            for (const std::string& name : resolve(child.get(), inner)) {
                if (scope->kind == ScopeKind::Class && name == "__class__") {
                    scope->needs_class_cell = true;
                } else if (own.count(name) != 0 && scope->is_function()) {
                    scope->places[name] = Place::Cell;
                } else {
                    // A class that binds the name keeps its own way to reach it (Place::Name).
                    scope->places.try_emplace(name, Place::Free);
                    wanted->insert(name);
                }
            }
        }
        if (scope->needs_class_cell) {
            scope->cells.push_back("__class__");
        }
    }

    ScopeTable* table_;
    SyntaxProblem* problem_;
    Scope* current_ = nullptr;
    std::unordered_map<Scope*, Gathered> gathered_;
};

}  // namespace

bool build_scopes(const Node* root, ScopeTable* table, SyntaxProblem* problem) {
    return Builder(table, problem).run(root);
}

}  // namespace pebble
