# Run-time checks for everything built here, tests included: both the compiler and the linker must hear of them.
if(CAPPLAN_SANITIZE)
  add_compile_options(-fsanitize=${CAPPLAN_SANITIZE} -fno-sanitize-recover=undefined -fno-omit-frame-pointer)
  add_link_options(-fsanitize=${CAPPLAN_SANITIZE})
endif()
