// Every kind of section of a scenario, found by its words.

#include <algorithm>

#include "plan/scenario/sections.h"
#include "tests/support/catch.h"

using namespace capplan::plan;

TEST_CASE("every kind of section is found under its words, once") {
  for (const capplan::models::Spec& spec : section_specs()) {
    CHECK(find_spec(spec.section, spec.kind) == &spec);
    const auto known = section_words();
    CHECK(std::count(known.begin(), known.end(), spec.section) == 1);
    const auto of_section = kinds(spec.section);
    CHECK(std::count(of_section.begin(), of_section.end(), spec.kind) == 1);
  }
  CHECK(find_spec("alert", "") != nullptr);
  CHECK(find_spec("pool", "no such kind") == nullptr);
  CHECK(kinds("no such section").empty());
}
