#include "plan/scenario/import_settings.h"

#include <fmt/format.h>

#include <algorithm>

#include "plan/format/document.h"
#include "plan/format/setting_value.h"

namespace capplan::plan {

namespace {

using models::Value;

std::string in_comment(const std::string& text) {
  std::string out;
  for (const char c : text) out += static_cast<unsigned char>(c) < 32 && c != '\t' ? '?' : c;
  return out;
}

}  // namespace

ImportedSettings import_settings(const SettingsFile& file) {
  ImportedSettings imported{file.dialect, file.file, {}, {}, file.included};
  std::vector<core::Problem> problems;
  for (std::size_t i = 0; i < file.lines.size(); ++i) {
    const SettingsLine& line = file.lines[i];
    if (line.name.empty()) continue;
    const bool own = file.dialect != SettingsDialect::pgbouncer_ini || line.section == "pgbouncer";
    const KnownSetting* setting = own ? find_setting(file.dialect, line.name) : nullptr;
    if (setting == nullptr) {
      imported.kept.push_back(own ? fmt::format("{} = {}", line.name, line.value)
                                  : fmt::format("[{}] {} = {}", line.section, line.name, line.value));
      continue;
    }
    const core::Position where{file.file, static_cast<int>(i) + 1, static_cast<int>(line.text.find(line.value) + 1)};
    TakenSetting taken = take_setting(file.dialect, *setting, line.value);
    if (!taken.refused.empty()) problems.push_back({where, line.name, taken.refused, {}});
    std::erase_if(imported.modelled,
                  [&](const auto& before) { return before.first == setting->parameter; });  // the last of a name counts
    if (!taken.value) continue;
    taken.value->where = taken.value->key_where = where;
    taken.value->origin = file.file;
    imported.modelled.emplace_back(setting->parameter, std::move(*taken.value));
  }
  if (!problems.empty()) throw core::InputError(std::move(problems));
  return imported;
}

std::string to_toml(const ImportedSettings& settings, const std::string& name) {
  std::string text =
      fmt::format("[{}.{}]\nkind = \"{}\"\n", section_of(settings.dialect), name, kind_of(settings.dialect));
  for (const auto& [key, value] : settings.modelled) text += key + " = " + write_toml_value(value) + "\n";
  for (const std::string& file : settings.included)
    text += "# not read, though it is included: " + in_comment(file) + "\n";
  if (!settings.kept.empty())
    text += fmt::format("# not modelled; capplan export --base {} keeps them:\n", in_comment(settings.file));
  for (const std::string& line : settings.kept) text += "#   " + in_comment(line) + "\n";
  return text;
}

void take_in_imports(std::vector<WrittenSection>& sections, const std::string& file,
                     std::vector<core::Problem>& problems) {
  for (WrittenSection& section : sections) {
    const auto found = std::find_if(section.values.begin(), section.values.end(),
                                    [](const auto& field) { return field.first == "import"; });
    if (found == section.values.end()) continue;
    const Value import = std::move(found->second);
    section.values.erase(found);
    const Value* kind = models::find(section.values, "kind");
    const auto* word = kind != nullptr ? kind->as<std::string>() : nullptr;
    std::optional<SettingsDialect> dialect;
    for (const SettingsDialect each :
         {SettingsDialect::postgresql_conf, SettingsDialect::pgbouncer_ini, SettingsDialect::redis_conf})
      if (section.section == section_of(each) && word != nullptr && *word == kind_of(each)) dialect = each;
    const auto* path = import.as<std::string>();
    if (!dialect || path == nullptr) {
      problems.push_back({import.where, section.path() + ".import",
                          path == nullptr ? "must be the name of a file, in quotes"
                                          : "is for a server of kind postgres, a bouncer, or a cache of kind redis",
                          "import = \"pgbouncer.ini\""});
      continue;
    }
    try {
      for (const auto& [key, value] : import_settings(read_settings_file(beside(file, *path), dialect)).modelled)
        if (models::find(section.values, key) == nullptr) section.values.emplace_back(key, value);
    } catch (const core::InputError& error) {
      for (core::Problem problem : error.problems()) {
        if (problem.where.line == 0) problem.where = import.where, problem.key = section.path() + ".import";
        problems.push_back(std::move(problem));
      }
    }
  }
}

}  // namespace capplan::plan
