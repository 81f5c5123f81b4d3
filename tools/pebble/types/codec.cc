// SPDX-License-Identifier: MIT
#include "types/codec.h"

#include <algorithm>

#include "types/types.h"

namespace pebble {
namespace {

struct Codec {
    const char* name;   ///< as messages say it
    unsigned codes;     ///< how many characters it knows
    const char* range;  ///< what is wrong with the others
};
constexpr Codec kUtf8 = {"utf-8", 0x110000, ""};
constexpr Codec kAscii = {"ascii", 128, "ordinal not in range(128)"};
constexpr Codec kLatin1 = {"latin-1", 256, "ordinal not in range(256)"};

const Codec* find_codec(Value encoding) {
    if (encoding == nullptr) {
        return &kUtf8;
    }
    static constexpr std::pair<std::string_view, const Codec*> kNames[] = {
        {"utf-8", &kUtf8},
        {"utf8", &kUtf8},
        {"u8", &kUtf8},
        {"ascii", &kAscii},
        {"us-ascii", &kAscii},
        {"latin-1", &kLatin1},
        {"latin1", &kLatin1},
        {"l1", &kLatin1},
        {"iso-8859-1", &kLatin1}};
    std::string name;
    for (char c : is<Str>(encoding) ? view(encoding) : std::string_view()) {
        name += c == '_' ? '-' : static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
    }
    for (const auto& [known, codec] : kNames) {
        if (name == known) {
            return codec;
        }
    }
    if (!is<Str>(encoding)) {
        raise_type("encoding must be str, not %s", type_name(encoding));
        return nullptr;
    }
    raise(vm.exceptions.LookupError, "unknown encoding: %s", c_str(encoding));
    return nullptr;
}

enum class Handling : unsigned char { Strict, Ignore, Replace, Backslash, Reference };

bool find_handling(Value errors, Handling* out) {
    static constexpr std::string_view kNames[] = {
        "strict", "ignore", "replace", "backslashreplace", "xmlcharrefreplace"};
    if (errors == nullptr) {
        *out = Handling::Strict;
        return true;
    }
    const auto* const found =
        std::find(std::begin(kNames), std::end(kNames), is<Str>(errors) ? view(errors) : "");
    if (found == std::end(kNames)) {
        return raise(
            vm.exceptions.LookupError, "unknown error handler name %s", repr_text(errors).c_str());
    }
    *out = static_cast<Handling>(found - std::begin(kNames));
    return true;
}

/// `object` is what was to be converted, `start` to `end` what was wrong in it.
Failed raise_unicode(
    Class* cls, const char* codec, Value object, size_t start, size_t end, const char* reason) {
    Ref name = new_str(codec);
    Ref why = new_str(reason);
    Ref exception = name && why ? call(val(cls),
                                       {name,
                                        object,
                                        small(static_cast<int64_t>(start)),
                                        small(static_cast<int64_t>(end)),
                                        why})
                                : Ref();
    return exception ? raise_exception(exception) : Failed();
}

/// What is wrong with the UTF-8 at `at`, and how many bytes of it; NULL: nothing, they are one
/// character.
const char* check_utf8(std::string_view data, size_t at, size_t* size) {
    const auto byte = [&](size_t i) { return static_cast<unsigned char>(data[at + i]); };
    const unsigned first = byte(0);
    const size_t needed = first < 0x80                   ? 1
                          : first < 0xC2 || first > 0xF4 ? 0
                          : first < 0xE0                 ? 2
                          : first < 0xF0                 ? 3
                                                         : 4;
    *size = 1;
    if (needed == 0) {
        return "invalid start byte";
    }
    for (; *size < needed; ++*size) {
        if (at + *size >= data.size()) {
            return "unexpected end of data";
        }
        // The second byte may not make a longer form of what is shorter, a surrogate, or too much.
        const unsigned low = *size > 1 ? 0x80 : first == 0xE0 ? 0xA0 : first == 0xF0 ? 0x90 : 0x80;
        const unsigned high = *size > 1 ? 0xBF : first == 0xED ? 0x9F : first == 0xF4 ? 0x8F : 0xBF;
        if (byte(*size) < low || byte(*size) > high) {
            return "invalid continuation byte";
        }
    }
    return nullptr;
}

}  // namespace

bool encode_text(Value text, Value encoding, Value errors, std::string* out) {
    const Codec* codec = find_codec(encoding);
    Handling handling{};
    if (codec == nullptr || !find_handling(errors, &handling)) {
        return false;
    }
    if (codec == &kUtf8) {
        *out = view(text);
        return true;
    }
    const std::string_view data = view(text);
    size_t index = 0;
    for (size_t at = 0; at < data.size(); ++index) {
        const unsigned code = next_character(data, &at);
        if (code < codec->codes) {
            *out += static_cast<char>(code);
        } else if (handling == Handling::Strict) {
            size_t end = index + 1;
            while (at < data.size() && next_character(data, &at) >= codec->codes) {
                ++end;
            }
            return raise_unicode(
                vm.exceptions.UnicodeEncodeError, codec->name, text, index, end, codec->range);
        } else if (handling == Handling::Replace) {
            *out += '?';
        } else if (handling == Handling::Reference) {
            *out += format_text("&#%u;", code);
        } else if (handling == Handling::Backslash) {
            *out += format_text(code < 0x100     ? "\\x%02x"
                                : code < 0x10000 ? "\\u%04x"
                                                 : "\\U%08x",
                                code);
        }
    }
    return true;
}

Ref decode_text(Value source, std::string_view data, Value encoding, Value errors) {
    const Codec* codec = find_codec(encoding);
    Handling handling{};
    if (codec == nullptr || !find_handling(errors, &handling)) {
        return {};
    }
    std::string text;
    for (size_t at = 0; at < data.size();) {
        size_t size = 1;
        const auto byte = static_cast<unsigned char>(data[at]);
        const char* problem = codec == &kUtf8       ? check_utf8(data, at, &size)
                              : byte < codec->codes ? nullptr
                                                    : codec->range;
        if (problem == nullptr) {
            codec == &kUtf8 ? void(text += data.substr(at, size)) : append_utf8(&text, byte);
        } else if (handling == Handling::Strict) {
            return raise_unicode(
                vm.exceptions.UnicodeDecodeError, codec->name, source, at, at + size, problem);
        } else if (handling == Handling::Replace) {
            append_utf8(&text, 0xFFFD);
        } else if (handling == Handling::Backslash) {
            for (size_t i = 0; i < size; ++i) {
                text += format_text(
                    "\\x%02x", static_cast<unsigned>(static_cast<unsigned char>(data[at + i])));
            }
        }
        at += size;
    }
    return new_str(text);
}

}  // namespace pebble
