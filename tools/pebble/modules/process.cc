// SPDX-License-Identifier: MIT
#include <cerrno>
#include <csignal>
#include <fcntl.h>
#include <poll.h>
#include <spawn.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "modules/modules.h"

namespace pebble {
namespace {

// The native part of lib/subprocess.py: start a program, exchange data with it, wait for it.

/// Where a stream of the child goes: a pipe to us, /dev/null, or (stderr) where stdout goes.
enum Stream : int64_t { kInherit, kPipe, kNull, kStdout };

/// Words as execve wants them.
class Words {
  public:
    /// From an iterable of strings, or None for no words at all.
    bool fill(Value iterable) {
        given_ = !is_none(iterable);
        return !given_ || for_each(iterable, [this](const Ref& item) -> bool {
            if (!is<Str>(item)) {
                return raise_type("expected str, not %s", type_name(item));
            }
            texts_.emplace_back(view(item));
            return true;
        });
    }
    char** data() {
        pointers_.clear();
        for (std::string& text : texts_) {
            pointers_.push_back(text.data());
        }
        pointers_.push_back(nullptr);
        return pointers_.data();
    }
    [[nodiscard]] bool given() const { return given_; }
    [[nodiscard]] bool empty() const { return texts_.empty(); }

  private:
    std::vector<std::string> texts_;
    std::vector<char*> pointers_;
    bool given_ = false;
};

/// What the child's three streams become; closes what the parent does not keep.
struct Streams {
    posix_spawn_file_actions_t actions;
    int kept[3] = {-1, -1, -1};
    int given[3] = {-1, -1, -1};

    Streams() { posix_spawn_file_actions_init(&actions); }
    Streams(const Streams&) = delete;
    Streams& operator=(const Streams&) = delete;
    ~Streams() {
        posix_spawn_file_actions_destroy(&actions);
        for (int i = 0; i < 3; ++i) {
            close_one(&given[i]);
            close_one(&kept[i]);
        }
    }

    static void close_one(int* fd) {
        if (*fd >= 0) {
            close(*fd);
        }
        *fd = -1;
    }

    bool prepare(int i, int64_t kind) {
        int ends[2] = {-1, -1};
        if (kind == kPipe) {
            if (pipe2(ends, O_CLOEXEC) != 0) {
                return raise_os(errno, nullptr);
            }
            kept[i] = ends[i == 0 ? 1 : 0];
            given[i] = ends[i == 0 ? 0 : 1];
            posix_spawn_file_actions_adddup2(&actions, given[i], i);
        } else if (kind == kNull) {
            posix_spawn_file_actions_addopen(&actions, i, "/dev/null", O_RDWR, 0);
        } else if (kind == kStdout) {
            posix_spawn_file_actions_adddup2(&actions, 1, i);
        }
        return true;
    }
};

Ref start_process(Value, const Args& args) {
    Words words;
    Words environment;
    Streams streams;
    if (!words.fill(args[0]) || !environment.fill(args[1])) {
        return {};
    }
    if (words.empty()) {
        return raise(vm.exceptions.ValueError, "a program to run must be given");
    }
    for (int i = 0; i < 3; ++i) {
        int64_t kind = kInherit;
        if (!to_int64(args[static_cast<size_t>(i) + 3], &kind) || !streams.prepare(i, kind)) {
            return {};
        }
    }
    if (is<Str>(args[2])) {
        posix_spawn_file_actions_addchdir_np(&streams.actions, c_str(args[2]));
    }
    flush_streams();
    pid_t pid = 0;
    char** argv = words.data();
    const int error = posix_spawnp(&pid,
                                   argv[0],
                                   &streams.actions,
                                   nullptr,
                                   argv,
                                   environment.given() ? environment.data() : environ);
    if (error != 0) {
        return raise_os(error, argv[0]);
    }
    Ref result = make_tuple(
        {small(pid), small(streams.kept[0]), small(streams.kept[1]), small(streams.kept[2])});
    for (int& fd : streams.kept) {
        fd = -1;
    }
    return result;
}

int64_t milliseconds() {
    timespec now = {};
    clock_gettime(CLOCK_MONOTONIC, &now);
    return int64_t{now.tv_sec} * 1000 + now.tv_nsec / 1000000;
}

/// Writes what fits; closes the stream when all is written or nobody reads any more.
void feed(pollfd* stream, std::string_view* input) {
    const ssize_t n = write(stream->fd, input->data(), std::min<size_t>(input->size(), 4096));
    if (n > 0) {
        input->remove_prefix(static_cast<size_t>(n));
    }
    if (input->empty() || (n < 0 && errno != EAGAIN && errno != EINTR)) {
        close(stream->fd);
        stream->fd = -1;
    }
}

void drain(pollfd* stream, std::string* out) {
    char buffer[65536];
    const ssize_t n = read(stream->fd, buffer, sizeof buffer);
    if (n > 0) {
        out->append(buffer, static_cast<size_t>(n));
    } else if (n == 0 || (errno != EAGAIN && errno != EINTR)) {
        close(stream->fd);
        stream->fd = -1;
    }
}

/// Feeds the input, reads both outputs to their end and closes all three. The result is the two
/// outputs, and whether the time was enough.
Ref exchange(Value, const Args& args) {
    int64_t fds[3] = {};
    double timeout = -1;
    for (size_t i = 0; i < 3; ++i) {
        if (!to_int64(args[i], &fds[i])) {
            return {};
        }
    }
    if (!is_none(args[4]) && !to_double(args[4], &timeout)) {
        return {};
    }
    std::string_view input;
    if (is<Bytes>(args[3])) {
        input = {as<Bytes>(args[3])->data, as<Bytes>(args[3])->size};
    }
    pollfd streams[3] = {{static_cast<int>(fds[0]), POLLOUT, 0},
                         {static_cast<int>(fds[1]), POLLIN, 0},
                         {static_cast<int>(fds[2]), POLLIN, 0}};
    std::string outputs[2];
    const auto old_handler = signal(SIGPIPE, SIG_IGN);
    const int64_t end = milliseconds() + static_cast<int64_t>(timeout * 1000);
    bool in_time = true;
    while ((streams[0].fd >= 0 || streams[1].fd >= 0 || streams[2].fd >= 0) && in_time &&
           !vm.interrupted) {
        const int64_t left = timeout < 0 ? -1 : std::max<int64_t>(end - milliseconds(), 0);
        const int ready = poll(streams, 3, static_cast<int>(left));
        in_time = ready != 0;
        if (ready <= 0) {
            continue;
        }
        if (streams[0].fd >= 0 && streams[0].revents != 0) {
            feed(&streams[0], &input);
        }
        for (size_t i = 1; i < 3; ++i) {
            if (streams[i].fd >= 0 && streams[i].revents != 0) {
                drain(&streams[i], &outputs[i - 1]);
            }
        }
    }
    signal(SIGPIPE, old_handler);
    for (pollfd& stream : streams) {
        Streams::close_one(&stream.fd);
    }
    Ref out = new_bytes(outputs[0]);
    Ref err = out ? new_bytes(outputs[1]) : Ref();
    return err ? make_tuple({out, err, truth(in_time)}) : Ref();
}

/// The status of a child: negative for a signal; None while it runs (if it is not to be waited
/// for).
Ref wait_process(Value, const Args& args) {
    int64_t pid = 0;
    bool block = true;
    if (!to_int64(args[0], &pid) || !is_true(args[1], &block)) {
        return {};
    }
    int status = 0;
    pid_t done = 0;
    while ((done = waitpid(static_cast<pid_t>(pid), &status, block ? 0 : WNOHANG)) < 0) {
        if (errno != EINTR || vm.interrupted) {
            return raise_os(errno, nullptr);
        }
    }
    if (done == 0) {
        return Ref::own(none());
    }
    return new_int(WIFSIGNALED(status) ? -WTERMSIG(status) : WEXITSTATUS(status));
}

Ref kill_process(Value, const Args& args) {
    int64_t pid = 0;
    int64_t number = 0;
    if (!to_int64(args[0], &pid) || !to_int64(args[1], &number)) {
        return {};
    }
    return kill(static_cast<pid_t>(pid), static_cast<int>(number)) == 0
               ? Ref::own(none())
               : Ref(raise_os(errno, nullptr));
}

Ref close_descriptor(Value, const Args& args) {
    int64_t fd = -1;
    if (!to_int64(args[0], &fd)) {
        return {};
    }
    close(static_cast<int>(fd));
    return Ref::own(none());
}

const NativeDef kFunctions[] = {{"start", start_process, "args env cwd stdin stdout stderr /"},
                                {"exchange", exchange, "stdin stdout stderr data timeout /"},
                                {"wait", wait_process, "pid block /"},
                                {"kill", kill_process, "pid signal /"},
                                {"close", close_descriptor, "fd /"},
                                {nullptr, nullptr, nullptr}};

}  // namespace

bool fill_process(Module* module) {
    return module_add(module, kFunctions);
}

}  // namespace pebble
