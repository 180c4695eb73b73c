# The warnings every target of the project is built with. Not among them: -Wnon-virtual-dtor, which objects to a class
# that is never owned through its interface (deleting one so is caught by -Wall, as -Wdelete-non-virtual-dtor); and
# -Wnull-dereference, which at -O3 takes every *std::get_if for one, depending on what was inlined (the asan preset sees
# the true ones). -Wmissing-field-initializers of -Wextra is off: leaving fields out is what designated initialisers are
# for.
function(capplan_warnings target)
  target_compile_options(${target} PRIVATE -Wall -Wextra -Wpedantic -Wshadow -Woverloaded-virtual
                                           -Wdouble-promotion -Wformat=2 -Wimplicit-fallthrough
                                           -Wno-missing-field-initializers)
  if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
    # Both are wrong about std::string at -O3 in GCC 12: the one about "text" + string (gcc.gnu.org/PR105651), the other
    # about an aggregate that holds a string and is made within push_back({...}).
    target_compile_options(${target} PRIVATE -Wno-restrict -Wno-maybe-uninitialized)
  endif()
  if(CAPPLAN_WERROR)
    target_compile_options(${target} PRIVATE -Werror)
  endif()
endfunction()
