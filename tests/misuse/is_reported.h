// SPDX-License-Identifier: MIT
/// Whether a checked build reports misuse, which ends the process.
#ifndef CAIRN_TESTS_MISUSE_IS_REPORTED_H
#define CAIRN_TESTS_MISUSE_IS_REPORTED_H

#include <cstring>
#include <sys/wait.h>
#include <unistd.h>

#include "cairn/cairn.h"

/// Makes the call wrongly, in a process of its own. Is there a report that holds `word`?
template <typename F>
bool is_reported(const char* word, F make_wrongly) {
    constexpr int kReported = 42;
    const pid_t child = fork();
    if (child == 0) {
        cairn_set_misuse_hook(
            [](const char* report, cairn_object*, void* wanted) {
                const auto* text = static_cast<const char*>(wanted);
                _exit(std::strstr(report, text) != nullptr ? kReported : 1);
            },
            const_cast<char*>(word));
        make_wrongly();
        _exit(0);
    }
    int status = 0;
    return waitpid(child, &status, 0) == child && WIFEXITED(status) &&
           WEXITSTATUS(status) == kReported;
}

#endif
