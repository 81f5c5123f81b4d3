// SPDX-License-Identifier: MIT
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <dirent.h>
#include <fcntl.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

#include "modules/modules.h"

extern "C" char** environ;  // NOLINT(readability-redundant-declaration): glibc declares it too

namespace pebble {

bool path_text(Value v, std::string* out) {
    Ref path = is<Str>(v) || is<Bytes>(v) ? Ref::share(v) : call_special(v, vm.names.fspath, {});
    if (path && is<Str>(path)) {
        *out = view(path);
        return true;
    }
    if (path && is<Bytes>(path)) {
        out->assign(as<Bytes>(path)->data, as<Bytes>(path)->size);
        return true;
    }
    return !path ? false
                 : raise_type("expected str, bytes or os.PathLike object, not %s", type_name(v));
}

namespace {

// The system's calls, thin; lib/os.py is what programs see.

Ref done(int status, const std::string& path) {
    return status == 0 ? Ref::own(none()) : Ref(raise_os(errno, path.c_str()));
}

/// A call with one path.
template <int (*kCall)(const char*)>
Ref on_path(Value, const Args& args) {
    std::string path;
    return path_text(args[0], &path) ? done(kCall(path.c_str()), path) : Ref();
}

/// A call with two paths.
template <int (*kCall)(const char*, const char*)>
Ref on_paths(Value, const Args& args) {
    std::string from;
    std::string to;
    return path_text(args[0], &from) && path_text(args[1], &to)
               ? done(kCall(from.c_str(), to.c_str()), from)
               : Ref();
}

/// A call with a path and a mode.
template <int (*kCall)(const char*, mode_t)>
Ref with_mode(Value, const Args& args) {
    std::string path;
    int64_t mode = 0777;
    if (!path_text(args[0], &path) || (args[1] != nullptr && !to_int64(args[1], &mode))) {
        return {};
    }
    return done(kCall(path.c_str(), static_cast<mode_t>(mode)), path);
}

/// A call without arguments that gives a number.
template <class Number, Number (*kCall)()>
Ref number(Value, const Args&) {
    return new_int(static_cast<int64_t>(kCall()));
}

/// The fields in the order of os.stat_result, then the three times in nanoseconds.
Ref stat_fields(Value self, const Args& args) {
    struct stat info = {};
    std::string path;
    int64_t descriptor = 0;
    bool follow = true;
    (void)self;
    if (args[1] != nullptr && !is_true(args[1], &follow)) {
        return {};
    }
    if (is_int(args[0])) {
        if (!to_int64(args[0], &descriptor)) {
            return {};
        }
        if (fstat(static_cast<int>(descriptor), &info) != 0) {
            return raise_os(errno, nullptr);
        }
    } else if (!path_text(args[0], &path)) {
        return {};
    } else if ((follow ? ::stat : ::lstat)(path.c_str(), &info) != 0) {
        return raise_os(errno, path.c_str());
    }
    const auto nanoseconds = [](const timespec& t) {
        return int64_t{t.tv_sec} * 1000000000 + t.tv_nsec;
    };
    const int64_t fields[] = {info.st_mode,
                              static_cast<int64_t>(info.st_ino),
                              static_cast<int64_t>(info.st_dev),
                              static_cast<int64_t>(info.st_nlink),
                              info.st_uid,
                              info.st_gid,
                              info.st_size,
                              nanoseconds(info.st_atim),
                              nanoseconds(info.st_mtim),
                              nanoseconds(info.st_ctim)};
    Ref tuple = new_tuple(std::size(fields));
    for (size_t i = 0; tuple && i < std::size(fields); ++i) {
        Ref value = new_int(fields[i]);
        if (!value) {
            return {};
        }
        tuple.as<Tuple>()->items[i] = value.take();
    }
    return tuple;
}

Ref getcwd_function(Value, const Args&) {
    // NOLINTNEXTLINE(clang-analyzer-unix.StdCLibraryFunctions): glibc and the BSDs make the block
    char* path = getcwd(nullptr, 0);
    if (path == nullptr) {
        return raise_os(errno, nullptr);
    }
    Ref text = new_str(path);
    std::free(path);
    return text;
}

Ref listdir(Value, const Args& args) {
    std::string path = ".";
    if (args[0] != nullptr && !is_none(args[0]) && !path_text(args[0], &path)) {
        return {};
    }
    DIR* folder = opendir(path.c_str());
    if (folder == nullptr) {
        return raise_os(errno, path.c_str());
    }
    Ref list = new_list();
    while (const dirent* entry = list ? readdir(folder) : nullptr) {
        const std::string_view name = entry->d_name;
        Ref text = name == "." || name == ".." ? Ref::own(none()) : new_str(name);
        if (!text || (!is_none(text) && !list_append(list.as<List>(), text))) {
            list.reset();
        }
    }
    closedir(folder);
    return list;
}

Ref readlink_function(Value, const Args& args) {
    std::string path;
    char target[4096];
    if (!path_text(args[0], &path)) {
        return {};
    }
    const ssize_t size = readlink(path.c_str(), target, sizeof target);
    return size >= 0 ? new_str({target, static_cast<size_t>(size)})
                     : Ref(raise_os(errno, path.c_str()));
}

Ref access_function(Value, const Args& args) {
    std::string path;
    int64_t mode = 0;
    return path_text(args[0], &path) && to_int64(args[1], &mode)
               ? Ref::own(truth(access(path.c_str(), static_cast<int>(mode)) == 0))
               : Ref();
}

// Descriptors.

Ref open_descriptor(Value, const Args& args) {
    std::string path;
    int64_t flags = 0;
    int64_t mode = 0777;
    if (!path_text(args[0], &path) || !to_int64(args[1], &flags) ||
        (args[2] != nullptr && !to_int64(args[2], &mode))) {
        return {};
    }
    const int descriptor =
        open(path.c_str(), static_cast<int>(flags) | O_CLOEXEC, static_cast<mode_t>(mode));
    return descriptor >= 0 ? new_int(descriptor) : Ref(raise_os(errno, path.c_str()));
}

Ref close_descriptor(Value, const Args& args) {
    int64_t descriptor = 0;
    return to_int64(args[0], &descriptor)
               ? (close(static_cast<int>(descriptor)) == 0 ? Ref::own(none())
                                                           : Ref(raise_os(errno, nullptr)))
               : Ref();
}

Ref read_descriptor(Value, const Args& args) {
    int64_t descriptor = 0;
    int64_t most = 0;
    if (!to_int64(args[0], &descriptor) || !to_int64(args[1], &most)) {
        return {};
    }
    std::string data(static_cast<size_t>(most < 0 ? 0 : most), '\0');
    const ssize_t size = read(static_cast<int>(descriptor), data.data(), data.size());
    if (size < 0) {
        return raise_os(errno, nullptr);
    }
    data.resize(static_cast<size_t>(size));
    return new_bytes(data);
}

Ref write_descriptor(Value, const Args& args) {
    int64_t descriptor = 0;
    if (!to_int64(args[0], &descriptor)) {
        return {};
    }
    if (!is<Bytes>(args[1])) {
        return raise_type("a bytes-like object is required, not '%s'", type_name(args[1]));
    }
    const ssize_t size =
        write(static_cast<int>(descriptor), as<Bytes>(args[1])->data, as<Bytes>(args[1])->size);
    return size >= 0 ? new_int(size) : Ref(raise_os(errno, nullptr));
}

Ref isatty_function(Value, const Args& args) {
    int64_t descriptor = 0;
    return to_int64(args[0], &descriptor)
               ? Ref::own(truth(isatty(static_cast<int>(descriptor)) != 0))
               : Ref();
}

// The process.

Ref environment(Value, const Args&) {
    Ref dict = new_dict();
    for (char** entry = environ; dict && *entry != nullptr; ++entry) {
        const std::string_view text = *entry;
        const size_t end = text.find('=');
        if (end == std::string_view::npos) {
            continue;
        }
        Ref name = new_str(text.substr(0, end));
        Ref value = name ? new_str(text.substr(end + 1)) : Ref();
        if (!value || !dict_set(dict.as<Dict>(), name, value)) {
            return {};
        }
    }
    return dict;
}

Ref putenv_function(Value, const Args& args) {
    std::string name;
    std::string value;
    return path_text(args[0], &name) && path_text(args[1], &value)
               ? done(setenv(name.c_str(), value.c_str(), 1), name)
               : Ref();
}

Ref urandom(Value, const Args& args) {
    int64_t size = 0;
    if (!to_int64(args[0], &size)) {
        return {};
    }
    if (size < 0) {
        return raise(vm.exceptions.ValueError, "negative argument not allowed");
    }
    std::string data(static_cast<size_t>(size), '\0');
    for (size_t have = 0; have < data.size();) {
        const ssize_t got = getrandom(data.data() + have, data.size() - have, 0);
        if (got < 0 && errno != EINTR) {
            return raise_os(errno, nullptr);
        }
        have += got > 0 ? static_cast<size_t>(got) : 0;
    }
    return new_bytes(data);
}

Ref strerror_function(Value, const Args& args) {
    int64_t code = 0;
    return to_int64(args[0], &code) ? new_str(strerror(static_cast<int>(code))) : Ref();
}

Ref exit_at_once(Value, const Args& args) {
    int64_t status = 0;
    if (to_int64(args[0], &status)) {
        _exit(static_cast<int>(status));
    }
    return {};
}

const NativeDef kFunctions[] = {{"getcwd", getcwd_function, ""},
                                {"listdir", listdir, "path?"},
                                {"stat_fields", stat_fields, "path follow? /"},
                                {"mkdir", with_mode<mkdir>, "path mode?"},
                                {"chmod", with_mode<chmod>, "path mode"},
                                {"unlink", on_path<unlink>, "path"},
                                {"rmdir", on_path<rmdir>, "path"},
                                {"chdir", on_path<chdir>, "path"},
                                {"rename", on_paths<rename>, "src dst"},
                                {"link", on_paths<link>, "src dst"},
                                {"symlink", on_paths<symlink>, "src dst"},
                                {"readlink", readlink_function, "path"},
                                {"access", access_function, "path mode"},
                                {"open", open_descriptor, "path flags mode?"},
                                {"close", close_descriptor, "fd"},
                                {"read", read_descriptor, "fd length /"},
                                {"write", write_descriptor, "fd data /"},
                                {"isatty", isatty_function, "fd /"},
                                {"getpid", number<pid_t, getpid>, ""},
                                {"getppid", number<pid_t, getppid>, ""},
                                {"getuid", number<uid_t, getuid>, ""},
                                {"environment", environment, ""},
                                {"putenv", putenv_function, "name value /"},
                                {"unsetenv", on_path<unsetenv>, "name /"},
                                {"urandom", urandom, "size /"},
                                {"strerror", strerror_function, "code /"},
                                {"_exit", exit_at_once, "status"},
                                {nullptr, nullptr, nullptr}};

}  // namespace

bool fill_posix(Module* module) {
    const std::pair<const char*, int> flags[] = {{"O_RDONLY", O_RDONLY},
                                                 {"O_WRONLY", O_WRONLY},
                                                 {"O_RDWR", O_RDWR},
                                                 {"O_CREAT", O_CREAT},
                                                 {"O_EXCL", O_EXCL},
                                                 {"O_TRUNC", O_TRUNC},
                                                 {"O_APPEND", O_APPEND},
                                                 {"F_OK", F_OK},
                                                 {"R_OK", R_OK},
                                                 {"W_OK", W_OK},
                                                 {"X_OK", X_OK}};
    for (const auto& [name, value] : flags) {
        if (!module_set(module, name, small(value))) {
            return false;
        }
    }
    return module_add(module, kFunctions);
}

}  // namespace pebble
