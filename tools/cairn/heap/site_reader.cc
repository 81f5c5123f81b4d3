// SPDX-License-Identifier: MIT
#include "site_reader.h"

#include <algorithm>

#include <fmt/format.h>

namespace tool::heap {
namespace {

constexpr uint64_t kMost = UINT32_MAX;

enum class SiteField : uint8_t { kSkipped, kId, kFunction, kCount, kBytes, kChildren };

SiteField site_field(const std::string& name) {
    if (name == "id") {
        return SiteField::kId;
    }
    if (name == "function_info_index") {
        return SiteField::kFunction;
    }
    if (name == "count") {
        return SiteField::kCount;
    }
    if (name == "size") {
        return SiteField::kBytes;
    }
    return name == "children" ? SiteField::kChildren : SiteField::kSkipped;
}

/// Reads the tree with the open records on a list: call stacks may be deep.
class SiteTree {
  public:
    SiteTree(JsonReader& json, std::vector<Site>& sites, std::vector<SiteField> fields)
        : json_(json), sites_(sites), fields_(std::move(fields)) {}

    void read() {
        json_.expect('[');
        if (json_.take(']')) {
            return;
        }
        open(kNone);
        while (!open_.empty()) {
            step();
        }
        json_.expect(']');
    }

  private:
    struct Record {
        uint32_t site;
        size_t field;  ///< the next to read
    };

    void open(uint32_t parent) {
        if (sites_.size() >= kMost - 1) {
            json_.fail("too many trace nodes");
        }
        Site site;
        site.parent = parent;
        open_.push_back({static_cast<uint32_t>(sites_.size()), 0});
        sites_.push_back(site);
    }

    void step() {
        Record& record = open_.back();
        if (record.field == fields_.size()) {
            close();
            return;
        }
        if (record.field != 0) {
            json_.expect(',');
        }
        const SiteField field = fields_[record.field++];
        if (field == SiteField::kChildren) {
            json_.expect('[');
            if (!json_.take(']')) {
                open(record.site);
            }
            return;
        }
        read_field(field, sites_[record.site]);
    }

    /// The record's fields are all there: another child of its parent follows, or none.
    void close() {
        const uint32_t parent = sites_[open_.back().site].parent;
        open_.pop_back();
        if (open_.empty()) {
            return;
        }
        if (json_.take(',')) {
            open(parent);
        } else {
            json_.expect(']');
        }
    }

    void read_field(SiteField field, Site& site) {
        switch (field) {
            case SiteField::kId:
                site.id = static_cast<uint32_t>(json_.number(kMost, "a trace node's id"));
                break;
            case SiteField::kFunction:
                site.function = static_cast<uint32_t>(json_.number(kMost, "function_info_index"));
                break;
            case SiteField::kCount:
                site.count = json_.number(INT64_MAX, "a trace node's count");
                break;
            case SiteField::kBytes:
                site.bytes = json_.number(INT64_MAX, "a trace node's size");
                break;
            default:
                json_.skip();
        }
    }

    JsonReader& json_;
    std::vector<Site>& sites_;
    std::vector<SiteField> fields_;
    std::vector<Record> open_;
};

}  // namespace

void read_functions(JsonReader& json, Snapshot& snapshot, const std::vector<std::string>& fields) {
    if (fields.empty()) {
        json.skip();
        return;
    }
    size_t field = 0;
    json.array([&] {
        if (field == 0) {
            snapshot.functions.emplace_back();
        }
        Function& function = snapshot.functions.back();
        const std::string& name = fields[field];
        field = field + 1 == fields.size() ? 0 : field + 1;
        if (name == "name") {
            function.name = static_cast<Text>(json.number(kMost, "a function's name"));
        } else if (name == "script_name") {
            function.file = static_cast<Text>(json.number(kMost, "a function's script_name"));
        } else if (name == "line") {
            function.line = static_cast<uint32_t>(json.number(kMost, "a function's line"));
        } else if (name == "column") {
            function.column = static_cast<uint32_t>(json.number(kMost, "a function's column"));
        } else {
            json.skip();
        }
    });
    if (field != 0) {
        json.fail("\"trace_function_infos\" ends in the middle of a record");
    }
}

void read_sites(JsonReader& json, Snapshot& snapshot, const std::vector<std::string>& fields) {
    std::vector<SiteField> known;
    std::transform(fields.begin(), fields.end(), std::back_inserter(known), site_field);
    if (std::count(known.begin(), known.end(), SiteField::kChildren) != 1 ||
        known.back() != SiteField::kChildren) {
        json.skip();
        return;
    }
    SiteTree(json, snapshot.sites, std::move(known)).read();
}

}  // namespace tool::heap
