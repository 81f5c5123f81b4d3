// SPDX-License-Identifier: MIT
/// Reads the two arrays of a snapshot that say where objects were allocated.
#ifndef CAIRN_TOOL_HEAP_SITE_READER_H
#define CAIRN_TOOL_HEAP_SITE_READER_H

#include <string>
#include <vector>

#include "json_reader.h"
#include "snapshot.h"

namespace tool::heap {

/// Reads "trace_function_infos": records of the given fields, one after the other.
void read_functions(JsonReader& json, Snapshot& snapshot, const std::vector<std::string>& fields);

/// Reads "trace_tree": a record of the given fields, whose "children" is an array of more records.
void read_sites(JsonReader& json, Snapshot& snapshot, const std::vector<std::string>& fields);

}  // namespace tool::heap

#endif
