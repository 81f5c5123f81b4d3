// SPDX-License-Identifier: MIT
#include <cairn/cairn.h>
#include <cerrno>
#include <charconv>
#include <csignal>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <fcntl.h>
#include <memory>
#include <system_error>
#include <unistd.h>

#include "compile/compiler.h"
#include "core/eval.h"
#include "core/start.h"
#include "modules/modules.h"
#include "prompt.h"

namespace pebble {
namespace {

struct Command {
    StartOptions start;
    bool gc_stats = false;
    const char* gc_trace = nullptr;  ///< a file for collections, as events of Chrome's trace format
    const char* code = nullptr;
    const char* file = nullptr;
    bool tour = false;
    int first = 0;  ///< index of what becomes sys.argv[0]
};

constexpr const char* kUsage =
    "usage: pebble [--gc-stats] [--memory-limit MIB] [--collect-every N] [--collect-young-every "
    "N]\n"
    "              [--cpython-order] [--queue-finalizers] [--pause-target NS]\n"
    "              [--gc-trace FILE]\n"
    "              [FILE.py | -c CODE | -] [ARGS]...\n"
    "           run a program in the subset of Python 3.11 that docs/pebble.md describes; `-` is "
    "one\n"
    "           on standard input; without a word, at a terminal, a prompt\n"
    "       pebble --tour\n"
    "           see what the heap does: a program that explains and shows it\n"
    "       pebble --help | --version\n";

/// Reads a whole number up to `most`. `text` is NULL where no word is left.
bool parse_number(const char* text, uint64_t* out, uint64_t most = UINT64_MAX) {
    if (text == nullptr) {
        return false;
    }
    const char* const end = text + strlen(text);
    const auto [rest, error] = std::from_chars(text, end, *out);
    return error == std::errc() && rest == end && *out <= most;
}

bool parse_command(int argc, char** argv, Command* command) {
    int i = 1;
    for (; i < argc && argv[i][0] == '-' && argv[i][1] != '\0'; ++i) {
        const std::string_view word = argv[i];
        uint64_t number = 0;
        if (word == "--tour") {
            command->tour = command->start.cpython_order = true;  // it tells who dies first
        } else if (word == "--gc-stats") {
            command->gc_stats = true;
        } else if (word == "--gc-trace" && i + 1 < argc) {
            command->gc_trace = argv[++i];
        } else if (word == "--cpython-order") {
            command->start.cpython_order = true;
        } else if (word == "--queue-finalizers") {
            command->start.queue_finalizers = true;
        } else if (word == "--memory-limit" && parse_number(argv[i + 1], &number, SIZE_MAX >> 20)) {
            command->start.memory_limit = number << 20;
            ++i;
        } else if (word == "--pause-target" && parse_number(argv[i + 1], &number)) {
            command->start.pause_target = number;
            ++i;
        } else if (word == "--collect-every" && parse_number(argv[i + 1], &number)) {
            command->start.collect_every = number;
            ++i;
        } else if (word == "--collect-young-every" && parse_number(argv[i + 1], &number)) {
            command->start.young_every = number;
            ++i;
        } else if (word == "-c" && i + 1 < argc) {
            command->code = argv[i + 1];
            command->first = i + 1;
            return true;
        } else {
            return false;
        }
    }
    command->file = i < argc && strcmp(argv[i], "-") != 0 ? argv[i] : nullptr;
    command->first = i;
    return true;
}

cairn_status print_collection(cairn_heap*, cairn_gc_phase phase, const cairn_gc_info* info, void*) {
    if (phase == CAIRN_GC_STOP) {
        fprintf(stderr,
                "gc: generation %d, %zu examined, %zu freed, %zu kept, %.3f ms%s\n",
                info->generation,
                info->candidates,
                info->collected,
                info->uncollectable,
                static_cast<double>(info->duration_ns) / 1e6,
                info->automatic != 0 ? "" : " (asked for)");
    }
    return CAIRN_OK;
}

int write_part(const void* data, size_t size, void* file) {
    return fwrite(data, 1, size, static_cast<FILE*>(file)) == size ? 1 : 0;
}

/// The trace that the program's collections go to, from main()'s start to its end.
class Trace {
  public:
    /// False, with errno set, if the file cannot be written.
    bool start(const char* path) {
        file_ = fopen(path, "w");
        return file_ != nullptr && cairn_gc_trace_start(vm.heap, write_part, file_) == CAIRN_OK;
    }
    /// Before the heap ends. False if not all was written.
    bool stop() {
        if (file_ == nullptr) {
            return true;
        }
        cairn_gc_trace_stop(vm.heap);
        const bool failed = ferror(file_) != 0;
        return fclose(file_) == 0 && !failed;
    }

  private:
    FILE* file_ = nullptr;
};

void on_interrupt(int) {
    vm.interrupted = true;
}

/// The status that an uncaught exception ends the program with, after it was printed.
int report_uncaught() {
    Ref exception = fetch();
    if (is_instance(exception, vm.exceptions.SystemExit)) {
        Ref code = find_attribute(exception, intern("code"));
        if (!code || is_none(code)) {
            return 0;
        }
        if (is_bool(code)) {
            return code.get() == truth(true) ? 1 : 0;
        }
        if (is_small(code)) {
            return static_cast<int>(small_value(code) & 0xFF);
        }
        Ref text = str(code);
        write_stream(vm.names.stderr_, text ? std::string(view(text)) + "\n" : "\n");
        return 1;
    }
    Value sys = nullptr;
    dict_find(vm.modules, val(intern("sys")), &sys);
    Ref hook = sys != nullptr ? find_attribute(sys, vm.names.excepthook) : Ref();
    Value traceback = exception.as<Exception>()->traceback;
    fflush(stdout);
    if (!hook ||
        !call(hook,
              {val(class_of(exception)), exception, traceback != nullptr ? traceback : none()})) {
        fetch();
        print_exception(exception);
    }
    return is_instance(exception, vm.exceptions.KeyboardInterrupt) ? 130 : 1;
}

/// Makes __main__ and runs `text` in it.
int run_program(const std::string& name, std::string text, bool is_file) {
    Ref main = new_module("__main__");
    if (!main || !dict_set_name(vm.modules, vm.names.main, main)) {
        return report_uncaught();
    }
    Dict* globals = main.as<Module>()->dict;
    Value builtins = nullptr;
    dict_find(vm.modules, val(intern("builtins")), &builtins);
    dict_set_name(globals, vm.names.builtins, builtins);
    if (is_file) {
        dict_set_name(globals, vm.names.file, new_str(name).get());
    }
    main.reset();
    Ref code = compile_source(std::make_shared<Source>(name, std::move(text)), CompileMode::Module);
    Ref result = code ? run_code(code, globals, nullptr) : Ref();
    return result ? 0 : report_uncaught();
}

std::string read_standard_input() {
    std::string text;
    for (int c; (c = getchar()) != EOF;) {
        text += static_cast<char>(c);
    }
    return text;
}

/// What could not be written was not printed: a full disk must not look well. As in CPython,
/// nothing is expected to be printed where there is no standard output.
int check_output(int status) {
    if ((fflush(stdout) == 0 && ferror(stdout) == 0) || fcntl(STDOUT_FILENO, F_GETFD) == -1) {
        return status;
    }
    fputs("pebble: standard output cannot be written\n", stderr);
    return status == 0 ? 1 : status;
}

int puts_all(const char* text) {
    fputs(text, stdout);
    return check_output(0);
}

int run_tour() {
    static char name[] = "tour";
    char* argv[] = {name, nullptr};
    set_arguments("", 1, argv);
    return run_program("<tour>", kTour, false);
}

int run_command(const Command& command, int argc, char** argv) {
    if (command.tour) {
        return run_tour();
    }
    char* absolute = command.file != nullptr ? realpath(command.file, nullptr) : nullptr;
    const std::string path = absolute != nullptr       ? absolute
                             : command.file != nullptr ? command.file
                                                       : "";
    free(absolute);
    const std::string folder = path.substr(0, path.find('/') == 0 ? path.rfind('/') : 0);
    static char dash_c[] = "-c";
    if (command.code != nullptr) {
        argv[command.first] = dash_c;
    }
    set_arguments(folder.c_str(), argc - command.first, argv + command.first);
    if (command.code != nullptr) {
        return run_program("<string>", command.code, false);
    }
    if (command.file == nullptr) {
        return is_terminal() ? run_prompt(report_uncaught)
                             : run_program("<stdin>", read_standard_input(), false);
    }
    std::string text;
    if (!read_file(path, &text)) {
        fprintf(stderr, "pebble: cannot read %s: %s\n", path.c_str(), strerror(errno));
        return 2;
    }
    return run_program(path, std::move(text), true);
}

}  // namespace
}  // namespace pebble

int main(int argc, char** argv) {
    using namespace pebble;
    Command command;
    const std::string_view word = argc == 2 ? argv[1] : "";
    if (word == "--help" || word == "--version") {
        return word == "--help" ? puts_all(kUsage) : puts_all("pebble " CAIRN_VERSION_STRING "\n");
    }
    if (!parse_command(argc, argv, &command)) {
        fputs(kUsage, stderr);
        return 2;
    }
    if (command.start.pause_target != 0 && command.start.cpython_order) {
        fputs("pebble: --pause-target: a heap in CPython's order collects in one piece\n", stderr);
        return 2;
    }
    if (!start(command.start)) {
        fputs("pebble: out of memory\n", stderr);
        return 1;
    }
    signal(SIGINT, on_interrupt);
    if (command.gc_stats) {
        cairn_gc_callback_add(vm.heap, print_collection, nullptr);
    }
    Trace trace;
    if (command.gc_trace != nullptr && !trace.start(command.gc_trace)) {
        fprintf(stderr, "pebble: cannot write %s: %s\n", command.gc_trace, strerror(errno));
        (void)trace.stop();
        stop();
        return 2;
    }
    int status = run_command(command, argc, argv);
    if (!trace.stop()) {
        fprintf(stderr, "pebble: cannot write %s\n", command.gc_trace);
        status = status == 0 ? 1 : status;
    }
    stop();
    return check_output(status);
}
