# SPDX-License-Identifier: MIT
# Installs the library to a folder of its own, moves that folder, and builds a host against it.
# Run by ctest: see CMakeLists.txt beside this file.

include("${CMAKE_CURRENT_LIST_DIR}/run.cmake")
set(CONSUMER "${CMAKE_CURRENT_LIST_DIR}/consumer")

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

# configure(FOLDER COMPONENTS KINDS OPTION...)
macro(configure folder components kinds)
    set(configure_command ${CMAKE_COMMAND} -S "${CONSUMER}" -B "${WORK}/${folder}" -G Ninja
        "-DCMAKE_PREFIX_PATH=${WORK}/prefix" "-DCMAKE_C_COMPILER=${C_COMPILER}"
        "-DCOMPONENTS=${components}" "-DKINDS=${kinds}" ${ARGN})
endmacro()

configure(all "" "shared,static,cairn")
run(${configure_command})
run(${CMAKE_COMMAND} --build "${WORK}/all")
expect("${WORK}/all/host_shared" system)
expect("${WORK}/all/host_cairn" system)
expect("${WORK}/all/host_static" ${STATIC_MALLOC})

configure(cxx "" "static" -DWITH_CXX=ON "-DCMAKE_CXX_COMPILER=${CXX_COMPILER}")
run(${configure_command})
run(${CMAKE_COMMAND} --build "${WORK}/cxx")
run("${WORK}/cxx/host_cpp")
if(NOT output STREQUAL "collected 1, left 0\n")
    message(FATAL_ERROR "the host in C++ printed ${output}")
endif()
file(STRINGS "${WORK}/cxx/build.ninja" links REGEX "^build host_static: C_EXECUTABLE_LINKER")
if(links STREQUAL "")
    message(FATAL_ERROR "beside a host in C++ the host in C is linked by another compiler than its own")
endif()

configure(static "static" "static,cairn")
run(${configure_command})
run(${CMAKE_COMMAND} --build "${WORK}/static")
expect("${WORK}/static/host_cairn" ${STATIC_MALLOC})

configure(unknown "other" "")
run_to_fail("no component" ${configure_command})

# Without mimalloc's development files: only the static library needs them.
if(STATIC_MALLOC STREQUAL "mimalloc")
    set(without -DCMAKE_DISABLE_FIND_PACKAGE_mimalloc=ON)
    foreach(components "" "shared")
        configure(without_${components} "${components}" "shared,cairn" ${without})
        run(${configure_command})
    endforeach()
    configure(without_static "static" "static" ${without})
    run_to_fail("needs[ \n]+mimalloc" ${configure_command})
endif()

# The same host without CMake, by pkg-config.
set(library_folder "${WORK}/prefix/${LIBDIR}")
set(ENV{PKG_CONFIG_PATH} "${library_folder}/pkgconfig")
run(pkg-config --cflags --libs cairn)
separate_arguments(flags UNIX_COMMAND "${output}")
run("${C_COMPILER}" -std=c99 "${CONSUMER}/main.c" -o "${WORK}/host_pkg_config" ${flags}
    "-Wl,-rpath,${library_folder}")
expect("${WORK}/host_pkg_config" system)

# gdb loads the script of a shared library from below its own folder of scripts.
find_program(GDB gdb)
if(GDB AND CMAKE_HOST_SYSTEM_NAME STREQUAL "Linux")
    run(${CMAKE_COMMAND} --install "${BUILD}" --config "${CONFIG}" --prefix "${WORK}/with_gdb"
        --component cairn_runtime)
    file(GLOB library "${WORK}/with_gdb/${LIBDIR}/libcairn.so.*.*.*")
    run("${GDB}" -nx -batch -iex "set debuginfod enabled off"
        -iex "add-auto-load-scripts-directory ${WORK}/with_gdb/share/gdb/auto-load"
        -iex "add-auto-load-safe-path ${WORK}/with_gdb" -ex "help cairn-heap" "${library}")
    if(NOT output MATCHES "counts the live objects")
        message(FATAL_ERROR "gdb does not load the script of ${library}: ${output}")
    endif()
endif()

# Below a system's prefix the paths are those that the compiler searches anyway: none is printed.
set(ENV{DESTDIR} "${WORK}/staged")
run(${CMAKE_COMMAND} --install "${BUILD}" --config "${CONFIG}" --prefix /usr
    --component cairn_development)
unset(ENV{DESTDIR})
set(ENV{PKG_CONFIG_PATH} "${WORK}/staged/usr/${LIBDIR}/pkgconfig")
run(pkg-config --cflags-only-I --libs-only-L cairn)
string(STRIP "${output}" output)
if(LIBDIR MATCHES "gnu" AND NOT output STREQUAL "")
    message(FATAL_ERROR "pkg-config names folders of the system: ${output}")
elseif(output MATCHES "\\.\\.")
    message(FATAL_ERROR "pkg-config goes a detour: ${output}")
endif()

# Folders may be absolute: below the prefix cairn.pc names them by it, else as they are. Nothing is
# built here: the scripts that install two files are run by themselves.
function(expect_absolute library include)
    file(REMOVE_RECURSE "${WORK}/absolute")
    run(${CMAKE_COMMAND} -S "${CAIRN_SOURCE}" -B "${WORK}/absolute" -G Ninja
        "-DCMAKE_C_COMPILER=${C_COMPILER}" "-DCMAKE_CXX_COMPILER=${CXX_COMPILER}"
        -DCAIRN_BUILD_TESTS=OFF -DCAIRN_BUILD_TOOLS=OFF
        "-DCMAKE_INSTALL_LIBDIR=${library}" "-DCMAKE_INSTALL_INCLUDEDIR=${include}")
    foreach(script pkgconfig gdb)
        if(EXISTS "${WORK}/absolute/${script}/install.cmake")
            run(${CMAKE_COMMAND} "-DCMAKE_INSTALL_PREFIX=${WORK}/absolute/prefix"
                -P "${WORK}/absolute/${script}/install.cmake")
        endif()
    endforeach()
    set(ENV{PKG_CONFIG_PATH} "${library}/pkgconfig")
    run(pkg-config --define-variable=prefix=/moved --cflags-only-I --libs-only-L cairn)
    string(STRIP "${output}" output)
    if(NOT output STREQUAL "${ARGN}")
        message(FATAL_ERROR "pkg-config printed ${output} instead of ${ARGN}")
    endif()
    if(EXISTS "${WORK}/absolute/gdb/install.cmake")
        file(GLOB script "${WORK}/absolute/prefix/share/gdb/auto-load${library}/libcairn.so.*-gdb.py")
        if(script STREQUAL "")
            message(FATAL_ERROR "gdb's script of ${library} is somewhere else")
        endif()
    endif()
endfunction()

set(folder "${WORK}/absolute/prefix")
expect_absolute("${folder}/a" "${folder}/b" "-I/moved/b -L/moved/a")
set(folder "${WORK}/absolute/elsewhere")
expect_absolute("${folder}/a" "${folder}/b" "-I${folder}/b -L${folder}/a")
