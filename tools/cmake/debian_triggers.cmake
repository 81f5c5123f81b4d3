# SPDX-License-Identifier: MIT
# Run by cpack when Debian's packages are made: CPack gives a package with a shared library scripts that
# call ldconfig; Debian wants a trigger instead, and then a package needs no scripts.

foreach(package ${CPACK_PACKAGE_FILES})
    set(folder "${package}.files")
    file(REMOVE_RECURSE "${folder}")
    execute_process(COMMAND dpkg-deb --raw-extract "${package}" "${folder}"
                    COMMAND_ERROR_IS_FATAL ANY)
    if(EXISTS "${folder}/DEBIAN/postinst")
        file(REMOVE "${folder}/DEBIAN/postinst" "${folder}/DEBIAN/postrm")
        file(WRITE "${folder}/DEBIAN/triggers" "activate-noawait ldconfig\n")
        execute_process(COMMAND dpkg-deb --root-owner-group --build "${folder}" "${package}"
                        OUTPUT_QUIET COMMAND_ERROR_IS_FATAL ANY)
    endif()
    file(REMOVE_RECURSE "${folder}")
endforeach()
