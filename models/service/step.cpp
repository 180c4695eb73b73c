#include "models/service/step.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace capplan::models {

namespace {

struct Word {
  const char* name;
  Step::Kind kind;
};
constexpr std::array<Word, 5> words = {{{"query", Step::Kind::query},
                                        {"call", Step::Kind::call},
                                        {"cpu", Step::Kind::cpu},
                                        {"batch", Step::Kind::batch},
                                        {"enqueue", Step::Kind::enqueue}}};

}  // namespace

std::uint32_t Step::rows_of(std::uint32_t run) const {
  if (batch_size == 0) return rows;
  const std::uint32_t nth = run % statements();
  return std::min(batch_size, rows - nth * batch_size);
}

Param steps_param(const std::string& name, const std::string& help, bool required) {
  return {
      .name = name,
      .type = Type::list,
      .help = help,
      .required = required,
      .fields = {{.name = "query", .type = Type::reference, .help = "a statement", .choices = {"query"}},
                 {.name = "call", .type = Type::reference, .help = "an external call", .choices = {"call"}},
                 {.name = "cpu",
                  .type = Type::distribution,
                  .help = "time to compute in the container of the request, on a core of its own",
                  .lo = 1e-9,
                  .hi = 86'400},
                 {.name = "batch",
                  .type = Type::reference,
                  .help = "rows for a statement that collects those of several requests",
                  .choices = {"batch"}},
                 {.name = "enqueue",
                  .type = Type::reference,
                  .help = "a job for later: the request goes on at once",
                  .choices = {"job"}},
                 {.name = "times",
                  .type = Type::count,
                  .fallback = "1",
                  .help = "how often in a row",
                  .lo = 1,
                  .hi = 100'000},
                 {.name = "parallel",
                  .type = Type::flag,
                  .help = "calls only: all times at once, on when the last is over, failed if any has failed; absent: "
                          "one after the other",
                  .source = "CPython Lib/asyncio/tasks.py (gather)"},
                 {.name = "rows",
                  .type = Type::count,
                  .help = "rows that a statement, or the batch, gets each time; absent: 1",
                  .lo = 1,
                  .hi = 1e7},
                 {.name = "caches",
                  .type = Type::list,
                  .help = "caches asked in order before the step, by the key of the request; a hit takes its place",
                  .fields = {{.name = "cache", .type = Type::reference, .help = "a cache", .choices = {"cache"}}}}},
      .list_of_records = true};
}

void check_steps(const List& steps, const std::string& key, bool has_container, std::vector<core::Problem>& problems) {
  for (std::size_t i = 0; i < steps.size(); ++i) {
    const Params p(*steps[i].as<Table>());
    const std::string place = fmt::format("{}[{}]", key, i);
    const auto problem = [&](const std::string& below, const std::string& what, const std::string& hint) {
      problems.push_back({steps[i].where, place + below, what, hint});
    };
    const auto named = std::count_if(words.begin(), words.end(), [&](const Word& word) { return p.has(word.name); });
    if (named == 0) problem("", "needs one of query, call, cpu, batch, enqueue", "{ query = \"…\" }");
    if (named > 1) problem("", "is one thing at a time: write a step for each", "");
    if (p.has("cpu") && !has_container)
      problem(".cpu", "needs a container to compute in", "write container = \"…\" in this section");
    if (p.has("parallel") && !p.has("call")) problem(".parallel", "is for calls", "");
    if (p.has("rows") && !p.has("query") && !p.has("batch")) problem(".rows", "are of a query or a batch", "");
  }
}

std::vector<Step> read_steps(Build& build, const Section& section, const List& steps, const StepTargets& targets,
                             const CachesByPath& caches) {
  std::vector<Step> result;
  for (const Value& value : steps) {
    const Params p(*value.as<Table>());
    Step step{.times = static_cast<std::uint32_t>(p.count("times"))};
    for (const Word& word : words)
      if (p.has(word.name)) {
        step.kind = word.kind;
        if (word.kind == Step::Kind::cpu)
          step.cpu = p.distribution("cpu");
        else
          step.target = targets.at(p.text(word.name));
      }
    step.parallel = p.has("parallel") && p.flag("parallel");
    if (p.has("rows")) step.rows = static_cast<std::uint32_t>(p.count("rows"));
    step.caches = step_tiers(build, section, p, caches);
    result.push_back(std::move(step));
  }
  return result;
}

}  // namespace capplan::models
