# SPDX-License-Identifier: MIT
# The library: one set of objects, linked twice.
#
#   cairn::static, cairn::shared   what hosts link, here and when installed
#   cairn::cairn                   the shared one, the name for hosts that do not care
#   cairn_internals                cairn::static plus the headers of src/, for unit tests

file(GLOB_RECURSE sources CONFIGURE_DEPENDS "${PROJECT_SOURCE_DIR}/src/*.cc")
file(GLOB public_headers CONFIGURE_DEPENDS "${PROJECT_SOURCE_DIR}/include/cairn/*.h"
                                            "${PROJECT_SOURCE_DIR}/include/cairn/*.hpp")

set(private_definitions CAIRN_WITH_MIMALLOC=$<BOOL:${CAIRN_USE_MIMALLOC}>
                        CAIRN_MAPS_SEGMENTS=$<BOOL:${CAIRN_MAPS_SEGMENTS}>
                        CAIRN_WITH_VALGRIND=$<BOOL:${CAIRN_WITH_VALGRIND}>
                        CAIRN_WITH_PROBES=$<BOOL:${CAIRN_USE_PROBES}>
                        CAIRN_GC_STRESS=$<BOOL:${CAIRN_GC_STRESS}>)

# The shared library takes the objects of the static one. An object library would serve both, but
# then CMake would let nothing that links either compile before all of its objects are there.
add_library(cairn_static STATIC ${sources})
add_library(cairn_shared SHARED $<TARGET_OBJECTS:cairn_static>)
set_target_properties(cairn_static PROPERTIES POSITION_INDEPENDENT_CODE ON
                                              UNITY_BUILD ${CAIRN_UNITY} UNITY_BUILD_BATCH_SIZE 16)
target_include_directories(cairn_static PRIVATE "${PROJECT_SOURCE_DIR}/src")
target_compile_definitions(cairn_static PRIVATE ${private_definitions} CAIRN_BUILDING
                                        INTERFACE CAIRN_STATIC)
# No C++ runtime: a C program links the library with its C compiler alone.
target_compile_options(cairn_static PRIVATE -fno-exceptions -fno-rtti -fno-threadsafe-statics)
if(CAIRN_CHECK_LEVEL EQUAL 0 AND NOT CAIRN_SANITIZE AND CMAKE_CXX_COMPILER_ID MATCHES "GNU|Clang")
    # What verifies and reports is not in the way of a host: it need not be fast, but small. Not under
    # sanitizers: there g++ 12 warns falsely of a loop's bound at -Os.
    foreach(file collect/verify collect/leaks inspect/gc_trace)
        set_source_files_properties("${PROJECT_SOURCE_DIR}/src/${file}.cc" PROPERTIES
                                    COMPILE_OPTIONS $<$<CONFIG:Release,RelWithDebInfo>:-Os>)
    endforeach()
endif()
if(MINGW) # Its printf knows %zu only so, and its compiler does not know that.
    target_compile_definitions(cairn_static PRIVATE __USE_MINGW_ANSI_STDIO=1)
    target_compile_options(cairn_static PRIVATE -Wno-format -Wno-format-extra-args)
endif()

foreach(kind static shared)
    set_target_properties(cairn_${kind} PROPERTIES OUTPUT_NAME cairn EXPORT_NAME ${kind}
                                                   LINKER_LANGUAGE C)
    target_sources(cairn_${kind} PUBLIC FILE_SET HEADERS
                   BASE_DIRS "${PROJECT_SOURCE_DIR}/include" FILES ${public_headers})
    # The inline functions of cairn/object.h depend on the level, so hosts must agree with it.
    target_compile_definitions(cairn_${kind} PUBLIC CAIRN_CHECK_LEVEL=${CAIRN_CHECK_LEVEL})
    if(CAIRN_USE_MIMALLOC)
        target_link_libraries(cairn_${kind} PRIVATE mimalloc)
    endif()
    add_library(cairn::${kind} ALIAS cairn_${kind})
endforeach()
add_library(cairn::cairn ALIAS cairn_shared)

# Before 1.0 a minor version may change the ABI, so it is part of the name that programs load.
set(abi_version ${PROJECT_VERSION_MAJOR})
if(PROJECT_VERSION_MAJOR EQUAL 0)
    set(abi_version ${PROJECT_VERSION_MAJOR}.${PROJECT_VERSION_MINOR})
endif()
set_target_properties(cairn_shared PROPERTIES VERSION ${PROJECT_VERSION} SOVERSION ${abi_version})
if(UNIX AND NOT APPLE)
    set(version_script "${PROJECT_BINARY_DIR}/cairn.map")
    configure_file("${CMAKE_CURRENT_LIST_DIR}/cairn.map.in" "${version_script}" @ONLY)
    target_link_options(cairn_shared PRIVATE "-Wl,--version-script=${version_script}")
    set_property(TARGET cairn_shared APPEND PROPERTY LINK_DEPENDS "${version_script}")
    if(NOT CAIRN_SANITIZE) # A sanitizer's runtime is found only when the program is linked.
        target_link_options(cairn_shared PRIVATE -Wl,-z,defs)
    endif()
endif()

add_library(cairn_internals INTERFACE)
target_include_directories(cairn_internals INTERFACE "${PROJECT_SOURCE_DIR}/src")
target_compile_definitions(cairn_internals INTERFACE ${private_definitions})
target_link_libraries(cairn_internals INTERFACE cairn_static)
