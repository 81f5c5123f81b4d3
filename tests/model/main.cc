// SPDX-License-Identifier: MIT
/// Runs random programs, each in a process of its own when it is to be shrunk.
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string>
#include <sys/wait.h>
#include <unistd.h>

#include "program.h"

namespace {

using cairn_model::Plan;

struct Arguments {
    uint32_t seed = 1;
    uint32_t count = 1000;
    size_t length = 60;
};

/// Runs a program in a child, so that a crash is a failure like others.
bool fails(const Plan& plan, bool prints) {
    std::fflush(nullptr);
    const pid_t child = fork();
    if (child == 0) {
        if (!prints && std::freopen("/dev/null", "w", stderr) == nullptr) {
            _exit(2);
        }
        cairn_model::Program program(plan);
        const std::string failure = program.run();
        std::fprintf(stderr, "%s\n", failure.c_str());
        _exit(failure.empty() ? 0 : 1);
    }
    int status = 0;
    return waitpid(child, &status, 0) == child && status != 0;
}

/// Leaves out operations, first many at once, as long as the program still fails.
Plan shrink(Plan plan) {
    for (size_t share = plan.operations.size() / 2; share > 0; share /= 2) {
        for (size_t from = 0; from < plan.operations.size();) {
            Plan smaller = plan;
            const size_t to = std::min(from + share, plan.operations.size());
            smaller.operations.erase(smaller.operations.begin() + static_cast<std::ptrdiff_t>(from),
                                     smaller.operations.begin() + static_cast<std::ptrdiff_t>(to));
            if (fails(smaller, false)) {
                plan = smaller;
            } else {
                from += share;
            }
        }
    }
    return plan;
}

void report(uint32_t seed, const Arguments& arguments) {
    const Plan shrunk = shrink(cairn_model::plan_of(seed, arguments.length));
    std::fprintf(stderr,
                 "seed %u with length %zu fails; what is left of it:\n%s",
                 seed,
                 arguments.length,
                 text_of(shrunk).c_str());
    (void)fails(shrunk, true);
}

/// Runs seeds in a child; returns how many passed.
uint32_t passed(uint32_t first, uint32_t count, size_t length) {
    int pipe_ends[2];
    if (pipe(pipe_ends) != 0) {
        std::exit(2);
    }
    std::fflush(nullptr);
    const pid_t child = fork();
    if (child == 0) {
        for (uint32_t i = 0; i < count; ++i) {
            const Plan plan = cairn_model::plan_of(first + i, length);
            cairn_model::Program program(plan);
            if (!program.run().empty() || write(pipe_ends[1], "", 1) != 1) {
                _exit(1);
            }
        }
        _exit(0);
    }
    close(pipe_ends[1]);
    uint32_t result = 0;
    char buffer[256];
    for (ssize_t n = 0; (n = read(pipe_ends[0], buffer, sizeof buffer)) > 0;) {
        result += static_cast<uint32_t>(n);
    }
    close(pipe_ends[0]);
    int status = 0;
    const bool ended = waitpid(child, &status, 0) == child && status == 0;
    return ended ? count : std::min(result, count - 1);
}

bool parse(int argc, char** argv, Arguments& arguments) {
    for (int i = 1; i + 1 < argc; i += 2) {
        const unsigned long number = std::strtoul(argv[i + 1], nullptr, 10);
        if (std::strcmp(argv[i], "--seed") == 0) {
            arguments.seed = static_cast<uint32_t>(number);
        } else if (std::strcmp(argv[i], "--count") == 0) {
            arguments.count = static_cast<uint32_t>(number);
        } else if (std::strcmp(argv[i], "--length") == 0) {
            arguments.length = number;
        } else {
            return false;
        }
    }
    return argc % 2 == 1 && arguments.count > 0;
}

}  // namespace

int main(int argc, char** argv) {
    Arguments arguments;
    if (!parse(argc, argv, arguments)) {
        std::fprintf(stderr, "usage: cairn_model [--seed N] [--count N] [--length N]\n");
        return 2;
    }
    std::printf("seeds %u to %u, %zu operations each\n",
                arguments.seed,
                arguments.seed + arguments.count - 1,
                arguments.length);
    const uint32_t good = passed(arguments.seed, arguments.count, arguments.length);
    if (good < arguments.count) {
        report(arguments.seed + good, arguments);
        return 1;
    }
    std::printf("all agree with the model\n");
    return 0;
}
