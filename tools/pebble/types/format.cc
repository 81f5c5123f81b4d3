#include <algorithm>
#include <cmath>

#include "core/eval.h"
#include "types/number.h"
#include "types/types.h"

namespace pebble {
namespace {

/// [[fill]align][sign][#][0][width][,][.precision][type]
struct Spec {
    std::string fill = " ";
    char align = '\0';
    char sign = '-';
    bool alternate = false;
    bool zero = false;
    char group = '\0';
    int64_t width = 0;
    int64_t precision = -1;
    char type = '\0';
};

bool parse_spec(std::string_view text, const char* type, Spec* spec) {
    const auto is_align = [](char c) { return c == '<' || c == '>' || c == '=' || c == '^'; };
    size_t at = 0;
    if (!text.empty()) {
        size_t after = 0;
        next_character(text, &after);
        if (after < text.size() && is_align(text[after])) {
            spec->fill = text.substr(0, after);
            spec->align = text[after];
            at = after + 1;
        } else if (is_align(text[0])) {
            spec->align = text[0];
            at = 1;
        }
    }
    const auto peek = [&] { return at < text.size() ? text[at] : '\0'; };
    const auto number = [&] {
        int64_t n = 0;
        while (peek() >= '0' && peek() <= '9') {
            n = std::min<int64_t>(n * 10 + (text[at++] - '0'), INT32_MAX);
        }
        return n;
    };
    if (peek() == '+' || peek() == '-' || peek() == ' ') {
        spec->sign = text[at++];
    }
    if (peek() == '#') {
        spec->alternate = true;
        ++at;
    }
    if (peek() == '0') {
        spec->zero = true;
        ++at;
        if (spec->align == '\0') {
            spec->fill = "0";
            spec->align = '=';
        }
    }
    spec->width = number();
    if (peek() == ',' || peek() == '_') {
        spec->group = text[at++];
    }
    if (peek() == '.') {
        ++at;
        if (peek() < '0' || peek() > '9') {
            return raise(vm.exceptions.ValueError, "Format specifier missing precision");
        }
        spec->precision = number();
    }
    if (at < text.size()) {
        spec->type = text[at++];
    }
    if (at < text.size()) {
        return raise(vm.exceptions.ValueError, "Invalid format specifier '%.*s' for object of type '%s'", static_cast<int>(text.size()), text.data(), type);
    }
    return true;
}

/// Puts fill around `sign` and `body`; `=` fills between them.
std::string padded(const Spec& spec, std::string_view sign, std::string_view body, char standard) {
    const char align = spec.align != '\0' ? spec.align : standard;
    const auto length = static_cast<int64_t>(utf8_length(sign) + utf8_length(body));
    const int64_t missing = std::max<int64_t>(spec.width - length, 0);
    const int64_t left = align == '<' ? 0 : align == '^' ? missing / 2 : missing;
    std::string out;
    const auto fill = [&](int64_t count) {
        for (int64_t i = 0; i < count; ++i) {
            out += spec.fill;
        }
    };
    if (align == '=') {
        out += sign;
        fill(missing);
        out += body;
        return out;
    }
    fill(left);
    out += sign;
    out += body;
    fill(missing - left);
    return out;
}

/// Separators between groups of digits in front of the point.
std::string grouped(std::string digits, char separator, size_t every) {
    if (separator == '\0') {
        return digits;
    }
    size_t end = digits.find_first_not_of("0123456789abcdefABCDEF");
    end = end == std::string::npos ? digits.size() : end;
    for (size_t at = end; at > every;) {
        at -= every;
        digits.insert(at, 1, separator);
    }
    return digits;
}

/// Fills with zeros so that the separators go on into them.
std::string finish_number(Spec spec, const std::string& sign, const std::string& digits, size_t every) {
    std::string body = grouped(digits, spec.group, every);
    if (spec.group != '\0' && spec.zero && spec.align == '=') {
        std::string longer = digits;
        while (static_cast<int64_t>(sign.size() + grouped("0" + longer, spec.group, every).size()) <= spec.width) {
            longer.insert(0, 1, '0');
        }
        body = grouped(longer, spec.group, every);
    }
    return padded(spec, sign, body, '>');
}

std::string sign_of(const Spec& spec, bool negative) {
    return negative ? "-" : spec.sign == '-' ? "" : std::string(1, spec.sign);
}

Ref format_int(const BigInt& value, const Spec& spec) {
    unsigned base = 10;
    std::string prefix;
    switch (spec.type) {
        case 'b': base = 2; prefix = "0b"; break;
        case 'o': base = 8; prefix = "0o"; break;
        case 'x': base = 16; prefix = "0x"; break;
        case 'X': base = 16; prefix = "0X"; break;
        case 'c': {
            std::string text;
            append_utf8(&text, value.is_zero() ? 0 : value.digits[0]);
            return new_str(padded(spec, "", text, '<'));
        }
        default: break;
    }
    if (spec.precision >= 0) {
        return raise(vm.exceptions.ValueError, "Precision not allowed in integer format specifier");
    }
    BigInt magnitude = value;
    magnitude.negative = false;
    std::string digits = to_text(magnitude, base);
    if (spec.type == 'X') {
        std::transform(digits.begin(), digits.end(), digits.begin(), [](unsigned char c) { return static_cast<char>(std::toupper(c)); });
    }
    const std::string sign = sign_of(spec, value.negative) + (spec.alternate ? prefix : "");
    return new_str(finish_number(spec, sign, digits, base == 10 ? 3 : 4));
}

Ref format_double(double value, const Spec& spec) {
    const bool negative = std::signbit(value) && !std::isnan(value);
    const double magnitude = std::fabs(value);
    std::string body;
    const auto precision = static_cast<int>(spec.precision < 0 ? 6 : spec.precision);
    switch (spec.type) {
        case '\0':
            if (spec.precision < 0) {
                body = float_repr(magnitude);
                break;
            }
            // As 'g', but with a digit behind the point.
            body = format_text("%.*g", precision == 0 ? 1 : precision, magnitude);
            if (body.find_first_of(".en") == std::string::npos) {
                body += ".0";
            }
            break;
        case 'e': body = format_text("%.*e", precision, magnitude); break;
        case 'E': body = format_text("%.*E", precision, magnitude); break;
        case 'f':
        case 'F': body = format_text("%.*f", precision, magnitude); break;
        case 'g':
        case 'n': body = format_text("%.*g", precision == 0 ? 1 : precision, magnitude); break;
        case 'G': body = format_text("%.*G", precision == 0 ? 1 : precision, magnitude); break;
        case '%': body = format_text("%.*f%%", precision, magnitude * 100); break;
        default: return raise(vm.exceptions.ValueError, "Unknown format code '%c' for object of type 'float'", spec.type);
    }
    return new_str(finish_number(spec, sign_of(spec, negative), body, 3));
}

}  // namespace

Ref format_number(Value number, std::string_view text) {
    if (text.empty()) {
        return str(number);
    }
    Spec spec;
    const bool integer = is_int(number);
    if (!parse_spec(text, integer ? "int" : "float", &spec)) {
        return {};
    }
    if (integer && (spec.type == '\0' || std::string_view("bcdoxXn").find(spec.type) != std::string_view::npos)) {
        return format_int(to_big(number), spec);
    }
    if (integer && std::string_view("eEfFgG%").find(spec.type) == std::string_view::npos) {
        return raise(vm.exceptions.ValueError, "Unknown format code '%c' for object of type 'int'", spec.type);
    }
    double value = 0;
    return to_double(number, &value) ? format_double(value, spec) : Ref();
}

Ref format_string(std::string_view text, std::string_view spec_text) {
    Spec spec;
    if (!parse_spec(spec_text, "str", &spec)) {
        return {};
    }
    if (spec.type != '\0' && spec.type != 's') {
        return raise(vm.exceptions.ValueError, "Unknown format code '%c' for object of type 'str'", spec.type);
    }
    if (spec.align == '=' && !spec.zero) {
        return raise(vm.exceptions.ValueError, "'=' alignment not allowed in string format specifier");
    }
    spec.align = spec.align == '=' ? '<' : spec.align;
    size_t end = text.size();
    if (spec.precision >= 0) {
        end = 0;
        for (int64_t i = 0; i < spec.precision && end < text.size(); ++i) {
            next_character(text, &end);
        }
    }
    return new_str(padded(spec, "", text.substr(0, end), '<'));
}

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
        Ref key = new_str(name);
        return key ? get_item(args_, key) : Ref();
    }
    bool all_used() const {
        return tuple_ ? index_ >= as<Tuple>(args_)->count : index_ > 0 || is<Dict>(args_) || (!is<Str>(args_) && class_lookup(class_of(args_), vm.names.getitem) != nullptr);
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
            return raise_type("%%%c format: a real number is required, not %s", spec.type, type_name(v));
        }
        Ref whole = is_int(v) ? Ref::share(v) : int_from_double(as<Float>(v)->value);
        spec.type = 'd';
        if (spec.precision >= 0) {
            spec.precision = -1;
        }
        return whole ? format_int(to_big(whole), spec) : Ref();
    }
    if (spec.type == 'x' || spec.type == 'X' || spec.type == 'o') {
        return is_int(v) ? format_int(to_big(v), spec) : Ref(raise_type("%%%c format: an integer is required, not %s", spec.type, type_name(v)));
    }
    double value = 0;
    return to_double(v, &value) ? format_double(value, spec) : Ref();
}

}  // namespace

Ref format_percent(Value format, Value args) {
    const std::string_view text = view(format);
    PercentArgs values(args);
    std::string out;
    for (size_t i = 0; i < text.size(); ++i) {
        if (text[i] != '%') {
            out += text[i];
            continue;
        }
        Ref value;
        Spec spec;
        if (++i < text.size() && text[i] == '(') {
            const size_t close = std::min(text.find(')', i), text.size());
            value = values.named(text.substr(i + 1, close - i - 1));
            i = close + 1;
            if (!value) {
                return {};
            }
        }
        bool left = false;
        for (; i < text.size() && std::string_view("-+ #0").find(text[i]) != std::string_view::npos; ++i) {
            left = left || text[i] == '-';
            spec.sign = text[i] == '+' || text[i] == ' ' ? text[i] : spec.sign;
            spec.alternate = spec.alternate || text[i] == '#';
            spec.zero = spec.zero || text[i] == '0';
        }
        const auto number = [&](int64_t* out_number) {
            if (i < text.size() && text[i] == '*') {
                ++i;
                Ref given = values.next();
                return given && to_int64(given, out_number);
            }
            for (*out_number = 0; i < text.size() && text[i] >= '0' && text[i] <= '9'; ++i) {
                *out_number = *out_number * 10 + (text[i] - '0');
            }
            return true;
        };
        if (!number(&spec.width) || (i < text.size() && text[i] == '.' && (++i, !number(&spec.precision)))) {
            return {};
        }
        if (i >= text.size()) {
            return raise(vm.exceptions.ValueError, "incomplete format");
        }
        spec.type = text[i];
        if (spec.type == '%') {
            out += '%';
            continue;
        }
        if (std::string_view("sradiuxXoeEfFgGc").find(spec.type) == std::string_view::npos) {
            return raise(vm.exceptions.ValueError, "unsupported format character '%c' (0x%x) at index %zu", spec.type, static_cast<unsigned>(spec.type), i);
        }
        if (!value) {
            value = values.next();
        }
        if (!value) {
            return {};
        }
        Ref part;
        if (std::string_view("src").find(spec.type) != std::string_view::npos || spec.type == 'a') {
            spec.align = left ? '<' : '>';
            part = spec.type == 'c' && is_small(value) ? format_int(to_big(value), spec) : percent_text(value, spec.type == 'c' ? 's' : spec.type);
            if (part) {
                const std::string_view whole = view(part);
                size_t end = spec.precision < 0 ? whole.size() : 0;
                for (int64_t n = 0; n < spec.precision && end < whole.size(); ++n) {
                    next_character(whole, &end);
                }
                part = new_str(padded(spec, "", whole.substr(0, end), '>'));
            }
        } else {
            spec.align = left ? '<' : spec.zero ? '=' : '>';
            spec.fill = !left && spec.zero ? "0" : " ";
            part = percent_number(value, spec);
        }
        if (!part) {
            return {};
        }
        out += view(part);
    }
    if (!values.all_used()) {
        return raise_type("not all arguments converted during string formatting");
    }
    return new_str(out);
}

// str.format().

namespace {

class Formatter {
  public:
    explicit Formatter(const Args& args) : args_(args) {}

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
                for (int open = 1; end < text.size(); ++end) {
                    open += text[end] == '{' ? 1 : text[end] == '}' ? -1 : 0;
                    if (open == 0) {
                        break;
                    }
                }
                if (end >= text.size()) {
                    return raise(vm.exceptions.ValueError, i + 1 < text.size() ? "expected '}' before end of string" : "Single '{' encountered in format string");
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
            const char conversion = rest.size() > 1 ? rest[1] : '\0';
            value = percent_text(value, conversion);
            rest.remove_prefix(std::min<size_t>(2, rest.size()));
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
            if (name.empty()) {
                ++automatic_;
            } else {
                index = 0;
                for (char c : name) {
                    index = index * 10 + static_cast<size_t>(c - '0');
                }
            }
            return index < args_.count ? Ref::share(args_[index]) : Ref(raise(vm.exceptions.IndexError, "Replacement index %zu out of range for positional args tuple", index));
        }
        for (size_t i = 0; i < args_.keyword_count(); ++i) {
            if (view(args_.keywords->items[i]) == name) {
                return Ref::share(args_[args_.count + i]);
            }
        }
        Ref key = new_str(name);
        return key ? Ref(raise_key(key)) : Ref();
    }

    const Args& args_;
    size_t automatic_ = 0;
};

}  // namespace

Ref format_call(std::string_view format, const Args& args) {
    std::string out;
    return Formatter(args).run(format, &out, 0) ? new_str(out) : Ref();
}

}  // namespace pebble
