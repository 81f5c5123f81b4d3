# The library: one set of objects, linked twice.
#
#   cairn::static, cairn::shared   what hosts link
#   cairn                          what this project's own tools and tests link (static)
#   cairn_internals                cairn plus the headers of src/, for unit tests

file(GLOB_RECURSE sources CONFIGURE_DEPENDS "${PROJECT_SOURCE_DIR}/src/*.cc")
file(GLOB public_headers CONFIGURE_DEPENDS "${PROJECT_SOURCE_DIR}/include/cairn/*.h")
if(NOT sources)
    message(WARNING "src/ has no sources: only the headers can be checked")
    return()
endif()

add_library(cairn_objects OBJECT ${sources})
set_target_properties(cairn_objects PROPERTIES POSITION_INDEPENDENT_CODE ON)
target_include_directories(cairn_objects PRIVATE "${PROJECT_SOURCE_DIR}/src"
                                                 "${PROJECT_SOURCE_DIR}/include")
# No C++ runtime: a C program links the library with its C compiler alone.
target_compile_options(cairn_objects PRIVATE -fno-exceptions -fno-rtti -fno-threadsafe-statics)
if(CAIRN_PORTABLE_SCAN)
    target_compile_options(cairn_objects PRIVATE -U__SSE2__)
endif()
set(private_definitions CAIRN_WITH_MIMALLOC=$<BOOL:${CAIRN_USE_MIMALLOC}>
                        CAIRN_MAPS_SEGMENTS=$<BOOL:${CAIRN_MAPS_SEGMENTS}>
                        CAIRN_WITH_VALGRIND=$<BOOL:${CAIRN_WITH_VALGRIND}>
                        CAIRN_GC_STRESS=$<BOOL:${CAIRN_GC_STRESS}>)
target_compile_definitions(cairn_objects PRIVATE CAIRN_CHECK_LEVEL=${CAIRN_CHECK_LEVEL}
                                                 ${private_definitions})
if(CAIRN_USE_MIMALLOC)
    target_link_libraries(cairn_objects PRIVATE mimalloc)
endif()

add_library(cairn_static STATIC $<TARGET_OBJECTS:cairn_objects>)
add_library(cairn_shared SHARED $<TARGET_OBJECTS:cairn_objects>)
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
set_target_properties(cairn_shared PROPERTIES VERSION ${PROJECT_VERSION}
                                              SOVERSION ${PROJECT_VERSION_MAJOR})
if(NOT CAIRN_SANITIZE) # A sanitizer's runtime is found only when the program is linked.
    target_link_options(cairn_shared PRIVATE -Wl,-z,defs)
endif()
add_library(cairn ALIAS cairn_static)

add_library(cairn_internals INTERFACE)
target_include_directories(cairn_internals INTERFACE "${PROJECT_SOURCE_DIR}/src")
target_compile_definitions(cairn_internals INTERFACE ${private_definitions})
target_link_libraries(cairn_internals INTERFACE cairn_static)
