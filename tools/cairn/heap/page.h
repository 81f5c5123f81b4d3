// SPDX-License-Identifier: MIT
/// The parts of the page that `cairn heap report` writes: the files of page/, as they are.
#ifndef CAIRN_TOOL_HEAP_PAGE_H
#define CAIRN_TOOL_HEAP_PAGE_H

namespace tool::heap::page {

extern const char* const k_report_css;
extern const char* const k_report_html;
extern const char* const k_report_js;
extern const char* const k_d3_hierarchy_min_js;
extern const char* const k_d3_hierarchy_LICENSE;

}  // namespace tool::heap::page

#endif
