# SPDX-License-Identifier: MIT
# What differs between cpack's generators. Debian's packages are made for /usr, and the files in them
# say so; the archive is for any folder, and its files find each other.

if(CPACK_GENERATOR STREQUAL "DEB")
    set(CPACK_SET_DESTDIR ON)
    set(CPACK_INSTALL_PREFIX /usr)
    set(CPACK_PRE_BUILD_SCRIPTS "${CMAKE_CURRENT_LIST_DIR}/debian_files.cmake")
    set(CPACK_POST_BUILD_SCRIPTS "${CMAKE_CURRENT_LIST_DIR}/debian_triggers.cmake")
endif()
