// SPDX-License-Identifier: MIT
/// `cairn heap sql`: snapshots as a database of SQLite.
#include <memory>
#include <sqlite3.h>
#include <stdexcept>

#include <fmt/format.h>

#include "census.h"
#include "moment.h"
#include "output.h"
#include "request.h"

namespace tool::heap {
namespace {

constexpr const char* kTables = R"sql(
PRAGMA journal_mode = OFF;
PRAGMA synchronous = OFF;
BEGIN;
CREATE TABLE snapshot (
    snapshot INTEGER PRIMARY KEY, file TEXT, program TEXT, host TEXT, build TEXT, process INTEGER,
    time TEXT, nodes INTEGER, edges INTEGER, bytes INTEGER);
CREATE TABLE type (
    snapshot INTEGER, type INTEGER, name TEXT, objects INTEGER, self_size INTEGER,
    external_size INTEGER, retained_size INTEGER, PRIMARY KEY (snapshot, type)) WITHOUT ROWID;
CREATE TABLE node (
    snapshot INTEGER, node INTEGER, id INTEGER, kind TEXT, type INTEGER, name TEXT,
    self_size INTEGER, external_size INTEGER, retained_size INTEGER, distance INTEGER,
    dominator INTEGER, via INTEGER, PRIMARY KEY (snapshot, node)) WITHOUT ROWID;
CREATE TABLE edge (
    snapshot INTEGER, edge INTEGER, from_node INTEGER, to_node INTEGER, kind TEXT, name TEXT,
    PRIMARY KEY (snapshot, edge)) WITHOUT ROWID;
)sql";

constexpr const char* kViews = R"sql(
CREATE INDEX edge_from ON edge (snapshot, from_node);
CREATE INDEX edge_to ON edge (snapshot, to_node);
CREATE INDEX node_id ON node (snapshot, id);
CREATE INDEX node_dominator ON node (snapshot, dominator);
CREATE VIEW object AS
    SELECT n.snapshot, n.node, n.id, t.name AS type, n.kind, n.name, n.self_size, n.external_size,
           n.retained_size, n.distance, n.dominator
    FROM node n JOIN type t USING (snapshot, type) WHERE n.self_size > 0;
CREATE VIEW largest AS SELECT * FROM object ORDER BY retained_size DESC;
CREATE VIEW referrer AS
    SELECT e.snapshot, target.id AS id, e.name AS edge, e.kind, source.id AS referrer_id,
           t.name AS referrer_type, source.retained_size, source.distance
    FROM edge e
    JOIN node source ON source.snapshot = e.snapshot AND source.node = e.from_node
    JOIN node target ON target.snapshot = e.snapshot AND target.node = e.to_node
    JOIN type t ON t.snapshot = e.snapshot AND t.type = source.type;
CREATE VIEW step AS
    SELECT n.snapshot, n.node, n.id, t.name AS type, e.name AS edge, e.from_node AS above
    FROM node n JOIN type t USING (snapshot, type)
    JOIN edge e ON e.snapshot = n.snapshot AND e.edge = n.via;
CREATE VIEW growth AS
    SELECT new.snapshot, new.name AS type,
           new.objects - coalesce(old.objects, 0) AS objects,
           new.self_size - coalesce(old.self_size, 0) AS self_size,
           new.retained_size - coalesce(old.retained_size, 0) AS retained_size
    FROM type new LEFT JOIN type old ON old.snapshot = new.snapshot - 1 AND old.name = new.name
    WHERE new.snapshot > 1
    ORDER BY 4 DESC;
COMMIT;
)sql";

class Database {
  public:
    explicit Database(const std::string& path) : path_(path) {
        sqlite3* opened = nullptr;
        const int status = sqlite3_open(path.c_str(), &opened);
        database_.reset(opened);
        check(status);
    }
    void run(const char* sql) {
        check(sqlite3_exec(database_.get(), sql, nullptr, nullptr, nullptr));
    }
    void check(int status) const {
        if (status != SQLITE_OK && status != SQLITE_DONE) {
            throw std::runtime_error(fmt::format("{}: {}", path_, sqlite3_errmsg(database_.get())));
        }
    }
    [[nodiscard]] sqlite3* get() const { return database_.get(); }

  private:
    struct Closer {
        void operator()(sqlite3* database) const { (void)sqlite3_close(database); }
    };
    std::string path_;
    std::unique_ptr<sqlite3, Closer> database_;
};

/// An INSERT that is run for many rows.
class Insert {
  public:
    Insert(Database& database, const char* table, int columns) : database_(database) {
        std::string sql = fmt::format("INSERT INTO {} VALUES (?", table);
        for (int i = 1; i < columns; ++i) {
            sql += ", ?";
        }
        sqlite3_stmt* prepared = nullptr;
        database.check(
            sqlite3_prepare_v2(database.get(), (sql + ")").c_str(), -1, &prepared, nullptr));
        statement_.reset(prepared);
    }
    Insert& number(uint64_t value) {
        database_.check(
            sqlite3_bind_int64(statement_.get(), ++bound_, static_cast<sqlite3_int64>(value)));
        return *this;
    }
    Insert& null() {
        database_.check(sqlite3_bind_null(statement_.get(), ++bound_));
        return *this;
    }
    Insert& text(std::string_view value) {
        database_.check(sqlite3_bind_text64(
            statement_.get(), ++bound_, value.data(), value.size(), SQLITE_TRANSIENT, SQLITE_UTF8));
        return *this;
    }
    Insert& text_or_null(std::string_view value) { return value.empty() ? null() : text(value); }
    void end_row() {
        database_.check(sqlite3_step(statement_.get()));
        database_.check(sqlite3_reset(statement_.get()));
        bound_ = 0;
    }

  private:
    struct Finalizer {
        void operator()(sqlite3_stmt* statement) const { (void)sqlite3_finalize(statement); }
    };
    Database& database_;
    std::unique_ptr<sqlite3_stmt, Finalizer> statement_;
    int bound_ = 0;
};

void add_snapshot(Database& database, const HeapModel& model, uint64_t number) {
    const Origin& origin = model.snapshot.origin;
    Insert(database, "snapshot", 10)
        .number(number)
        .text(model.path)
        .text(origin.program)
        .text(origin.host)
        .text(origin.build)
        .number(origin.process)
        .text_or_null(moment_text(origin.time_ms))
        .number(model.snapshot.node_count())
        .number(model.snapshot.edge_count())
        .number(model.total_size())
        .end_row();
}

void add_types(Database& database, const HeapModel& model, uint64_t number) {
    std::vector<TypeRow> rows(model.types.names.size());
    for (const TypeRow& row : take_census(model, DominatedNodes(model.dominators.dominator))) {
        rows[row.type] = row;
    }
    Insert insert(database, "type", 7);
    for (size_t i = 0; i < rows.size(); ++i) {
        insert.number(number)
            .number(i)
            .text(model.types.names[i])
            .number(rows[i].count)
            .number(rows[i].self)
            .number(rows[i].external)
            .number(rows[i].retained)
            .end_row();
    }
}

void add_nodes(Database& database, const HeapModel& model, uint64_t number) {
    const Snapshot& s = model.snapshot;
    Insert insert(database, "node", 12);
    for (Node node = 0; node < s.node_count(); ++node) {
        insert.number(number)
            .number(node)
            .number(s.id[node])
            .text(s.node_types[s.type[node]])
            .number(model.types.of_node[node])
            .text(s.text(node))
            .number(s.self_size[node])
            .number(s.external_size.empty() ? 0 : s.external_size[node])
            .number(model.retained[node]);
        if (model.is_reachable(node)) {
            insert.number(static_cast<uint64_t>(model.distances.distance[node]));
        } else {
            insert.null();
        }
        insert.number(model.dominators.dominator[node]);
        if (model.distances.via[node] != kNone) {
            insert.number(model.distances.via[node]);
        } else {
            insert.null();
        }
        insert.end_row();
    }
}

void add_edges(Database& database, const Snapshot& s, uint64_t number) {
    Insert insert(database, "edge", 6);
    for (Node from = 0; from < s.node_count(); ++from) {
        for (Edge edge = s.first_edge[from]; edge < s.first_edge[from + 1]; ++edge) {
            insert.number(number)
                .number(edge)
                .number(from)
                .number(s.edge_to[edge])
                .text(s.edge_types[s.edge_type[edge]])
                .text(s.edge_text(edge))
                .end_row();
        }
    }
}

void write_database(const Request& request, const std::string& path) {
    Database database(path);
    database.run(kTables);
    for (size_t i = 0; i < request.words.size(); ++i) {
        const HeapModel model = load_for(request, request.words[i]);
        add_snapshot(database, model, i + 1);
        add_types(database, model, i + 1);
        add_nodes(database, model, i + 1);
        add_edges(database, model.snapshot, i + 1);
    }
    database.run(kViews);
}

}  // namespace

int run_sql(const Request& request) {
    if (request.output.empty()) {
        throw std::runtime_error("heap sql needs -o FILE.sqlite");
    }
    Draft draft(request.output, request.words);
    write_database(request, draft.name());
    draft.finish();
    return 0;
}

}  // namespace tool::heap
