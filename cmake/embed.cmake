# cmake -DOUTPUT=assets.cpp -Dpage=FILE -Dstyle=FILE -Dloader=FILE -Dscript=FILE -P embed.cmake
#
# Writes files as the texts of plan/report/html/assets.h. A text is many literals side by side: compilers refuse a
# single one of a megabyte, and read numbers far more slowly.
set(delimiter "~~capplan~~")
set(chunk 12000)

set(source "// Written by cmake/embed.cmake from plan/report/web.\n#include \"plan/report/html/assets.h\"\n\n"
           "namespace capplan::plan::assets {\n\n")
string(JOIN "" source ${source})
foreach(name page style loader script)
  file(READ ${${name}} text)
  string(FIND "${text}" ")${delimiter}\"" clash)
  if(NOT clash EQUAL -1)
    message(FATAL_ERROR "${${name}} holds the delimiter of its own literal")
  endif()
  string(LENGTH "${text}" length)
  string(APPEND source "const std::string_view ${name} =\n    ")
  set(at 0)
  while(at LESS length)
    string(SUBSTRING "${text}" ${at} ${chunk} part)
    string(APPEND source "R\"${delimiter}(${part})${delimiter}\"\n    ")
    math(EXPR at "${at} + ${chunk}")
  endwhile()
  string(APPEND source "\"\";\n\n")
endforeach()
string(APPEND source "}  // namespace capplan::plan::assets\n")
file(WRITE ${OUTPUT} "${source}")
