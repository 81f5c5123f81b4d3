// SPDX-License-Identifier: MIT
/// Writes JSON.
#ifndef CAIRN_TOOL_HEAP_JSON_WRITER_H
#define CAIRN_TOOL_HEAP_JSON_WRITER_H

#include <cstdint>
#include <string>
#include <string_view>

namespace tool::heap {

/// Appends `text` with quotes. "<" is escaped too: the text may stand in a page's script.
void append_json_string(std::string& out, std::string_view text);

/// Appends values; puts the commas itself.
class JsonWriter {
  public:
    explicit JsonWriter(std::string& out) : out_(out) {}

    JsonWriter& begin_object();
    JsonWriter& end_object();
    JsonWriter& begin_array();
    JsonWriter& end_array();
    JsonWriter& key(std::string_view name);
    JsonWriter& text(std::string_view value);
    JsonWriter& number(uint64_t value);
    JsonWriter& signed_number(int64_t value);
    JsonWriter& boolean(bool value);
    JsonWriter& null();

  private:
    void separate();

    std::string& out_;
    bool needs_comma_ = false;
};

}  // namespace tool::heap

#endif
