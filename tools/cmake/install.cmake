# SPDX-License-Identifier: MIT
# What `cmake --install` puts where, in four components: cairn_runtime (the shared library),
# cairn_development, cairn_tools, cairn_pebble.

include(GNUInstallDirs)
include(CMakePackageConfigHelpers)
set(package_dir "${CMAKE_INSTALL_LIBDIR}/cmake/cairn")

# An export set for each library, so that a host of one needs nothing of the other.
install(TARGETS cairn_shared EXPORT cairn_shared
        LIBRARY COMPONENT cairn_runtime NAMELINK_COMPONENT cairn_development
        RUNTIME COMPONENT cairn_runtime
        ARCHIVE COMPONENT cairn_development
        FILE_SET HEADERS COMPONENT cairn_development)
install(TARGETS cairn_static EXPORT cairn_static
        ARCHIVE COMPONENT cairn_development
        FILE_SET HEADERS COMPONENT cairn_development)
foreach(kind shared static)
    install(EXPORT cairn_${kind} NAMESPACE cairn:: FILE cairn-${kind}.cmake
            DESTINATION "${package_dir}" COMPONENT cairn_development)
endforeach()

configure_package_config_file("${CMAKE_CURRENT_LIST_DIR}/cairnConfig.cmake.in"
    "${PROJECT_BINARY_DIR}/cairnConfig.cmake" INSTALL_DESTINATION "${package_dir}")
# Before 1.0 a minor version may change the API.
write_basic_package_version_file("${PROJECT_BINARY_DIR}/cairnConfigVersion.cmake"
    COMPATIBILITY SameMinorVersion)
install(FILES "${PROJECT_BINARY_DIR}/cairnConfig.cmake"
              "${PROJECT_BINARY_DIR}/cairnConfigVersion.cmake"
        DESTINATION "${package_dir}" COMPONENT cairn_development)

set(private_libs "")
if(CAIRN_USE_MIMALLOC)
    set(private_libs "-lmimalloc")
endif()
configure_file("${CMAKE_CURRENT_LIST_DIR}/cairn.pc.in" "${PROJECT_BINARY_DIR}/pkgconfig/cairn.pc"
               @ONLY)
configure_file("${CMAKE_CURRENT_LIST_DIR}/pkgconfig.cmake.in"
               "${PROJECT_BINARY_DIR}/pkgconfig/install.cmake" @ONLY)
install(SCRIPT "${PROJECT_BINARY_DIR}/pkgconfig/install.cmake" COMPONENT cairn_development)

# gdb looks for a script of the shared library's name and folder below its own.
install(FILES "${PROJECT_SOURCE_DIR}/tools/cairn-gdb.py"
        DESTINATION "${CMAKE_INSTALL_DATADIR}/cairn/gdb" COMPONENT cairn_development)
if(CMAKE_SYSTEM_NAME STREQUAL "Linux")
    configure_file("${CMAKE_CURRENT_LIST_DIR}/gdb.cmake.in" "${PROJECT_BINARY_DIR}/gdb/install.cmake"
                   @ONLY)
    install(SCRIPT "${PROJECT_BINARY_DIR}/gdb/install.cmake" COMPONENT cairn_runtime)
endif()

# Only a build of its own installs commands, manual pages and documents; a parent has its own.
if(NOT PROJECT_IS_TOP_LEVEL)
    return()
endif()
install(FILES "${PROJECT_SOURCE_DIR}/docs/man/cairn.3"
        DESTINATION "${CMAKE_INSTALL_MANDIR}/man3" COMPONENT cairn_development)
install(DIRECTORY "${PROJECT_SOURCE_DIR}/docs/" DESTINATION "${CMAKE_INSTALL_DOCDIR}"
        COMPONENT cairn_development FILES_MATCHING PATTERN "*.md" PATTERN "*.svg"
        PATTERN "man" EXCLUDE PATTERN "abi" EXCLUDE PATTERN "examples" EXCLUDE)
install(DIRECTORY "${PROJECT_SOURCE_DIR}/docs/examples" DESTINATION "${CMAKE_INSTALL_DOCDIR}"
        COMPONENT cairn_development PATTERN ".clang-format" EXCLUDE)
install(FILES "${PROJECT_SOURCE_DIR}/tests/api/cycle.c"
        DESTINATION "${CMAKE_INSTALL_DOCDIR}/examples" COMPONENT cairn_development)
function(cairn_install_command target command component)
    if(TARGET ${target})
        install(TARGETS ${target} RUNTIME COMPONENT ${component})
        install(FILES "${PROJECT_SOURCE_DIR}/docs/man/${command}.1"
                DESTINATION "${CMAKE_INSTALL_MANDIR}/man1" COMPONENT ${component})
    endif()
endfunction()
cairn_install_command(cairn-cli cairn cairn_tools)
cairn_install_command(cairn-pebble pebble cairn_pebble)
