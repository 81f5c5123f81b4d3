// SPDX-License-Identifier: MIT
// Nothing of the file is kept: its parts are made by walks over the heap, which all come to objects
// and their edges in the same order. The first counts; then come nodes, edges and texts.
#include "inspect/snapshot.h"

#include <initializer_list>

#include "finalize/queue.h"
#include "heap/sample.h"
#include "inspect/census.h"
#include "inspect/edges.h"
#include "inspect/ephemeron.h"
#include "inspect/held.h"
#include "inspect/node_numbers.h"
#include "inspect/object_ids.h"
#include "inspect/snapshot_names.h"
#include "inspect/snapshot_sites.h"

namespace cairn {

namespace {

// Values of V8's lists of types.
enum NodeType : uint8_t { kStringNode = 2, kObjectNode = 3, kNumberNode = 7, kSyntheticNode = 9 };
enum EdgeType : uint8_t { kElement = 1, kProperty = 2, kInternal = 3, kWeak = 6 };

// The groups of roots, each a node below the node of all roots.
enum Group : uint8_t { kGlobals, kFrames, kHandles, kLibrary, kImmortal, kGroups };
constexpr size_t kFirstGroup = 2;
constexpr size_t kFirstObject = kFirstGroup + kGroups;

constexpr const char* kMetaStart =
    R"({"snapshot":{"meta":{"node_fields":["type","name","id","self_size","edge_count",)"
    R"("trace_node_id","detachedness")";
constexpr const char* kMetaMiddle =
    R"(],"node_types":[["hidden","array","string","object","code","closure","regexp","number",)"
    R"("native","synthetic","concatenated string","sliced string","symbol","bigint",)"
    R"("object shape"],"string","number","number","number","number","number")";
constexpr const char* kMetaEnd =
    R"(],"edge_fields":["type","name_or_index","to_node"],"edge_types":[["context","element",)"
    R"("property","internal","hidden","shortcut","weak"],"string_or_number","node"],)"
    R"("trace_function_info_fields":["function_id","name","script_name","script_id","line",)"
    R"("column"],"trace_node_fields":["id","function_info_index","count","size","children"],)"
    R"("sample_fields":["timestamp_us","last_assigned_id"],)"
    R"("location_fields":["object_index","script_id","line","column"]})";

// One edge of the file. Its name is `index`, unless it is a text of its own.
struct FileEdge {
    EdgeType type;
    bool has_own_text;
    uint32_t index;
    const cairn_object* to;
};

uint32_t as_index(size_t index) {
    return index < UINT32_MAX ? static_cast<uint32_t>(index) : UINT32_MAX;
}

class Writer {
  public:
    Writer(cairn_heap* heap,
           const cairn_snapshot_options& options,
           cairn_write_fn write_part,
           void* write_data)
        : heap_(heap),
          options_(options),
          out_(write_part, write_data),
          index_(heap),
          numbers_(heap, index_),
          names_(heap, options),
          ids_(heap),
          sites_(heap, options) {}
    ~Writer() { held_.release(heap_->memory); }
    Writer(const Writer&) = delete;
    Writer& operator=(const Writer&) = delete;

    // All that takes memory. False when memory is out.
    [[nodiscard]] bool prepare();
    [[nodiscard]] bool write_file();

  private:
    [[nodiscard]] bool find_held();
    [[nodiscard]] size_t cells_at_once() const;
    void count_edges();

    template <typename F>
    void for_each_edge_of_group(size_t group, F visit);
    template <typename F>
    void for_each_edge_of(cairn_object* object, F visit);
    template <typename F>
    void for_each_value_under(const cairn_object* key, F visit) const;
    uint64_t count_edges_of(cairn_object* object) const;
    FileEdge file_edge(cairn_object* from, const cairn_object* to, const cairn_edge& edge) const;
    // The kinds that mean one thing in one kind of container, and another in others.
    FileEdge weak_edge(const cairn_object* from, const cairn_object* to) const;

    void write_meta();
    void write_about();
    void write_node(
        NodeType type, uint64_t name, uint64_t id, uint64_t size, uint64_t edges, uint64_t site);
    void write_object(cairn_object* object);
    void write_edge(const FileEdge& edge);
    void write_edge_to(EdgeType type, uint64_t name, size_t node);
    void write_nodes();
    void write_edges();
    void write_texts();

    cairn_heap* heap_;
    const cairn_snapshot_options& options_;
    Output out_;
    CellIndex index_;
    NodeNumbers numbers_;
    SnapshotNames names_;
    ObjectIds ids_;
    SnapshotSites sites_;
    CellBits held_;
    bool has_external_ = false;
    uint32_t next_text_ = 0;
    uint64_t edges_ = 0;
    bool is_first_ = true;  // of the list that is being written
};

// --- counting ------------------------------------------------------------------------------------

// So many that a byte for each keeps what is taken in all at a hundredth of the heap. The numbers
// of nodes come later, when those bytes are free again.
size_t Writer::cells_at_once() const {
    constexpr size_t kLeast = size_t{32} << 10;
    const size_t all = heap_->memory.object_bytes / 100;
    const size_t taken = index_.size() / 8 + heap_->memory.object_bytes / kPageSize * 40;
    const size_t left = all > taken ? all - taken : 0;
    return left > kLeast ? left : kLeast;
}

bool Writer::find_held() {
    Residues residues(heap_, index_);
    const size_t step = cells_at_once();
    for (size_t first = 0; first < index_.size(); first += step) {
        const size_t end = index_.size() - first < step ? index_.size() : first + step;
        if (!residues.count(first, end, true)) {
            return false;
        }
        index_.for_each_in(first, end, [&](const cairn_object* object, size_t cell) {
            if (residues.left(object, cell) > 0) {
                held_.set(cell);
            }
        });
    }
    return true;
}

bool Writer::prepare() {
    if (!names_.build() || !index_.build() || !held_.build(heap_->memory, index_.size()) ||
        !find_held() || !numbers_.build() || !ids_.update(index_) || !sites_.build()) {
        return false;
    }
    bool complete = true;
    index_.for_each([&](cairn_object* object, size_t) {
        complete = complete && names_.note(object);
        has_external_ = has_external_ || has_external_bytes(object->type);
    });
    return complete;
}

void Writer::count_edges() {
    edges_ = 1 + kGroups;
    const auto count = [this](const FileEdge&, const cairn_edge&) { ++edges_; };
    for (size_t group = 0; group < kGroups; ++group) {
        for_each_edge_of_group(group, count);
    }
    index_.for_each([&](cairn_object* object, size_t) { edges_ += count_edges_of(object); });
}

// --- edges ---------------------------------------------------------------------------------------

template <typename F>
void Writer::for_each_edge_of_group(size_t group, F visit) {
    uint32_t next = 0;
    const auto show = [&](const cairn_object* object) {
        visit(FileEdge{kElement, false, next++, object}, cairn_edge{});
    };
    if (group == kGlobals || group == kFrames) {
        const cairn_root_kind wanted =
            group == kGlobals ? CAIRN_ROOT_DECLARED : CAIRN_ROOT_REPORTED;
        for_each_root(heap_, [&](const cairn_object* object, cairn_root_kind kind) {
            if (kind == wanted) {
                show(object);
            }
        });
    } else if (group == kLibrary) {
        for_each_library_reference(heap_, show);
        for_each_borrowed(heap_, show);
    }
    if (group < kHandles) {
        return;
    }
    index_.for_each([&](const cairn_object* object, size_t cell) {
        if (group == kHandles    ? held_.get(cell)
            : group == kImmortal ? is_immortal(object)
                                 : own_references(object) > 0) {
            show(object);
        }
    });
}

// The values of weak-key maps hang on their keys.
template <typename F>
void Writer::for_each_value_under(const cairn_object* key, F visit) const {
    if ((key->flags & kIsEphemeronKey) == 0) {
        return;
    }
    for (WeakrefObject* r = first_weakref(heap_, key); r != nullptr; r = r->next) {
        const WeakMapObject* map = (r->state & kInWeakMap) != 0 ? as_entry_ref(r)->map : nullptr;
        if (map != nullptr && is_alive(&map->head) &&
            is_ephemeron(heap_, map, map->table.entries[r->entry]) &&
            map->table.entries[r->entry].strong != nullptr) {
            visit(FileEdge{kInternal, false, kValueText, map->table.entries[r->entry].strong},
                  cairn_edge{});
        }
    }
}

FileEdge Writer::weak_edge(const cairn_object* from, const cairn_object* to) const {
    switch (weakmap_kind(from)) {
        case CAIRN_WEAK_VALUE_MAP:
            return {kWeak, false, kValueText, to};
        case CAIRN_WEAK_SET:
            return {kWeak, false, kMemberText, to};
        default:
            return {kWeak, false, kReferentText, to};
    }
}

FileEdge Writer::file_edge(cairn_object* from,
                           const cairn_object* to,
                           const cairn_edge& edge) const {
    switch (edge.kind) {
        case CAIRN_EDGE_ARGUMENT:
            return {kInternal, false, kArgumentText, to};
        case CAIRN_EDGE_ENTRY:
            return {kInternal, false, kEntryText, to};
        case CAIRN_EDGE_ENTRY_KEY:
            return {kInternal, false, kKeyText, to};
        case CAIRN_EDGE_EPHEMERON_VALUE: {
            const WeakMapObject* map = as_weakmap(from);
            const bool weak = is_ephemeron(heap_, map, map->table.entries[edge.index]);
            return {weak ? kWeak : kInternal, false, kValueText, to};
        }
        case CAIRN_EDGE_EPHEMERON_KEY:
            return {kWeak, false, kKeyText, to};
        case CAIRN_EDGE_WEAK:
            return weak_edge(from, to);
        default:
            break;
    }
    char first[2];
    if (edge_name(from, edge, first, sizeof first) > 0) {
        return {kProperty, true, 0, to};
    }
    if (edge.name != nullptr) {
        return {kProperty, false, names_.of_slot(from->type, edge.index), to};
    }
    const size_t parts = edge.kind == CAIRN_EDGE_ARRAY ? from->type->shape.array.record_slots : 1;
    return {kElement, false, as_index(edge.index * parts + edge.part), to};
}

template <typename F>
void Writer::for_each_edge_of(cairn_object* object, F visit) {
    for_each_value_under(object, visit);
    if (!may_be_half_built(object)) {
        for_each_edge(object, [&](cairn_object* to, const cairn_edge& edge) {
            visit(file_edge(object, to, edge), edge);
            return true;
        });
    }
}

// Edges alone, without what the file has about them.
uint64_t Writer::count_edges_of(cairn_object* object) const {
    uint64_t edges = 0;
    for_each_value_under(object, [&edges](const FileEdge&, const cairn_edge&) { ++edges; });
    if (!may_be_half_built(object)) {
        for_each_edge(object, [&edges](const cairn_object*, const cairn_edge&) {
            ++edges;
            return true;
        });
    }
    return edges;
}

// --- the file ------------------------------------------------------------------------------------

void Writer::write_about() {
    out_.raw(",\"cairn\":{\"version\":1");
    const auto text = [this](const char* key, const char* value) {
        if (value != nullptr) {
            out_.raw(key);
            out_.string(value);
        }
    };
    const auto number = [this](const char* key, uint64_t value) {
        if (value != 0) {
            out_.raw(key);
            out_.number(value);
        }
    };
    text(",\"program\":", options_.program);
    text(",\"host\":", options_.host);
    text(",\"build\":", options_.build);
    number(",\"process\":", options_.process);
    number(",\"time_ms\":", options_.time_ms);
    if (heap_->sampler.interval > 1) {
        number(",\"sample_interval\":", heap_->sampler.interval);
    }
    out_.raw("}},\n");
}

void Writer::write_meta() {
    out_.raw(kMetaStart);
    out_.raw(has_external_ ? ",\"external_size\"" : "");
    out_.raw(kMetaMiddle);
    out_.raw(has_external_ ? ",\"number\"" : "");
    out_.raw(kMetaEnd);
    out_.raw(",\"node_count\":");
    out_.number(kFirstObject + numbers_.size());
    out_.raw(",\"edge_count\":");
    out_.number(edges_);
    out_.raw(",\"trace_function_count\":");
    out_.number(sites_.functions());
    write_about();
}

void Writer::write_node(
    NodeType type, uint64_t name, uint64_t id, uint64_t size, uint64_t edges, uint64_t site) {
    if (!is_first_) {
        out_.put(',');
    }
    is_first_ = false;
    out_.numbers(uint64_t{type}, name, id, size, edges, site, uint64_t{0});
}

void Writer::write_object(cairn_object* object) {
    const cairn_node node = names_.describe(object);
    const NodeType type = node.kind == CAIRN_NODE_STRING   ? kStringNode
                          : node.kind == CAIRN_NODE_NUMBER ? kNumberNode
                                                           : kObjectNode;
    const uint32_t name = type == kObjectNode ? names_.of_object(object, node) : next_text_++;
    const size_t external = external_bytes(object);
    write_node(type,
               name,
               2 * uint64_t{ids_.of(object)} + 1,
               cell_bytes(object) + external,
               count_edges_of(object),
               sites_.node_of(site_place(heap_, object)));
    if (has_external_) {
        out_.put(',');
        out_.number(external);
    }
    out_.put('\n');
}

void Writer::write_nodes() {
    const char* end = has_external_ ? ",0\n" : "\n";
    out_.raw("\"nodes\":[");
    is_first_ = true;
    write_node(kSyntheticNode, kNoText, 1, 0, 1, 0);
    out_.raw(end);
    write_node(kSyntheticNode, kGcRootsText, 3, 0, kGroups, 0);
    out_.raw(end);
    for (size_t group = 0; group < kGroups; ++group) {
        uint64_t edges = 0;
        for_each_edge_of_group(group, [&edges](const FileEdge&, const cairn_edge&) { ++edges; });
        write_node(kSyntheticNode, kFirstGroupText + group, 5 + 2 * group, 0, edges, 0);
        out_.raw(end);
    }
    index_.for_each([this](cairn_object* object, size_t) {
        if (!out_.failed()) {
            write_object(object);
        }
    });
    out_.raw("],\n");
}

void Writer::write_edge_to(EdgeType type, uint64_t name, size_t node) {
    if (!is_first_) {
        out_.put(',');
    }
    is_first_ = false;
    out_.numbers(uint64_t{type}, name, node * (has_external_ ? 8 : 7));
    out_.put('\n');
}

void Writer::write_edge(const FileEdge& edge) {
    const uint32_t name = edge.has_own_text ? next_text_++ : edge.index;
    write_edge_to(edge.type, name, kFirstObject + numbers_.of(edge.to));
}

void Writer::write_edges() {
    out_.raw("\"edges\":[");
    is_first_ = true;
    write_edge_to(kElement, 1, 1);
    for (size_t group = 0; group < kGroups; ++group) {
        write_edge_to(kElement, group, kFirstGroup + group);
    }
    const auto write_next = [this](const FileEdge& edge, const cairn_edge&) { write_edge(edge); };
    for (size_t group = 0; group < kGroups; ++group) {
        for_each_edge_of_group(group, write_next);
    }
    index_.for_each([&](cairn_object* object, size_t) {
        if (!out_.failed()) {
            for_each_edge_of(object, write_next);
        }
    });
    out_.raw("],\n");
}

// Those of single objects come before those of edges, and those of sites last.
void Writer::write_texts() {
    out_.raw("\"strings\":[");
    names_.write_known(out_);
    index_.for_each([this](cairn_object* object, size_t) {
        const cairn_node node = names_.describe(object);
        if (node.kind != CAIRN_NODE_OBJECT && !out_.failed()) {
            out_.raw(",\n");
            out_.string(node.text);
        }
    });
    index_.for_each([this](cairn_object* object, size_t) {
        if (object->type->edge_name == nullptr || out_.failed()) {
            return;
        }
        for_each_edge_of(object, [this, object](const FileEdge& edge, const cairn_edge& place) {
            if (edge.has_own_text) {
                char text[CAIRN_NODE_TEXT_SIZE];
                (void)edge_name(object, place, text, sizeof text);
                out_.raw(",\n");
                out_.string(text);
            }
        });
    });
    sites_.write_texts(out_);
    out_.raw("]}\n");
}

bool Writer::write_file() {
    count_edges();
    next_text_ = names_.size();
    write_meta();
    write_nodes();
    write_edges();
    sites_.write_lists(out_, next_text_);
    out_.raw("\"samples\":[],\"locations\":[],\n");
    write_texts();
    out_.flush();
    return !out_.failed();
}

}  // namespace

cairn_status write_snapshot(cairn_heap* heap,
                            const cairn_snapshot_options& options,
                            cairn_write_fn write,
                            void* write_data) {
    (void)make_mark(heap);
    Writer writer(heap, options, write, write_data);
    if (!writer.prepare()) {
        return CAIRN_NO_MEMORY;
    }
    return writer.write_file() ? CAIRN_OK : CAIRN_USER_ERROR;
}

}  // namespace cairn
