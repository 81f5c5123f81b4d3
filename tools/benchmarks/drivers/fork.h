// SPDX-License-Identifier: MIT
/// fork: how much of a heap a forked child copies when it collects.
#ifndef CAIRN_BENCHMARKS_FORK_H
#define CAIRN_BENCHMARKS_FORK_H

#include <sys/wait.h>

#include "workloads.h"

namespace bench {

/// MB of this process that it shares with no other because it has written to them.
inline double private_dirty_megabytes() {
    std::FILE* file = std::fopen("/proc/self/smaps_rollup", "r");
    expect(file != nullptr, "/proc/self/smaps_rollup can be read");
    unsigned long kib = 0;
    bool found = false;
    for (char line[256]; !found && std::fgets(line, sizeof(line), file) != nullptr;) {
        found = std::sscanf(line, "Private_Dirty: %lu", &kib) == 1;
    }
    std::fclose(file);
    expect(found, "/proc/self/smaps_rollup tells the private dirty bytes");
    return static_cast<double>(kib) * 1024 / 1e6;
}

/// A child of a process with n live nodes, local, held by few, collects once, in full: MB before
/// and after. Variant: plain, or frozen: everything was frozen before the fork.
template <class Peer>
void forked(Peer& peer, const Run& run) {
    if constexpr (requires { peer.collect(); }) {
        const bool frozen = run.variant == "frozen";
        const Shape shape = make_shape("local", run.n);
        Model model(shape);
        peer.places(run.n);
        build(peer, shape);
        hold_graph(peer, "few", model);
        peer.collect();
        model.collect();
        expect_live(peer, model.live());
        if (frozen) {
            if constexpr (requires { peer.freeze(); }) {
                peer.freeze();
            } else {
                unsupported();
            }
        }
        std::fflush(stdout);
        const pid_t child = fork();
        expect(child >= 0, "a fork");
        if (child == 0) {
            const double before = private_dirty_megabytes();
            peer.collect();
            const double after = private_dirty_megabytes();
            run.print("before", before);
            run.print("copied", after - before);
            std::_Exit(0);
        }
        int status = 0;
        expect(waitpid(child, &status, 0) == child && status == 0, "the child's end");
    } else {
        unsupported();
    }
}

}  // namespace bench

#endif
