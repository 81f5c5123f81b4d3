# SPDX-License-Identifier: MIT
# Writes the parts of the page into one C++ file:
#   cmake -DPAGE=... -DOUT=... -P embed.cmake

set(rows "")
foreach(part report.css report.html report.js d3-hierarchy.min.js d3-hierarchy.LICENSE)
    file(READ "${PAGE}/${part}" text)
    string(MAKE_C_IDENTIFIER "${part}" name)
    string(APPEND rows "const char* const k_${name} = R\"page(${text})page\";\n")
endforeach()
file(WRITE "${OUT}" "#include \"page.h\"\n\nnamespace tool::heap::page {\n\n${rows}\n}  // namespace tool::heap::page\n")
