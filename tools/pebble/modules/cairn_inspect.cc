// SPDX-License-Identifier: MIT
#include <algorithm>
#include <cairn/snapshot.h>
#include <cerrno>
#include <ctime>
#include <map>
#include <tuple>
#include <unistd.h>
#include <unordered_map>

#include "compile/code.h"
#include "core/eval.h"
#include "modules/modules.h"

namespace pebble {
namespace {

// The part of the module `cairn` that tells why objects are alive: what is there, what has grown,
// who holds it. What the heap shows is gathered first; objects for the program are made afterwards.

Ref number(size_t n) {
    return new_int(static_cast<int64_t>(n));
}

Ref failed(cairn_status status) {
    return raise_status(status);
}

// What is there.

struct ClassRow {
    size_t objects = 0;
    size_t bytes = 0;  ///< what lies outside the heap included
    size_t held = 0;
};
using ClassRows = std::unordered_map<Class*, ClassRow>;

/// {class: (objects, bytes, held)}, the most bytes first.
Ref rows_of_classes(const ClassRows& found) {
    std::vector<std::pair<Ref, ClassRow>> rows;
    rows.reserve(found.size());
    for (const auto& [cls, row] : found) {
        rows.emplace_back(Ref::share(cls), row);
    }
    std::sort(rows.begin(), rows.end(), [](const auto& a, const auto& b) {
        return a.second.bytes != b.second.bytes ? a.second.bytes > b.second.bytes
                                                : a.first.get() < b.first.get();
    });
    Ref dict = new_dict();
    for (const auto& [cls, row] : rows) {
        Ref objects = number(row.objects);
        Ref bytes = number(row.bytes);
        Ref held = number(row.held);
        Ref tuple = make_tuple({objects, bytes, held});
        if (!dict || !tuple || !dict_set(dict.as<Dict>(), cls, tuple)) {
            return {};
        }
    }
    return dict;
}

struct Count {
    ClassRows* rows;
    uint64_t mark;
};

int count_newer(Value object, void* data) {
    const auto* count = static_cast<Count*>(data);
    if (is_known(object) && cairn_is_newer(object, count->mark) != 0) {
        ClassRow& row = (*count->rows)[class_of(object)];
        ++row.objects;
        row.bytes += cairn_object_size(object) + cairn_object_external_size(object);
    }
    return 1;
}

int count_held(Value object, size_t references, size_t roots, void* data) {
    const auto* count = static_cast<Count*>(data);
    if (references > roots && is_known(object) && cairn_is_newer(object, count->mark) != 0) {
        ++(*count->rows)[class_of(object)].held;
    }
    return 1;
}

Ref census_since(uint64_t mark) {
    ClassRows rows;
    Count count = {&rows, mark};
    const cairn_status status = cairn_visit_held(vm.heap, count_held, &count);
    if (status != CAIRN_OK) {
        return failed(status);
    }
    cairn_visit_objects(vm.heap, count_newer, &count);
    return rows_of_classes(rows);
}

Ref census(Value, const Args&) {
    return census_since(0);
}

Ref mark(Value, const Args&) {
    return number(cairn_mark(vm.heap));
}

bool get_mark(Value v, uint64_t* out) {
    int64_t number = 0;
    if (!to_int64(v, &number)) {
        return false;
    }
    if (number < 1) {
        return raise(vm.exceptions.ValueError, "not a mark");
    }
    *out = static_cast<uint64_t>(number);
    return true;
}

/// {class: (objects, bytes, held)} of what was made after a mark.
Ref growth(Value, const Args& args) {
    uint64_t since = 0;
    return get_mark(args[0], &since) ? census_since(since) : Ref();
}

Ref is_newer(Value, const Args& args) {
    uint64_t since = 0;
    if (!get_mark(args[1], &since)) {
        return {};
    }
    return Ref::own(truth(!is_immediate(args[0]) && cairn_is_newer(args[0], since) != 0));
}

// Who holds it.

using HeldObjects = std::vector<std::pair<Value, size_t>>;

int add_held(Value object, size_t references, size_t roots, void* data) {
    if (references > roots && is_known(object) && is_heap_class(class_of(object))) {
        static_cast<HeldObjects*>(data)->emplace_back(object, references - roots);
    }
    return 1;
}

/// [(object, references)]: objects of the program's classes that native code holds.
Ref held(Value, const Args&) {
    HeldObjects found;
    const cairn_status status = cairn_visit_held(vm.heap, add_held, &found);
    if (status != CAIRN_OK) {
        return failed(status);
    }
    std::vector<std::pair<Ref, size_t>> rows;
    rows.reserve(found.size());
    for (const auto& [object, references] : found) {
        rows.emplace_back(Ref::share(object), references);
    }
    Ref list = new_list();
    for (const auto& [object, references] : rows) {
        Ref count = number(references);
        Ref row = make_tuple({object, count});
        if (!list || !row || !list_append(list.as<List>(), row)) {
            return {};
        }
    }
    return list;
}

const char* root_text(cairn_root_kind kind) {
    switch (kind) {
        case CAIRN_ROOT_REPORTED:
            return "variable or module";
        case CAIRN_ROOT_LIBRARY:
            return "heap";
        case CAIRN_ROOT_IMMORTAL:
            return "immortal";
        default:
            return "native code";
    }
}

struct Steps {
    std::vector<std::pair<std::string, Value>> steps;
};

int add_step(const cairn_path_step* step, void* data) {
    auto& steps = static_cast<Steps*>(data)->steps;
    char text[128];
    if (steps.empty()) {
        (void)snprintf(text, sizeof text, "%s", root_text(step->root));
    } else {
        (void)cairn_edge_text(steps.back().second, &step->edge, text, sizeof text);
    }
    steps.emplace_back(text, step->object);
    return 1;
}

/// An object, or what a weak reference refers to, borrowed. The reference is dropped at once, so
/// that the caller is not what holds the object.
bool get_object(Value v, Value* out) {
    if (is_immediate(v)) {
        return raise(vm.exceptions.TypeError, "this value is no object of the heap");
    }
    *out = v;
    if (cairn_is_weakref(v) != 0) {
        Value object = cairn_weakref_get(v);
        if (object == nullptr) {
            return raise(vm.exceptions.ReferenceError, "the object is gone");
        }
        *out = object;
        if (cairn_refcount(object) > 1) {
            decref(object);
        }
    }
    return true;
}

/// [(edge, object)] from a root to the object, or None for garbage.
Ref path_to_root(Value, const Args& args) {
    Value object = nullptr;
    if (!get_object(args[0], &object)) {
        return {};
    }
    Steps found;
    const cairn_status status = cairn_path_to_root(object, add_step, &found);
    if (status == CAIRN_NOT_FOUND) {
        return Ref::own(none());
    }
    if (status != CAIRN_OK) {
        return failed(status);
    }
    std::vector<std::pair<std::string, Ref>> steps;
    steps.reserve(found.steps.size());
    for (const auto& [edge, step] : found.steps) {
        steps.emplace_back(edge, is_known(step) ? Ref::share(step) : Ref::own(none()));
    }
    Ref list = new_list();
    for (const auto& [edge, step] : steps) {
        Ref text = new_str(edge);
        Ref row = text ? make_tuple({text, step}) : Ref();
        if (!list || !row || !list_append(list.as<List>(), row)) {
            return {};
        }
    }
    return list;
}

/// (objects, bytes) that would die with the objects.
Ref retained(Value, const Args& args) {
    std::vector<Value> objects;
    for (size_t i = 0; i < args.count; ++i) {
        Value object = nullptr;
        if (!get_object(args[i], &object)) {
            return {};
        }
        objects.push_back(object);
    }
    cairn_retained_size size = {};
    const cairn_status status =
        cairn_retained(vm.heap, objects.data(), objects.size(), &size, nullptr, nullptr);
    if (status != CAIRN_OK) {
        return failed(status);
    }
    Ref count = number(size.objects);
    Ref bytes = number(size.bytes + size.external_bytes);
    return make_tuple({count, bytes});
}

// Allocation sites: the call stacks of the program.

struct Call {
    std::string function;
    std::string file;
    uint32_t line;

    bool operator<(const Call& other) const {
        return std::tie(line, function, file) < std::tie(other.line, other.function, other.file);
    }
};
using CallStack = std::vector<Call>;  ///< outermost first

struct SiteTable {
    std::map<CallStack, uint32_t> numbers;
    std::vector<const CallStack*> stacks;
};
SiteTable sites_known;

uint32_t site_now(cairn_heap*, const cairn_type*, size_t, void*) {
    CallStack stack;
    for (const Frame* frame = vm.frame; frame != nullptr; frame = frame->previous) {
        const auto* code = as<Code>(frame->code);
        if (code == nullptr || stack.size() == 64) {
            break;
        }
        stack.push_back({code->qualname != nullptr ? std::string(view(code->qualname)) : "?",
                         code->filename != nullptr ? std::string(view(code->filename)) : "?",
                         static_cast<uint32_t>(frame_place(frame).from.line)});
    }
    std::reverse(stack.begin(), stack.end());
    const auto next = static_cast<uint32_t>(sites_known.stacks.size());
    const auto [at, added] = sites_known.numbers.try_emplace(std::move(stack), next);
    if (added) {
        sites_known.stacks.push_back(&at->first);
    }
    return at->second;
}

int frame_of_site(uint32_t site, size_t depth, cairn_frame* out_frame, void*) {
    const CallStack& stack = *sites_known.stacks[site];
    if (depth >= stack.size()) {
        return 0;
    }
    *out_frame = {stack[depth].function.c_str(), stack[depth].file.c_str(), stack[depth].line, 0};
    return 1;
}

/// Samples an allocation every so many bytes; 0: no more.
Ref sample(Value, const Args& args) {
    int64_t bytes = 0;
    if (!to_int64(args[0], &bytes)) {
        return {};
    }
    if (bytes < 0) {
        return raise(vm.exceptions.ValueError, "sample() takes a number of bytes");
    }
    cairn_heap_set_sampler(vm.heap, static_cast<size_t>(bytes), site_now, nullptr);
    return Ref::own(none());
}

int add_site(const cairn_site_sum* sum, void* data) {
    static_cast<std::vector<cairn_site_sum>*>(data)->push_back(*sum);
    return 1;
}

/// [(site, live objects, live bytes, objects, bytes)], as sampled, most live bytes first.
Ref sites(Value, const Args&) {
    std::vector<cairn_site_sum> sums;
    const cairn_status status = cairn_visit_sites(vm.heap, add_site, &sums);
    if (status != CAIRN_OK) {
        return failed(status);
    }
    Ref list = new_list();
    for (const cairn_site_sum& sum : sums) {
        const CallStack& stack = *sites_known.stacks[sum.site];
        const std::string text = stack.empty() ? "(native)"
                                               : stack.back().function + " (" + stack.back().file +
                                                     ":" + std::to_string(stack.back().line) + ")";
        Ref site = new_str(text);
        Ref live_objects = number(sum.live_objects);
        Ref live_bytes = number(sum.live_bytes);
        Ref objects = number(sum.objects);
        Ref bytes = number(sum.bytes);
        Ref row = site ? make_tuple({site, live_objects, live_bytes, objects, bytes}) : Ref();
        if (!list || !row || !list_append(list.as<List>(), row)) {
            return {};
        }
    }
    return list;
}

// Snapshots.

void describe(Value object, cairn_node* out_node, void*) {
    if (!is_known(object)) {
        return;
    }
    out_node->name = type_name(object);
    if (class_of(object) == vm.classes.str) {
        out_node->kind = CAIRN_NODE_STRING;
        const std::string_view text = view(object).substr(0, 100);
        const size_t size = std::min(text.find('\0'), text.size());
        text.copy(out_node->text, size);
        out_node->text[size] = '\0';
    }
}

int write_part(const void* data, size_t size, void* file) {
    return fwrite(data, 1, size, static_cast<FILE*>(file)) == size ? 1 : 0;
}

Ref snapshot(Value, const Args& args) {
    std::string path;
    if (!path_text(args[0], &path)) {
        return {};
    }
    FILE* file = fopen(path.c_str(), "wb");
    if (file == nullptr) {
        return raise_os(errno, path.c_str());
    }
    cairn_snapshot_options options;
    cairn_snapshot_options_init(&options);
    options.program = "pebble";
    options.build = CAIRN_VERSION_STRING;
    options.process = static_cast<uint64_t>(getpid());
    options.time_ms = static_cast<uint64_t>(time(nullptr)) * 1000;
    options.describe = describe;
    options.frame = frame_of_site;
    const cairn_status status = cairn_snapshot_write(vm.heap, &options, write_part, file);
    const bool failed_to_write = fclose(file) != 0 || status == CAIRN_USER_ERROR;
    if (failed_to_write) {
        return raise_os(errno, path.c_str());
    }
    return status == CAIRN_OK ? Ref::own(none()) : failed(status);
}

const NativeDef kFunctions[] = {{"census", census, ""},
                                {"mark", mark, ""},
                                {"growth", growth, "mark /"},
                                {"is_newer", is_newer, "object mark /"},
                                {"held", held, ""},
                                {"path_to_root", path_to_root, "object /"},
                                {"retained", retained, nullptr},
                                {"sample", sample, "interval /"},
                                {"sites", sites, ""},
                                {"snapshot", snapshot, "path"},
                                {nullptr, nullptr, nullptr}};

}  // namespace

bool fill_cairn_inspect(Module* module) {
    return module_add(module, kFunctions);
}

}  // namespace pebble
