#include "models/cache/tiers.h"

#include <algorithm>

#include "core/random.h"

namespace capplan::models {

std::uint64_t Tiers::named(std::uint64_t key) const {
  return settings_.prefix == 0 ? key : core::mix(key ^ settings_.prefix);
}

Tiers::Visit& Tiers::visit(std::uint32_t request) {
  if (request >= visits_.size()) visits_.resize(request + 1);
  return visits_[request];
}

void Tiers::ask(std::uint32_t request, std::uint64_t key, std::uint64_t draws, Reply reply) {
  Visit& v = visit(request) = {};
  v.key = named(key);
  v.draws = draws;
  v.ttl = settings_.ttl;
  v.reply = reply;
  ask_tier(request);
}

// One tier after the other is asked: its latency, then its thread, then what it knows.
void Tiers::ask_tier(std::uint32_t request) {
  Visit& v = visits_[request];
  if (v.tier == settings_.caches.size()) return missed(request);
  v.mark = simulator_.now();
  v.locked_since = -1;
  const core::Nanos latency = settings_.caches[v.tier]->times.latency;
  if (latency > 0)
    simulator_.schedule(latency, *this, reached, request);
  else
    on_event(reached, request);
}

void Tiers::command(Cache& cache, Kind done, std::uint32_t request) {
  if (cache.times.thread != nullptr && !cache.down)
    cache.times.thread->submit(cache.times.command, {this, done, 0, request});
  else
    on_event(done, request);
}

void Tiers::hear(std::uint32_t request) {
  book(request);
  Visit& v = visits_[request];
  Cache& cache = *settings_.caches[v.tier];
  switch (cache.down ? Found::miss : cache.copy(v.draws).lookup(v.key)) {
    case Found::hit:
    case Found::stale:
      return answer(request, answered_by_cache);
    case Found::refresh:
      return answer(request, answered_stale);
    case Found::locked: {
      v.mark = simulator_.now();
      if (v.locked_since < 0) v.locked_since = v.mark;
      const core::Nanos left = v.locked_since + cache.times.lock_timeout - simulator_.now();
      if (left > 0) return simulator_.schedule(std::min(left, cache.times.poll), *this, polled, request);
      v.passed |= std::uint64_t{1} << (v.tier & 63);
      break;
    }
    case Found::miss:
      break;
  }
  ++v.tier;
  ask_tier(request);
}

// Found: the tiers before it get the entry too, and only then the request its answer.
void Tiers::answer(std::uint32_t request, Asked asked) {
  Visit& v = visits_[request];
  if (asked == answered_stale) {
    if (settings_.in_background) return v.reply({ClientError::none, asked});  // who computes it anew fills them
    ++v.tier;
    v.open = true;
    return v.reply({ClientError::none, absent});
  }
  v.write = static_cast<std::uint32_t>(settings_.writes.size());  // nothing was changed
  fill(request);
}

// Nobody has it: the request computes it, or waits for who does.
void Tiers::missed(std::uint32_t request) {
  Visit& v = visits_[request];
  if (settings_.coalesce) {
    const std::uint32_t leader = computing_.find(v.key, [this](std::uint32_t other) { return visits_[other].key; });
    if (leader != no_slot) {
      settings_.coalesced->add();
      v.mark = simulator_.now();
      v.next = visits_[leader].followers;
      visits_[leader].followers = request;
      return;
    }
    v.leads = true;
    computing_.insert(v.key, request);
  }
  v.open = true;
  v.reply({ClientError::none, absent});
}

void Tiers::settle(std::uint32_t request, Reply reply) {
  Visit& v = visits_[request];
  v.reply = reply;
  v.write = 0;
  fill(request);
}

void Tiers::put(std::uint32_t request, std::uint64_t key, std::uint64_t draws, core::Nanos ttl, Reply reply) {
  Visit& v = visit(request) = {};
  v.key = named(key);
  v.draws = draws;
  v.ttl = ttl;
  v.tier = static_cast<std::uint32_t>(settings_.caches.size());
  v.reply = reply;
  fill(request);
}

// From the last tier that was missed to the first; then what else is written to.
void Tiers::fill(std::uint32_t request) {
  Visit& v = visits_[request];
  while (v.tier > 0 && (v.passed >> ((v.tier - 1) & 63) & 1) != 0) --v.tier;
  if (v.tier == 0 && v.write == settings_.writes.size()) {
    const Reply reply = v.reply;
    const bool was_computed = v.open;
    if (was_computed) release(request, {ClientError::none, answered_by_cache});
    return reply({ClientError::none, was_computed ? absent : answered_by_cache});
  }
  v.mark = simulator_.now();
  Cache& cache = v.tier > 0 ? *settings_.caches[v.tier - 1] : *settings_.writes[v.write].cache;
  if (cache.times.fill_latency > 0)
    simulator_.schedule(cache.times.fill_latency, *this, written, request);
  else
    on_event(written, request);
}

void Tiers::next_fill(std::uint32_t request) {
  book(request);
  Visit& v = visits_[request];
  if (v.tier > 0) {
    Cache& cache = *settings_.caches[--v.tier];
    if (!cache.down) cache.copy(v.draws).store(v.key, v.ttl);
  } else {
    const Write write = settings_.writes[v.write++];
    if (write.store && !write.cache->down)
      write.cache->store(v.key, v.ttl);
    else
      write.cache->erase(v.key);
  }
  fill(request);
}

void Tiers::abandon(std::uint32_t request, ClientError error) {
  if (request >= visits_.size() || !visits_[request].open) return;
  Visit& v = visits_[request];
  for (std::uint32_t tier = v.tier; tier-- > 0;)
    if ((v.passed >> (tier & 63) & 1) == 0) settings_.caches[tier]->copy(v.draws).abandon(v.key);
  release(request, {error});
}

/// Those who waited hear how it went, in the order in which they came.
void Tiers::release(std::uint32_t request, Outcome outcome) {
  visits_[request].open = false;
  if (!visits_[request].leads) return;
  computing_.erase(visits_[request].key, request);
  std::uint32_t first = no_request;
  for (std::uint32_t each = visits_[request].followers; each != no_request;) {
    const std::uint32_t next = visits_[each].next;
    visits_[each].next = first;
    first = each;
    each = next;
  }
  while (first != no_request) {
    const std::uint32_t next = visits_[first].next;
    book(first);
    const Reply reply = visits_[first].reply;
    reply(outcome);
    first = next;
  }
}

void Tiers::stand_in(std::uint32_t request, std::uint32_t background) {
  visit(background);
  Visit& v = visits_[background] = {};
  const Visit& asked = visits_[request];
  v.key = asked.key;
  v.draws = asked.draws;
  v.ttl = asked.ttl;
  v.passed = asked.passed;
  v.tier = asked.tier + 1;
  v.write = 0;
  v.open = true;
}

void Tiers::warm(const std::vector<std::uint64_t>& keys) {
  for (std::size_t i = settings_.caches.size(); i-- > 0;)
    for (const std::uint64_t key : keys) settings_.caches[i]->store(named(key), settings_.ttl);
}

bool Tiers::may_be_stale() const {
  return std::any_of(settings_.caches.begin(), settings_.caches.end(),
                     [](const Cache* cache) { return cache->serves_stale; });
}

void Tiers::erase(std::uint64_t key, std::uint64_t draws) {
  for (Cache* cache : settings_.caches) cache->copy(draws).erase(named(key));
}

void Tiers::book(std::uint32_t request) {
  accounts_.add(request, Stage::cache, simulator_.now() - visits_[request].mark);
}

void Tiers::on_event(std::uint32_t kind, std::uint32_t request) {
  const Visit& v = visits_[request];
  switch (kind) {
    case reached:
      return command(*settings_.caches[v.tier], answered, request);
    case written:
      return command(v.tier > 0 ? *settings_.caches[v.tier - 1] : *settings_.writes[v.write].cache, stored, request);
    case stored:
      return next_fill(request);
    case polled:
    case answered:
      return hear(request);
  }
}

}  // namespace capplan::models
