# SPDX-License-Identifier: MIT
# Warnings for every target of the project. In a parent's build the parent's own options hold.

if(NOT PROJECT_IS_TOP_LEVEL)
    return()
endif()

set(common_warnings
    -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wsign-conversion -Wcast-align -Wcast-qual
    -Wundef -Wformat=2 -Wvla -Wimplicit-fallthrough -Wdouble-promotion
    -Wmissing-declarations)
set(cxx_warnings -Wnon-virtual-dtor -Woverloaded-virtual -Wextra-semi)
set(c_warnings -Wstrict-prototypes -Wmissing-prototypes)

if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
    list(APPEND common_warnings -Wduplicated-branches -Wduplicated-cond -Wlogical-op)
    # Clang's -Wold-style-cast would also fire on the C casts of the public headers' inline functions.
    list(APPEND cxx_warnings -Wold-style-cast)
    if(CMAKE_CXX_COMPILER_VERSION VERSION_LESS 13)
        # What is useless depends on the version of the library: std::bit_width() returns an int since 13.
        list(APPEND cxx_warnings -Wuseless-cast)
    endif()
else()
    # GCC's reports as null what only an invariant rules out, and only when it optimises.
    list(APPEND common_warnings -Wnull-dereference)
endif()

add_compile_options(${common_warnings} "$<$<COMPILE_LANGUAGE:CXX>:${cxx_warnings}>"
                    "$<$<COMPILE_LANGUAGE:C>:${c_warnings}>")
if(CAIRN_WERROR)
    add_compile_options(-Werror)
    if(CAIRN_SANITIZE AND CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
        # "Sanitizers tend to increase the rate of false positive warnings, most notably those around
        # -Wmaybe-uninitialized" (GCC's manual).
        add_compile_options(-Wno-error=maybe-uninitialized)
    endif()
endif()
