// The settings of a server, from pg_settings. Source and limits: plan/capture/server_settings.h.

#include <fmt/format.h>

#include <algorithm>

#include "plan/capture/format_spec.h"
#include "plan/capture/inspected_rows.h"
#include "plan/capture/server_section.h"

namespace capplan::plan {

namespace {

using core::Estimate;
using Row = InspectedTable::Row;

void inspect_settings(const std::string& file, const InspectOptions&, Inspection& into) {
  const ServerSettings settings = read_server_settings(file);
  using Kind = ServerSetting::Kind;
  const ServerSection section = server_section(settings);
  const std::vector<InspectedColumn> columns = {
      {"bytes", "bytes", Unit::bytes}, {"seconds", "seconds", Unit::seconds}, {"number", "number"}};
  const auto row = [](const ServerSetting& s, const std::string& value) {
    const auto of = [&](Kind kind) { return s.kind == kind ? exact(s.value) : Estimate{}; };
    return Row{{s.name, value}, {of(Kind::bytes), of(Kind::seconds), of(Kind::number)}};
  };
  InspectedTable table{"settings", "in a scenario's [server.NAME]", {"setting", "value"}, columns, {}};
  for (const ServerSection::Entry& entry : section.modelled)
    table.rows.push_back(row(*settings.find(entry.name), entry.value));
  InspectedTable rest{"not_modelled", "not modelled", {"setting", "value"}, columns, {}, false};
  for (const std::string& name : section.not_modelled) {
    const ServerSetting& s = *settings.find(name);
    rest.rows.push_back(row(s, s.written + s.unit));
  }
  into.says = fmt::format(
      "{}, of which the model knows {}; --as-server NAME writes them as a section, and what is not modelled beside "
      "them",
      plural(settings.all.size(), "setting"), section.modelled.size());
  into.tables.push_back(std::move(table));
  into.tables.push_back(std::move(rest));
  into.warnings.insert(into.warnings.end(), section.refused.begin(), section.refused.end());
}

Likeness settings_likeness(const FileSample& sample) { return table_likeness(sample, {"name", "setting"}); }

}  // namespace

CaptureFormat server_settings_format();

CaptureFormat server_settings_format() {
  return {.name = "pg_settings",
          .title = "settings of PostgreSQL",
          .made_by = "psql --csv -c 'SELECT name, setting, unit FROM pg_settings'",
          .holds = "settings of a server; --as-server NAME writes them as a section of a scenario",
          .likeness = settings_likeness,
          .inspect = inspect_settings};
}

}  // namespace capplan::plan
