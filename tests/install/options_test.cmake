# SPDX-License-Identifier: MIT
# Configures with combinations of options that a packager may choose; nothing is built.
# Run by ctest: see CMakeLists.txt beside this file.

include("${CMAKE_CURRENT_LIST_DIR}/run.cmake")

function(configure name)
    run(${CMAKE_COMMAND} -S "${CAIRN_SOURCE}" -B "${WORK}/${name}" -G Ninja
        "-DCMAKE_C_COMPILER=${C_COMPILER}" "-DCMAKE_CXX_COMPILER=${CXX_COMPILER}"
        -DCAIRN_WITH_MIMALLOC=OFF ${ARGN})
endfunction()

function(expect_target name target is_there)
    execute_process(COMMAND ${CMAKE_COMMAND} --build "${WORK}/${name}" --target help
                    OUTPUT_VARIABLE targets)
    set(found OFF)
    if(targets MATCHES "(^|\n)${target}: ")
        set(found ON)
    endif()
    if(NOT found STREQUAL is_there)
        message(FATAL_ERROR "${name}: target ${target}: ${found} instead of ${is_there}")
    endif()
endfunction()

file(REMOVE_RECURSE "${WORK}")
configure(tests_alone -DCAIRN_BUILD_TOOLS=OFF)
expect_target(tests_alone cairn_unit_tests ON)
expect_target(tests_alone cairn-cli OFF)
configure(no_testing -DBUILD_TESTING=OFF)
expect_target(no_testing cairn-cli ON)
expect_target(no_testing cairn_unit_tests OFF)
expect_target(no_testing test ON)
run_to_fail("mimalloc 2 or later" ${CMAKE_COMMAND} -S "${CAIRN_SOURCE}" -B "${WORK}/no_mimalloc"
            -G Ninja -DCMAKE_DISABLE_FIND_PACKAGE_mimalloc=ON)
