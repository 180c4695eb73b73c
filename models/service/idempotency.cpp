#include "models/service/idempotency.h"

namespace capplan::models {

namespace {

using core::Aggregation;
using core::Better;
using core::Unit;

constexpr core::FigureSpec repeated_figure{
    .name = "idempotency/repeated_ratio",
    .unit = Unit::ratio,
    .help = "requests that repeat an earlier one under its key, of all that came",
    .aggregation = Aggregation::ratio,
    .heading = "repeated",
    .alias = "repeated",
    .absent = "without idempotency"};
constexpr core::FigureSpec replayed_figure{
    .name = "idempotency/replayed_ratio",
    .unit = Unit::ratio,
    .help = "requests answered with what is kept under their key, of all that came",
    .aggregation = Aggregation::ratio,
    .heading = "replayed",
    .alias = "replayed",
    .absent = "without idempotency"};
constexpr core::FigureSpec lookup_figure{.name = "idempotency/lookup_ratio",
                                         .unit = Unit::ratio,
                                         .help = "requests that ask the store, of all that came",
                                         .better = Better::down,
                                         .aggregation = Aggregation::ratio,
                                         .heading = "lookups",
                                         .alias = "idempotency_lookups",
                                         .absent = "without idempotency"};
constexpr core::FigureSpec false_positive_figure{
    .name = "idempotency/false_positive_ratio",
    .unit = Unit::ratio,
    .help = "requests that ask the store though their key is new, of all that came",
    .better = Better::down,
    .aggregation = Aggregation::ratio,
    .heading = "false positives",
    .alias = "false_positives",
    .absent = "without idempotency"};

}  // namespace

Param idempotency_param() {
  return {.name = "idempotency",
          .type = Type::record,
          .help = "clients send some requests again under the same key, which are answered but once; absent: no keys",
          .source = "IETF draft-ietf-httpapi-idempotency-key-header; Bloom, CACM 13(7), 1970",
          .fields = {
              {.name = "cache",
               .type = Type::reference,
               .help = "where answers are kept under their keys",
               .required = true,
               .choices = {"cache"}},
              {.name = "bits",
               .type = Type::count,
               .fallback = "10000000",
               .help = "size of the Bloom filter",
               .lo = 64,
               .hi = 1e11},
              {.name = "hashes",
               .type = Type::count,
               .fallback = "4",
               .help = "places that each key sets in it",
               .lo = 1,
               .hi = 64},
              {.name = "keys_before",
               .type = Type::count,
               .fallback = "0",
               .help = "keys that it holds at the start; it forgets none",
               .lo = 0,
               .hi = 1e9},
              {.name = "repeats",
               .type = Type::ratio,
               .fallback = "1%",
               .help = "share of the requests that repeat an earlier one",
               .lo = 0,
               .hi = 1},
              {.name = "repeat_after",
               .type = Type::distribution,
               .help = "how long after it",
               .required = true,
               .lo = 0,
               .hi = 1e6},
              {.name = "in_progress_ttl",
               .type = Type::duration,
               .fallback = "5min",
               .help = "how long a key counts as in progress, unless it is completed or failed",
               .lo = 0.001,
               .hi = 1e7},
              {.name = "ttl",
               .type = Type::duration,
               .fallback = "1d",
               .help = "how long an answer is kept",
               .lo = 0.001,
               .hi = 1e8},
          }};
}

FigureSpecs idempotency_figures() {
  return {&repeated_figure, &replayed_figure, &lookup_figure, &false_positive_figure};
}

Idempotency::Idempotency(Build& build, const Section& section, const CachesByPath& caches, const core::Counter& offered)
    : simulator_(build.simulator),
      tiers_(build.simulator, build.accounts,
             {.caches = {caches.at(section.params.record("idempotency").text("cache")).get()}}),
      filter_(static_cast<std::uint64_t>(section.params.record("idempotency").count("bits")),
              static_cast<int>(section.params.record("idempotency").count("hashes"))),
      stream_(build.stream(section.path(), "idempotency")),
      repeated_(build.meters.ratio(repeated_figure, section.subject(), offered)),
      replayed_(build.meters.ratio(replayed_figure, section.subject(), offered)),
      lookups_(build.meters.ratio(lookup_figure, section.subject(), offered)),
      false_positives_(build.meters.ratio(false_positive_figure, section.subject(), offered)) {
  const Params p = section.params.record("idempotency");
  in_progress_ttl_ = p.duration("in_progress_ttl");
  ttl_ = p.duration("ttl");
  repeats_ = p.number("repeats");
  after_ = p.distribution("repeat_after");
  core::Stream before = build.stream(section.path(), "idempotency keys before");
  for (std::int64_t i = 0, n = p.count("keys_before"); i < n; ++i) filter_.add(before.next());
  sent_.resize(remembered);
}

/// The key of the last request sent at or before a time, of the oldest remembered if none was; requires one.
std::uint64_t Idempotency::key_before(core::Nanos time) const {
  std::uint64_t lo = sent_count_ > remembered ? sent_count_ - remembered : 0, hi = sent_count_;
  while (hi - lo > 1) {
    const std::uint64_t middle = lo + (hi - lo) / 2;
    (sent_[middle % remembered].at <= time ? lo : hi) = middle;
  }
  return sent_[lo % remembered].key;
}

IdempotencyKey Idempotency::key(std::uint64_t draws) {
  stream_.at(draws);
  if (sent_count_ > 0 && stream_.uniform() < repeats_) {
    repeated_.add();
    return {key_before(simulator_.now() - core::to_nanos(after_.sample(stream_))), true};
  }
  const std::uint64_t key = core::mix(draws ^ 0x6964656d706f7465ULL);
  sent_[sent_count_++ % remembered] = {simulator_.now(), key};
  return {key, false};
}

void Idempotency::ask(std::uint32_t request, IdempotencyKey key, std::uint64_t draws, Reply reply) {
  if (request >= visits_.size()) visits_.resize(request + 1);
  Visit& v = visits_[request] = {};
  v.key = key.value;
  v.draws = draws;
  v.reply = reply;
  if (!filter_.add(v.key)) return mark(request);
  lookups_.add();
  if (!key.repeats) false_positives_.add();
  tiers_.ask(request, v.key, draws, {this, looked_up, request});
}

void Idempotency::mark(std::uint32_t request) {
  Visit& v = visits_[request];
  v.owns = in_progress_.find(v.key, [this](std::uint32_t other) { return visits_[other].key; }) == no_slot;
  if (v.owns) in_progress_.insert(v.key, request);
  tiers_.put(request, v.key, v.draws, in_progress_ttl_, {this, marked, request});
}

void Idempotency::leave(std::uint32_t request) {
  Visit& v = visits_[request];
  if (v.owns) in_progress_.erase(v.key, request);
  v.owns = false;
}

void Idempotency::done(std::uint32_t request, Reply reply) {
  Visit& v = visits_[request];
  v.reply = reply;
  tiers_.put(request, v.key, v.draws, ttl_, {this, stored, request});
}

void Idempotency::failed(std::uint32_t request) {
  leave(request);
  tiers_.erase(visits_[request].key, visits_[request].draws);
}

void Idempotency::on_reply(std::uint32_t kind, std::uint32_t request, Outcome outcome) {
  const Visit v = visits_[request];
  switch (kind) {
    case looked_up: {
      if (outcome.value == absent) return mark(request);
      const bool busy = in_progress_.find(v.key, [this](std::uint32_t other) { return visits_[other].key; }) != no_slot;
      if (busy) return v.reply({ClientError::idempotency_conflict});
      replayed_.add();
      return v.reply({ClientError::none, answered_by_cache});
    }
    case marked:
      return v.reply({ClientError::none, absent});
    case stored:
      leave(request);
      return v.reply({});
  }
}

}  // namespace capplan::models
