// SPDX-License-Identifier: MIT
#include "inspect/held.h"

#include <algorithm>

#include "object/host_call.h"

namespace cairn {

bool Residues::start() {
    bool complete = true;
    std::fill_n(low_.begin(), low_.size(), uint8_t{0});
    index_.for_each_in(
        first_, first_ + low_.size(), [this, &complete](cairn_object* object, size_t number) {
            low_[number - first_] = static_cast<uint8_t>(object->refcount);
            if (object->refcount >= kHub && !is_immortal(object)) {
                uint32_t* hub = hubs_.find_or_add(heap_->memory, object);
                complete = complete && hub != nullptr;
                if (hub != nullptr) {
                    *hub = object->refcount;
                }
            }
        });
    return complete;
}

void Residues::account_hub(const cairn_object* object) const {
    if (uint32_t* hub = hubs_.find(object)) {
        --*hub;
    }
}

bool Residues::count(size_t first, size_t end, bool roots) {
    first_ = first;
    hubs_.clear();
    if (!low_.resize(heap_->memory, end - first) || !start()) {
        return false;
    }
    for_each_page(heap_, container_pages, [this](Page* page) {
        with_walk_of<Walked::kAll>(page, [&](auto for_each_ref) {
            for_each_object_on(page, [&](cairn_object* object, size_t) {
                if (!may_be_half_built(object)) {
                    for_each_ref(object, [this](cairn_object* to) { account(to); });
                }
            });
        });
    });
    for_each_library_reference(heap_, [this](const cairn_object* object) { account(object); });
    if (roots) {
        for_each_root(heap_, [this](const cairn_object* object, auto) { account(object); });
    }
    return true;
}

void Residues::free_tables() {
    low_.release(heap_->memory);
    hubs_.release(heap_->memory);
}

namespace {

// How many roots lead to each object that roots lead to.
class RootCounts {
  public:
    explicit RootCounts(cairn_heap* heap) : heap_(heap) {}
    ~RootCounts() { counts_.release(heap_->memory); }
    RootCounts(const RootCounts&) = delete;
    RootCounts& operator=(const RootCounts&) = delete;

    [[nodiscard]] bool build() {
        bool complete = true;
        for_each_root(heap_, [&](const cairn_object* object, auto) {
            size_t* count = complete ? counts_.find_or_add(heap_->memory, object) : nullptr;
            complete = count != nullptr;
            if (count != nullptr) {
                ++*count;
            }
        });
        return complete;
    }

    [[nodiscard]] size_t of(const cairn_object* object) const {
        const size_t* count = counts_.find(object);
        return count == nullptr ? 0 : *count;
    }

  private:
    cairn_heap* heap_;
    PointerMap<size_t> counts_;
};

}  // namespace

cairn_status visit_held(cairn_heap* heap, cairn_visit_held_fn visit, void* visit_data) {
    CellIndex index(heap);
    Residues residues(heap, index);
    RootCounts roots(heap);
    if (!index.build() || !residues.count(0, index.size(), false) || !roots.build()) {
        return CAIRN_NO_MEMORY;
    }
    bool go_on = true;
    index.for_each([&](cairn_object* object, size_t number) {
        const uint32_t left = go_on ? residues.left(object, number) : 0;
        if (left > 0) {
            const HostCall call(heap, HostFunction::kVisit, object);
            go_on = visit(object, left, roots.of(object), visit_data) != 0;  // HOST CODE
        }
    });
    return CAIRN_OK;
}

}  // namespace cairn
