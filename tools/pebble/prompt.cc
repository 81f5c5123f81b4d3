// SPDX-License-Identifier: MIT
#include "prompt.h"

#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <editline/readline.h>
#include <memory>
#include <unistd.h>

#include "compile/compiler.h"
#include "core/eval.h"
#include "modules/modules.h"

namespace pebble {
namespace {

/// False: the end, or with an exception pending, Ctrl-C.
bool read_line(const char* prompt, std::string* out) {
    char* line = readline(prompt);
    if (!check_interrupt()) {
        putchar('\n');
        free(line);
        return false;
    }
    if (line == nullptr) {
        return false;
    }
    *out += line;
    *out += '\n';
    if (line[0] != '\0') {
        add_history(line);
    }
    free(line);
    return true;
}

/// Is this a compound statement, which ends with an empty line only?
bool is_compound(const std::string& text) {
    if (text[0] == '@' || text.find(":\n") != std::string::npos) {
        return true;
    }
    const std::string word = text.substr(0, text.find_first_of(" :\n"));
    return word == "if" || word == "while" || word == "for" || word == "try" || word == "with" ||
           word == "def" || word == "class";
}

/// Reads until the text compiles, cannot be mended, or a block ends with an empty line. Nothing
/// with `*end` set: the input is over.
Ref read_statement(int number, bool* end) {
    std::string text;
    if (!read_line(">>> ", &text)) {
        *end = !pending();
        return {};
    }
    for (;;) {
        bool incomplete = false;
        const std::string name = "<input " + std::to_string(number) + ">";
        Ref code =
            compile_source(std::make_shared<Source>(name, text), CompileMode::Prompt, &incomplete);
        const bool block = is_compound(text);
        const bool closed = text.size() >= 2 && text.compare(text.size() - 2, 2, "\n\n") == 0;
        if (!incomplete && (code ? !block || closed : true)) {
            return code;
        }
        Ref problem = pending() ? fetch() : Ref();
        if (incomplete && closed && problem) {
            return restore(std::move(problem));
        }
        if (!read_line("... ", &text)) {
            if (pending()) {
                return {};
            }
            *end = !problem;
            return problem ? Ref(restore(std::move(problem))) : Ref();
        }
    }
}

}  // namespace

bool is_terminal() {
    return isatty(0) != 0;
}

int run_prompt(int (*report)()) {
    // Ctrl-C ends the reading of a line.
    struct sigaction action = {};
    sigaction(SIGINT, nullptr, &action);
    action.sa_flags &= ~SA_RESTART;
    sigaction(SIGINT, &action, nullptr);
    printf("Pebble on Cairn %s: a subset of Python 3.11. Ctrl-D ends.\n", CAIRN_VERSION_STRING);
    Ref main = new_module("__main__");
    if (!main || !dict_set_name(vm.modules, vm.names.main, main)) {
        return report();
    }
    Dict* globals = main.as<Module>()->dict;
    Value builtins = nullptr;
    dict_find(vm.modules, val(intern("builtins")), &builtins);
    dict_set_name(globals, vm.names.builtins, builtins);
    main.reset();
    bool end = false;
    for (int number = 1;; ++number) {
        flush_streams();
        Ref code = read_statement(number, &end);
        if (end) {
            putchar('\n');
            return 0;
        }
        Ref result = code ? run_code(code, globals, nullptr) : Ref();
        if (!result) {
            const bool leaving = pending_is(vm.exceptions.SystemExit);
            const int status = report();
            if (leaving) {
                return status;
            }
        }
    }
}

}  // namespace pebble
