// SPDX-License-Identifier: MIT
/// `cairn heap report`: one page that needs nothing else.
#include <optional>
#include <random>
#include <stdexcept>

#include <fmt/format.h>

#include "output.h"
#include "page.h"
#include "report_data.h"
#include "request.h"

namespace tool::heap {
namespace {

/// Scripts and styles of the page have it, and nothing else may run: the heap's strings stand in
/// the page, and whoever wrote them does not know it.
std::string make_nonce() {
    std::random_device device;
    std::string nonce;
    for (int i = 0; i < 4; ++i) {
        nonce += fmt::format("{:08x}", device());
    }
    return nonce;
}

}  // namespace

int run_report(const Request& request) {
    if (request.output.empty()) {
        throw std::runtime_error("heap report needs -o FILE.html");
    }
    std::optional<OldObjects> old;
    if (request.words.size() == 2) {
        old = list_objects(load_for(request, request.words[0]));
    }
    const HeapModel model = load_for(request, request.words.back());
    std::optional<Growth> growth;
    if (old.has_value()) {
        growth = compare(*old, model);
    }
    const std::string data = report_json(model,
                                         growth.has_value() ? &*growth : nullptr,
                                         old.has_value() ? request.words[0] : std::string());
    const std::string nonce = make_nonce();
    Output output(request.output, request.words);
    output.write(fmt::format(
        "<!doctype html>\n<html lang=\"en\">\n<meta charset=\"utf-8\">\n"
        "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; script-src "
        "'nonce-{0}'; style-src 'nonce-{0}'; base-uri 'none'; form-action 'none'\">\n"
        "<meta name=\"viewport\" content=\"width=device-width\">\n"
        "<title>Heap</title>\n<style nonce=\"{0}\">\n{1}</style>\n{2}",
        nonce,
        page::k_report_css,
        page::k_report_html));
    output.write("<script type=\"application/json\" id=\"data\">");
    output.write(data);
    output.write(
        fmt::format("</script>\n<script nonce=\"{0}\">\n/*\n{1}*/\n{2}\n</script>\n"
                    "<script nonce=\"{0}\">\n{3}</script>\n</html>\n",
                    nonce,
                    page::k_d3_hierarchy_LICENSE,
                    page::k_d3_hierarchy_min_js,
                    page::k_report_js));
    output.close();
    return 0;
}

}  // namespace tool::heap
