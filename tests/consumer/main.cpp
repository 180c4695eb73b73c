// Someone else's program upon the installed rooms: reads TOML, asks the catalogue, and parses a unit.

#include <cstdio>

#include "core/units.h"
#include "models/catalog.h"
#include "plan/format/document.h"

int main() {
  const auto document = capplan::plan::parse_toml("timeout = \"30s\"", "inline");
  const auto* text = capplan::models::find(document, "timeout")->as<std::string>();
  const auto timeout = capplan::core::parse_duration(*text);
  std::printf("%zu kinds, timeout %g s\n", capplan::models::catalog().size(), capplan::core::to_seconds(timeout.value));
  return timeout && timeout.value == 30 * capplan::core::second ? 0 : 1;
}
