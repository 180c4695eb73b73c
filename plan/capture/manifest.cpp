// Reading of a capture's manifest: every key checked where it stands, all problems thrown together.
// Source: the format is capplan's own, described key by key in manifest.h.
// Limits: whether the log exists is for its reader to find out.

#include "plan/capture/manifest.h"

#include <fmt/core.h>

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <set>

#include "core/error.h"
#include "core/units.h"
#include "plan/scenario/document.h"

namespace capplan::plan {

namespace {

using core::Problem;
using models::Table;
using models::Value;

constexpr int most = 1'000'000;  // clients, connections, cores

/// What is found on the way.
struct Findings {
  std::vector<Problem> problems;
  std::vector<std::string> warnings;
};

/// One table of the manifest: hands out its keys by name and type, notes what is missing or wrong, and knows at the
/// end which keys nobody asked for.
class Keys {
 public:
  Keys(const Table* table, std::string path, core::Position where, Findings& findings)
      : table_(table), path_(std::move(path)), where_(std::move(where)), findings_(findings) {}

  /// The value of a key, or null; a missing one is a problem if required (and its table is not itself missing).
  const Value* get(const std::string& name, bool required = false) {
    asked_.push_back(name);
    const Value* value = table_ != nullptr ? models::find(*table_, name) : nullptr;
    if (value == nullptr && required && table_ != nullptr)
      findings_.problems.push_back(
          {where_, path(name), "is missing",
           path_.empty() ? fmt::format("add a table [{}]", name) : fmt::format("add it below [{}]", path_)});
    return value;
  }

  std::string text(const std::string& name, bool required = false) {
    const Value* value = get(name, required);
    if (value == nullptr) return {};
    const std::string* text = value->as<std::string>();
    if (text == nullptr || text->empty()) wrong(*value, name, "must be text in quotes, and not empty");
    return text != nullptr ? *text : std::string();
  }

  /// One of `choices`, or `fallback` where the key is missing.
  std::string choice(const std::string& name, const std::vector<std::string>& choices, const std::string& fallback) {
    const Value* value = get(name, fallback.empty());
    if (value == nullptr) return fallback.empty() ? choices.front() : fallback;
    const std::string* text = value->as<std::string>();
    if (text != nullptr && std::find(choices.begin(), choices.end(), *text) != choices.end()) return *text;
    std::string allowed;
    for (const std::string& c : choices) allowed += (allowed.empty() ? "" : ", ") + c;
    const std::string near = text != nullptr ? core::nearest(*text, choices) : "";
    wrong(*value, name,
          text != nullptr ? fmt::format("'{}' is not known; it is one of: {}", *text, allowed)
                          : fmt::format("must be text, one of: {}", allowed),
          near.empty() ? "" : fmt::format("did you mean \"{}\"?", near));
    return choices.front();
  }

  int count(const std::string& name, bool required = false, int fallback = 1) {
    const Value* value = get(name, required);
    if (value == nullptr) return fallback;
    const std::int64_t* number = value->as<std::int64_t>();
    if (number != nullptr && *number >= 1 && *number <= most) return static_cast<int>(*number);
    wrong(*value, name, fmt::format("must be a whole number from 1 to {}", most));
    return fallback;
  }

  double number(const std::string& name, double lo, double hi, bool required) {
    const Value* value = get(name, required);
    if (value == nullptr) return lo;
    const double got = as_number(*value);
    if (!(got >= lo && got <= hi)) wrong(*value, name, fmt::format("must be a number from {} to {}", lo, hi));
    return got >= lo && got <= hi ? got : lo;
  }

  /// A quantity in quotes, read by one of core's parsers; above 0. Null where missing or wrong.
  template <class T>
  std::optional<T> quantity(const std::string& name, core::Parsed<T> (*parse)(std::string_view), const char* example,
                            bool required = false) {
    const Value* value = get(name, required);
    if (value == nullptr) return std::nullopt;
    const std::string* text = value->as<std::string>();
    if (text == nullptr) {
      wrong(*value, name, fmt::format("needs its unit, in quotes, as in \"{}\"", example));
      return std::nullopt;
    }
    const core::Parsed<T> parsed = parse(*text);
    if (!parsed || !(parsed.value > T{})) {
      wrong(*value, name, parsed ? "must be above 0" : parsed.error);
      return std::nullopt;
    }
    return parsed.value;
  }

  /// A share as a number or as "11 %".
  std::optional<double> share(const std::string& name) {
    const Value* value = get(name);
    if (value == nullptr) return std::nullopt;
    double got = as_number(*value);
    if (const std::string* text = value->as<std::string>()) {
      const auto parsed = core::parse_ratio(*text);
      got = parsed ? parsed.value : std::nan("");
    }
    if (got >= 0 && got <= 1) return got;
    wrong(*value, name, "must be a share from 0 to 1, or as \"11%\"");
    return std::nullopt;
  }

  /// A list of different names.
  std::vector<std::string> names(const std::string& name, bool required) {
    const Value* value = get(name, required);
    if (value == nullptr) return {};
    const models::List* list = value->as<models::List>();
    if (list == nullptr || list->empty() || list->size() > 65535) {
      wrong(*value, name, "must be a list of names, as in [\"search\", \"insert\"]");
      return {};
    }
    std::vector<std::string> result;
    std::set<std::string> seen;
    for (const Value& element : *list) {
      const std::string* text = element.as<std::string>();
      if (text == nullptr || text->empty())
        wrong(element, name, "each element must be a name in quotes");
      else if (!seen.insert(*text).second)
        wrong(element, name, fmt::format("'{}' is there twice", *text));
      else
        result.push_back(*text);
    }
    return result;
  }

  /// A file, or two in a list: before and after. Paths from `folder`.
  std::vector<std::string> snapshots(const std::string& name, const std::filesystem::path& folder) {
    const Value* value = get(name);
    if (value == nullptr) return {};
    const models::List* list = value->as<models::List>();
    const models::List one{*value};
    std::vector<std::string> result;
    for (const Value& element : list != nullptr ? *list : one) {
      const std::string* text = element.as<std::string>();
      if (text != nullptr && !text->empty()) result.push_back((folder / *text).string());
    }
    const std::size_t expected = list != nullptr ? list->size() : 1;
    if (result.size() == expected && expected >= 1 && expected <= 2) return result;
    wrong(*value, name, "must be the name of a file, or [\"BEFORE\", \"AFTER\"]");
    return {};
  }

  /// A table below this one; reads as empty where missing.
  Keys table(const std::string& name, bool required = false) {
    const Value* value = get(name, required);
    if (value == nullptr) return Keys(nullptr, path(name), where_, findings_);
    const Table* inner = value->as<Table>();
    if (inner == nullptr) wrong(*value, name, "must be a table");
    return Keys(inner, path(name), value->where, findings_);
  }

  void wrong(const Value& value, const std::string& name, std::string what, std::string hint = {}) {
    findings_.problems.push_back({value.where, path(name), std::move(what), std::move(hint)});
  }

  /// Keys that nobody asked for: as warnings.
  void warn_of_the_rest() {
    for (const auto& [name, value] : entries()) {
      if (std::find(asked_.begin(), asked_.end(), name) != asked_.end()) continue;
      const std::string near = core::nearest(name, asked_);
      findings_.warnings.push_back(fmt::format("{}:{}: {}: is not known and was left out{}", value.key_where.file,
                                               value.key_where.line, path(name),
                                               near.empty() ? "" : "; did you mean " + near + "?"));
    }
  }

  const Table& entries() const {
    static const Table none;
    return table_ != nullptr ? *table_ : none;
  }

  static double as_number(const Value& value) {
    if (const auto* whole = value.as<std::int64_t>()) return static_cast<double>(*whole);
    const auto* number = value.as<double>();
    return number != nullptr ? *number : std::nan("");
  }

 private:
  std::string path(const std::string& name) const { return path_.empty() ? name : path_ + "." + name; }

  const Table* table_;
  std::string path_;
  core::Position where_;
  Findings& findings_;
  std::vector<std::string> asked_;
};

/// [load] mix: weights of classes that exist.
std::vector<std::pair<std::string, double>> read_mix(Keys mix, const std::vector<std::string>& classes) {
  std::vector<std::pair<std::string, double>> result;
  for (const auto& [name, value] : mix.entries()) {
    const double weight = Keys::as_number(value);
    if (!(weight >= 0 && std::isfinite(weight))) mix.wrong(value, name, "must be a number of 0 or more");
    if (!classes.empty() && std::find(classes.begin(), classes.end(), name) == classes.end()) {
      const std::string near = core::nearest(name, classes);
      mix.wrong(value, name, "is none of the capture's classes", near.empty() ? "" : "did you mean " + near + "?");
    }
    result.emplace_back(name, weight);
  }
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

/// What [capture] says of the log and of its classes.
void read_capture(Keys capture, const std::filesystem::path& folder, CaptureManifest& m) {
  m.name = capture.text("name", true);
  m.format = capture.choice("format",
                            {"pgbench", "csv", "postgresql-csvlog", "postgresql-jsonlog", "pgbench-aggregate",
                             "pg_stat_statements", "locust"},
                            "");
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

CaptureManifest read_manifest(const std::string& path) {
  const Table document = read_toml(path);
  const std::filesystem::path folder = std::filesystem::path(path).parent_path();
  Findings findings;
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
  m.cores = system.number("cores", 0.01, most, true);
  m.protocol = system.text("protocol");
  const std::string settings = system.text("settings");
  if (!settings.empty()) m.settings = (folder / settings).string();
  m.pgbouncer = system.table("pgbouncer").entries();
  m.indexes = read_indexes(system.table("index"), m.classes);
  system.warn_of_the_rest();

  Keys measured = top.table("measured");
  m.server_cpu = measured.share("server_cpu");
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
