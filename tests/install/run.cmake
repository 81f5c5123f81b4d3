# SPDX-License-Identifier: MIT
# For the tests of this folder: runs a command that must succeed; its output is in `output`.

function(run)
    execute_process(COMMAND ${ARGN} OUTPUT_VARIABLE output ERROR_VARIABLE output
                    RESULT_VARIABLE status)
    if(NOT status EQUAL 0)
        message(FATAL_ERROR "failed: ${ARGN}\n${output}")
    endif()
    set(output "${output}" PARENT_SCOPE)
endfunction()

# A command that must fail, and say this.
function(run_to_fail message)
    execute_process(COMMAND ${ARGN} OUTPUT_VARIABLE output ERROR_VARIABLE output
                    RESULT_VARIABLE status)
    if(status EQUAL 0 OR NOT output MATCHES "${message}")
        message(FATAL_ERROR "should fail with \"${message}\": ${ARGN}\n${status}: ${output}")
    endif()
endfunction()
