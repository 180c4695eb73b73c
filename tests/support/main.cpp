// The main function of every test program. Catch2 2 is compiled here, once for all of them; version 3 is a library.

#if !__has_include(<catch2/catch_all.hpp>)
#define CATCH_CONFIG_RUNNER
#endif

#include "tests/support/catch.h"

int main(int argc, char* argv[]) { return Catch::Session().run(argc, argv); }
