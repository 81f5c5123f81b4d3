// SPDX-License-Identifier: MIT
/// What every driver shares: its command line, the clock, the lines it prints, its random numbers.
///
///     driver WORKLOAD N VARIANT [REPETITIONS]
///
/// prints one line a measurement, fields separated by tabs:
///
///     WORKLOAD VARIANT[/PART] N VALUE REPETITION
///
/// VALUE is nanoseconds of the thread's CPU time an operation unless the workload says otherwise.
/// Exit status: 0 done, 1 a check failed, 2 bad command line, 3 this peer has no such workload.
#ifndef CAIRN_BENCHMARKS_DRIVER_H
#define CAIRN_BENCHMARKS_DRIVER_H

#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <time.h>
#include <unistd.h>
#include <utility>
#include <vector>

#if __has_include(<valgrind/callgrind.h>)
#include <valgrind/callgrind.h>
#else
#define CALLGRIND_TOGGLE_COLLECT (void)0
#define CALLGRIND_ZERO_STATS (void)0
#define CALLGRIND_DUMP_STATS_AT(name) (void)(name)
#endif

namespace bench {

[[noreturn]] inline void fail(const char* what) {
    std::fflush(stdout);
    std::fprintf(stderr, "check failed: %s\n", what);
    std::exit(1);
}

inline void expect(bool condition, const char* what) {
    if (!condition) {
        fail(what);
    }
}

inline void expect_count(size_t got, size_t wanted, const char* what) {
    if (got != wanted) {
        std::fflush(stdout);
        std::fprintf(stderr, "check failed: %s: %zu, expected %zu\n", what, got, wanted);
        std::exit(1);
    }
}

/// CPU time of this thread: what other programs take of a shared machine does not count.
inline uint64_t now_ns() {
    timespec now = {};
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
    return static_cast<uint64_t>(now.tv_sec) * 1000000000U + static_cast<uint64_t>(now.tv_nsec);
}

/// Keeps the compiler from merging or moving memory accesses across this line.
inline void barrier() {
    __asm__ volatile("" ::: "memory");
}

/// Keeps the compiler from dropping the computation of `value`.
template <class T>
inline void keep(T value) {
    __asm__ volatile("" : : "g"(value) : "memory");
}

/// The same numbers in every driver, whatever its language: xorshift on 32 bits.
class Random {
  public:
    uint32_t next() {
        state_ ^= state_ << 13;
        state_ ^= state_ >> 17;
        state_ ^= state_ << 5;
        return state_;
    }
    uint32_t below(size_t bound) {
        return static_cast<uint32_t>((static_cast<uint64_t>(next()) * bound) >> 32);
    }

  private:
    uint32_t state_ = 2463534242U;
};

/// Not inlined, so that a profile can be restricted to what is below it on the stack.
template <class Work>
__attribute__((noinline)) void measured_part(Work& work) {
    work();
    barrier();  // Keeps the call from becoming a jump, which would leave no frame.
}

/// One line of the command: which workload, how large, in which variant, which repetition.
struct Run {
    std::string workload;
    std::string variant;
    size_t n = 0;
    int repetition = 0;
    bool last = true;  ///< nothing is measured afterwards: what is left need not be freed

    void print(const std::string& part, double value) const {
        const std::string name = part.empty() ? variant : variant + "/" + part;
        std::printf(
            "%s\t%s\t%zu\t%.4f\t%d\n", workload.c_str(), name.c_str(), n, value, repetition);
        std::fflush(stdout);
    }

    /// Runs `work`, which does `operations` operations, and prints nanoseconds for one. Under
    /// callgrind only what happens inside is counted, and dumped under the same name.
    template <class Work>
    uint64_t measure(const std::string& part, size_t operations, Work work) const {
        CALLGRIND_ZERO_STATS;
        CALLGRIND_TOGGLE_COLLECT;
        const uint64_t start = now_ns();
        measured_part(work);
        const uint64_t spent = now_ns() - start;
        CALLGRIND_TOGGLE_COLLECT;
        const std::string name = workload + " " + variant + (part.empty() ? "" : "/" + part);
        CALLGRIND_DUMP_STATS_AT(name.c_str());
        print(part, static_cast<double>(spent) / static_cast<double>(operations));
        return spent;
    }
};

/// Resident bytes of this process.
inline size_t resident_bytes() {
    std::FILE* file = std::fopen("/proc/self/statm", "r");
    unsigned long total = 0;
    unsigned long resident = 0;
    const int fields = file == nullptr ? 0 : std::fscanf(file, "%lu %lu", &total, &resident);
    expect(fields == 2, "/proc/self/statm tells the resident size");
    std::fclose(file);
    return resident * static_cast<size_t>(sysconf(_SC_PAGESIZE));
}

/// The numbers 0 to n-1 in a random order.
inline std::vector<uint32_t> shuffled(size_t n) {
    std::vector<uint32_t> order(n);
    for (size_t i = 0; i < n; ++i) {
        order[i] = static_cast<uint32_t>(i);
    }
    Random random;
    for (size_t i = n; i > 1; --i) {
        std::swap(order[i - 1], order[random.below(i)]);
    }
    return order;
}

}  // namespace bench

#endif
