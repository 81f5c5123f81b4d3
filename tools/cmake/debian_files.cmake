# SPDX-License-Identifier: MIT
# Run by cpack when the files of Debian's packages are in place: compresses manual pages, gives each
# package its changelog, and takes the debug sections out of the static library.

file(GLOB pages "${CPACK_TEMPORARY_DIRECTORY}/*/usr/share/man/man*/*.[13]")
file(GLOB papers "${CPACK_TEMPORARY_DIRECTORY}/*/usr/share/doc/*/copyright")
foreach(paper ${papers})
    cmake_path(GET paper PARENT_PATH folder)
    configure_file("${CPACK_CAIRN_CHANGELOG}" "${folder}/changelog" COPYONLY)
    list(APPEND pages "${folder}/changelog")
endforeach()
foreach(page ${pages})
    execute_process(COMMAND gzip -9nf "${page}" COMMAND_ERROR_IS_FATAL ANY)
endforeach()
file(GLOB_RECURSE archives "${CPACK_TEMPORARY_DIRECTORY}/*.a")
foreach(archive ${archives})
    execute_process(COMMAND strip --strip-debug --remove-section=.comment "${archive}"
                    COMMAND_ERROR_IS_FATAL ANY)
endforeach()
