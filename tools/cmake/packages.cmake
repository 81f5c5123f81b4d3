# SPDX-License-Identifier: MIT
# `cpack`: a set of Debian packages, and an archive of all that is installed. tools/package calls it.

set(CPACK_PACKAGE_NAME cairn)
# CPack puts a summary in front of each package's own text, except this one, which is its default.
set(CPACK_PACKAGE_DESCRIPTION_SUMMARY "${CMAKE_PROJECT_NAME} built using CMake")
set(CPACK_PACKAGE_VENDOR "The Cairn authors")
set(CPACK_PACKAGE_CONTACT "The Cairn authors <cairn@localhost>")
set(CPACK_RESOURCE_FILE_LICENSE "${PROJECT_SOURCE_DIR}/LICENSE")
set(CPACK_STRIP_FILES ON)
set(CPACK_VERBATIM_VARIABLES ON)
set(CPACK_PACKAGE_FILE_NAME "cairn-${PROJECT_VERSION}-${CMAKE_SYSTEM_NAME}-${CMAKE_SYSTEM_PROCESSOR}")
set(CPACK_GENERATOR TGZ DEB)
set(CPACK_PROJECT_CONFIG_FILE "${CMAKE_CURRENT_LIST_DIR}/cpack_generator.cmake")
set(CPACK_COMPONENTS_ALL cairn_runtime cairn_development)
set(CPACK_DEB_COMPONENT_INSTALL ON)
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS ON)
set(CPACK_DEBIAN_PACKAGE_GENERATE_SHLIBS ON)
set(CPACK_DEBIAN_ENABLE_COMPONENT_DEPENDS OFF)
set(CPACK_DEBIAN_PACKAGE_CONTROL_STRICT_PERMISSION ON)

# debian_package(COMPONENT NAME SECTION DEPENDS SUMMARY TEXT): one package, with the papers that
# Debian wants of each.
function(debian_package component name section depends summary text)
    string(TOUPPER ${component} upper)
    set(CPACK_DEBIAN_${upper}_PACKAGE_NAME ${name} PARENT_SCOPE)
    set(CPACK_DEBIAN_${upper}_PACKAGE_SECTION ${section} PARENT_SCOPE)
    set(CPACK_DEBIAN_${upper}_PACKAGE_DEPENDS "${depends}" PARENT_SCOPE)
    set(CPACK_COMPONENT_${upper}_DESCRIPTION "${summary}\n${text}" PARENT_SCOPE)
    install(FILES "${PROJECT_SOURCE_DIR}/LICENSE" DESTINATION share/doc/${name} RENAME copyright
            COMPONENT ${component})
endfunction()

debian_package(cairn_runtime libcairn${abi_version} libs ""
    "object heap for scripting runtimes, shared library"
    "Objects with reference counts, a collector of cycles in three generations, weak\nreferences and finalizers, as CPython has them, for any interpreter.")
debian_package(cairn_development libcairn-dev libdevel
    "libcairn${abi_version} (= ${PROJECT_VERSION}), libmimalloc-dev"
    "object heap for scripting runtimes, development files"
    "Headers, static library, CMake package, pkg-config file and documents of Cairn.")
if(TARGET cairn-cli)
    list(APPEND CPACK_COMPONENTS_ALL cairn_tools)
    debian_package(cairn_tools cairn-tools devel ""
        "object heap for scripting runtimes, command"
        "Runs heap traces and object graphs on a Cairn heap.")
endif()
if(TARGET cairn-pebble)
    list(APPEND CPACK_COMPONENTS_ALL cairn_pebble)
    debian_package(cairn_pebble pebble interpreters ""
        "small interpreter of Python programs on the Cairn heap"
        "Runs programs in a subset of Python 3.11; the reference embedder of Cairn.")
endif()

# Debian's packages have a changelog in a form of their own; what changed stands in docs/changelog.md.
string(TIMESTAMP date "%a, %d %b %Y %H:%M:%S +0000" UTC) # of SOURCE_DATE_EPOCH, if that is set
file(CONFIGURE OUTPUT "${PROJECT_BINARY_DIR}/debian/changelog" CONTENT
     "cairn (@PROJECT_VERSION@) unstable; urgency=medium\n\n  * See changelog.md of libcairn-dev.\n\n -- @CPACK_PACKAGE_CONTACT@  @date@\n" @ONLY)
set(CPACK_CAIRN_CHANGELOG "${PROJECT_BINARY_DIR}/debian/changelog")
include(CPack)
