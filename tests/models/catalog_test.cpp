// The contract of every component in the catalogue: in a small system of its own, with its defaults, work is conserved,
// no share exceeds 1 and a run repeats to the bit; a neighbour on another host changes nothing; what is out of range is
// refused by name; everything is explained. A new kind joins by being in the catalogue.

#include <fmt/format.h>

#include "tests/models/support.h"

using namespace capplan;
using namespace capplan::models;

namespace {

/// What a section cannot do without, and names of others; all the rest is left at its defaults.
Keys required(const Spec& spec) {
  const Raw mix = table({{"r", 1}});
  if (spec.section == "bouncer") return {{"server", "s"}};
  if (spec.section == "pool") return {{"to", "server.s"}};
  if (spec.section == "query") return {{"pool", "p"}, {"cpu", exponential("2ms")}};
  if (spec.section == "request") return {{"steps", steps({{"q", 3}})}};
  if (spec.section == "job") return {{"steps", steps({{"q", 3}})}, {"workers", "k"}};
  if (spec.section == "call") return {{"time", "5ms"}};
  if (spec.section == "batch") return {{"query", "q"}};
  if (spec.section == "index") return {{"rows", 10'000}, {"dimensions", 128}};
  if (spec.section == "alert") return {{"when", "all.errors > 1%"}};
  if (spec.section == "budget") return {{"objective", "99%"}};
  if (spec.path() == "workload.open") return {{"rate", "100/s"}, {"mix", mix}};
  if (spec.path() == "workload.closed") return {{"users", 20}, {"mix", mix}};
  if (spec.path() == "workload.trace") return {{"capture", "capture.toml"}};
  if (spec.section == "failure") return {{"target", "server.s"}, {"at", "5s"}, {"for", "1s"}};
  return {};
}

Raw& find_key(Keys& keys, const std::string& name) {
  return std::find_if(keys.begin(), keys.end(), [&](const auto& entry) { return entry.first == name; })->second;
}

/// A host "s", a pool "p", a query "q", a request "r", a workload "w", and `spec` in the place that it takes.
std::vector<Section> system_around(const Spec& spec) {
  const auto made = [](const Spec& of, const std::string& name) {
    return section(of.section, of.kind, name, required(of));
  };
  const auto fitting = [&](const char* word, const char* kind) -> const Spec& {
    return spec.section == word ? spec : *find_spec(word, kind);
  };
  std::vector<Section> sections = {made(fitting("server", "postgres"), "s")};
  Keys pool = {{"to", spec.section == "bouncer" ? "bouncer.b" : "server.s"}};
  if (spec.section == "bouncer") sections.push_back(made(spec, "b"));
  sections.push_back(section("pool", fitting("pool", "fixed").kind, "p", pool));
  Keys query = required(fitting("query", ""));
  if (spec.section == "http_pool") {
    sections.push_back(made(spec, "h"));
    std::erase_if(query, [](const auto& entry) { return entry.first == "pool"; });
    query.emplace_back("http_pool", "h");
  }
  if (spec.section == "index") {
    sections.push_back(made(spec, "i"));
    query.emplace_back("index", "index.i");
  }
  sections.push_back(section("query", "", "q", query));
  Keys request = required(*find_spec("request", ""));
  if (spec.section == "cache") {
    sections.push_back(made(spec, "c"));
    request.emplace_back("caches", List{Raw("c")});
    request.emplace_back("keys", table({{"zipf", 1.0}, {"count", 100'000}}));
  }
  // What steps name, or the request itself.
  const auto step = [&](const char* name) {
    sections.push_back(made(spec, "x"));
    find_key(request, "steps") = List{Raw(table({{"query", "q"}, {"times", 3}})), Raw(table({{name, "x"}}))};
  };
  if (spec.section == "call" || spec.section == "batch") step(spec.section.c_str());
  if (spec.section == "workers" || spec.section == "job") sections.push_back(made(*find_spec("workers", ""), "k"));
  if (spec.section == "job") step("enqueue");
  if (spec.section == "container" || spec.section == "web") sections.push_back(made(spec, "k"));
  for (const char* word : {"workers", "container", "web"})
    if (spec.section == word) request.emplace_back(word, "k");
  sections.push_back(section("request", "", "r", request));
  if (spec.path() == "workload.trace")
    sections.push_back(replay({{0, 7 * ms, 8 * ms}, {0, 0, 0}, {"r"}, 10 * ms, "three"}));
  else
    sections.push_back(made(fitting("workload", "open"), "w"));
  if (spec.section == "scenario") sections.push_back(section("scenario", "", "", {}));
  if (spec.section == "failure") sections.push_back(made(spec, "f"));
  return sections;
}

/// Another service on a host of its own.
std::vector<Section> neighbour() {
  return {server({}, "s2"), section("pool", "asyncpg", "p2", {{"to", "server.s2"}}),
          query("q2", {{"pool", "p2"}, {"cpu", exponential("5ms")}}), request("r2", steps({{"q2", 1}})),
          section("workload", "open", "w2", {{"rate", "70/s"}, {"mix", table({{"r2", 1}})}})};
}

bool same(const core::HistogramSlice& a, const core::HistogramSlice& b) {
  const auto equal = [](const auto& x, const auto& y) { return x.index == y.index && x.count == y.count; };
  return a.count == b.count && a.sum == b.sum && a.max == b.max &&
         std::equal(a.buckets.begin(), a.buckets.end(), b.buckets.begin(), b.buckets.end(), equal);
}

/// Whether every meter of `a` reads the same in `b`, which may have more.
void check_contains(const core::Recording& b, const core::Recording& a) {
  for (std::size_t i = 0; i < a.meters.size(); ++i) {
    const std::size_t other = meter(b, a.meters[i].path);
    INFO(fmt::format("{}", fmt::join(a.meters[i].path, ".")));
    CHECK(a.scalars[i] == b.scalars[other]);
    CHECK(std::equal(a.histograms[i].begin(), a.histograms[i].end(), b.histograms[other].begin(),
                     b.histograms[other].end(), same));
  }
}

bool numeric(const Param& param) {
  switch (param.type) {
    case Type::count:
    case Type::number:
    case Type::ratio:
    case Type::duration:
    case Type::bytes:
    case Type::rate:
      return true;
    default:
      return false;
  }
}

/// `x`, in base units, as a scenario file spells a value of the parameter.
Raw spelled(const Param& param, double x) {
  switch (param.type) {
    case Type::count:
      return x;
    case Type::bytes:
      return fmt::format("{:.0f}B", x);
    case Type::rate:
      return fmt::format("{}/s", x);
    case Type::duration:
    case Type::distribution:
      return fmt::format("{:.12f}s", x);
    default:
      return x;
  }
}

/// Just outside the bound: half or twice it, or 1 beyond 0.
double beyond(const Param& param, double bound, bool below) {
  if (param.type == Type::count) return below ? bound - 1 : bound + 1;
  if (bound == 0) return below ? -1 : 1;
  return below ? bound / 2 : bound * 2;
}

/// Sets the parameter within the section to a value, however deep it lies, and checks that it is refused by its name.
void check_refused(const Spec& spec, const std::vector<std::string>& path, const Param& param, double x) {
  Raw value = spelled(param, x);
  std::string key = "x";
  for (const std::string& part : path) key += "." + part;
  for (std::size_t i = path.size(); i-- > 1;) value = table({{path[i], value}});
  Keys keys = required(spec);
  std::erase_if(keys, [&](const auto& entry) { return entry.first == path[0]; });
  keys.emplace_back(path[0], value);
  std::vector<core::Problem> problems;
  resolve(spec, table(keys), "x", {}, problems);
  std::erase_if(problems, [](const core::Problem& problem) { return problem.what.starts_with("is required"); });
  INFO(key << " = " << x << " of " << spec.path());
  REQUIRE(problems.size() == 1);
  CHECK(problems[0].key == key);
}

void check_ranges(const Spec& spec, const std::vector<Param>& params, const std::vector<std::string>& above) {
  for (const Param& param : params) {
    std::vector<std::string> path = above;
    path.push_back(param.name);
    INFO(fmt::format("{}: {}", spec.path(), fmt::join(path, ".")));
    if (numeric(param)) CHECK((param.lo && param.hi));
    if (numeric(param) || param.type == Type::distribution) {
      if (param.lo) check_refused(spec, path, param, beyond(param, *param.lo, true));
      if (param.hi) check_refused(spec, path, param, beyond(param, *param.hi, false));
    }
    if (param.type == Type::record) check_ranges(spec, param.fields, path);
  }
}

void check_help(const std::vector<Param>& params) {
  for (const Param& param : params) {
    INFO(param.name);
    CHECK_FALSE(param.help.empty());
    CHECK(param.help.find('\n') == std::string::npos);
    check_help(param.fields);
  }
}

}  // namespace

TEST_CASE("every component conserves work and stays within its capacity") {
  for (const Spec& spec : catalog()) {
    INFO(spec.path());
    const core::Recording seen = run(system_around(spec), 20 * s);
    const double offered = total(seen, {"requests", "r", "offered_per_s"});
    const double failed = total(seen, {"requests", "r", "error_ratio"});
    const double over = total(seen, {"requests", "r", "completed_per_s"}) + failed;
    CHECK(offered > 1000);
    CHECK(over <= offered);
    // What is still inside: the last value of the series of requests inside, an average over a fiftieth of a second.
    CHECK(std::abs(offered - over - seen.in_flight.back()) <= 5);
    double errors = 0;
    for (std::size_t i = 1; i < client_errors.size(); ++i)
      errors += total(seen, {"requests", "r", "errors", std::string(client_errors[i].name)});
    CHECK(errors == failed);
    const double window = 20.0 / static_cast<double>(seen.ends.size());
    for (std::size_t i = 0; i < seen.meters.size(); ++i)
      if (seen.meters[i].capacity > 0)
        for (const double used : seen.scalars[i]) {
          INFO(fmt::format("{}", fmt::join(seen.meters[i].path, ".")));
          CHECK(used >= 0);
          CHECK(used <= seen.meters[i].capacity * window * (1 + 1e-9));
        }
  }
}

TEST_CASE("every component repeats itself to the bit") {
  for (const Spec& spec : catalog()) {
    INFO(spec.path());
    const core::Recording first = run(system_around(spec), 5 * s), second = run(system_around(spec), 5 * s);
    check_contains(second, first);
    CHECK(first.in_flight == second.in_flight);
    CHECK(first.events == second.events);
  }
}

TEST_CASE("a neighbour on another host changes nothing") {
  for (const Spec& spec : catalog()) {
    INFO(spec.path());
    const std::vector<Section> alone = system_around(spec);
    std::vector<Section> both = neighbour();
    both.insert(both.end(), alone.begin(), alone.end());
    check_contains(run(both, 5 * s), run(alone, 5 * s));
  }
}

TEST_CASE("every number out of its range is refused by name") {
  for (const Spec& spec : catalog()) check_ranges(spec, spec.params, {});
}

TEST_CASE("every component and every parameter is explained") {
  for (const Spec& spec : catalog()) {
    INFO(spec.path());
    CHECK_FALSE(spec.help.empty());
    CHECK_FALSE(spec.source.empty());
    if (spec.section != "scenario") CHECK_FALSE(spec.validity.empty());
    check_help(spec.params);
  }
}

TEST_CASE("every component is found under its name, once") {
  for (const Spec& spec : catalog()) CHECK(find_spec(spec.section, spec.kind) == &spec);
  CHECK(find_spec("pool", "no such kind") == nullptr);
}
