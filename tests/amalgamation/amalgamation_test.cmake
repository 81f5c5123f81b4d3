# SPDX-License-Identifier: MIT
# Run by ctest: see CMakeLists.txt beside this file.

include("${ROOT}/tests/install/run.cmake")
file(REMOVE_RECURSE "${WORK}")
run("${PYTHON}" "${ROOT}/tools/amalgamate" "${WORK}")
run_to_fail("^tools/amalgamate: [^\n]*/cairn.h/x: [^\n]*\n$"
            "${PYTHON}" "${ROOT}/tools/amalgamate" "${WORK}/cairn.h/x")
foreach(wrong "--bogus" "${WORK};${WORK}")
    run_to_fail("^tools/amalgamate: one word at most" "${PYTHON}" "${ROOT}/tools/amalgamate" ${wrong})
endforeach()
run("${CXX_COMPILER}" -std=c++20 -O1 -Wall -Wextra -Werror -fno-exceptions -fno-rtti
    -c "${WORK}/cairn.cc" -o "${WORK}/cairn.o")

file(READ "${ROOT}/tests/api/cycle.c" host)
string(REPLACE "cairn/cairn.h" "cairn.h" host "${host}")
file(WRITE "${WORK}/host.c" "${host}")
run("${C_COMPILER}" -std=c99 -pedantic -Wall -Wextra -Werror "${WORK}/host.c" "${WORK}/cairn.o"
    -o "${WORK}/host")
run("${WORK}/host")
file(READ "${ROOT}/tests/api/cycle.expected" expected)
if(NOT output STREQUAL expected)
    message(FATAL_ERROR "the host printed:\n${output}")
endif()

file(READ "${ROOT}/tests/install/consumer/main.cc" host)
string(REPLACE "<cairn/cairn.hpp>" "\"cairn.hpp\"" host "${host}")
file(WRITE "${WORK}/host.cc" "${host}")
run("${CXX_COMPILER}" -std=c++17 -pedantic -Wall -Wextra -Werror "${WORK}/host.cc" "${WORK}/cairn.o"
    -o "${WORK}/host_cpp")
run("${WORK}/host_cpp")
if(NOT output STREQUAL "collected 1, left 0\n")
    message(FATAL_ERROR "the host in C++ printed:\n${output}")
endif()
