# SPDX-License-Identifier: MIT
# What a builder may choose, and what follows from the choice.
#
# In a parent's build (add_subdirectory, FetchContent) the parent chooses the build type, the
# warnings and the output folders: nothing is set there that reaches outside this project.

set(tests_default ${PROJECT_IS_TOP_LEVEL})
if(DEFINED BUILD_TESTING AND NOT BUILD_TESTING)
    set(tests_default OFF)
endif()
option(CAIRN_BUILD_TESTS "Build the tests" ${tests_default})
option(CAIRN_BUILD_TOOLS "Build the command-line tools" ${PROJECT_IS_TOP_LEVEL})
option(CAIRN_BUILD_PEBBLE "Build pebble, the interpreter (a tool)" ${CAIRN_BUILD_TOOLS})
option(CAIRN_BUILD_BENCH "Build the benchmarks" OFF)
option(CAIRN_INSTALL "Install the library, and export its targets" ${PROJECT_IS_TOP_LEVEL})
option(CAIRN_WITH_MIMALLOC "Heaps take their memory from mimalloc unless told otherwise" ON)
option(CAIRN_WITH_VALGRIND "Tell valgrind about cells (needs valgrind/memcheck.h)" OFF)
option(CAIRN_WITH_PROBES "Probes for tracers and debuggers, where sys/sdt.h is there" ON)
option(CAIRN_PORTABLE_SCAN "Scan side bytes without SSE2, as on other processors" OFF)
option(CAIRN_GC_STRESS "Collect before every object allocation" OFF)
option(CAIRN_UNITY "Compile the library, the command and the tests as a few large files" OFF)
option(CAIRN_WERROR "Treat warnings as errors" OFF)
set(CAIRN_CHECK_LEVEL 0 CACHE STRING "0 release, 1 misuse, 2 internal assertions, 3 verifier")
set(CAIRN_SANITIZE "" CACHE STRING "Value for -fsanitize=, such as address,undefined")
set_property(CACHE CAIRN_CHECK_LEVEL PROPERTY STRINGS 0 1 2 3)

if(NOT CAIRN_CHECK_LEVEL MATCHES "^[0-3]$")
    message(FATAL_ERROR "CAIRN_CHECK_LEVEL is 0, 1, 2 or 3, not \"${CAIRN_CHECK_LEVEL}\"")
endif()
if(PROJECT_IS_TOP_LEVEL)
    if(NOT CMAKE_BUILD_TYPE AND NOT CMAKE_CONFIGURATION_TYPES)
        set(CMAKE_BUILD_TYPE RelWithDebInfo CACHE STRING "Build type" FORCE)
    endif()
    set(CMAKE_RUNTIME_OUTPUT_DIRECTORY "${PROJECT_BINARY_DIR}/bin")
    set(CMAKE_LIBRARY_OUTPUT_DIRECTORY "${PROJECT_BINARY_DIR}/lib")
    set(CMAKE_ARCHIVE_OUTPUT_DIRECTORY "${PROJECT_BINARY_DIR}/lib")
endif()

set(CMAKE_C_STANDARD 99)
set(CMAKE_C_STANDARD_REQUIRED ON)
set(CMAKE_C_EXTENSIONS OFF)
set(CMAKE_CXX_STANDARD 20)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_C_VISIBILITY_PRESET hidden)
set(CMAKE_CXX_VISIBILITY_PRESET hidden)
set(CMAKE_VISIBILITY_INLINES_HIDDEN ON)

# Sanitizers and valgrind see nothing of the life of mimalloc's blocks, nor of mapped segments, so
# they get the system's allocator for everything.
set(CAIRN_USE_MIMALLOC ${CAIRN_WITH_MIMALLOC})
set(CAIRN_MAPS_SEGMENTS OFF)
if(CMAKE_SYSTEM_NAME STREQUAL "Linux")
    set(CAIRN_MAPS_SEGMENTS ON)
endif()
if(CAIRN_SANITIZE OR CAIRN_WITH_VALGRIND)
    set(CAIRN_USE_MIMALLOC OFF)
    set(CAIRN_MAPS_SEGMENTS OFF)
endif()
if(CAIRN_USE_MIMALLOC AND NOT TARGET mimalloc)
    # Its version file accepts its own major version only; 2 and 3 both do.
    find_package(mimalloc QUIET)
    if(NOT mimalloc_FOUND OR mimalloc_VERSION VERSION_LESS 2)
        message(FATAL_ERROR "Cairn: mimalloc 2 or later is not installed. Install it, or use the "
                            "system's allocator: -DCAIRN_WITH_MIMALLOC=OFF")
    endif()
endif()

set(CAIRN_USE_PROBES OFF)
if(CAIRN_WITH_PROBES AND CMAKE_SYSTEM_NAME STREQUAL "Linux")
    include(CheckIncludeFile)
    check_include_file(sys/sdt.h CAIRN_HAS_SDT_H)
    set(CAIRN_USE_PROBES ${CAIRN_HAS_SDT_H})
endif()

if(CAIRN_SANITIZE)
    add_compile_options(-fsanitize=${CAIRN_SANITIZE} -fno-sanitize-recover=all
                        -fno-omit-frame-pointer)
    add_link_options(-fsanitize=${CAIRN_SANITIZE})
endif()
