# SPDX-License-Identifier: MIT
# Runs PROGRAM with ARGUMENTS: what it prints must match EXPECTED, and no signal may end it but that
# of abort(), after a line of the library's.
separate_arguments(arguments UNIX_COMMAND "${ARGUMENTS}")
execute_process(COMMAND ${EMULATOR} ${PROGRAM} ${arguments}
                RESULT_VARIABLE result OUTPUT_VARIABLE output ERROR_VARIABLE output)
string(STRIP "${output}" output)
if(result MATCHES "Segmentation|SIGSEGV|Bus|Illegal")
    message(FATAL_ERROR "${result}\n${output}")
endif()
if(output MATCHES "runtime error")
    message(FATAL_ERROR "undefined behaviour:\n${output}")
endif()
if(NOT output MATCHES "${EXPECTED}")
    message(FATAL_ERROR "expected: ${EXPECTED}\nprinted: ${output}\n(${result})")
endif()
