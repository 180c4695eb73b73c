// Reading of pg_settings; units, source and limits in server_settings.h.

#include "plan/capture/server_settings.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <set>

#include "core/error.h"
#include "core/units.h"
#include "plan/format/named_csv.h"
#include "plan/format/shown.h"

namespace capplan::plan {

namespace {

using Kind = ServerSetting::Kind;

constexpr const char* hint = "psql --csv -c 'SELECT name, setting, unit FROM pg_settings' > pg_settings.csv";

std::optional<double> number_of(std::string_view text) {
  double value = 0;
  const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (failure != std::errc{} || end != text.data() + text.size() || !std::isfinite(value)) return std::nullopt;
  return value;
}

/// What one of a unit is: "8kB" is 8192 bytes, "min" 60 seconds. Nothing if it is not known.
std::optional<std::pair<Kind, double>> unit_of(std::string_view unit) {
  double times = 1;
  const std::size_t digits = std::min(unit.find_first_not_of("0123456789"), unit.size());
  if (digits > 0) {
    const auto number = number_of(unit.substr(0, digits));
    if (!number) return std::nullopt;
    times = *number;
    unit.remove_prefix(digits);
  }
  constexpr double k = 1024;
  constexpr struct {
    const char* name;
    Kind kind;
    double one;
  } units[] = {{"B", Kind::bytes, 1},
               {"kB", Kind::bytes, k},
               {"MB", Kind::bytes, k * k},
               {"GB", Kind::bytes, k * k * k},
               {"TB", Kind::bytes, k * k * k * k},
               {"us", Kind::seconds, 1e-6},
               {"ms", Kind::seconds, 1e-3},
               {"s", Kind::seconds, 1},
               {"min", Kind::seconds, 60},
               {"h", Kind::seconds, 3600},
               {"d", Kind::seconds, 86'400}};
  for (const auto& known : units)
    if (unit == known.name) return std::pair(known.kind, times * known.one);
  return std::nullopt;
}

}  // namespace

const ServerSetting* ServerSettings::find(const std::string& name) const {
  const auto found = std::find_if(all.begin(), all.end(), [&](const ServerSetting& s) { return s.name == name; });
  return found == all.end() ? nullptr : &*found;
}

ServerSettings read_server_settings(const std::string& path) {
  NamedCsv table(path, hint);
  const int name = table.need("name"), setting = table.need("setting"), unit = table.need("unit");
  if (name == NamedCsv::absent || setting == NamedCsv::absent || unit == NamedCsv::absent) table.finish();
  ServerSettings settings{path, {}};
  std::set<std::string> seen;
  while (table.next()) {
    ServerSetting one;
    one.name = table.text(name);
    one.written = table.text(setting);
    one.unit = table.text(unit);
    one.line = table.line();
    if (one.name.empty()) {
      table.wrong(name, "is empty");
    } else if (!seen.insert(one.name).second) {
      table.wrong(name, fmt::format("'{}' is there twice", shown(one.name)));
    } else if (const auto number = number_of(one.written); !one.unit.empty()) {
      const auto of = unit_of(one.unit);
      if (!of)
        table.wrong(unit, fmt::format("'{}' is no unit of PostgreSQL", shown(one.unit)));
      else if (!number)
        table.wrong(setting, fmt::format("'{}' is not a number", shown(one.written)));
      else {
        one.kind = *number < 0 ? Kind::number : of->first;
        one.value = *number < 0 ? *number : *number * of->second;
      }
    } else if (number) {
      one.kind = Kind::number;
      one.value = *number;
    }
    settings.all.push_back(std::move(one));
  }
  table.finish();
  return settings;
}

}  // namespace capplan::plan
