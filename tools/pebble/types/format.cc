// SPDX-License-Identifier: MIT
#include "types/format.h"

#include <algorithm>
#include <cmath>

#include "types/types.h"

namespace pebble {
namespace {

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
    if (peek() == 'z') {
        spec->no_negative_zero = true;
        ++at;
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
        if ((peek() == ',' || peek() == '_') && peek() != spec->group) {
            return raise(vm.exceptions.ValueError, "Cannot specify both ',' and '_'.");
        }
    }
    if (peek() == '.') {
        ++at;
        if (peek() < '0' || peek() > '9') {
            return raise(vm.exceptions.ValueError, "Format specifier missing precision");
        }
        spec->precision = number();
    }
    if (!check_room(static_cast<size_t>(std::max(spec->width, spec->precision) + 1))) {
        return false;
    }
    if (at < text.size()) {
        spec->type = text[at++];
    }
    if (at < text.size()) {
        return raise(vm.exceptions.ValueError,
                     "Invalid format specifier '%.*s' for object of type '%s'",
                     static_cast<int>(text.size()),
                     text.data(),
                     type);
    }
    return true;
}

}  // namespace

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

namespace {

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
std::string finish_number(const Spec& spec,
                          const std::string& sign,
                          const std::string& digits,
                          size_t every) {
    std::string body = grouped(digits, spec.group, every);
    if (spec.group != '\0' && spec.zero && spec.align == '=') {
        std::string longer = digits;
        while (static_cast<int64_t>(
                   sign.size() + grouped("0" + longer, spec.group, every).size()) <= spec.width) {
            longer.insert(0, 1, '0');
        }
        body = grouped(longer, spec.group, every);
    }
    return padded(spec, sign, body, '>');
}

std::string sign_of(const Spec& spec, bool negative) {
    return negative ? "-" : spec.sign == '-' || spec.sign == '\0' ? "" : std::string(1, spec.sign);
}

}  // namespace

Ref format_int(const BigInt& value, const Spec& spec) {
    unsigned base = 10;
    std::string prefix;
    switch (spec.type) {
        case 'b':
            base = 2;
            prefix = "0b";
            break;
        case 'o':
            base = 8;
            prefix = "0o";
            break;
        case 'x':
            base = 16;
            prefix = "0x";
            break;
        case 'X':
            base = 16;
            prefix = "0X";
            break;
        case 'c': {
            std::string text;
            const unsigned code = value.is_zero() ? 0 : value.digits[0];
            if (value.negative || value.digits.size() > 1 || code > 0x10FFFF) {
                return raise(vm.exceptions.OverflowError, "%%c arg not in range(0x110000)");
            }
            append_utf8(&text, code);
            return new_str(padded(spec, "", text, '<'));
        }
        default:
            break;
    }
    BigInt magnitude = value;
    magnitude.negative = false;
    std::string digits = to_text(magnitude, base);
    if (spec.type == 'X') {
        std::transform(digits.begin(), digits.end(), digits.begin(), [](unsigned char c) {
            return static_cast<char>(std::toupper(c));
        });
    }
    if (spec.precision > static_cast<int64_t>(digits.size())) {
        digits.insert(0, static_cast<size_t>(spec.precision) - digits.size(), '0');
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
            body = format_text(
                spec.alternate ? "%#.*g" : "%.*g", precision == 0 ? 1 : precision, magnitude);
            if (body.find_first_of(".en") == std::string::npos) {
                body += ".0";
            }
            break;
        case 'e':
            body = format_text(spec.alternate ? "%#.*e" : "%.*e", precision, magnitude);
            break;
        case 'E':
            body = format_text(spec.alternate ? "%#.*E" : "%.*E", precision, magnitude);
            break;
        case 'f':
        case 'F':
            body = format_text(spec.alternate ? "%#.*f" : "%.*f", precision, magnitude);
            break;
        case 'g':
        case 'n':
            body = format_text(
                spec.alternate ? "%#.*g" : "%.*g", precision == 0 ? 1 : precision, magnitude);
            break;
        case 'G':
            body = format_text(
                spec.alternate ? "%#.*G" : "%.*G", precision == 0 ? 1 : precision, magnitude);
            break;
        case '%':
            body = format_text(spec.alternate ? "%#.*f%%" : "%.*f%%", precision, magnitude * 100);
            break;
        default:
            return raise(vm.exceptions.ValueError,
                         "Unknown format code '%c' for object of type 'float'",
                         spec.type);
    }
    const bool is_zero = body.find_first_of("123456789in") == std::string::npos;
    const bool minus = negative && !(spec.no_negative_zero && is_zero);
    return new_str(finish_number(spec, sign_of(spec, minus), body, 3));
}

namespace {

/// Separators between digits go with numbers alone; `standard` is the type when none is given.
bool check_grouping(const Spec& spec, char standard) {
    const char type = spec.type != '\0' ? spec.type : standard;
    const char* allowed = spec.group == '_' ? "bdeEfFgGoxX%" : "deEfFgG%";
    return spec.group == '\0' || std::string_view(allowed).find(type) != std::string_view::npos ||
           raise(vm.exceptions.ValueError, "Cannot specify '%c' with '%c'.", spec.group, type);
}

}  // namespace

Ref format_number(Value number, std::string_view text) {
    if (text.empty()) {
        return str(number);
    }
    Spec spec;
    const bool integer = is_int(number);
    if (!parse_spec(text, type_name(number), &spec)) {
        return {};
    }
    const bool real =
        spec.type != '\0' && std::string_view("eEfFgG%").find(spec.type) != std::string_view::npos;
    if (spec.no_negative_zero && integer && !real) {
        return raise(vm.exceptions.ValueError,
                     "Negative zero coercion (z) not allowed in integer format specifier");
    }
    if (!check_grouping(spec, 'd')) {
        return {};
    }
    if (integer && (spec.type == '\0' ||
                    std::string_view("bcdoxXn").find(spec.type) != std::string_view::npos)) {
        if (spec.precision >= 0) {
            return raise(vm.exceptions.ValueError,
                         "Precision not allowed in integer format specifier");
        }
        return format_int(to_big(number), spec);
    }
    if (integer && !real) {
        return raise(vm.exceptions.ValueError,
                     "Unknown format code '%c' for object of type '%s'",
                     spec.type,
                     type_name(number));
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
        return raise(vm.exceptions.ValueError,
                     "Unknown format code '%c' for object of type 'str'",
                     spec.type);
    }
    if (spec.sign != '\0' || spec.no_negative_zero || spec.alternate) {
        return raise(vm.exceptions.ValueError,
                     "%s not allowed in string format specifier",
                     spec.sign == ' '    ? "Space"
                     : spec.sign != '\0' ? "Sign"
                     : spec.alternate    ? "Alternate form (#)"
                                         : "Negative zero coercion (z)");
    }
    if (!check_grouping(spec, 's')) {
        return {};
    }
    if (spec.align == '=' && !spec.zero) {
        return raise(vm.exceptions.ValueError,
                     "'=' alignment not allowed in string format specifier");
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

}  // namespace pebble
