// SPDX-License-Identifier: MIT
#include "base/check.h"

#include <cstdio>
#include <cstdlib>

namespace cairn {

namespace {

// The one thing that heaps share: the process is about to end, whatever heap it was.
cairn_misuse_fn misuse_hook = nullptr;
void* misuse_data = nullptr;
bool is_ending = false;

}  // namespace

void set_misuse_hook(cairn_misuse_fn hook, void* user_data) {
    misuse_hook = hook;
    misuse_data = user_data;
}

void end_process(const char* report, cairn_object* object) {
    std::fprintf(stderr, "%s\n", report);
    if (misuse_hook != nullptr && !is_ending) {  // The hook may make the same mistake again.
        is_ending = true;
        misuse_hook(report, object, misuse_data);  // HOST CODE
    }
    std::abort();
}

void check_failed(const char* condition, const char* file, int line) {
    char report[512];
    (void)std::snprintf(
        report, sizeof report, "cairn: %s:%d: check failed: %s", file, line, condition);
    end_process(report, nullptr);
}

}  // namespace cairn
