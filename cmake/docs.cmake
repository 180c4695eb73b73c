# The pages that the program writes about itself. They are committed; the target `docs` updates them, and the tests
# docs_are_fresh.* fail when a page is no longer what the program says.
set(CAPPLAN_DESCRIBED_TOPICS warnings slo sweep distributions presets formats answers)  # each of them a page
set(CAPPLAN_GENERATED_PAGES models figures cli validation ${CAPPLAN_DESCRIBED_TOPICS})
foreach(topic IN LISTS CAPPLAN_DESCRIBED_TOPICS)
  set(CAPPLAN_PAGE_${topic} "describe ${topic} --markdown")
endforeach()
set(CAPPLAN_PAGE_models "describe --markdown")
set(CAPPLAN_PAGE_figures "describe figures --markdown")
set(CAPPLAN_PAGE_cli "help --markdown")
set(CAPPLAN_PAGE_validation "oracles --markdown --data data")
set(CAPPLAN_FROM_validation "# The kernel against theory")  # what stands before it takes half an hour: make validation

# The JSON Schema of every JSON that the program writes, and of scenario files.
set(CAPPLAN_JSON_SCHEMAS result sweep comparison index rules cache calibration validation drift inspection pack
    scenario catalogue)
foreach(name IN LISTS CAPPLAN_JSON_SCHEMAS)
  list(APPEND CAPPLAN_GENERATED_PAGES schema/${name})
  set(CAPPLAN_PAGE_schema/${name} "describe --schema ${name}")
  set(CAPPLAN_EXTENSION_schema/${name} json)
endforeach()

# The command line that writes, or with tests compares, one page.
function(capplan_page_command result page)
  set(extension md)
  if(CAPPLAN_EXTENSION_${page})
    set(extension ${CAPPLAN_EXTENSION_${page}})
  endif()
  set(${result} ${CMAKE_COMMAND} "-DCOMMAND='$<TARGET_FILE:capplan>' ${CAPPLAN_PAGE_${page}}"
      -DFILE=docs/${page}.${extension}
      "-DFROM=${CAPPLAN_FROM_${page}}" ${ARGN} -P ${PROJECT_SOURCE_DIR}/tests/docs_fresh.cmake PARENT_SCOPE)
endfunction()

set(write_pages)
foreach(page IN LISTS CAPPLAN_GENERATED_PAGES)
  capplan_page_command(write_page ${page} -DWRITE=ON)
  list(APPEND write_pages COMMAND ${write_page})
endforeach()

# The pages with examples: their blocks of output are the program's, their commands are executed.
set(CAPPLAN_EXAMPLES /usr/bin/python3 ${PROJECT_SOURCE_DIR}/tests/doc_examples.py $<TARGET_FILE:capplan>
    ${PROJECT_SOURCE_DIR})

add_custom_target(docs ${write_pages} COMMAND ${CAPPLAN_EXAMPLES} --write WORKING_DIRECTORY ${PROJECT_BINARY_DIR} VERBATIM
                  COMMENT "Writing the pages of docs/ that the program writes about itself")
add_dependencies(docs capplan)
