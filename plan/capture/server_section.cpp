#include "plan/capture/server_section.h"

#include <fmt/format.h>

#include "core/units.h"
#include "plan/format/document.h"
#include "plan/format/setting_value.h"
#include "plan/format/shown.h"

namespace capplan::plan {

namespace {

/// As postgresql.conf has it: in its unit, where it has one.
std::string in_a_file(const ServerSetting& s) {
  if (s.kind == ServerSetting::Kind::bytes && s.value < 9e18)
    return core::exact_bytes(static_cast<std::int64_t>(s.value));
  if (s.kind == ServerSetting::Kind::seconds && s.value < 9e9) return core::exact_duration(core::to_nanos(s.value));
  return s.written;
}

}  // namespace

ServerSection server_section(const ServerSettings& settings) {
  ServerSection section;
  for (const KnownSetting& known : known_settings(SettingsDialect::postgresql_conf)) {
    const ServerSetting* s = settings.find(known.name);
    if (s == nullptr) continue;
    const TakenSetting taken = take_setting(SettingsDialect::postgresql_conf, known, in_a_file(*s));
    if (taken.value)
      section.modelled.push_back({s->name, write_toml_value(*taken.value)});
    else if (!taken.refused.empty())
      section.refused.push_back(s->name + ": " + taken.refused);
  }
  for (const ServerSetting& s : settings.all)
    if (find_setting(SettingsDialect::postgresql_conf, s.name) == nullptr) section.not_modelled.push_back(s.name);
  return section;
}

std::string to_toml(const ServerSection& section, const std::string& name) {
  std::string text = fmt::format("[server.{}]\nkind = \"postgres\"\n", name);
  text += "# cores, memory and disk are the host's, and not among PostgreSQL's settings\n";
  for (const ServerSection::Entry& entry : section.modelled) text += fmt::format("{} = {}\n", entry.name, entry.value);
  for (const std::string& why : section.refused) text += fmt::format("# left out: {}\n", why);
  if (section.not_modelled.empty()) return text;
  text += "# not modelled:";
  std::size_t width = 15;
  for (const std::string& one : section.not_modelled) {
    if (width + one.size() + 2 > 100) {
      text += "\n#";
      width = 1;
    }
    text += " " + shown(one);
    width += one.size() + 1;
  }
  return text + "\n";
}

}  // namespace capplan::plan
