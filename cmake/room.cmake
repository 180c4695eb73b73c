# capplan_room(NAME LINK <public libraries> LINK_PRIVATE <private libraries> HEADERS <targets or folders>)
#
# One static library a room, of every .cpp below the folder of that name; plan/study is the library capplan_study. Headers are included by their path from the
# top of the tree ("core/time.h"); they form a file set, from which they are installed and, with
# CMAKE_VERIFY_INTERFACE_HEADER_SETS, each is compiled alone. HEADERS names what only the room's own .cpp files include
# and nobody has to link: whoever uses the room need not have it. Numbers must not depend on the compiler's freedom: no
# contraction of a*b+c.
function(capplan_room folder)
  cmake_parse_arguments(ROOM "" "" "LINK;LINK_PRIVATE;HEADERS" ${ARGN})
  file(GLOB_RECURSE sources CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/${folder}/*.cpp)
  file(GLOB_RECURSE headers CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/${folder}/*.h)
  list(FILTER sources EXCLUDE REGEX "/main\\.cpp$")
  cmake_path(GET folder FILENAME name)
  set(target capplan_${name})
  add_library(${target} STATIC)
  add_library(capplan::${name} ALIAS ${target})
  target_sources(${target} PRIVATE ${sources}
                 PUBLIC FILE_SET HEADERS BASE_DIRS ${PROJECT_SOURCE_DIR} FILES ${headers})
  set_property(GLOBAL APPEND PROPERTY CAPPLAN_ROOMS ${target})
  set_target_properties(${target} PROPERTIES EXPORT_NAME ${name} POSITION_INDEPENDENT_CODE ON)
  target_compile_features(${target} PUBLIC cxx_std_20)
  target_compile_options(${target} PUBLIC -ffp-contract=off)
  target_link_libraries(${target} PUBLIC ${ROOM_LINK} PRIVATE ${ROOM_LINK_PRIVATE})
  foreach(headers IN LISTS ROOM_HEADERS)
    if(TARGET ${headers})
      target_include_directories(${target} SYSTEM PRIVATE $<TARGET_PROPERTY:${headers},INTERFACE_INCLUDE_DIRECTORIES>)
    else()
      target_include_directories(${target} SYSTEM PRIVATE ${headers})
    endif()
  endforeach()
  capplan_warnings(${target})
endfunction()
