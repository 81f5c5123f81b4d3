// SPDX-License-Identifier: MIT
#include "request.h"

#include <stdexcept>

#include <fmt/format.h>

#include "json_reader.h"

namespace tool::heap {

HeapModel load_for(const Request& request, const std::string& path) {
    HeapModel model;
    try {
        model = load_model(path);
    } catch (const FileFault& fault) {
        throw std::runtime_error(fmt::format("{}: {}", path, fault.what()));
    }
    Origin& origin = model.snapshot.origin;
    if (!request.origin.host.empty()) {
        origin.host = request.origin.host;
    }
    if (!request.origin.build.empty()) {
        origin.build = request.origin.build;
    }
    if (request.origin.time_ms != 0) {
        origin.time_ms = request.origin.time_ms;
    }
    return model;
}

}  // namespace tool::heap
