// SPDX-License-Identifier: MIT
#include <algorithm>
#include <cstdio>

#include "compile/code.h"
#include "core/eval.h"
#include "types/types.h"

namespace pebble {
namespace {

std::string_view strip(std::string_view text) {
    const size_t from = text.find_first_not_of(" \t\f");
    if (from == std::string_view::npos) {
        return {};
    }
    return text.substr(from, text.find_last_not_of(" \t\f") - from + 1);
}

/// The line of carets under a source line, or nothing when it would mark the whole line.
std::string carets(std::string_view line, const CodePlace& place) {
    if (place.at.from.line != place.at.to.line && place.at.from.column == 0) {
        return {};
    }
    const size_t indent = line.find_first_not_of(" \t\f");
    const auto width = [&](size_t column) {
        return utf8_length(line.substr(0, std::min(column, line.size())));
    };
    const auto from = static_cast<size_t>(place.at.from.column);
    // What goes on in the next line is marked up to the end of this one.
    const size_t to = place.at.to.line == place.at.from.line
                          ? static_cast<size_t>(place.at.to.column)
                          : indent + strip(line).size();
    if (indent == std::string_view::npos || from < indent || to <= from) {
        return {};
    }
    if (from == indent && to >= indent + strip(line).size()) {
        const bool anchored = place.anchor.from.column != place.at.from.column ||
                              place.anchor.to.column != place.at.to.column;
        if (!anchored || place.at.to.line != place.at.from.line) {
            return {};
        }
    }
    std::string marks(4, ' ');
    marks.append(width(from) - width(indent), ' ');
    const bool one_line = place.at.to.line == place.at.from.line &&
                          place.anchor.from.line == place.at.from.line &&
                          place.anchor.to.line == place.at.from.line;
    const bool anchored = one_line && (place.anchor.from.column != place.at.from.column ||
                                       place.anchor.to.column != place.at.to.column);
    for (size_t column = from; column < to; ++column) {
        if (column < line.size() && (line[column] & 0xC0) == 0x80) {
            continue;
        }
        const bool inside = column >= static_cast<size_t>(place.anchor.from.column) &&
                            column < static_cast<size_t>(place.anchor.to.column);
        marks += !anchored || inside ? '^' : '~';
    }
    return marks + "\n";
}

void append_frame(std::string* out, const Frame* frame, int32_t pc) {
    if (frame->code == nullptr) {
        return;
    }
    const Code* code = as<Code>(frame->code);
    const CodeData& data = *code->data;
    const CodePlace place =
        pc < 0 ? CodePlace{data.first, data.first} : data.places[static_cast<size_t>(pc)];
    *out += format_text("  File \"%s\", line %d, in %s\n",
                        c_str(code->filename),
                        place.at.from.line,
                        c_str(code->name));
    const std::string_view line = data.source->line(place.at.from.line);
    // A text without a file cannot be read again, as CPython does here.
    const std::string_view file = view(code->filename);
    if (strip(line).empty() || vm.ending || (file.front() == '<' && file.back() == '>')) {
        return;
    }
    *out += "    ";
    *out += strip(line);
    *out += "\n";
    *out += carets(line, place);
}

void append_traceback(std::string* out, Value traceback) {
    *out += "Traceback (most recent call last):\n";
    std::string last;
    int repeats = 0;
    const auto flush = [&] {
        if (repeats > 3) {
            *out += format_text("  [Previous line repeated %d more time%s]\n",
                                repeats - 3,
                                repeats == 4 ? "" : "s");
        }
    };
    for (Value at = traceback; at != nullptr; at = as<Traceback>(at)->next) {
        std::string text;
        append_frame(&text, as<Frame>(as<Traceback>(at)->frame), as<Traceback>(at)->pc);
        // Lines that repeat (a deep recursion) are counted instead of shown.
        const std::string key = text.substr(0, text.find('\n'));
        if (key == last) {
            if (++repeats > 3) {
                continue;
            }
        } else {
            flush();
            last = key;
            repeats = 1;
        }
        *out += text;
    }
    flush();
}

Value field(Value exception, const char* name) {
    Dict* dict = as<Exception>(exception)->dict;
    return dict != nullptr ? dict_find_name(dict, intern(name)) : nullptr;
}

void append_syntax_place(std::string* out, Value exception) {
    Value filename = field(exception, "filename");
    Value text = field(exception, "text");
    Value line = field(exception, "lineno");
    Value from = field(exception, "offset");
    Value to = field(exception, "end_offset");
    if (filename == nullptr || line == nullptr || !is<Str>(filename) || !is_small(line)) {
        return;
    }
    *out += format_text(
        "  File \"%s\", line %lld\n", c_str(filename), static_cast<long long>(small_value(line)));
    if (text == nullptr || !is<Str>(text) || from == nullptr || to == nullptr || !is_small(from) ||
        !is_small(to)) {
        return;
    }
    std::string_view shown = view(text).substr(0, view(text).find('\n'));
    const size_t blanks = std::min(shown.find_first_not_of(" \t\f"), shown.size());
    shown.remove_prefix(blanks);
    const auto indent = static_cast<int64_t>(blanks);
    const int64_t start = small_value(from) - 1 - indent;
    const int64_t end = std::max(small_value(to) - 1 - indent, start + 1);
    const bool has_place = small_value(to) >= small_value(from);
    *out += "    " + std::string(shown) + "\n";
    if (start >= 0 && has_place) {
        *out += std::string(static_cast<size_t>(start) + 4, ' ') +
                std::string(static_cast<size_t>(end - start), '^') + "\n";
    }
}

void append_exception(std::string* out, Value exception) {
    Class* cls = class_of(exception);
    std::string name = c_str(cls->qualname);
    Value module = class_lookup(cls, vm.names.module);
    if (module != nullptr && is<Str>(module) && view(module) != "builtins" &&
        view(module) != "__main__") {
        name = std::string(view(module)) + "." + name;
    }
    std::string message;
    if (is_subclass(cls, vm.exceptions.SyntaxError) && field(exception, "msg") != nullptr) {
        append_syntax_place(out, exception);
        Ref text = str(field(exception, "msg"));
        message = text ? std::string(view(text)) : "";
    } else {
        Ref text = str(exception);
        message = text ? std::string(view(text)) : "<exception str() failed>";
    }
    if (pending()) {
        fetch();
    }
    *out += name + (message.empty() ? "" : ": " + message) + "\n";
    if (Value notes = field(exception, "__notes__")) {
        Ref list = to_list(notes);
        for (size_t i = 0; list && i < list.as<List>()->items.count; ++i) {
            Ref note = str(list.as<List>()->items[i]);
            *out += note ? std::string(view(note)) + "\n" : "";
        }
    }
}

void append_one(std::string* out, Value exception) {
    if (Value traceback = as<Exception>(exception)->traceback) {
        append_traceback(out, traceback);
    }
    append_exception(out, exception);
}

void append_chain(std::string* out, Value exception, int depth) {
    const Exception* e = as<Exception>(exception);
    if (depth < 50 && e->cause != nullptr) {
        append_chain(out, e->cause, depth + 1);
        *out += "\nThe above exception was the direct cause of the following exception:\n\n";
    } else if (depth < 50 && e->context != nullptr && !e->suppress_context) {
        append_chain(out, e->context, depth + 1);
        *out += "\nDuring handling of the above exception, another exception occurred:\n\n";
    }
    append_one(out, exception);
}

}  // namespace

std::string format_exception(Value exception) {
    std::string text;
    append_chain(&text, exception, 0);
    return text;
}

std::string format_unchained(Value exception) {
    std::string text;
    append_one(&text, exception);
    return text;
}

std::string format_traceback(Value traceback) {
    std::string text;
    append_traceback(&text, traceback);
    return text;
}

bool write_stream(Str* stream, std::string_view text) {
    Value sys = nullptr;
    if (!dict_find(vm.modules, val(intern("sys")), &sys) || sys == nullptr) {
        fwrite(text.data(), 1, text.size(), stderr);
        return true;
    }
    Ref file = find_attribute(sys, stream);
    if (!file || is_none(file)) {
        return !pending();
    }
    Ref message = new_str(text);
    return message && call_method(file, vm.names.write, {message});
}

void print_exception(Value exception) {
    const std::string text = format_exception(exception);
    if (!write_stream(vm.names.stderr_, text)) {
        fetch();
        fwrite(text.data(), 1, text.size(), stderr);
    }
}

}  // namespace pebble
