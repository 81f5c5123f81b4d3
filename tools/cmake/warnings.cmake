# SPDX-License-Identifier: MIT
# Warnings for every target of the project. In a parent's build the parent's own options hold.

if(NOT PROJECT_IS_TOP_LEVEL)
    return()
endif()

set(common_warnings
    -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wsign-conversion -Wcast-align -Wcast-qual
    -Wnull-dereference -Wundef -Wformat=2 -Wvla -Wimplicit-fallthrough -Wdouble-promotion
    -Wmissing-declarations)
set(cxx_warnings -Wnon-virtual-dtor -Woverloaded-virtual -Wextra-semi)
set(c_warnings -Wstrict-prototypes -Wmissing-prototypes)

if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
    list(APPEND common_warnings -Wduplicated-branches -Wduplicated-cond -Wlogical-op)
    # Clang's -Wold-style-cast would also fire on the C casts of the public headers' inline functions.
    list(APPEND cxx_warnings -Wold-style-cast -Wuseless-cast)
endif()

add_compile_options(${common_warnings} "$<$<COMPILE_LANGUAGE:CXX>:${cxx_warnings}>"
                    "$<$<COMPILE_LANGUAGE:C>:${c_warnings}>")
if(CAIRN_WERROR)
    # GCC reports as null what only an invariant rules out, and only when it optimises.
    add_compile_options(-Werror -Wno-error=null-dereference)
    if(CAIRN_SANITIZE AND CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
        # "Sanitizers tend to increase the rate of false positive warnings, most notably those around
        # -Wmaybe-uninitialized" (GCC's manual).
        add_compile_options(-Wno-error=maybe-uninitialized)
    endif()
endif()
