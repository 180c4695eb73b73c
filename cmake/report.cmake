# The report's page, put into the program: page.html, report.css, and the charts' script, which npm's esbuild bundles
# from plan/report/web/charts and ECharts. package-lock.json pins every byte that npm installs, and no install script is run.
#
# CAPPLAN_CHARTS AUTO: charts if npm is here and can install them, else a page with tables only. ON: without, it is an
# error. OFF: never.
set(CAPPLAN_CHARTS AUTO CACHE STRING "Charts in the HTML report: AUTO, ON or OFF")
set_property(CACHE CAPPLAN_CHARTS PROPERTY STRINGS AUTO ON OFF)

set(web ${PROJECT_SOURCE_DIR}/plan/report/web)
set(web_build ${PROJECT_BINARY_DIR}/web)
set(CAPPLAN_NODE_MODULES ${web_build}/node_modules)
set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${web}/package-lock.json)

function(capplan_without_charts why)
  if(CAPPLAN_CHARTS STREQUAL "ON")
    message(FATAL_ERROR "no charts: ${why}")
  endif()
  message(STATUS "The report will have tables and no charts: ${why}")
  set(CAPPLAN_HAS_CHARTS OFF PARENT_SCOPE)
endfunction()

# npm installs when the lock changed, at configuration: the build itself needs no network.
function(capplan_install_charts)
  find_program(CAPPLAN_NODE node)
  find_program(CAPPLAN_NPM npm)
  mark_as_advanced(CAPPLAN_NODE CAPPLAN_NPM)
  set(CAPPLAN_HAS_CHARTS OFF PARENT_SCOPE)
  if(NOT CAPPLAN_NODE OR NOT CAPPLAN_NPM)
    capplan_without_charts("node and npm are not installed")
    return()
  endif()
  file(SHA256 ${web}/package-lock.json lock)
  set(stamp ${web_build}/installed)
  set(installed "")
  if(EXISTS ${stamp})
    file(READ ${stamp} installed)
  endif()
  if(NOT installed STREQUAL lock)
    file(COPY ${web}/package.json ${web}/package-lock.json DESTINATION ${web_build})
    execute_process(COMMAND ${CAPPLAN_NPM} ci --ignore-scripts --no-audit --no-fund --fetch-retries=1
                    WORKING_DIRECTORY ${web_build} OUTPUT_VARIABLE said ERROR_VARIABLE said RESULT_VARIABLE status)
    if(NOT status EQUAL 0)
      file(WRITE ${web_build}/npm.log "${said}")
      capplan_without_charts("npm ci failed, see ${web_build}/npm.log")
      return()
    endif()
    file(WRITE ${stamp} ${lock})
  endif()
  set(CAPPLAN_HAS_CHARTS ON PARENT_SCOPE)
endfunction()

set(CAPPLAN_HAS_CHARTS OFF)
if(NOT CAPPLAN_CHARTS STREQUAL "OFF")
  capplan_install_charts()
endif()

set(script ${web_build}/charts.js)
set(packed ${web_build}/charts.b64)
if(CAPPLAN_HAS_CHARTS)
  file(GLOB charts CONFIGURE_DEPENDS ${web}/charts/*.js)
  set(licences "/*! Holds Apache ECharts (Apache-2.0), zrender (BSD-3-Clause) and tslib (0BSD) */")
  add_custom_command(
    OUTPUT ${script}
    COMMAND ${CMAKE_COMMAND} -E env NODE_PATH=${CAPPLAN_NODE_MODULES} ${CAPPLAN_NODE}
            ${CAPPLAN_NODE_MODULES}/esbuild/bin/esbuild ${web}/charts/main.js --bundle --minify --format=iife
            --target=es2020 --legal-comments=none --log-level=warning --banner:js=${licences} --outfile=${script}
    DEPENDS ${charts} ${web_build}/installed
    WORKING_DIRECTORY ${web} COMMENT "Bundling the report's charts" VERBATIM)
  add_custom_command(
    OUTPUT ${packed}
    COMMAND ${CAPPLAN_NODE} ${PROJECT_SOURCE_DIR}/cmake/pack_script.mjs ${script} ${packed}
    DEPENDS ${script} ${PROJECT_SOURCE_DIR}/cmake/pack_script.mjs
    COMMENT "Packing the report's charts" VERBATIM)
else()
  file(CONFIGURE OUTPUT ${packed} CONTENT "")
endif()

set(assets ${web_build}/assets.cpp)
add_custom_command(
  OUTPUT ${assets}
  COMMAND ${CMAKE_COMMAND} -DOUTPUT=${assets} -Dpage=${web}/page.html -Dstyle=${web}/report.css
          -Dloader=${web}/loader.js -Dscript=${packed} -P ${PROJECT_SOURCE_DIR}/cmake/embed.cmake
  DEPENDS ${web}/page.html ${web}/report.css ${web}/loader.js ${packed} ${PROJECT_SOURCE_DIR}/cmake/embed.cmake
  COMMENT "Embedding the report's page" VERBATIM)
target_sources(capplan_report PRIVATE ${assets})
