// Plans -> samples; the format and its limits are described in index_plans_json.h. PostgreSQL's names of the nodes:
// src/backend/commands/explain.c (ExplainNode).

#include "plan/fit/index_plans_json.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>

#include "core/error.h"
#include "plan/capture/plans_json.h"
#include "plan/capture/server_log.h"
#include "plan/format/digest.h"
#include "plan/format/json_text.h"
#include "plan/format/whole_file.h"

namespace capplan::plan {

namespace {

using Json = nlohmann::json;
using models::IndexKind;
using models::Plan;

constexpr const char* how_made =
    "psql -At -c 'EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) SELECT … ORDER BY … LIMIT 10' >> plans.json";
constexpr const char* example = "hnsw,rows=50000,dimensions=384,m=16,ef_construction=64,ef_search=40";

/// What one plan measured.
struct Scan {
  double pages = 0;
  double seconds = 0;
};

/// The keys of a description, each taken once; what is left over is not known.
class Description {
 public:
  Description(const std::string& text, const std::string& flag) : flag_(flag), text_(text) {
    for (std::size_t from = text.find(','); from != std::string::npos;) {
      const std::size_t end = std::min(text.find(',', from + 1), text.size());
      const std::string part = text.substr(from + 1, end - from - 1);
      const std::size_t equals = part.find('=');
      if (equals == std::string::npos) refuse(fmt::format("'{}' is not of the form name=value", part));
      keys_.emplace_back(part.substr(0, equals), part.substr(equals + 1));
      from = end == text.size() ? std::string::npos : end;
    }
  }

  std::string take(const std::string& name) {
    const auto found = std::find_if(keys_.begin(), keys_.end(), [&](const auto& key) { return key.first == name; });
    asked_.push_back(name);
    if (found == keys_.end()) return {};
    std::string value = found->second;
    keys_.erase(found);
    return value;
  }

  double number(const std::string& name, double lo, double hi, std::optional<double> fallback = {}) {
    const std::string value = take(name);
    if (value.empty() && fallback) return *fallback;
    if (value.empty()) refuse(fmt::format("{} is missing", name));
    double got = 0;
    const auto [end, failure] = std::from_chars(value.data(), value.data() + value.size(), got);
    if (failure != std::errc{} || end != value.data() + value.size() || !(got >= lo && got <= hi) ||
        got != std::floor(got))
      refuse(fmt::format("{}={} must be a whole number from {:g} to {:g}", name, value, lo, hi));
    return got;
  }

  int count(const std::string& name, int lo, int hi, std::optional<double> fallback = {}) {
    return static_cast<int>(number(name, lo, hi, fallback));
  }

  void end() {
    if (keys_.empty()) return;
    const std::string near = core::nearest(keys_.front().first, asked_);
    refuse(fmt::format("{} is not known, or there twice{}", keys_.front().first,
                       near.empty() ? "" : "; did you mean " + near + "?"));
  }

  [[noreturn]] void refuse(const std::string& what) {
    throw core::InputError({flag_}, "", fmt::format("\"{}\": {}", text_, what), fmt::format("--index {}", example));
  }

 private:
  std::string flag_, text_;
  std::vector<std::pair<std::string, std::string>> keys_;
  std::vector<std::string> asked_;
};

constexpr int deepest = 200;  // nodes below nodes; PostgreSQL's own plans are far from it

std::string text_of(const Json& node, const char* name) {
  const auto found = node.find(name);
  return found != node.end() && found->is_string() ? found->get<std::string>() : std::string();
}

bool is_ordered_scan(const Json& node) {
  return text_of(node, "Node Type") == "Index Scan" && node.contains("Order By");
}

/// The first node that `wanted` holds of, or null.
const Json* find_node(const Json& node, bool (*wanted)(const Json&), int depth = 0) {
  if (wanted(node)) return &node;
  const auto plans = node.find("Plans");
  if (depth == deepest || plans == node.end() || !plans->is_array()) return nullptr;
  for (const Json& child : *plans)
    if (child.is_object())
      if (const Json* found = find_node(child, wanted, depth + 1)) return found;
  return nullptr;
}

/// What the node of a scan measured, or why it is none to learn from.
std::string read_scan(const Json& node, Scan& scan) {
  const auto number = [&](const char* name) -> std::optional<double> {
    const auto found = node.find(name);
    return found != node.end() && found->is_number() ? std::optional(found->get<double>()) : std::nullopt;
  };
  const auto time = number("Actual Total Time"), hit = number("Shared Hit Blocks"), read = number("Shared Read Blocks");
  if (!time) return "has no times: it was not EXPLAIN (ANALYZE), or auto_explain.log_analyze was off";
  if (!hit || !read)
    return "has no buffers: it was not EXPLAIN (ANALYZE, BUFFERS), or auto_explain.log_buffers was off";
  const auto parallel = node.find("Parallel Aware");
  if ((parallel != node.end() && *parallel == true) || number("Actual Loops").value_or(1) > 1)
    return "ran in parallel, or more than once: SET max_parallel_workers_per_gather = 0";
  scan = {*hit + *read, *time * 1e-3};
  return {};
}

/// Why a plan is none to learn from, or the scan in it.
std::string read_plan(const std::string& text, Plan& plan, Scan& scan) {
  const Json json = json_or_discarded<Json>(text);
  if (json.is_discarded()) return "is not whole JSON";
  if (json.empty() || !json[0].is_object() || !json[0].contains("Plan") || !json[0]["Plan"].is_object())
    return "is no output of EXPLAIN (FORMAT JSON)";
  const Json* node = find_node(json[0]["Plan"], [](const Json& candidate) {
    return is_ordered_scan(candidate) || text_of(candidate, "Node Type") == "Seq Scan";
  });
  if (!node) return "has neither an Index Scan in an order nor a Seq Scan";
  plan = is_ordered_scan(*node) ? Plan::index_scan : Plan::seq_scan;
  return read_scan(*node, scan);
}

/// Gathers the scans in an order of the plans that a server's log holds.
class LoggedPlans {
 public:
  LoggedPlans(std::string path, std::string index) : path_(std::move(path)), index_(std::move(index)) {}

  void take(const ServerLogRow& row) {
    const std::size_t colon = row.message.find("  plan:");
    if (!row.message.starts_with("duration: ") || colon == std::string_view::npos) return;
    ++plans_;
    const std::string_view text = row.message.substr(colon + 7);
    const Json json = json_or_discarded<Json>(text);
    if (json.is_discarded() || !json.is_object() || !json.contains("Plan") || !json["Plan"].is_object())
      refuse(row.line, "the plan is not JSON, or cut short", "auto_explain.log_format = json");
    const Json* const node = find_node(json["Plan"], is_ordered_scan);
    if (node == nullptr) return;
    const std::string name = text_of(*node, "Index Name");
    if (!index_.empty() && name != index_) return;
    if (std::find(names_.begin(), names_.end(), name) == names_.end()) names_.push_back(name);
    if (node->contains("Filter")) {
      ++filtered_;
      return;
    }
    Scan scan;
    if (const std::string why = read_scan(*node, scan); !why.empty()) refuse(row.line, "the plan " + why, settings);
    scans_.push_back(scan);
  }

  const std::vector<Scan>& scans() const {
    if (plans_ == 0) refuse(0, "holds no plan of auto_explain", settings);
    if (names_.size() > 1)
      refuse(0, fmt::format("holds searches by {} indexes: {}", names_.size(), fmt::join(names_, ", ")),
             fmt::format("name the one that is described: --index …,name={}", names_.front()));
    if (scans_.empty() && filtered_ > 0)
      refuse(0, fmt::format("all {} searches by the index have a filter, which costs more", filtered_),
             "log searches without one");
    if (scans_.empty())
      refuse(0,
             fmt::format("none of {} plans is a search by {}", plans_,
                         index_.empty() ? "an index in an order" : "the index " + index_),
             "is the index used? its name is that of CREATE INDEX");
    return scans_;
  }

 private:
  static constexpr const char* settings =
      "auto_explain.log_min_duration = 0, log_analyze = on, log_buffers = on, log_format = json";

  [[noreturn]] void refuse(int line, const std::string& what, const std::string& hint) const {
    throw core::InputError({path_, line, 0}, "", what, hint);
  }

  std::string path_, index_;
  std::vector<std::string> names_;
  std::vector<Scan> scans_;
  std::size_t plans_ = 0;
  std::size_t filtered_ = 0;
};

double median(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  const std::size_t half = values.size() / 2;
  return values.size() % 2 == 1 ? values[half] : (values[half - 1] + values[half]) / 2;
}

/// One sample of the scans of one plan.
IndexSample sample_of(const IndexSample& described, Plan plan, const std::vector<Scan>& scans) {
  IndexSample sample = described;
  std::vector<double> pages, seconds;
  for (const Scan& scan : scans) {
    pages.push_back(scan.pages);
    seconds.push_back(scan.seconds);
  }
  sample.plan = plan;
  sample.queries = static_cast<int>(scans.size());
  if (median(pages) > 0) sample.pages = median(pages);
  if (median(seconds) > 0) sample.scan = median(seconds);
  return sample;
}

}  // namespace

DescribedIndex parse_index_description(const std::string& text, const std::string& flag) {
  Description keys(text, flag);
  const std::string kind = text.substr(0, text.find(','));
  IndexSample sample;
  models::VectorColumn column;
  const double rows = keys.number("rows", 1, 1e12);
  column.dimensions = keys.count("dimensions", 1, 1'000'000'000);
  const std::string type = keys.take("type");
  using models::VectorType;
  const VectorType types[] = {VectorType::vector, VectorType::halfvec, VectorType::bit, VectorType::sparsevec};
  const auto named = std::find_if(std::begin(types), std::end(types),
                                  [&](VectorType t) { return type.empty() || type == models::type_name(t); });
  if (named == std::end(types)) keys.refuse(fmt::format("type={} must be vector, halfvec, bit or sparsevec", type));
  column.type = *named;
  if (column.type == VectorType::sparsevec) column.non_zeros = keys.count("non_zeros", 0, column.dimensions);
  int m = 16, ef_construction = 64, lists = 100;
  IndexKind index = IndexKind::flat;
  if (kind == "hnsw") {
    index = IndexKind::hnsw;
    m = keys.count("m", 2, 100, 16);
    ef_construction = keys.count("ef_construction", 4, 1000, 64);
    sample.search.search_param = keys.count("ef_search", 1, 1000);
  } else if (kind == "ivfflat") {
    index = IndexKind::ivfflat;
    lists = keys.count("lists", 1, 32'768);
    sample.search.search_param = keys.count("probes", 1, lists);
  } else if (kind != "flat") {
    keys.refuse("the first word must be hnsw, ivfflat or flat");
  }
  sample.search.limit = keys.count("limit", 1, 1'000'000, 10);
  const int other_bytes = keys.count("other_bytes", 0, 8000, 4);
  std::string name = keys.take("name");
  keys.end();
  try {
    sample.index = models::sized(index, rows, column, m, ef_construction, lists, other_bytes);
  } catch (const std::invalid_argument& refused) {
    keys.refuse(refused.what());
  }
  return {sample, std::move(name)};
}

IndexSampleFile read_index_plans(const std::string& path, const DescribedIndex& described) {
  IndexSampleFile file{path, {}, {}};
  if (const auto format = server_log_format(path)) {
    LoggedPlans plans(path, described.name);
    read_server_log(path, *format, [&](const ServerLogRow& row) { plans.take(row); });
    file.samples.push_back(sample_of(described.sample, Plan::index_scan, plans.scans()));
    file.sha256 = sha256_of_file(path);
    return file;
  }
  const std::vector<std::string> plans = json_arrays(read_whole(path, how_made));
  if (plans.empty()) throw core::InputError({path, 0, 0}, "", "holds no plan", how_made);
  std::vector<Scan> scans[2];
  for (std::size_t i = 0; i < plans.size(); ++i) {
    Plan plan = Plan::index_scan;
    Scan scan;
    if (const std::string why = read_plan(plans[i], plan, scan); !why.empty())
      throw core::InputError({path, 0, 0}, fmt::format("plan {}", i + 1), why, how_made);
    scans[plan == Plan::seq_scan].push_back(scan);
  }
  file.sha256 = sha256_of_file(path);
  if (!scans[0].empty()) file.samples.push_back(sample_of(described.sample, Plan::index_scan, scans[0]));
  if (!scans[1].empty()) file.samples.push_back(sample_of(described.sample, Plan::seq_scan, scans[1]));
  return file;
}

}  // namespace capplan::plan
