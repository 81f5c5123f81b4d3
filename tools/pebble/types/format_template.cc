// SPDX-License-Identifier: MIT
#include <algorithm>

#include "core/eval.h"
#include "types/format.h"
#include "types/types.h"

namespace pebble {

// `format % args`.

namespace {

/// Gives the values that a % format asks for, one after the other.
class PercentArgs {
  public:
    explicit PercentArgs(Value args) : args_(args), tuple_(is<Tuple>(args)) {}

    Ref next() {
        if (tuple_ ? index_ >= as<Tuple>(args_)->count : index_ > 0) {
            return raise_type("not enough arguments for format string");
        }
        const size_t i = index_++;
        return Ref::share(tuple_ ? as<Tuple>(args_)->items[i] : args_);
    }
    Ref named(std::string_view name) {
        index_ = 1;
        if (tuple_ || is<Str>(args_) ||
            class_lookup(class_of(args_), vm.names.getitem) == nullptr) {
            return raise_type("format requires a mapping");
        }
        Ref key = new_str(name);
        return key ? get_item(args_, key) : Ref();
    }
    [[nodiscard]] bool all_used() const {
        return tuple_ ? index_ >= as<Tuple>(args_)->count
                      : index_ > 0 || is<Dict>(args_) ||
                            (!is<Str>(args_) &&
                             class_lookup(class_of(args_), vm.names.getitem) != nullptr);
    }

  private:
    Value args_;
    bool tuple_;
    size_t index_ = 0;
};

Ref percent_text(Value v, char type) {
    return type == 's' ? str(v) : type == 'r' ? repr(v) : ascii_repr(v);
}

Ref percent_number(Value v, Spec spec) {
    if (spec.type == 'd' || spec.type == 'i' || spec.type == 'u') {
        if (!is_int(v) && !is<Float>(v)) {
            return raise_type(
                "%%%c format: a real number is required, not %s", spec.type, type_name(v));
        }
        Ref whole = is_int(v) ? Ref::share(v) : int_from_double(as<Float>(v)->value);
        spec.type = 'd';
        return whole ? format_int(to_big(whole), spec) : Ref();
    }
    if (spec.type == 'x' || spec.type == 'X' || spec.type == 'o') {
        return is_int(v)
                   ? format_int(to_big(v), spec)
                   : Ref(raise_type(
                         "%%%c format: an integer is required, not %s", spec.type, type_name(v)));
    }
    double value = 0;
    return to_double(v, &value) ? format_double(value, spec) : Ref();
}

/// Reads a % format from front to back.
class PercentFormatter {
  public:
    PercentFormatter(std::string_view text, Value args) : text_(text), values_(args) {}

    bool run(std::string* out) {
        while (at_ < text_.size()) {
            const char c = text_[at_++];
            if (c != '%') {
                *out += c;
            } else if (!field(out)) {
                return false;
            }
        }
        return values_.all_used() ||
               raise_type("not all arguments converted during string formatting");
    }

  private:
    [[nodiscard]] char peek() const { return at_ < text_.size() ? text_[at_] : '\0'; }

    bool field(std::string* out) {
        Ref value;
        Spec spec;
        bool left = false;
        if (peek() == '(') {
            const size_t close = std::min(text_.find(')', at_), text_.size());
            value = values_.named(text_.substr(at_ + 1, close - at_ - 1));
            at_ = close + 1;
            if (!value) {
                return false;
            }
        }
        flags(&spec, &left);
        if (!number(&spec.width)) {
            return false;
        }
        if (peek() == '.') {
            ++at_;
            if (!number(&spec.precision)) {
                return false;
            }
        }
        if (at_ >= text_.size()) {
            return raise(vm.exceptions.ValueError, "incomplete format");
        }
        spec.type = text_[at_++];
        if (spec.type == '%') {
            *out += '%';
            return true;
        }
        if (std::string_view("sradiuxXoeEfFgGc").find(spec.type) == std::string_view::npos) {
            return raise(vm.exceptions.ValueError,
                         "unsupported format character '%c' (0x%x) at index %zu",
                         spec.type,
                         static_cast<unsigned>(spec.type),
                         at_ - 1);
        }
        if (!value) {
            value = values_.next();
        }
        Ref part = value ? convert(value, spec, left) : Ref();
        if (part) {
            *out += view(part);
        }
        return static_cast<bool>(part);
    }

    void flags(Spec* spec, bool* left) {
        for (; peek() != '\0' && std::string_view("-+ #0").find(peek()) != std::string_view::npos;
             ++at_) {
            *left = *left || peek() == '-';
            spec->sign = peek() == '+' || peek() == ' ' ? peek() : spec->sign;
            spec->alternate = spec->alternate || peek() == '#';
            spec->zero = spec->zero || peek() == '0';
        }
    }

    bool number(int64_t* out) {
        if (peek() == '*') {
            ++at_;
            Ref given = values_.next();
            return given && to_int64(given, out) &&
                   check_room(static_cast<size_t>(std::max<int64_t>(*out, 0)));
        }
        for (*out = 0; peek() >= '0' && peek() <= '9'; ++at_) {
            *out = std::min<int64_t>(*out * 10 + (peek() - '0'), INT32_MAX);
        }
        return check_room(static_cast<size_t>(*out));
    }

    static Ref convert(Value value, Spec spec, bool left) {
        if (std::string_view("srac").find(spec.type) == std::string_view::npos) {
            spec.align = left ? '<' : spec.zero ? '=' : '>';
            spec.fill.assign(1, !left && spec.zero ? '0' : ' ');
            return percent_number(value, spec);
        }
        spec.align = left ? '<' : '>';
        if (spec.type == 'c' && is_small(value)) {
            return format_int(to_big(value), spec);
        }
        if (spec.type == 'c' && (!is<Str>(value) || as<Str>(value)->length != 1)) {
            return raise_type("%%c requires int or char");
        }
        Ref text = percent_text(value, spec.type == 'c' ? 's' : spec.type);
        if (!text) {
            return {};
        }
        const std::string_view whole = view(text);
        size_t end = spec.precision < 0 ? whole.size() : 0;
        for (int64_t n = 0; n < spec.precision && end < whole.size(); ++n) {
            next_character(whole, &end);
        }
        return new_str(padded(spec, "", whole.substr(0, end), '>'));
    }

    std::string_view text_;
    PercentArgs values_;
    size_t at_ = 0;
};

}  // namespace

Ref format_percent(Value format, Value args) {
    std::string out;
    return PercentFormatter(view(format), args).run(&out) ? new_str(out) : Ref();
}

// str.format().

namespace {

class Formatter {
  public:
    Formatter(const Args& args, Value mapping) : args_(args), mapping_(mapping) {}

    bool run(std::string_view text, std::string* out, int depth) {
        for (size_t i = 0; i < text.size(); ++i) {
            const char c = text[i];
            if (c != '{' && c != '}') {
                *out += c;
            } else if (i + 1 < text.size() && text[i + 1] == c) {
                *out += c;
                ++i;
            } else if (c == '}') {
                return raise(vm.exceptions.ValueError, "Single '}' encountered in format string");
            } else {
                size_t end = i + 1;
                bool item = false;  // between `[` and `]` of the name braces mean nothing
                bool name = true;
                for (int open = 1; end < text.size(); ++end) {
                    name = name && text[end] != ':' && text[end] != '!';
                    item = name && text[end] != ']' && (item || text[end] == '[');
                    if (item) {
                        continue;
                    }
                    open += text[end] == '{' ? 1 : text[end] == '}' ? -1 : 0;
                    if (open == 0) {
                        break;
                    }
                }
                if (end >= text.size()) {
                    return raise(vm.exceptions.ValueError,
                                 i + 1 < text.size() ? "expected '}' before end of string"
                                                     : "Single '{' encountered in format string");
                }
                if (!field(text.substr(i + 1, end - i - 1), out, depth)) {
                    return false;
                }
                i = end;
            }
        }
        return true;
    }

  private:
    bool field(std::string_view text, std::string* out, int depth) {
        if (depth > 1) {
            return raise(vm.exceptions.ValueError, "Max string recursion exceeded");
        }
        const size_t end = std::min(text.find_first_of("!:"), text.size());
        Ref value = lookup(text.substr(0, end));
        std::string_view rest = text.substr(end);
        if (value && !rest.empty() && rest[0] == '!') {
            if (rest.size() < 2 || (rest.size() > 2 && rest[2] != ':')) {
                return raise(vm.exceptions.ValueError,
                             rest.size() < 2 ? "unmatched '{' in format spec"
                                             : "expected ':' after conversion specifier");
            }
            if (std::string_view("rsa").find(rest[1]) == std::string_view::npos) {
                return raise(vm.exceptions.ValueError, "Unknown conversion specifier %c", rest[1]);
            }
            value = percent_text(value, rest[1]);
            rest.remove_prefix(2);
        }
        std::string spec;
        if (!value || (!rest.empty() && !run(rest.substr(1), &spec, depth + 1))) {
            return false;
        }
        Ref spec_text = new_str(spec);
        Ref result = spec_text ? format_value(value, spec_text.as<Str>()) : Ref();
        if (result) {
            *out += view(result);
        }
        return static_cast<bool>(result);
    }

    /// name, 0, or nothing; then .attribute and [item] parts.
    Ref lookup(std::string_view path) {
        size_t end = std::min(path.find_first_of(".["), path.size());
        Ref value = first(path.substr(0, end));
        while (value && end < path.size()) {
            if (path[end] == '.') {
                const size_t stop = std::min(path.find_first_of(".[", end + 1), path.size());
                value = get_attribute(value, intern(path.substr(end + 1, stop - end - 1)));
                end = stop;
            } else {
                const size_t stop = std::min(path.find(']', end), path.size());
                const std::string_view key = path.substr(end + 1, stop - end - 1);
                Ref index = parse_int(key, 10);
                index = index ? std::move(index) : new_str(key);
                value = index ? get_item(value, index) : Ref();
                end = std::min(stop + 1, path.size());
            }
        }
        return value;
    }

    Ref first(std::string_view name) {
        if (name.empty() || (name[0] >= '0' && name[0] <= '9')) {
            size_t index = automatic_;
            if (name.empty() ? manual_ : automatic_ > 0) {
                return raise(vm.exceptions.ValueError,
                             "cannot switch from %s to %s",
                             manual_ ? "manual field specification" : "automatic field numbering",
                             manual_ ? "automatic field numbering" : "manual field specification");
            }
            if (name.empty()) {
                ++automatic_;
            } else {
                manual_ = true;
                index = 0;
                for (char c : name) {
                    index = index * 10 + static_cast<size_t>(c - '0');
                }
            }
            return index < args_.count
                       ? Ref::share(args_[index])
                       : Ref(raise(vm.exceptions.IndexError,
                                   "Replacement index %zu out of range for positional args tuple",
                                   index));
        }
        for (size_t i = 0; i < args_.keyword_count(); ++i) {
            if (view(args_.keywords->items[i]) == name) {
                return Ref::share(args_[args_.count + i]);
            }
        }
        Ref key = new_str(name);
        if (key && mapping_ != nullptr) {
            return get_item(mapping_, key);
        }
        return key ? Ref(raise_key(key)) : Ref();
    }

    const Args& args_;
    Value mapping_;
    size_t automatic_ = 0;
    bool manual_ = false;
};

}  // namespace

Ref format_call(std::string_view format, const Args& args, Value mapping) {
    std::string out;
    return Formatter(args, mapping).run(format, &out, 0) ? new_str(out) : Ref();
}

}  // namespace pebble
