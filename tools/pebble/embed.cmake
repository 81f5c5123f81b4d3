# SPDX-License-Identifier: MIT
# Writes the texts of lib/**/*.py and of the tour into one C++ file:
#   cmake -DLIB=... -DTOUR=... -DOUT=... -P embed.cmake
# A file's name gives the module's: a/b.py is a.b, a/__init__.py the package a.

file(GLOB_RECURSE files RELATIVE "${LIB}" "${LIB}/*.py")
list(SORT files)
set(rows "")
foreach(file ${files})
    file(READ "${LIB}/${file}" text)
    string(REGEX REPLACE "\\.py$" "" name "${file}")
    set(package false)
    if(name MATCHES "(^|/)__init__$")
        set(package true)
        string(REGEX REPLACE "/__init__$" "" name "${name}")
    endif()
    string(REPLACE "/" "." name "${name}")
    string(APPEND rows "    {\"${name}\", R\"py(${text})py\", ${package}},\n")
endforeach()
file(READ "${TOUR}" tour)
file(WRITE "${OUT}" "#include \"modules/modules.h\"\n\nnamespace pebble {\n\n"
     "const EmbeddedModule kEmbeddedModules[] = {\n${rows}    {nullptr, nullptr, false}};\n\n"
     "const char* const kTour = R\"py(${tour})py\";\n\n}  // namespace pebble\n")
