# Run by ctest: see CMakeLists.txt beside this file.

set(CONSUMER "${CMAKE_CURRENT_LIST_DIR}/consumer")

function(run)
    execute_process(COMMAND ${ARGN} OUTPUT_VARIABLE output ERROR_VARIABLE output
                    RESULT_VARIABLE status)
    if(NOT status EQUAL 0)
        message(FATAL_ERROR "failed: ${ARGN}\n${output}")
    endif()
    set(output "${output}" PARENT_SCOPE)
endfunction()

function(expect program malloc)
    run(${program})
    set(expected "collected 1, left 0, malloc ${malloc}\n")
    if(NOT output STREQUAL expected)
        message(FATAL_ERROR "${program} printed ${output} instead of ${expected}")
    endif()
endfunction()

file(REMOVE_RECURSE "${WORK}")
run(${CMAKE_COMMAND} --install "${BUILD}" --config "${CONFIG}" --prefix "${WORK}/first")
file(RENAME "${WORK}/first" "${WORK}/prefix")

run(${CMAKE_COMMAND} -S "${CONSUMER}" -B "${WORK}/build" -G Ninja
    "-DCMAKE_PREFIX_PATH=${WORK}/prefix" "-DCMAKE_C_COMPILER=${C_COMPILER}")
run(${CMAKE_COMMAND} --build "${WORK}/build")
expect("${WORK}/build/host_shared" system)
expect("${WORK}/build/host_static" ${STATIC_MALLOC})

# The same host without CMake, by pkg-config.
set(library_folder "${WORK}/prefix/${LIBDIR}")
set(ENV{PKG_CONFIG_PATH} "${library_folder}/pkgconfig")
run(pkg-config --cflags --libs cairn)
separate_arguments(flags UNIX_COMMAND "${output}")
run("${C_COMPILER}" -std=c99 "${CONSUMER}/main.c" -o "${WORK}/host_pkg_config" ${flags}
    "-Wl,-rpath,${library_folder}")
expect("${WORK}/host_pkg_config" system)
