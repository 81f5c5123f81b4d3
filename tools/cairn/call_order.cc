// SPDX-License-Identifier: MIT
#include "call_order.h"

namespace tool {

void CallOrder::note_made(uint32_t reference, uint32_t object) {
    made_[reference] = {object, ++now_};
}

void CallOrder::note_callback(uint32_t reference) {
    const Made& made = made_.at(reference);
    const auto [place, is_first] = called_.try_emplace(made.object, Called{reference, ++now_});
    if (!is_first) {
        Called& last = place->second;
        if (reference > last.reference && made.at < last.at) {
            problems_.emplace_back("a callback was called before that of a newer weak reference");
        }
        last = {reference, now_};
    }
    check_phase();
}

void CallOrder::note_registered_finalizer() {
    check_phase();
}

void CallOrder::note_finalizer() {
    had_finalizer_ = true;
}

void CallOrder::check_phase() {
    if (in_full_collection_ && had_finalizer_ && !has_interference_) {
        problems_.emplace_back("a collection called a callback after a finalizer");
    }
}

void CallOrder::note_phase(cairn_gc_phase phase, int generation) {
    in_full_collection_ = phase == CAIRN_GC_START && generation == CAIRN_GENERATIONS - 1;
    had_finalizer_ = false;
}

}  // namespace tool
