#include "models/service/retry.h"

#include <algorithm>
#include <cmath>

#include "models/draws.h"

namespace capplan::models {

namespace {

using core::Aggregation;
using core::Better;
using core::Column;
using core::Unit;

constexpr core::FigureSpec retries_figure{
    .name = "retries_ratio",
    .unit = Unit::ratio,
    .help = "attempts after the first, for each that came; counted before their pause",
    .better = Better::down,
    .aggregation = Aggregation::ratio,
    .heading = "retries",
    .alias = "retries",
    .column = Column::if_any,
    .absent = "without retries"};
constexpr core::FigureSpec denied_figure{.name = "retries_denied_ratio",
                                         .unit = Unit::ratio,
                                         .help = "retries that the budget denied, for each that came",
                                         .better = Better::down,
                                         .aggregation = Aggregation::ratio,
                                         .heading = "retries denied",
                                         .alias = "retries_denied",
                                         .absent = "without retries.budget"};

}  // namespace

void Retries::request() {
  if (rules_.share) tokens_ = std::min(rules_.burst, tokens_ + *rules_.share);
}

std::optional<core::Nanos> Retries::next(std::uint32_t tries, ClientError error, std::uint64_t draws,
                                         core::Nanos left) {
  const auto failure = static_cast<unsigned>(info(error).failure);
  if (tries > rules_.max || (rules_.on >> failure & 1) == 0) return std::nullopt;
  double pause = static_cast<double>(rules_.backoff) * std::pow(rules_.factor, tries - 1);
  pause = std::min(pause, static_cast<double>(rules_.max_backoff));
  if (rules_.jitter > 0) pause *= 1 + rules_.jitter * (2 * jitter_.at(combine(draws, tries)).uniform() - 1);
  const auto length = static_cast<core::Nanos>(std::min(pause, 4e18));
  if (length >= left) return std::nullopt;
  if (rules_.share) {
    if (tokens_ < 1) {
      if (denied != nullptr) denied->add();
      return std::nullopt;
    }
    --tokens_;
  }
  if (retries != nullptr) retries->add();
  return length;
}

Param deadline_param() {
  return {.name = "deadline",
          .type = Type::duration,
          .help =
              "for all tries together with their pauses and waits: the running try is given up, and a pause that would "
              "not end before it is not begun; absent: none",
          .source = "gRPC guides, Deadlines and Retry; AWS SDK apiCallTimeout",
          .lo = 0.000'001,
          .hi = 86'400};
}

Param retries_param() {
  const std::string source = "Resilience4j IntervalFunction.ofExponentialRandomBackoff";
  return {
      .name = "retries",
      .type = Type::record,
      .fallback = "none",
      .help = "trying again what failed; absent: never",
      .fields = {
          {.name = "max", .type = Type::count, .fallback = "2", .help = "tries after the first", .lo = 0, .hi = 100},
          {.name = "backoff",
           .type = Type::duration,
           .fallback = "100ms",
           .help = "pause before the second try",
           .lo = 0,
           .hi = 86'400},
          {.name = "factor",
           .type = Type::number,
           .fallback = "2",
           .help = "factor from one pause to the next",
           .source = source,
           .lo = 1,
           .hi = 100},
          {.name = "max_backoff",
           .type = Type::duration,
           .help = "longest pause; absent: no limit",
           .lo = 0,
           .hi = 86'400},
          {.name = "jitter",
           .type = Type::ratio,
           .fallback = "0",
           .help = "spread of a pause to both sides, as a share of it: 1 makes it 0 to twice as long",
           .source = source,
           .lo = 0,
           .hi = 1},
          {.name = "on",
           .type = Type::list,
           .help =
               "after what: \"timeout\" (of client, call, pool, PgBouncer or statement), \"refused\" (shed, full, too "
               "many), \"error\" (everything else); absent: all",
           .fields = {{.name = "failure",
                       .type = Type::choice,
                       .help = "a kind of failure",
                       .choices = {failure_words.begin(), failure_words.end()}}}},
          {.name = "budget",
           .type = Type::ratio,
           .help = "retries per request, at most, on average; absent: no limit",
           .source = "Finagle RetryBudget",
           .lo = 0,
           .hi = 100},
          {.name = "budget_burst",
           .type = Type::count,
           .fallback = "10",
           .help = "most retries that the budget can save up, and its initial value",
           .lo = 1,
           .hi = 1e6},
      }};
}

FigureSpecs retry_figures() { return {&retries_figure, &denied_figure}; }

std::unique_ptr<Retries> make_retries(Build& build, const Section& section, const core::Counter& offered) {
  if (!section.params.has("retries")) return nullptr;
  const Params p = section.params.record("retries");
  RetryRules rules{.max = static_cast<std::uint32_t>(p.count("max")),
                   .backoff = p.duration("backoff"),
                   .factor = p.number("factor"),
                   .jitter = p.number("jitter"),
                   .burst = static_cast<double>(p.count("budget_burst"))};
  if (p.has("max_backoff")) rules.max_backoff = p.duration("max_backoff");
  if (p.has("budget")) rules.share = p.number("budget");
  if (p.has("on")) {
    rules.on = 0;
    for (const Value& word : p.list("on")) {
      const auto* const chosen = std::find(failure_words.begin(), failure_words.end(), *word.as<std::string>());
      rules.on |= 1U << (chosen - failure_words.begin());
    }
  }
  auto retries = std::make_unique<Retries>(rules, build.stream(section.path(), "jitter"));
  retries->retries = &build.meters.ratio(retries_figure, section.subject(), offered);
  if (rules.share) retries->denied = &build.meters.ratio(denied_figure, section.subject(), offered);
  return retries;
}

}  // namespace capplan::models
