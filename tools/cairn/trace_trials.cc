// SPDX-License-Identifier: MIT
#include "trace_trials.h"

#include <cstdlib>

#include <fmt/format.h>

#include "cairn/testing.h"
#include "trace_operations.h"

namespace tool {
namespace {

/// An allocator that counts what is out, and can refuse one block.
struct Ledger {
    size_t blocks = 0;
    size_t bytes = 0;
    uint64_t requests = 0;
    uint64_t refuse_at = 0;  ///< 0: none

    static void* allocate(size_t size, size_t alignment, void* user_data) {
        auto* ledger = static_cast<Ledger*>(user_data);
        void* block = nullptr;
        const size_t least = alignment < sizeof(void*) ? sizeof(void*) : alignment;
        if (++ledger->requests == ledger->refuse_at || posix_memalign(&block, least, size) != 0) {
            return nullptr;
        }
        ++ledger->blocks;
        ledger->bytes += size;
        return block;
    }

    static void release(void* block, size_t size, size_t /*alignment*/, void* user_data) {
        auto* ledger = static_cast<Ledger*>(user_data);
        --ledger->blocks;
        ledger->bytes -= size;
        free(block);
    }
};

/// Counts over the runs of one sweep.
struct SweepCounts {
    uint64_t failures = 0;  ///< requests and blocks that failed
    uint64_t refused = 0;   ///< operations that said so
    uint64_t absorbed = 0;  ///< failures inside actions, collections and `exit`
};

enum class Failing { kRequest, kBlock };

/// One run of a trace in which the memory request or block number `at` fails.
class FailingRun {
  public:
    FailingRun(Failing what, uint64_t at, const TraceOptions& options)
        : what_(what),
          at_(at),
          declares_roots_(options.declare_roots),
          machine_(machine_options(options)) {
        ledger_.refuse_at = what == Failing::kBlock ? at : 0;
    }

    /// Runs it all. Returns whether the failure came about.
    bool run(const std::vector<std::string>& lines, SweepCounts& counts) {
        const bool has_heap = machine_.make_heap();
        if (has_heap) {
            if (what_ == Failing::kRequest) {
                cairn_fail_allocation_for_testing(machine_.heap(), at_);
                base_ = cairn_allocation_requests_for_testing(machine_.heap());
            }
            if (machine_.make_types()) {
                run_lines(lines, counts);
            } else {
                ++counts.refused;
                check_heap("the making of types");
            }
        } else {
            ++counts.refused;
        }
        const bool has_failed = failed();
        ledger_.refuse_at = 0;
        if (has_heap) {
            for (std::string& problem : machine_.end()) {
                problems_.push_back(std::move(problem));
            }
        }
        if (ledger_.blocks != 0 || ledger_.bytes != 0) {
            problems_.push_back(fmt::format(
                "{} blocks ({} bytes) were not given back", ledger_.blocks, ledger_.bytes));
        }
        return has_failed;
    }

    [[nodiscard]] std::vector<std::string> take_problems() { return std::move(problems_); }

  private:
    MachineOptions machine_options(const TraceOptions& options) {
        allocator_.allocate = Ledger::allocate;
        allocator_.release = Ledger::release;
        allocator_.user_data = &ledger_;
        MachineOptions machine_options;
        machine_options.declare_roots = options.declare_roots;
        machine_options.unordered = options.unordered;
        machine_options.allocator = &allocator_;
        return machine_options;
    }

    [[nodiscard]] bool failed() const {
        if (what_ == Failing::kBlock) {
            return ledger_.requests >= at_;
        }
        return machine_.heap() != nullptr &&
               cairn_allocation_requests_for_testing(machine_.heap()) - base_ >= at_;
    }

    void run_lines(const std::vector<std::string>& lines, SweepCounts& counts) {
        for (const std::string& line : lines) {
            if (run_line(line, counts) == Outcome::kExit) {
                return;
            }
        }
        run_line("exit", counts);
    }

    Outcome run_line(std::string_view line, SweepCounts& counts) {
        const bool had_failed = failed();
        const uint64_t before = had_failed ? 0 : machine_.fingerprint();
        const uint64_t events_before = machine_.event_count();
        const Outcome outcome = run_operation(machine_, line);
        const bool fails_here = !had_failed && failed();
        if (outcome == Outcome::kNoMemory) {
            ++counts.refused;
            if (!fails_here) {
                problems_.push_back(fmt::format("no memory for '{}', where none failed", line));
            } else if (machine_.fingerprint() != before && !may_be_done_in_part(line)) {
                problems_.push_back(fmt::format("'{}' failed and changed something", line));
            }
        } else if (fails_here) {
            ++counts.absorbed;
            if (machine_.event_count() == events_before && must_say_so(line)) {
                problems_.push_back(fmt::format("'{}' does not say that it failed", line));
            }
        }
        if (fails_here) {
            check_heap(line);
        }
        return outcome;
    }

    /// An update keeps the entries that it stored before it ran out of memory.
    static bool may_be_done_in_part(std::string_view line) {
        return line.substr(0, line.find(' ')).ends_with("_update");
    }

    /// A refused block can be made up for by a smaller one; a collection may leave its garbage to
    /// the next; a root need not be declared. Anything else that met no user code has itself to
    /// speak of a failed request.
    [[nodiscard]] bool must_say_so(std::string_view line) const {
        return what_ == Failing::kRequest && !declares_roots_ && !line.starts_with("collect") &&
               line != "exit";
    }

    void check_heap(std::string_view where) {
        if (cairn_verify_for_testing(machine_.heap()) == 0) {
            problems_.push_back(fmt::format("the verifier is not content after '{}'", where));
        }
    }

    Failing what_;
    uint64_t at_;
    bool declares_roots_;
    uint64_t base_ = 0;
    Ledger ledger_;
    cairn_allocator allocator_ = {};
    Machine machine_;
    std::vector<std::string> problems_;
};

}  // namespace

TrialResult run_trace(const std::vector<std::string>& lines, const TraceOptions& options) {
    TrialResult result;
    MachineOptions machine_options;
    machine_options.collect_every = options.collect_every;
    machine_options.declare_roots = options.declare_roots;
    machine_options.unordered = options.unordered;
    Machine machine(machine_options);
    if (!machine.make_heap() || !machine.make_types()) {
        result.problems.emplace_back("no memory for a heap");
        return result;
    }
    const auto run_line = [&](std::string_view line) {
        const Outcome outcome = run_operation(machine, line);
        if (options.verify && cairn_verify_for_testing(machine.heap()) == 0) {
            result.problems.push_back(fmt::format("the verifier is not content after '{}'", line));
        }
        return outcome;
    };
    bool is_over = false;
    for (size_t i = 0; i < lines.size() && !is_over; ++i) {
        is_over = run_line(lines[i]) == Outcome::kExit;
    }
    if (!is_over) {
        run_line("exit");
    }
    for (std::string& problem : machine.end()) {
        result.problems.push_back(std::move(problem));
    }
    result.full_collections = machine.root_counts().full_collections;
    result.marked = machine.root_counts().marked;
    result.output = machine.take_log();
    return result;
}

TrialResult sweep_failures(const std::vector<std::string>& lines, const TraceOptions& options) {
    TrialResult result;
    SweepCounts counts;
    for (const Failing what : {Failing::kRequest, Failing::kBlock}) {
        bool has_failed = true;
        for (uint64_t at = 1; has_failed; ++at) {
            FailingRun run(what, at, options);
            has_failed = run.run(lines, counts);
            counts.failures += has_failed ? 1 : 0;
            for (const std::string& problem : run.take_problems()) {
                result.problems.push_back(
                    fmt::format("{} {} failing: {}",
                                what == Failing::kRequest ? "request" : "block",
                                at,
                                problem));
            }
        }
    }
    result.output = fmt::format("{} failures: {} operations refused, {} absorbed\n",
                                counts.failures,
                                counts.refused,
                                counts.absorbed);
    return result;
}

}  // namespace tool
