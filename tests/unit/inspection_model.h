// SPDX-License-Identifier: MIT
/// What each call of cairn/inspect.h must answer, found from three things only: which objects there
/// are, their reference counts, and their edges. For heaps without roots, immortal objects and a
/// finalizer queue.
#ifndef CAIRN_TESTS_UNIT_INSPECTION_MODEL_H
#define CAIRN_TESTS_UNIT_INSPECTION_MODEL_H

#include <algorithm>
#include <map>
#include <set>
#include <vector>

#include <gtest/gtest.h>

#include "random_graph.h"
#include "snapshot_file.h"

namespace cairn_test {

class InspectionModel {
  public:
    using Objects = std::vector<cairn_object*>;
    using Edge = RandomGraph::Edge;

    /// Paths, retained sizes and lists are asked for of about `asked` objects only.
    InspectionModel(cairn_heap* heap, size_t asked) : heap_(heap) {
        cairn_visit_objects(heap, add_object, &objects_);
        step_ = objects_.size() / asked + 1;
        is_there_.insert(objects_.begin(), objects_.end());
        EXPECT_EQ(is_there_.size(), objects_.size());
        for (cairn_object* object : objects_) {
            left_[object] += cairn_refcount(object);
            edges_[object] = RandomGraph::edges(object);
            has_weak_containers_ |= cairn_weakmap_kind(object) != CAIRN_NOT_WEAK;
            for (const Edge& edge : edges_[object]) {
                EXPECT_EQ(is_there_.count(edge.to), 1u) << "shows what is dying";
                left_[edge.to] -= edge.is_weak() ? 0 : 1;
            }
        }
    }

    /// What is true everywhere, also where user code runs inside a collection.
    void check(uint64_t mark, const std::set<cairn_object*>& newer) const {
        check_held();
        check_census();
        check_growth(mark, newer);
        check_snapshot();
        for (size_t i = 0; i < objects_.size(); i += step_) {
            check_lists_of(objects_[i]);
            if (!has_weak_containers_) {
                check_retained(objects_[i]);
            }
        }
        check_paths();
    }

    /// Between slices nothing is left out of the lists of the heap either.
    void check_lists() const {
        Objects tracked;
        for (cairn_object* object : objects_) {
            if (cairn_gc_is_tracked(object) != 0) {
                tracked.push_back(object);
            }
        }
        cairn_objects list = {};
        EXPECT_EQ(cairn_get_objects(heap_, -1, &list), CAIRN_OK);
        EXPECT_EQ(sorted(list), sorted(tracked));
        for (size_t i = 0; i < objects_.size(); i += step_) {
            Objects referrers;
            for (cairn_object* from : tracked) {
                if (!has_weak_containers_ && refers_to(from, objects_[i])) {
                    referrers.push_back(from);
                }
            }
            EXPECT_EQ(cairn_get_referrers(heap_, &objects_[i], 1, &list), CAIRN_OK);
            const Objects found = sorted(list);
            EXPECT_TRUE(has_weak_containers_ || found == sorted(referrers));
        }
    }

    [[nodiscard]] const Objects& objects() const { return objects_; }

  private:
    static int add_object(cairn_object* object, void* data) {
        static_cast<Objects*>(data)->push_back(object);
        return 1;
    }

    Objects sorted(cairn_objects& list) const {
        Objects all(list.items, list.items + list.count);
        cairn_objects_release(heap_, &list);
        return sorted(all);
    }
    static Objects sorted(Objects all) {
        std::sort(all.begin(), all.end());
        return all;
    }

    [[nodiscard]] bool refers_to(cairn_object* from, const cairn_object* to) const {
        const std::vector<Edge>& edges = edges_.at(from);
        return std::any_of(edges.begin(), edges.end(), [to](const Edge& edge) {
            return edge.to == to && !edge.is_weak();
        });
    }

    [[nodiscard]] bool is_held(cairn_object* object) const { return left_.at(object) > 0; }

    void check_held() const {
        std::map<cairn_object*, size_t> found;
        const cairn_visit_held_fn add =
            [](cairn_object* object, size_t references, size_t roots, void* data) {
                EXPECT_EQ(roots, 0u);
                (*static_cast<std::map<cairn_object*, size_t>*>(data))[object] = references;
                return 1;
            };
        EXPECT_EQ(cairn_visit_held(heap_, add, &found), CAIRN_OK);
        for (cairn_object* object : objects_) {
            EXPECT_GE(left_.at(object), 0);
            EXPECT_EQ(found.count(object), is_held(object) ? 1u : 0u);
            EXPECT_EQ(found[object], static_cast<size_t>(left_.at(object)));
        }
        EXPECT_EQ(found.size(), objects_.size());  // The lines above made the rest.
    }

    struct Row {
        size_t objects = 0;
        size_t bytes = 0;
        size_t held = 0;
        bool operator==(const Row& other) const {
            return objects == other.objects && bytes == other.bytes && held == other.held;
        }
    };
    using Rows = std::map<const cairn_type*, Row>;

    static int add_row(const cairn_census_row* row, void* data) {
        (*static_cast<Rows*>(data))[row->type] = {row->objects, row->bytes, row->held};
        return 1;
    }

    template <typename F>
    [[nodiscard]] Rows rows_of(F is_counted) const {
        Rows rows;
        for (cairn_object* object : objects_) {
            if (is_counted(object)) {
                Row& row = rows[cairn_type_of(object)];
                ++row.objects;
                row.bytes += cairn_object_size(object);
                row.held += is_held(object) ? 1U : 0U;
            }
        }
        return rows;
    }

    void check_census() const {
        Rows found;
        EXPECT_EQ(cairn_census(heap_, add_row, &found), CAIRN_OK);
        EXPECT_TRUE(found == rows_of([](cairn_object*) { return true; }));
    }

    void check_growth(uint64_t mark, const std::set<cairn_object*>& newer) const {
        for (cairn_object* object : objects_) {
            EXPECT_EQ(cairn_is_newer(object, mark) != 0, newer.count(object) != 0);
        }
        Rows found;
        EXPECT_EQ(cairn_census_since(heap_, mark, add_row, &found), CAIRN_OK);
        EXPECT_TRUE(found ==
                    rows_of([&](cairn_object* object) { return newer.count(object) != 0; }));
    }

    void check_snapshot() const {
        const SnapshotFile file = take_snapshot(heap_);
        ASSERT_GE(file.nodes.size(), objects_.size());
        const size_t first = file.nodes.size() - objects_.size();
        EXPECT_EQ(first, 7u);
        for (size_t i = 0; i < objects_.size(); ++i) {
            EXPECT_EQ(file.nodes[first + i].self_size, cairn_object_size(objects_[i]));
            EXPECT_TRUE(has_weak_containers_ ||
                        file.nodes[first + i].edge_count == edges_.at(objects_[i]).size());
        }
    }

    void check_lists_of(cairn_object* object) const {
        Objects referents;
        for (const Edge& edge : edges_.at(object)) {
            if (!edge.is_weak()) {
                referents.push_back(edge.to);
            }
        }
        Objects refs;
        for (cairn_object* from : objects_) {
            if (cairn_is_weakref(from) && !edges_.at(from).empty() &&
                edges_.at(from).front().is_weak() && edges_.at(from).front().to == object) {
                refs.push_back(from);
            }
        }
        cairn_objects list = {};
        EXPECT_EQ(cairn_get_referents(object, &list), CAIRN_OK);
        const Objects found = sorted(list);
        EXPECT_TRUE(has_weak_containers_ || found == sorted(referents));
        EXPECT_EQ(cairn_get_weakrefs(object, &list), CAIRN_OK);
        EXPECT_EQ(sorted(list), sorted(refs));
    }

    /// Trial deletion of what it reaches, as the header says.
    void check_retained(cairn_object* object) const {
        std::map<cairn_object*, long> outside = {{object, 0}};
        Objects closure = {object};
        for (size_t i = 0; i < closure.size(); ++i) {
            for (const Edge& edge : edges_.at(closure[i])) {
                if (!edge.is_weak() && outside.emplace(edge.to, cairn_refcount(edge.to)).second) {
                    closure.push_back(edge.to);
                }
            }
        }
        for (cairn_object* from : closure) {
            for (const Edge& edge : edges_.at(from)) {
                outside[edge.to] -= edge.is_weak() || edge.to == object ? 0 : 1;
            }
        }
        Objects rescued;
        std::set<cairn_object*> is_rescued;
        for (cairn_object* member : closure) {
            if (outside[member] > 0 && is_rescued.insert(member).second) {
                rescued.push_back(member);
            }
        }
        for (size_t i = 0; i < rescued.size(); ++i) {
            for (const Edge& edge : edges_.at(rescued[i])) {
                if (!edge.is_weak() && is_rescued.insert(edge.to).second) {
                    rescued.push_back(edge.to);
                }
            }
        }
        Objects dying;
        for (cairn_object* member : closure) {
            if (is_rescued.count(member) == 0) {
                dying.push_back(member);
            }
        }
        Objects found;
        cairn_retained_size size = {};
        EXPECT_EQ(cairn_retained(heap_, &object, 1, &size, add_object, &found), CAIRN_OK);
        EXPECT_EQ(sorted(found), sorted(dying));
        EXPECT_EQ(size.objects, dying.size());
    }

    /// How many steps from a held object; none for what is garbage.
    [[nodiscard]] std::map<cairn_object*, size_t> distances() const {
        std::map<cairn_object*, size_t> found;
        Objects queue;
        for (cairn_object* object : objects_) {
            if (is_held(object)) {
                found[object] = 1;
                queue.push_back(object);
            }
        }
        for (size_t i = 0; i < queue.size(); ++i) {
            for (const Edge& edge : edges_.at(queue[i])) {
                if (!edge.is_weak() && found.emplace(edge.to, found[queue[i]] + 1).second) {
                    queue.push_back(edge.to);
                }
            }
        }
        return found;
    }

    void check_paths() const {
        const std::map<cairn_object*, size_t> lengths = distances();
        for (size_t i = 0; i < objects_.size(); i += step_) {
            std::vector<cairn_path_step> steps;
            const cairn_visit_path_fn add = [](const cairn_path_step* step, void* data) {
                static_cast<std::vector<cairn_path_step>*>(data)->push_back(*step);
                return 1;
            };
            const cairn_status status = cairn_path_to_root(objects_[i], add, &steps);
            if (!has_weak_containers_) {
                const auto length = lengths.find(objects_[i]);
                EXPECT_EQ(status, length == lengths.end() ? CAIRN_NOT_FOUND : CAIRN_OK);
                EXPECT_EQ(steps.size(), length == lengths.end() ? 0 : length->second);
            }
            for (size_t at = 0; at < steps.size(); ++at) {
                EXPECT_TRUE(at == 0 ? is_held(steps[0].object)
                                    : refers_to(steps[at - 1].object, steps[at].object));
            }
            EXPECT_TRUE(steps.empty() || steps.back().object == objects_[i]);
        }
    }

    cairn_heap* heap_;
    size_t step_ = 1;
    Objects objects_;
    std::set<cairn_object*> is_there_;
    std::map<cairn_object*, long> left_;
    std::map<cairn_object*, std::vector<Edge>> edges_;
    bool has_weak_containers_ = false;
};

}  // namespace cairn_test

#endif
