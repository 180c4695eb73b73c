# The notebooks, and their pages in docs/notebooks with figures. The target `notebooks` executes them and writes the
# pages (minutes); the tests notebooks.* execute them on small settings and compare.
if(NOT CAPPLAN_BUILDS_PYTHON)
  return()
endif()
execute_process(COMMAND ${Python_EXECUTABLE} -c "import nbclient, ipykernel, matplotlib, pandas"
                RESULT_VARIABLE missing OUTPUT_QUIET ERROR_QUIET)
if(missing)
  message(STATUS "The notebooks are not tested: ${Python_EXECUTABLE} lacks nbconvert, ipykernel, matplotlib or pandas;"
          " cmake/install-deps.sh test")
  return()
endif()

set(CAPPLAN_NOTEBOOKS 01-first-answer 02-calibrate 03-pool-sizing 04-quarterly-review)
set(CAPPLAN_NOTEBOOK_PAGES ${CMAKE_COMMAND} -E env PYTHONPATH=${PROJECT_BINARY_DIR}/python PYTHONDONTWRITEBYTECODE=1
    ${Python_EXECUTABLE} ${PROJECT_SOURCE_DIR}/tests/notebook_pages.py)
add_custom_target(notebooks
  COMMAND ${CAPPLAN_NOTEBOOK_PAGES} write ${PROJECT_SOURCE_DIR}/notebooks ${PROJECT_SOURCE_DIR}/docs/notebooks
          ${CAPPLAN_NOTEBOOKS}
  VERBATIM USES_TERMINAL COMMENT "Executing the notebooks and writing their pages in docs/notebooks")
add_dependencies(notebooks capplan_python)
