# SPDX-License-Identifier: MIT
# Runs PROGRAM (with ARGUMENTS, if any, and by EMULATOR, if it is for another machine) and compares what
# it prints with the file EXPECTED.

execute_process(COMMAND ${EMULATOR} "${PROGRAM}" ${ARGUMENTS} OUTPUT_VARIABLE printed
                RESULT_VARIABLE status)
string(REPLACE "\r\n" "\n" printed "${printed}") # Windows ends lines so
file(READ "${EXPECTED}" expected)
if(NOT status EQUAL 0)
    message(FATAL_ERROR "exit status ${status}; it printed:\n${printed}")
endif()
if(NOT printed STREQUAL expected)
    message(FATAL_ERROR "it printed:\n${printed}\ninstead of:\n${expected}")
endif()
