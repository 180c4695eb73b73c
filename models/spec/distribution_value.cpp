// Reading distributions. The families and their ranges are those of core/distribution.h; what its constructors refuse
// is turned into a problem at the key that it concerns. Limits: cv from 0.0001 to 1000, Weibull shapes from 0.05 to
// 100, Pareto exponents from 0.01 to 100, up to 10,000 Erlang stages: beyond, moments leave the range of a double.

#include "models/spec/distribution_value.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <stdexcept>

#include "core/units.h"

namespace capplan::models {

namespace {

using core::Distribution;

/// A number as the units' parser reads it, or text as written; null for what can be neither.
std::optional<std::string> quantity(const Value& raw) {
  if (const auto* text = raw.as<std::string>()) return *text;
  if (const auto* whole = raw.as<std::int64_t>()) return fmt::format("{}", *whole);
  if (const auto* real = raw.as<double>()) return fmt::format("{}", *real);
  return std::nullopt;
}

/// Reads the fields of one family's table and collects what is wrong with them.
class Fields {
 public:
  Fields(const Table& table, const core::Position& where, std::string key, std::vector<core::Problem>& problems)
      : table_(table), where_(where), key_(std::move(key)), problems_(problems), before_(problems.size()) {}

  /// Refuses keys that are not among `names`.
  void only(const std::vector<std::string>& names) {
    for (const auto& [name, value] : table_) {
      if (std::find(names.begin(), names.end(), name) != names.end()) continue;
      const std::string near = core::nearest(name, names);
      add(value.key_where, name, "unknown key" + (near.empty() ? "" : "; did you mean " + near + "?"));
    }
  }

  double time(const std::string& name) {
    const Value* value = needed(name, "a duration such as \"2ms\"");
    return value ? time(*value, name) : 1;
  }

  double number(const std::string& name, double lo, double hi) {
    const Value* value = needed(name, "a number");
    return value ? number(*value, name, lo, hi) : 1;
  }

  int count(const std::string& name, int hi) {
    const Value* value = needed(name, "a whole number");
    if (!value) return 1;
    const auto* whole = value->as<std::int64_t>();
    if (whole && *whole >= 1 && *whole <= hi) return static_cast<int>(*whole);
    add(value->where, name, fmt::format("must be a whole number in 1..{}", hi));
    return 1;
  }

  std::vector<double> times(const std::string& name) {
    std::vector<double> result;
    each(name, "a list of durations", [&](const Value& v, const std::string& key) { result.push_back(time(v, key)); });
    return result;
  }

  std::vector<double> numbers(const std::string& name) {
    std::vector<double> result;
    each(name, "a list of numbers",
         [&](const Value& v, const std::string& key) { result.push_back(number(v, key, 0, 1e12)); });
    return result;
  }

  std::vector<Distribution> parts(const std::string& name) {
    std::vector<Distribution> result;
    each(name, "a list of distributions", [&](const Value& v, const std::string& key) {
      result.push_back(parse_distribution(v, key_ + "." + key, problems_).value_or(Distribution()));
    });
    return result;
  }

  Distribution part(const std::string& name) {
    const Value* value = needed(name, "a distribution");
    if (!value) return {};
    return parse_distribution(*value, key_ + "." + name, problems_).value_or(Distribution());
  }

  /// Makes the distribution unless a field was wrong; what `make` throws is pinned to the field that it names.
  template <class Make>
  std::optional<Distribution> finish(Make make) {
    if (problems_.size() > before_) return std::nullopt;
    try {
      return make();
    } catch (const std::invalid_argument& error) {
      const std::string text = error.what();
      const std::size_t colon = text.find(": ");
      const std::string name = text.substr(0, colon);
      const Value* field = find(table_, name);
      if (field)
        add(field->where, name, text.substr(colon + 2));
      else
        problems_.push_back({where_, key_, colon == std::string::npos ? text : text.substr(colon + 2), {}});
      return std::nullopt;
    }
  }

 private:
  void add(const core::Position& where, const std::string& name, const std::string& what) {
    problems_.push_back({where, key_ + "." + name, what, {}});
  }

  const Value* needed(const std::string& name, const char* kind) {
    const Value* value = find(table_, name);
    if (!value) add(where_, name, fmt::format("is required: {}", kind));
    return value;
  }

  double time(const Value& value, const std::string& name) {
    const std::optional<std::string> text = quantity(value);
    const auto parsed = text ? core::parse_seconds(*text) : core::Parsed<double>{0, "must be a duration, as \"2ms\""};
    if (!parsed) add(value.where, name, parsed.error);
    return parsed.value;
  }

  double number(const Value& value, const std::string& name, double lo, double hi) {
    double x = std::nan("");
    if (const auto* whole = value.as<std::int64_t>())
      x = static_cast<double>(*whole);
    else if (const auto* real = value.as<double>())
      x = *real;
    else
      add(value.where, name, "must be a number");
    const bool numeric = value.as<std::int64_t>() || value.as<double>();
    if (numeric && !(x >= lo && x <= hi)) add(value.where, name, fmt::format("{} is outside {}..{}", x, lo, hi));
    return x;
  }

  template <class Read>
  void each(const std::string& name, const char* kind, Read read) {
    const Value* value = needed(name, kind);
    if (!value) return;
    const auto* list = value->as<List>();
    if (!list) return add(value->where, name, fmt::format("must be {}", kind));
    for (std::size_t i = 0; i < list->size(); ++i) read((*list)[i], fmt::format("{}[{}]", name, i));
  }

  const Table& table_;
  const core::Position& where_;
  std::string key_;
  std::vector<core::Problem>& problems_;
  std::size_t before_;
};

constexpr double cv_lo = 1e-4, cv_hi = 1e3;

std::optional<Distribution> read_family(const std::string& family, Fields& in, bool has_weights) {
  if (family == "exponential") {
    in.only({"mean"});
    const double mean = in.time("mean");
    return in.finish([&] { return Distribution::exponential(mean); });
  }
  if (family == "lognormal" || family == "gamma" || (family == "hyperexponential" && !has_weights)) {
    in.only({"mean", "cv"});
    const double mean = in.time("mean"), cv = in.number("cv", cv_lo, cv_hi);
    return in.finish([&] {
      if (family == "lognormal") return Distribution::lognormal(mean, cv);
      return family == "gamma" ? Distribution::gamma(mean, cv) : Distribution::hyperexponential(mean, cv);
    });
  }
  if (family == "hyperexponential") {
    in.only({"weights", "means"});
    std::vector<double> weights = in.numbers("weights"), means = in.times("means");
    return in.finish([&] { return Distribution::hyperexponential(std::move(weights), std::move(means)); });
  }
  if (family == "erlang") {
    in.only({"stages", "mean"});
    const int stages = in.count("stages", 10'000);
    const double mean = in.time("mean");
    return in.finish([&] { return Distribution::erlang(stages, mean); });
  }
  if (family == "weibull") {
    in.only({"shape", "scale"});
    const double shape = in.number("shape", 0.05, 100), scale = in.time("scale");
    return in.finish([&] { return Distribution::weibull(shape, scale); });
  }
  if (family == "bounded_pareto") {
    in.only({"alpha", "lo", "hi"});
    const double alpha = in.number("alpha", 0.01, 100), lo = in.time("lo"), hi = in.time("hi");
    return in.finish([&] { return Distribution::bounded_pareto(alpha, lo, hi); });
  }
  if (family == "empirical") {
    in.only({"probability", "value"});
    std::vector<double> probability = in.numbers("probability"), value = in.times("value");
    return in.finish([&] { return Distribution::empirical(std::move(probability), std::move(value)); });
  }
  if (family == "mixture") {
    in.only({"weights", "parts"});
    std::vector<double> weights = in.numbers("weights");
    std::vector<Distribution> parts = in.parts("parts");
    return in.finish([&] { return Distribution::mixture(std::move(weights), std::move(parts)); });
  }
  in.only({"offset", "by"});
  const double offset = in.time("offset");
  Distribution part = in.part("by");
  return in.finish([&] { return Distribution::shifted(offset, std::move(part)); });
}

}  // namespace

const std::vector<DistributionFamily>& distribution_families() {
  static const std::vector<DistributionFamily> families = {
      {"exponential", "{ mean = \"2ms\" }", "memoryless; its cv is 1"},
      {"lognormal", "{ mean = \"2ms\", cv = 0.8 }", "a long tail, as most statements have; cv from 0.0001 to 1000"},
      {"gamma", "{ mean = \"2ms\", cv = 0.5 }", "a shorter tail than lognormal; cv from 0.0001 to 1000"},
      {"erlang", "{ stages = 4, mean = \"2ms\" }", "a sum of exponential stages; 1 to 10,000 of them"},
      {"weibull", "{ shape = 0.8, scale = \"2ms\" }", "shape below 1: a longer tail than exponential; 0.05 to 100"},
      {"uniform", "[\"1ms\", \"3ms\"]", "every value between two bounds is as likely"},
      {"hyperexponential", "{ mean = \"2ms\", cv = 2 }",
       "one of several exponentials: two of equal load by mean and cv from 1, or any by weights and means of the same "
       "number"},
      {"bounded_pareto", "{ alpha = 1.5, lo = \"1ms\", hi = \"10s\" }",
       "a power law cut to two bounds; alpha from 0.01 to 100"},
      {"empirical", "{ probability = [0, 0.5, 1], value = [\"1ms\", \"2ms\", \"9ms\"] }",
       "a distribution function of straight lines through these points; probability from 0 to 1, both ascend"},
      {"mixture", "{ weights = [9, 1], parts = [\"1ms\", { exponential = { mean = \"20ms\" } }] }",
       "one of several distributions, by weight"},
      {"shifted", "{ offset = \"1ms\", by = { exponential = { mean = \"2ms\" } } }",
       "another distribution, later by the offset"}};
  return families;
}

std::optional<Distribution> parse_distribution(const Value& raw, const std::string& key,
                                               std::vector<core::Problem>& problems) {
  if (const std::optional<std::string> text = quantity(raw)) {
    const auto parsed = core::parse_seconds(*text);
    if (parsed) return Distribution::deterministic(parsed.value);
    problems.push_back({raw.where, key, parsed.error, {}});
    return std::nullopt;
  }
  const auto* table = raw.as<Table>();
  if (!table || table->size() != 1) {
    problems.push_back({raw.where,
                        key,
                        "must be a duration such as \"2ms\", or a table of one distribution such as "
                        "{ lognormal = { mean = \"2ms\", cv = 0.8 } }",
                        {}});
    return std::nullopt;
  }
  const auto& [family, body] = table->front();
  std::vector<std::string> families;
  for (const DistributionFamily& each : distribution_families()) families.push_back(each.name);
  if (std::find(families.begin(), families.end(), family) == families.end()) {
    const std::string near = core::nearest(family, families);
    problems.push_back({body.key_where,
                        key + "." + family,
                        near.empty() ? fmt::format("unknown distribution; one of {}", fmt::join(families, ", "))
                                     : fmt::format("unknown distribution; did you mean {}?", near),
                        {}});
    return std::nullopt;
  }
  const std::string path = key + "." + family;
  if (family == "uniform") {  // a list, read as if it were { bounds = [lo, hi] }
    const auto* bounds = body.as<List>();
    if (!bounds || bounds->size() != 2) {
      problems.push_back({body.where, path, "must be two durations, as in [\"1s\", \"5s\"]", {}});
      return std::nullopt;
    }
    const Table fields = {{"lo", (*bounds)[0]}, {"hi", (*bounds)[1]}};
    Fields in(fields, body.where, path, problems);
    const double lo = in.time("lo"), hi = in.time("hi");
    return in.finish([&] { return Distribution::uniform(lo, hi); });
  }
  if (family == "exponential" && quantity(body)) {  // shorthand for { mean = ... }
    const Table fields = {{"mean", body}};
    Fields in(fields, body.where, path, problems);
    return read_family(family, in, false);
  }
  const auto* fields = body.as<Table>();
  if (!fields) {
    problems.push_back({body.where, path, "must be a table, as in { mean = \"2ms\", cv = 0.8 }", {}});
    return std::nullopt;
  }
  Fields in(*fields, body.where, path, problems);
  return read_family(family, in, find(*fields, "weights") || find(*fields, "means"));
}

}  // namespace capplan::models
