// SPDX-License-Identifier: MIT
#include "collect/leaks.h"

#include <cinttypes>
#include <cstdio>

#include "heap/cells.h"
#include "heap/sample.h"
#include "object/repr.h"
#include "object/walk.h"

namespace cairn {

namespace {

constexpr size_t kMostTexts = 3;

// The leaked objects of one type.
struct LeakSum {
    size_t count;
    size_t held;       // by the host: they have more references than leaked objects own
    size_t untracked;  // of a type that is tracked by hand
    size_t texts;
    const cairn_object* shown[kMostTexts];
};

class LeakReport {
  public:
    explicit LeakReport(cairn_heap* heap) : heap_(heap) {
        scratch_.allocator = default_allocator();
    }
    ~LeakReport() {
        edges_.release(scratch_);
        sums_.release(scratch_);
    }
    LeakReport(const LeakReport&) = delete;
    LeakReport& operator=(const LeakReport&) = delete;

    // False: memory is out.
    bool gather() {
        for_each_object(heap_, [this](cairn_object* object) {
            if (!may_be_half_built(object)) {
                for_each_referent<Walked::kAll>(
                    object, [this](const cairn_object* referent) { count(referent); });
            }
        });
        for_each_object(heap_, [this](const cairn_object* object) { add(object); });
        return !out_of_memory_;
    }

    void write() const {
        if (objects_ == 0) {
            return;
        }
        std::fprintf(stderr,
                     "cairn: leak: %zu object(s) are alive at the end of the heap, %zu held by the "
                     "host\n",
                     objects_,
                     held_);
        for (const cairn_type* type = heap_->types; type != nullptr; type = type->next) {
            if (const LeakSum* sum = sums_.find(type)) {
                write_sum(type, *sum);
            }
        }
    }

  private:
    void count(const cairn_object* referent) {
        uint64_t* edges = edges_.find_or_add(scratch_, referent);
        out_of_memory_ |= edges == nullptr;
        *(edges == nullptr ? &lost_ : edges) += 1;
    }

    [[nodiscard]] bool is_held(const cairn_object* object) const {
        const uint64_t* edges = edges_.find(object);
        return object->refcount > (edges == nullptr ? 0 : *edges);
    }

    void add(const cairn_object* object) {
        if (is_immortal(object)) {
            return;
        }
        LeakSum* sum = sums_.find_or_add(scratch_, object->type);
        if (sum == nullptr) {
            out_of_memory_ = true;
            return;
        }
        const bool held = is_held(object);
        ++objects_;
        ++sum->count;
        held_ += held;
        sum->held += held;
        sum->untracked += object->type->is_container && *side_of(object) == kUntracked &&
                          !object->type->tracked_at_birth;
        // Those that the host holds are what it looks for.
        if (held && sum->texts < kMostTexts) {
            sum->shown[sum->texts++] = object;
        }
    }

    void write_sum(const cairn_type* type, const LeakSum& sum) const {
        std::fprintf(stderr,
                     "cairn: leak: %zu of type %s, %zu held by the host",
                     sum.count,
                     type->name,
                     sum.held);
        if (sum.untracked > 0) {
            std::fprintf(stderr, ", %zu never tracked", sum.untracked);
        }
        const char* before = ": ";
        for (size_t i = 0; i < sum.texts; ++i) {
            char text[120];
            (void)repr(sum.shown[i], text, sizeof text);  // HOST CODE
            std::fprintf(stderr, "%s%s", before, text);
            const uint32_t place = site_place(heap_, sum.shown[i]);
            if (place != UINT32_MAX) {
                std::fprintf(stderr, " made at site %" PRIu32, heap_->sampler.sums[place].site);
            }
            before = ", ";
        }
        std::fputs(sum.texts < sum.held ? ", ...\n" : "\n", stderr);
    }

    cairn_heap* heap_;
    Memory scratch_;
    PointerMap<uint64_t> edges_;
    PointerMap<LeakSum> sums_;
    size_t objects_ = 0;
    size_t held_ = 0;
    uint64_t lost_ = 0;
    bool out_of_memory_ = false;
};

}  // namespace

void report_leaks(cairn_heap* heap) {
    LeakReport report(heap);
    if (report.gather()) {
        report.write();
    } else {
        std::fputs("cairn: leak: memory for the report ran out\n", stderr);
    }
}

}  // namespace cairn
