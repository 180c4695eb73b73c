// The program: everything it does is in cli::run, where tests can reach it.

#include <iostream>

#include "cli/app.h"

int main(int argc, char** argv) { return capplan::cli::run(argc, argv, std::cout, std::cerr); }
