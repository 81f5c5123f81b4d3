// SPDX-License-Identifier: MIT
/// Fuzzing entry: any bytes are either a fault with a place, or a snapshot of which everything can
/// be computed.
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string_view>

#include "census.h"
#include "growth.h"
#include "paths.h"
#include "sites.h"
#include "snapshot_reader.h"

// The fuzzer's engine finds it by this name.
extern "C" int LLVMFuzzerTestOneInput(const uint8_t* bytes, size_t count);

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* bytes, size_t count) {
    using namespace tool::heap;
    ByteSource source(std::string_view(reinterpret_cast<const char*>(bytes), count));
    Snapshot snapshot;
    try {
        snapshot = read_snapshot(source);
    } catch (const FileFault& fault) {
        if (fault.offset() > count) {
            std::abort();
        }
        return 0;
    }
    const HeapModel model = make_model(std::move(snapshot), "fuzz");
    const DominatedNodes dominated(model.dominators.dominator);
    uint64_t self = 0;
    for (const TypeRow& row : take_census(model, dominated)) {
        self += row.self;
    }
    if (self != model.retained[0]) {
        std::abort();
    }
    std::vector<Node> nodes;
    for (Node node = 0; node < model.snapshot.node_count(); ++node) {
        nodes.push_back(node);
        (void)node_text(model, node);
    }
    (void)merge_paths(model, nodes, 20);
    (void)path_to(model, model.snapshot.node_count() - 1);
    (void)compare(list_objects(model), model);
    (void)compress(make_profile(model));
    return 0;
}
