# SPDX-License-Identifier: MIT
# Builds and installs a project that has Cairn as a part, then a project that uses the first.
# Run by ctest: see CMakeLists.txt beside this file.

include("${CMAKE_CURRENT_LIST_DIR}/run.cmake")
set(compilers "-DCMAKE_C_COMPILER=${C_COMPILER}" "-DCMAKE_CXX_COMPILER=${CXX_COMPILER}")

file(REMOVE_RECURSE "${WORK}")
run(${CMAKE_COMMAND} -S "${CMAKE_CURRENT_LIST_DIR}/parent" -B "${WORK}/build" -G Ninja ${compilers}
    "-DCAIRN_SOURCE=${CAIRN_SOURCE}" "-DCMAKE_INSTALL_PREFIX=${WORK}/prefix" -DCAIRN_INSTALL=ON
    -DCAIRN_WITH_MIMALLOC=OFF -DCAIRN_UNITY=ON)

# The parent's cache is the parent's: no build type, and no entry but with a prefix.
file(STRINGS "${WORK}/build/CMakeCache.txt" entries REGEX "^[A-Za-z_][^:]*:[A-Z]+=")
foreach(entry ${entries})
    string(REGEX REPLACE ":.*" "" name "${entry}")
    if(entry MATCHES "^CMAKE_BUILD_TYPE:[A-Z]+=.")
        message(FATAL_ERROR "the parent has got a build type: ${entry}")
    elseif(NOT name MATCHES "^(CMAKE|_CMAKE|CAIRN|cairn|parent|FETCHCONTENT|_GNUInstallDirs)_")
        message(FATAL_ERROR "the parent's cache has got ${entry}")
    endif()
endforeach()

run(${CMAKE_COMMAND} --build "${WORK}/build")
file(READ "${CAIRN_SOURCE}/tests/api/cycle.expected" expected)
foreach(kind cairn shared static)
    run("${WORK}/build/host_${kind}")
    if(NOT output STREQUAL expected)
        message(FATAL_ERROR "host_${kind} printed ${output}")
    endif()
endforeach()

run(${CMAKE_COMMAND} --install "${WORK}/build")
run(${CMAKE_COMMAND} -S "${CMAKE_CURRENT_LIST_DIR}/engine" -B "${WORK}/engine" -G Ninja ${compilers}
    "-DCMAKE_PREFIX_PATH=${WORK}/prefix" "-DENGINE_PREFIX=${WORK}/prefix")
run(${CMAKE_COMMAND} --build "${WORK}/engine")
run("${WORK}/engine/host")

# Without mimalloc, which Debian has no static library of, a host can be wholly static.
file(GLOB pc_files "${WORK}/prefix/lib*/pkgconfig/cairn.pc" "${WORK}/prefix/lib/*/pkgconfig/cairn.pc")
if(UNIX AND NOT APPLE)
    cmake_path(GET pc_files PARENT_PATH pc_folder)
    set(ENV{PKG_CONFIG_PATH} "${pc_folder}")
    run(pkg-config --static --cflags --libs cairn)
    separate_arguments(flags UNIX_COMMAND "${output}")
    run("${C_COMPILER}" -std=c99 -static "${CAIRN_SOURCE}/tests/api/cycle.c" -o "${WORK}/host_alone" ${flags})
    run("${WORK}/host_alone")
    if(NOT output STREQUAL expected)
        message(FATAL_ERROR "host_alone printed ${output}")
    endif()
endif()
