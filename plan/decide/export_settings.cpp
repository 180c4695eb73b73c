#include "plan/decide/export_settings.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "core/error.h"
#include "core/units.h"
#include "plan/decide/index_plan.h"

namespace capplan::plan {

namespace {

using models::Param;
using models::Section;
using models::Type;

constexpr double kB = 1024;

/// A size with the largest of PostgreSQL's units that holds it exactly.
std::string guc_bytes(std::int64_t bytes) {
  constexpr struct {
    const char* unit;
    std::int64_t one;
  } units[] = {{"TB", 1LL << 40}, {"GB", 1LL << 30}, {"MB", 1LL << 20}, {"kB", 1LL << 10}};
  for (const auto& unit : units)
    if (bytes >= unit.one && bytes % unit.one == 0) return fmt::format("{}{}", bytes / unit.one, unit.unit);
  return fmt::format("{}B", bytes);
}

/// Seconds; PgBouncer reads fractions of them.
std::string seconds(core::Nanos span) {
  std::string text = fmt::format("{:.9f}", core::to_seconds(span));
  text.erase(text.find_last_not_of('0') + 1);
  if (text.back() == '.') text.pop_back();
  return text;
}

/// The value as the real system reads it.
std::string written(const Section& section, const Param& param, SettingsDialect dialect) {
  const models::Params& p = section.params;
  switch (param.type) {
    case Type::flag:
      return p.flag(param.name) ? "1" : "0";
    case Type::count:
      return fmt::format("{}", p.count(param.name));
    case Type::number:
    case Type::ratio:
      return fmt::format("{}", p.number(param.name));
    case Type::bytes:
      return dialect == SettingsDialect::redis_conf ? fmt::format("{}", p.bytes(param.name))
                                                    : guc_bytes(p.bytes(param.name));
    case Type::duration:
      return dialect == SettingsDialect::postgresql_conf ? core::exact_duration(p.duration(param.name))
                                                         : seconds(p.duration(param.name));
    default:
      return p.text(param.name);
  }
}

double base_value(const Section& section, const Param& param) {
  const models::Params& p = section.params;
  switch (param.type) {
    case Type::count:
      return static_cast<double>(p.count(param.name));
    case Type::number:
    case Type::ratio:
      return p.number(param.name);
    case Type::bytes:
      return static_cast<double>(p.bytes(param.name));
    case Type::duration:
      return core::to_seconds(p.duration(param.name));
    default:
      return 0;
  }
}

std::string source_of(const models::Value& value, const std::string& scenario) {
  if (value.is_default) return "the default";
  if (!value.origin.empty()) return "from " + value.origin;
  return value.where.line > 0 ? fmt::format("{}:{}", scenario, value.where.line) : "set by a flag";
}

struct Line {
  std::string name, value, why;
};

const Param* param_of(const models::Spec& spec, const std::string& name) {
  for (const Param& param : spec.params)
    if (param.name == name) return &param;
  return nullptr;
}

std::vector<Line> lines_of(const Section& section, SettingsDialect dialect, const std::string& scenario,
                           std::vector<core::Problem>& problems) {
  std::vector<Line> lines;
  for (const KnownSetting& setting : known_settings(dialect)) {
    const Param* param = param_of(*section.spec, setting.parameter);
    if (param == nullptr || !section.params.has(param->name)) continue;
    const models::Value& value = *models::find(section.params.values(), param->name);
    const double base = base_value(section, *param);
    const bool ordered = param->type == Type::count || param->type == Type::number || param->type == Type::bytes ||
                         param->type == Type::duration;
    if (ordered && (base < setting.lo || base > setting.hi))
      problems.push_back({value.where,
                          section.path() + "." + param->name,
                          fmt::format("{} would not accept it", file_name(dialect)),
                          {}});
    lines.push_back({setting.name, written(section, *param, dialect), param->help + "; " + source_of(value, scenario)});
  }
  return lines;
}

/// What all backends together may take, beside the memory of the container or the host: a sentence, a warning, or a
/// problem.
void weigh_memory(const Section& section, ExportedFile& file, std::vector<core::Problem>& problems, std::string& note) {
  const models::Params& p = section.params;
  const bool contained = p.has("memory_limit");  // which is no more than the host has
  if (!contained && !p.has("memory")) return;
  const char* whose = contained ? "container's" : "host's";
  const auto memory = static_cast<double>(p.bytes(contained ? "memory_limit" : "memory"));
  const auto shared = static_cast<double>(p.bytes("shared_buffers"));
  if (shared > memory) {
    problems.push_back({models::find(p.values(), "shared_buffers")->where, section.path() + ".shared_buffers",
                        fmt::format("{} do not fit into the {} memory of {}", core::format_bytes(shared), whose,
                                    core::format_bytes(memory)),
                        "a quarter of the memory is what one starts with"});
    return;
  }
  const double sorts = static_cast<double>(p.count("max_connections")) * static_cast<double>(p.bytes("work_mem"));
  const double all = shared + sorts + static_cast<double>(p.bytes("maintenance_work_mem"));
  note =
      fmt::format("shared_buffers, one work_mem for each connection and maintenance_work_mem come to {} of the {} {}",
                  core::format_bytes(all), whose, core::format_bytes(memory));
  if (all > memory)
    file.warnings.push_back(section.path() + ": " + note + ": should all connections sort at once, it is too little");
}

std::string set_text(const Line& line, SettingsDialect dialect) {
  const bool quoted = dialect == SettingsDialect::postgresql_conf &&
                      line.value.find_first_not_of(
                          "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_.-") != std::string::npos;
  const std::string value = quoted ? "'" + line.value + "'" : line.value;
  return dialect == SettingsDialect::redis_conf ? line.name + " " + value : line.name + " = " + value;
}

/// Each setting below a comment that says what it is.
std::string fresh(const std::vector<Line>& lines, SettingsDialect dialect) {
  std::string text;
  for (const Line& line : lines) text += "# " + line.why + "\n" + set_text(line, dialect) + "\n";
  return text;
}

/// The base's lines, those of the scenario's settings with the scenario's values; what the base lacks at the end of
/// them.
std::string replaced(const SettingsFile& base, std::vector<Line> lines) {
  std::string text;
  const bool ini = base.dialect == SettingsDialect::pgbouncer_ini;
  std::vector<std::string> done;
  const auto append_rest = [&] {
    for (const Line& line : lines)
      if (std::find(done.begin(), done.end(), line.name) == done.end())
        text += "# " + line.why + "\n" + set_text(line, base.dialect) + "\n", done.push_back(line.name);
  };
  bool within = !ini, seen = !ini;
  for (const SettingsLine& old : base.lines) {
    const bool here = !ini || old.section == "pgbouncer";
    if (within && !here) append_rest();  // the section [pgbouncer] ends here
    within = here;
    seen = seen || here;
    const auto line =
        std::find_if(lines.begin(), lines.end(), [&](const Line& l) { return here && l.name == old.name; });
    if (line == lines.end() || old.name.empty()) {
      text += old.text + "\n";
      continue;
    }
    done.push_back(line->name);
    if (old.value == line->value)
      text += old.text + "\n";
    else
      text += fmt::format("# was {}; {}\n{}\n", old.value, line->why, set_text(*line, base.dialect));
  }
  if (!seen) text += "[pgbouncer]\n";
  append_rest();
  return text;
}

ExportedFile conf_of(const Scenario& scenario, const Section& section, SettingsDialect dialect,
                     const std::optional<SettingsFile>& base, std::vector<core::Problem>& problems) {
  ExportedFile file{section.path(), section.name + "." + file_name(dialect), {}, {}};
  std::string note;
  if (dialect == SettingsDialect::postgresql_conf) weigh_memory(section, file, problems, note);
  const std::vector<Line> lines = lines_of(section, dialect, scenario.source, problems);
  if (base) {
    file.text = replaced(*base, lines);
    return file;
  }
  file.text = fmt::format("# {} of {}, from {}. Settings that are not here keep their values.\n", file_name(dialect),
                          section.path(), scenario.source);
  if (!note.empty()) file.text += "# " + note + "\n";
  if (dialect == SettingsDialect::pgbouncer_ini) file.text += "[pgbouncer]\n";
  file.text += fresh(lines, dialect);
  return file;
}

std::optional<SettingsDialect> dialect_of(const Section& section) {
  for (const SettingsDialect each :
       {SettingsDialect::postgresql_conf, SettingsDialect::pgbouncer_ini, SettingsDialect::redis_conf})
    if (section.spec->section == section_of(each) && section.spec->kind == kind_of(each)) return each;
  return std::nullopt;
}

}  // namespace

std::vector<ExportedFile> export_settings(const Scenario& scenario, const std::string& only,
                                          const std::optional<SettingsFile>& base) {
  std::vector<std::string> there;
  std::vector<ExportedFile> files;
  std::vector<core::Problem> problems;
  for (const Section& section : scenario.sections) {
    const std::optional<SettingsDialect> dialect = dialect_of(section);
    const bool index = models::role_of(section) == models::Role::index;
    if (!dialect && !index) continue;
    there.push_back(section.path());
    if (!only.empty() && only != section.path()) continue;
    if (dialect) {
      if (base && base->dialect != *dialect)
        problems.push_back(
            {{base->file, 0, 0}, "", fmt::format("is no {}, which {} needs", file_name(*dialect), section.path()), {}});
      else
        files.push_back(conf_of(scenario, section, *dialect, base, problems));
      continue;
    }
    if (base) problems.push_back({{base->file, 0, 0}, "", "an index has no settings file to start from", {}});
    for (const IndexPlan& plan : plan_indexes(scenario, {.index = section.name, .rows = {}, .recall = {}}).indexes) {
      ExportedFile file{
          section.path(), section.name + ".sql", "-- " + section.path() + ", from " + scenario.source + "\n", {}};
      for (const std::string& line : plan.sql) file.text += line + "\n";
      if (!plan.sql.empty()) files.push_back(std::move(file));
    }
  }
  if (base && only.empty())
    problems.push_back({{base->file, 0, 0}, "", "is the file of which section?", "name it: --section server.primary"});
  if (files.empty() && problems.empty()) {
    const std::string near = core::nearest(only, there);
    problems.push_back({{scenario.source, 0, 0},
                        only,
                        there.empty() ? "has no server, bouncer, Redis or index that could be exported"
                                      : fmt::format("is none of {}", fmt::join(there, ", ")),
                        near.empty() ? "" : "did you mean " + near + "?"});
  }
  if (!problems.empty()) throw core::InputError(std::move(problems));
  return files;
}

}  // namespace capplan::plan
