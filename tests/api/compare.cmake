# Runs PROGRAM (with ARGUMENTS, if any) and compares what it prints with the file EXPECTED.

execute_process(COMMAND "${PROGRAM}" ${ARGUMENTS} OUTPUT_VARIABLE printed RESULT_VARIABLE status)
file(READ "${EXPECTED}" expected)
if(NOT status EQUAL 0)
    message(FATAL_ERROR "exit status ${status}; it printed:\n${printed}")
endif()
if(NOT printed STREQUAL expected)
    message(FATAL_ERROR "it printed:\n${printed}\ninstead of:\n${expected}")
endif()
