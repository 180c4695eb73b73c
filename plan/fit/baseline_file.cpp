// Baselines in a calibration file, one [[calibration.baseline]] a capture. A figure with its error is written as
// { value, error, freedom }: the figure itself, the standard error of its logarithm, and the degrees of freedom of
// that. Format: capplan's own. Limits: figures have six digits, times whole nanoseconds.

#include <fmt/format.h>

#include <cmath>
#include <cstdlib>

#include "core/error.h"
#include "core/whole_number.h"
#include "plan/fit/baseline.h"
#include "plan/format/document.h"
#include "plan/format/unwritten.h"

namespace capplan::plan {

namespace {

using models::List;
using models::Table;
using models::Value;
using unwritten::number;
using unwritten::raw;
using unwritten::text;
using unwritten::time;

/// Nothing for a figure that is not known.
void add(Table& table, const char* key, const LogLevel& level, Value (*spell)(double)) {
  if (!level.known) return;
  table.emplace_back(key, raw(Table{{"value", spell(std::exp(level.value))},
                                    {"error", number(level.error)},
                                    {"freedom", number(level.freedom)}}));
}

/// Values read back; what is missing or of another kind is refused where it stands.
class Fields {
 public:
  Fields(const Table& table, core::Position where, std::string path)
      : table_(table), where_(std::move(where)), path_(std::move(path)) {}

  const Value* get(const std::string& key) const { return models::find(table_, key); }

  double number(const std::string& key) const { return as_number(required(key), key); }
  template <class Integer = std::int64_t>
  Integer whole(const std::string& key) const {
    const auto whole = core::whole_number<Integer>(number(key));
    return whole ? *whole : throw wrong(required(key), key);
  }
  std::string word(const std::string& key) const {
    const Value& value = required(key);
    return value.as<std::string>() != nullptr ? *value.as<std::string>() : throw wrong(value, key);
  }
  /// Empty where there is none.
  Table table(const std::string& key) const {
    const Value* value = get(key);
    if (value == nullptr) return {};
    return value->as<Table>() != nullptr ? *value->as<Table>() : throw wrong(*value, key);
  }
  List list(const std::string& key) const {
    const Value* value = get(key);
    if (value == nullptr) return {};
    return value->as<List>() != nullptr ? *value->as<List>() : throw wrong(*value, key);
  }
  LogLevel level(const std::string& key) const {
    const Value* value = get(key);
    if (value == nullptr) return {};
    const Fields own(table(key), value->where, path_ + "." + key);
    const double figure = own.number("value");
    if (!(figure > 0)) throw wrong(*value, key);
    return {std::log(figure), own.number("error"), own.number("freedom"), true};
  }
  Fields row(const Value& value, const std::string& key) const {
    if (value.as<Table>() == nullptr) throw wrong(value, key);
    return {*value.as<Table>(), value.where, path_ + "." + key};
  }

 private:
  const Value& required(const std::string& key) const {
    const Value* value = get(key);
    if (value == nullptr)
      throw core::InputError(where_, path_ + "." + key, "is missing",
                             "calibrate writes it: capplan calibrate CAPTURE...");
    return *value;
  }
  core::InputError wrong(const Value& value, const std::string& key) const {
    return {value.where, path_ + "." + key, "is not as calibrate writes it", "capplan calibrate CAPTURE..."};
  }
  /// A number, or a time in seconds.
  double as_number(const Value& value, const std::string& key) const {
    if (const auto* x = value.as<double>()) return *x;
    if (const auto* n = value.as<std::int64_t>()) return static_cast<double>(*n);
    if (const auto* s = value.as<std::string>())
      if (const auto parsed = core::parse_seconds(*s)) return parsed.value;
    throw wrong(value, key);
  }

  Table table_;
  core::Position where_;
  std::string path_;
};

Table table_of(const ClassBaseline& c) {
  Table table{{"name", text(c.name)}, {"count", raw(c.count)}, {"mean", time(c.mean)}};
  add(table, "p50", c.p50, time);
  add(table, "p95", c.p95, time);
  return table;
}

/// "KEY = [" and a line for each row.
std::string rows(const char* key, const List& list) {
  std::string out = fmt::format("{} = [\n", key);
  for (const Value& row : list) out += "  " + write_toml_value(row) + ",\n";
  return out + "]\n";
}

CaptureManifest load_of(const Fields& f) {
  CaptureManifest m;
  m.name = f.word("name");
  m.file = m.name;
  m.load = f.word("load") == "open" ? CaptureManifest::Load::open : CaptureManifest::Load::closed;
  m.path = f.word("path") == "direct" ? CaptureManifest::Path::direct : CaptureManifest::Path::pgbouncer;
  m.duration = core::to_nanos(f.number("duration"));
  m.clients = f.whole<int>("clients");
  m.connections = f.whole<int>("connections");
  m.cores = f.number("cores");
  m.pgbouncer = f.table("pgbouncer");
  if (f.get("probe_before") != nullptr) m.probe_before = core::to_nanos(f.number("probe_before"));
  if (f.get("probe_after") != nullptr) m.probe_after = core::to_nanos(f.number("probe_after"));
  for (const Value& value : f.list("index")) {
    const Fields row = f.row(value, "index");
    CaptureIndex index{row.word("name"), row.word("kind"), {}, row.table("parameters")};
    for (const Value& name : row.list("classes"))
      if (const auto* word = name.as<std::string>()) index.classes.push_back(*word);
    m.indexes.push_back(std::move(index));
  }
  return m;
}

CaptureBaseline read_baseline(const Fields& f) {
  CaptureBaseline b;
  b.load = load_of(f);
  for (const Value& value : f.list("class")) {
    const Fields row = f.row(value, "class");
    b.classes.push_back({row.word("name"), row.whole("count"), row.number("mean"), row.level("p50"), row.level("p95")});
    b.load.classes.push_back(b.classes.back().name);
    b.load.mix.emplace_back(b.classes.back().name, static_cast<double>(b.classes.back().count));
  }
  b.design = f.number("mix_design");
  b.rate = f.level("rate");
  if (b.load.open() && b.rate.known) b.load.rate = std::exp(b.rate.value);
  for (const Value& value : f.list("dispersion")) {
    const Fields row = f.row(value, "dispersion");
    b.dispersion.push_back({row.number("scale"), row.level("figure")});
  }
  b.think = f.level("think");
  b.zipf = f.level("zipf");
  if (f.get("cpu_per_request") != nullptr) b.cpu_per_request = f.number("cpu_per_request");
  return b;
}

}  // namespace

std::string to_toml(const CaptureBaseline& b) {
  const CaptureManifest& m = b.load;
  Table table{{"version", raw(baseline_version)},
              {"name", text(m.name)},
              {"load", text(m.open() ? "open" : "closed")},
              {"path", text(m.path == CaptureManifest::Path::direct ? "direct" : "pgbouncer")},
              {"duration", text(core::exact_duration(m.duration))},
              {"clients", raw(std::int64_t{m.clients})},
              {"connections", raw(std::int64_t{m.connections})},
              {"cores", number(m.cores)},
              {"mix_design", number(b.design)}};
  if (m.probe_before) table.emplace_back("probe_before", text(core::exact_duration(*m.probe_before)));
  if (m.probe_after) table.emplace_back("probe_after", text(core::exact_duration(*m.probe_after)));
  if (b.cpu_per_request) table.emplace_back("cpu_per_request", time(*b.cpu_per_request));
  if (!m.pgbouncer.empty()) table.emplace_back("pgbouncer", raw(m.pgbouncer));
  add(table, "rate", b.rate, number);
  add(table, "think", b.think, time);
  add(table, "zipf", b.zipf, number);
  std::string out = "[[calibration.baseline]]\n";
  for (const auto& [key, value] : table) out += key + " = " + write_toml_value(value) + "\n";
  List classes, dispersion, indexes;
  for (const ClassBaseline& c : b.classes) classes.push_back(raw(table_of(c)));
  for (const DispersionBaseline& d : b.dispersion) {
    dispersion.push_back(raw(Table{{"scale", time(d.scale)}}));
    add(std::get<Table>(dispersion.back().data), "figure", d.level, number);
  }
  for (const CaptureIndex& index : m.indexes) {
    List names;
    for (const std::string& name : index.classes) names.push_back(text(name));
    indexes.push_back(raw(Table{{"name", text(index.name)},
                                {"kind", text(index.kind)},
                                {"classes", raw(names)},
                                {"parameters", raw(index.parameters)}}));
  }
  out += rows("class", classes);
  if (!dispersion.empty()) out += rows("dispersion", dispersion);
  if (!indexes.empty()) out += rows("index", indexes);
  return out;
}

std::vector<CaptureBaseline> baselines_of(const Table& calibration, const std::string& file) {
  const Value* head = models::find(calibration, "calibration");
  const Table* table = head != nullptr ? head->as<Table>() : nullptr;
  const Value* written = table != nullptr ? models::find(*table, "baseline") : nullptr;
  const List* list = written != nullptr ? written->as<List>() : nullptr;
  if (list == nullptr || list->empty())
    throw core::InputError(
        {file, 0, 0}, "calibration.baseline",
        "the calibration keeps nothing of what its captures were like: neither demand nor mix, rate, "
        "dispersion or skew can be compared",
        "calibrate the same captures again: capplan calibrate CAPTURE... -o " + file);
  std::vector<CaptureBaseline> baselines;
  for (const Value& value : *list) {
    const Fields all(*head->as<Table>(), value.where, "calibration");
    const Fields fields = all.row(value, "baseline");
    if (fields.whole("version") > baseline_version)
      throw core::InputError(value.where, "calibration.baseline.version",
                             fmt::format("is {}, and this program reads up to {}: nothing can be compared",
                                         fields.whole("version"), baseline_version),
                             "use the capplan that wrote it, or calibrate again");
    baselines.push_back(read_baseline(fields));
  }
  return baselines;
}

}  // namespace capplan::plan
