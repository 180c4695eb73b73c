// Reading of a capture's manifest: every key checked where it stands, all problems thrown together.
// Source: the format is capplan's own, described key by key in manifest.h.
// Limits: whether the log exists is for its reader to find out.

#include "plan/capture/manifest.h"

#include <fmt/core.h>

#include <algorithm>
#include <cmath>
#include <filesystem>

#include "models/catalog.h"
#include "plan/capture/format_spec.h"
#include "plan/capture/manifest_keys.h"
#include "plan/format/document.h"

namespace capplan::plan {

namespace {

using models::Table;
using models::Value;
using Keys = ManifestKeys;

/// [load] mix: weights of classes that exist.
std::vector<std::pair<std::string, double>> read_mix(Keys mix, const std::vector<std::string>& classes) {
  std::vector<std::pair<std::string, double>> result;
  bool all_zero = !mix.entries().empty();
  for (const auto& [name, value] : mix.entries()) {
    const double weight = Keys::as_number(value);
    if (!(weight >= 0 && std::isfinite(weight))) mix.wrong(value, name, "must be a number of 0 or more");
    if (!classes.empty() && std::find(classes.begin(), classes.end(), name) == classes.end()) {
      const std::string near = core::nearest(name, classes);
      mix.wrong(value, name, "is none of the capture's classes", near.empty() ? "" : "did you mean " + near + "?");
    }
    result.emplace_back(name, weight);
    all_zero = all_zero && weight == 0;
  }
  if (all_zero)
    mix.wrong(mix.entries().front().second, result.front().first, "all weights are 0",
              "weigh one class or more, or leave the mix out: it is then that of the log");
  return result;
}

/// [system.index.*].
std::vector<CaptureIndex> read_indexes(Keys tables, const std::vector<std::string>& classes) {
  std::vector<CaptureIndex> result;
  for (const auto& [name, value] : tables.entries()) {
    Keys keys = tables.table(name);
    CaptureIndex index{name, keys.text("kind", true), keys.names("classes", true), {}};
    for (const std::string& klass : index.classes)
      if (!classes.empty() && std::find(classes.begin(), classes.end(), klass) == classes.end())
        keys.wrong(*keys.get("classes"), "classes", fmt::format("'{}' is none of the capture's classes", klass));
    for (const auto& entry : keys.entries())
      if (entry.first != "kind" && entry.first != "classes") index.parameters.push_back(entry);
    result.push_back(std::move(index));
  }
  return result;
}

/// [capture.class.*].
std::vector<StatementClass> read_statements(Keys tables) {
  std::vector<StatementClass> result;
  for (const auto& [name, value] : tables.entries()) {
    Keys keys = tables.table(name);
    StatementClass one{name, keys.text("pattern"), keys.text("fingerprint"), value.key_where};
    if (const Value* pattern = keys.get("pattern")) one.where = pattern->where;
    if (one.pattern.empty() == one.fingerprint.empty())
      tables.wrong(value, name, "needs a pattern or a fingerprint, and not both",
                   "pattern = \"from memories order by embedding\"");
    const bool hex = one.fingerprint.find_first_not_of("0123456789abcdef") == std::string::npos;
    if (!one.fingerprint.empty() && (!hex || one.fingerprint.size() < 6 || one.fingerprint.size() > 16))
      keys.wrong(*keys.get("fingerprint"), "fingerprint", "must be 6 to 16 hexadecimal digits",
                 "calibrate without it shows them at the end of the class's name");
    keys.warn_of_the_rest();
    result.push_back(std::move(one));
  }
  return result;
}

/// Classes that commit a change; nothing where the manifest does not say.
std::optional<std::vector<std::string>> read_writes(Keys& capture, const std::vector<std::string>& classes) {
  const Value* writes = capture.get("writes");
  if (writes == nullptr) return std::nullopt;
  if (writes->as<models::List>() != nullptr && writes->as<models::List>()->empty()) return std::vector<std::string>{};
  std::vector<std::string> names = capture.names("writes", false);
  for (const std::string& name : names)
    if (!classes.empty() && std::find(classes.begin(), classes.end(), name) == classes.end()) {
      const std::string near = core::nearest(name, classes);
      capture.wrong(*writes, "writes", fmt::format("'{}' is none of the capture's classes", name),
                    near.empty() ? "" : "did you mean " + near + "?");
    }
  return names;
}

/// pgbouncer.ini has bare numbers: of times they are seconds, and flags are 0 and 1.
void as_in_ini(models::Type type, Value& value) {
  const double number = Keys::as_number(value);
  if (type == models::Type::duration && number >= 0 && number < 1e9) value.data = fmt::format("{}s", number);
  if (type == models::Type::flag && (number == 0 || number == 1)) value.data = number == 1;
}

/// [system.pgbouncer] as written. A pool whose size is not said is that of the connections; it is shared by the
/// transaction where it serves more clients than it has connections.
Table read_pgbouncer(Keys keys, const CaptureManifest& m) {
  Table settings = keys.entries();
  if (m.path != CaptureManifest::Path::pgbouncer) return settings;
  const models::Spec* spec = models::find_spec("bouncer", "pgbouncer");
  for (const models::Param& param : spec->params) {
    keys.get(param.name);
    if (Value* value = models::find(settings, param.name)) as_in_ini(param.type, *value);
  }
  keys.warn_of_the_rest();
  const auto size = [&](const char* name) {
    const Value* value = keys.get(name);
    return value != nullptr ? std::optional(Keys::as_number(*value)) : std::nullopt;
  };
  const Value* mode = keys.get("pool_mode");
  if (mode == nullptr && m.clients > m.connections)  // in session mode the others would never have been served
    settings.emplace_back("pool_mode", Value{std::string("transaction"), {}, {}, false, {}});
  const auto pool = size("default_pool_size");
  if (!pool)
    settings.emplace_back("default_pool_size", Value{std::int64_t{m.connections}, {}, {}, false, {}});
  else if (*pool > m.connections || *pool + size("reserve_pool_size").value_or(0) < m.connections)
    keys.warn(
        *keys.get("default_pool_size"), "default_pool_size",
        fmt::format("{:g}, where `connections` says {}: the pool is taken to be of this size", *pool, m.connections));
  return settings;
}

/// What [capture] says of the log and of its classes.
void read_capture(Keys capture, const std::filesystem::path& folder, CaptureManifest& m) {
  m.name = capture.text("name", true);
  m.format = capture.choice("format", log_words(), "");
  m.log_name = capture.text("log", true);
  m.log = (folder / m.log_name).string();
  m.statements = read_statements(capture.table("class"));
  if (m.of_server() || m.format == "pg_stat_statements") {
    for (const StatementClass& one : m.statements) m.classes.push_back(one.name);
    m.keep_unmatched = capture.choice("unmatched", {"keep", "drop"}, "keep") == "keep";
    m.sample_rate = capture.get("sample_rate") != nullptr ? capture.number("sample_rate", 1e-6, 1, true) : 1;
  } else {
    m.classes = capture.names("classes", m.format == "pgbench");
    for (const StatementClass& one : m.statements)
      if (!m.classes.empty() && std::find(m.classes.begin(), m.classes.end(), one.name) == m.classes.end())
        capture.wrong(*capture.get("class"), "class." + one.name, "is none of the capture's classes",
                      "name it in `classes` too, or leave it out");
  }
  m.writes = read_writes(capture, m.classes);
  m.duration = capture.quantity("duration", core::parse_duration, "60s", true).value_or(0);
  m.taken = capture.text("taken");
  if (const std::string keys = capture.text("keys"); !keys.empty()) m.keys = (folder / keys).string();
  capture.warn_of_the_rest();
}

}  // namespace

bool CaptureManifest::has_requests() const {
  const CaptureFormat* found = find_log_format(format);
  return found && found->read_requests;
}

CaptureManifest read_manifest(const std::string& path) {
  const Table document = read_toml(path);
  const std::filesystem::path folder = std::filesystem::path(path).parent_path();
  ManifestFindings findings;
  Keys top(&document, "", {path, 1, 1}, findings);
  CaptureManifest m;
  m.file = path;

  read_capture(top.table("capture", true), folder, m);

  Keys load = top.table("load", true);
  m.load = load.choice("kind", {"open", "closed"}, "") == "open" ? CaptureManifest::Load::open
                                                                 : CaptureManifest::Load::closed;
  m.rate = load.quantity("rate", core::parse_rate, "150/s", m.open()).value_or(0);
  m.clients = load.count("clients", true);
  m.mix = read_mix(load.table("mix"), m.classes);
  load.warn_of_the_rest();

  Keys system = top.table("system", true);
  m.path = system.choice("path", {"direct", "pgbouncer"}, "direct") == "direct" ? CaptureManifest::Path::direct
                                                                                : CaptureManifest::Path::pgbouncer;
  m.connections = system.count("connections", true);
  m.cores = system.number("cores", 0.01, Keys::most, true);
  if (const double whole = std::max(1.0, std::round(m.cores)); m.cores != whole)
    if (const Value* cores = system.get("cores"))
      system.warn(*cores, "cores",
                  fmt::format("{:g} is replayed on {:g}: parts of a core are not modelled", m.cores, whole));
  if (m.path == CaptureManifest::Path::direct && m.clients != m.connections)
    if (const Value* connections = system.get("connections"))
      system.warn(*connections, "connections",
                  fmt::format("{}, where {} clients connect directly: the replay has as many as clients", m.connections,
                              m.clients));
  m.protocol = system.text("protocol");
  const std::string settings = system.text("settings");
  if (!settings.empty()) m.settings = (folder / settings).string();
  m.pgbouncer = read_pgbouncer(system.table("pgbouncer"), m);
  m.indexes = read_indexes(system.table("index"), m.classes);
  system.warn_of_the_rest();

  Keys measured = top.table("measured");
  m.server_cpu = measured.share("server_cpu", m.cores);
  m.probe_before = measured.quantity("probe_before", core::parse_duration, "0.38ms");
  m.probe_after = measured.quantity("probe_after", core::parse_duration, "0.38ms");
  m.statement_stats = measured.snapshots("pg_stat_statements", folder);
  m.bouncer_stats = measured.snapshots("show_stats", folder);
  const auto beside = [&](const std::string& file) { return file.empty() ? file : (folder / file).string(); };
  m.bouncer_pools = beside(measured.text("show_pools"));
  m.bouncer_log = beside(measured.text("pgbouncer_log"));
  measured.warn_of_the_rest();
  top.warn_of_the_rest();

  if (!findings.problems.empty()) throw core::InputError(std::move(findings.problems));
  m.warnings = std::move(findings.warnings);
  return m;
}

}  // namespace capplan::plan
