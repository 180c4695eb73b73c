# cmake -DCOMMAND=<program and arguments> -DFILE=<page> [-DFROM=<line>] [-DWRITE=ON] -P docs_fresh.cmake
#
# Runs the command at the top of the tree and compares what it prints with the page; with WRITE, writes the page. With FROM,
# only the part of the page that begins with that line. Each page of markdown gets links to the glossary and to the details of the
# simulation below its title.
separate_arguments(command UNIX_COMMAND "${COMMAND}")
cmake_path(GET CMAKE_CURRENT_LIST_DIR PARENT_PATH top)
cmake_path(ABSOLUTE_PATH FILE BASE_DIRECTORY ${top} OUTPUT_VARIABLE page)
cmake_path(GET FILE FILENAME name)
set(fresh ${CMAKE_CURRENT_BINARY_DIR}/${name}.fresh)  # in the folder this was started in

execute_process(COMMAND ${command} WORKING_DIRECTORY ${top} OUTPUT_FILE ${fresh} ERROR_VARIABLE errors
                RESULT_VARIABLE status)
if(NOT status EQUAL 0)
  message(FATAL_ERROR "`${COMMAND}` ended with ${status}:\n${errors}")
endif()
if(FILE MATCHES "\\.md$")
  file(READ ${fresh} text)
  string(REGEX REPLACE "^(# [^\n]+\n)" "\\1\nTerms: [glossary](glossary.md). Details of the simulation: [behaviour](behaviour.md).\n" text "${text}")
  file(WRITE ${fresh} "${text}")
endif()
if(FROM)  # what stands before comes from elsewhere, and stays
  file(READ ${page} old)
  string(FIND "${old}" "${FROM}\n" start)
  if(start EQUAL -1)
    message(FATAL_ERROR "${FILE} has no line \"${FROM}\"")
  endif()
  string(SUBSTRING "${old}" 0 ${start} before)
  file(READ ${fresh} after)
  file(WRITE ${fresh} "${before}${after}")
endif()
if(WRITE)
  file(COPY_FILE ${fresh} ${page})
  return()
endif()

execute_process(COMMAND diff -u ${page} ${fresh} OUTPUT_VARIABLE difference ERROR_VARIABLE difference
                RESULT_VARIABLE status)
if(NOT status EQUAL 0)
  string(SUBSTRING "${difference}" 0 4000 difference)
  message("${difference}\n${FILE} is not what the program says. Update it with: make docs")
  message(FATAL_ERROR "stale")
endif()
