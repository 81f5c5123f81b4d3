// SPDX-License-Identifier: MIT
#include <cerrno>
#include <cstring>
#include <sys/stat.h>

#include "core/eval.h"
#include "modules/modules.h"

namespace pebble {
namespace {

Class* file_class = nullptr;

FILE* stream_of(Value self) {
    FILE* stream = as<File>(self)->stream;
    if (stream == nullptr) {
        raise(vm.exceptions.ValueError, "I/O operation on closed file.");
    }
    return stream;
}

/// After a failure: the system's error, or that the file was opened for the other direction.
Failed raise_io(const char* what) {
    if (errno != EBADF) {
        return raise_os(errno, nullptr);
    }
    Ref io = import_module("io", none(), 0, nullptr);
    Ref cls = io ? find_attribute(io, intern("UnsupportedOperation")) : Ref();
    return cls ? raise(cls.as<Class>(), "%s", what) : Failed();
}

Ref text_or_bytes(Value self, const std::string& data) {
    return as<File>(self)->bytes ? new_bytes(data) : new_str(data);
}

Ref write_method(Value self, const Args& args) {
    FILE* stream = stream_of(self);
    const bool bytes = as<File>(self)->bytes;
    if (stream == nullptr) {
        return {};
    }
    if (bytes ? !is<Bytes>(args[0]) : !is<Str>(args[0])) {
        return raise_type(bytes ? "a bytes-like object is required, not '%s'"
                                : "write() argument must be str, not %s",
                          type_name(args[0]));
    }
    const std::string_view data =
        bytes ? std::string_view(as<Bytes>(args[0])->data, as<Bytes>(args[0])->size)
              : view(args[0]);
    if (fwrite(data.data(), 1, data.size(), stream) != data.size()) {
        return raise_io("not writable");
    }
    return new_int(static_cast<int64_t>(bytes ? data.size() : as<Str>(args[0])->length));
}

/// Reads up to `most` bytes, a negative number for all; or one line.
bool read_some(Value self, int64_t most, bool line, std::string* out) {
    FILE* stream = stream_of(self);
    if (stream == nullptr) {
        return false;
    }
    int c = 0;
    while ((most < 0 || static_cast<int64_t>(out->size()) < most) && (c = getc(stream)) != EOF) {
        *out += static_cast<char>(c);
        if (line && c == '\n') {
            break;
        }
    }
    return ferror(stream) == 0 || raise_io("not readable");
}

Ref read_method(Value self, const Args& args) {
    int64_t most = -1;
    std::string data;
    if (args[0] != nullptr && !is_none(args[0]) && !to_int64(args[0], &most)) {
        return {};
    }
    return read_some(self, most, false, &data) ? text_or_bytes(self, data) : Ref();
}
Ref readline_method(Value self, const Args&) {
    std::string data;
    return read_some(self, -1, true, &data) ? text_or_bytes(self, data) : Ref();
}
Ref file_next(Value self) {
    std::string data;
    return read_some(self, -1, true, &data) && !data.empty() ? text_or_bytes(self, data) : Ref();
}
Ref file_iter(Value self) {
    return Ref::share(self);
}
Ref readlines_method(Value self, const Args&) {
    return to_list(self);
}
Ref writelines_method(Value self, const Args& args) {
    const bool ok = for_each(args[0], [&](const Ref& line) {
        Value value = line;
        return static_cast<bool>(write_method(self, Args{&value, 1, nullptr}));
    });
    return ok ? Ref::own(none()) : Ref();
}
Ref flush_method(Value self, const Args&) {
    FILE* stream = stream_of(self);
    if (stream == nullptr) {
        return {};
    }
    return fflush(stream) == 0 ? Ref::own(none()) : Ref(raise_os(errno, nullptr));
}
Ref close_method(Value self, const Args&) {
    File* file = as<File>(self);
    FILE* stream = std::exchange(file->stream, nullptr);
    if (stream != nullptr && (file->standard ? fflush(stream) : fclose(stream)) != 0) {
        return raise_os(errno, nullptr);
    }
    return Ref::own(none());
}
Ref enter_method(Value self, const Args&) {
    return stream_of(self) != nullptr ? Ref::share(self) : Ref();
}
Ref seek_method(Value self, const Args& args) {
    int64_t offset = 0;
    int64_t whence = 0;
    FILE* stream = stream_of(self);
    if (stream == nullptr || !to_int64(args[0], &offset) ||
        (args[1] != nullptr && !to_int64(args[1], &whence))) {
        return {};
    }
    return fseek(stream, offset, static_cast<int>(whence)) == 0 ? new_int(ftell(stream))
                                                                : Ref(raise_os(errno, nullptr));
}
Ref tell_method(Value self, const Args&) {
    FILE* stream = stream_of(self);
    return stream != nullptr ? new_int(ftell(stream)) : Ref();
}
Ref fileno_method(Value self, const Args&) {
    FILE* stream = stream_of(self);
    return stream != nullptr ? new_int(fileno(stream)) : Ref();
}
Ref no_method(Value, const Args&) {
    return Ref::own(truth(false));
}

Ref name_get(Value self) {
    return Ref::share(as<File>(self)->name);
}
Ref mode_get(Value self) {
    return Ref::share(as<File>(self)->mode);
}
Ref closed_get(Value self) {
    return Ref::own(truth(as<File>(self)->stream == nullptr));
}
Ref encoding_get(Value) {
    return new_str("utf-8");
}
Ref file_repr(Value self) {
    return new_str("<_io.TextIOWrapper name=" + repr_text(as<File>(self)->name) +
                   " mode=" + repr_text(as<File>(self)->mode) + " encoding='utf-8'>");
}

const NativeDef kMethods[] = {{"write", write_method, "text /"},
                              {"read", read_method, "size? /"},
                              {"readline", readline_method, "size? /"},
                              {"readlines", readlines_method, ""},
                              {"writelines", writelines_method, "lines /"},
                              {"flush", flush_method, ""},
                              {"close", close_method, ""},
                              {"seek", seek_method, "offset whence? /"},
                              {"tell", tell_method, ""},
                              {"fileno", fileno_method, ""},
                              {"isatty", no_method, ""},
                              {"__enter__", enter_method, ""},
                              {"__exit__", close_method, nullptr},
                              {nullptr, nullptr, nullptr}};
const GetSet kGetSets[] = {{"name", name_get},
                           {"mode", mode_get},
                           {"closed", closed_get},
                           {"encoding", encoding_get},
                           {nullptr, nullptr}};
NativeClass native_file_class = {"TextIOWrapper",
                                 kFile,
                                 {.repr = file_repr, .iter = file_iter, .next = file_next},
                                 kMethods,
                                 kGetSets,
                                 true,
                                 "_io"};

Ref make_file(Value name, std::string_view mode, FILE* stream, bool standard) {
    File* file = make<File>(file_class);
    Ref result = Ref::own(file);
    Ref mode_text = file != nullptr ? new_str(mode) : Ref();
    if (!mode_text) {
        fclose(stream);
        return {};
    }
    file->name = new_ref(name);
    file->mode = mode_text.take();
    file->stream = stream;
    file->standard = standard;
    file->bytes = mode.find('b') != std::string_view::npos;
    return result;
}

}  // namespace

Ref open_stream(int descriptor, const char* name, bool write) {
    Ref text = new_str(name);
    FILE* stream = descriptor == 0 ? stdin : descriptor == 1 ? stdout : stderr;
    return text ? make_file(text, write ? "w" : "r", stream, true) : Ref();
}

void flush_streams() {
    fflush(stdout);
    fflush(stderr);
}

Ref open_function(Value, const Args& args) {
    const std::string_view mode = args[1] != nullptr && is<Str>(args[1]) ? view(args[1]) : "r";
    std::string c_mode;
    for (char c : mode) {
        if (std::string_view("rwaxb+t").find(c) == std::string_view::npos) {
            return raise(vm.exceptions.ValueError,
                         "invalid mode: '%.*s'",
                         static_cast<int>(mode.size()),
                         mode.data());
        }
        c_mode += c == 't' ? "" : c == 'x' ? "wx" : std::string(1, c);
    }
    int64_t descriptor = 0;
    FILE* stream = nullptr;
    Ref path = Ref::share(args[0]);
    if (is_int(args[0])) {
        if (!to_int64(args[0], &descriptor)) {
            return {};
        }
        stream = fdopen(static_cast<int>(descriptor), c_mode.c_str());
    } else {
        std::string text;
        if (!path_text(args[0], &text)) {
            return {};
        }
        path = is<Bytes>(args[0]) ? std::move(path) : new_str(text);
        stream = fopen(text.c_str(), c_mode.c_str());
        struct stat info = {};
        if (stream != nullptr && fstat(fileno(stream), &info) == 0 && S_ISDIR(info.st_mode)) {
            fclose(stream);
            stream = nullptr;
            errno = EISDIR;
        }
    }
    if (stream == nullptr) {
        return raise_os(errno, is<Str>(path) ? c_str(path) : nullptr);
    }
    return make_file(path, mode, stream, false);
}

void make_file_class() {
    file_class = make_native_class(native_file_class, vm.classes.object);
}

}  // namespace pebble
