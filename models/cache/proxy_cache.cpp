// nginx' proxy_cache: a zone of keys in shared memory, answers on disk. Sources: nginx src/http/ngx_http_file_cache.c
// (_exists, _open, _lock, _lock_wait, _manager, _expire), ngx_http_upstream.c (ngx_http_upstream_cache),
// ngx_http_cache.h (a node of 120 bytes, 128 in the slab). Who waits at the lock polls: nobody wakes it. The cache
// manager keeps to max_size and inactive at once, or with manager_files as nginx's does: it looks every ten seconds, or
// when the next entry is due, deletes so many files and sleeps. Limits: a deletion takes no time, so that
// manager_threshold is never reached; the cache loader works at once; headers of the answers do not change what is
// kept.

#include <algorithm>

#include "models/cache/cache_settings.h"
#include "models/cache/entries.h"
#include "models/catalog.h"

namespace capplan::models {

namespace {

using core::Better;
using core::Unit;

constexpr core::FigureSpec lock_waits_figure{
    .name = "lock_waits_per_s",
    .unit = Unit::per_second,
    .help = "requests that waited for another to fill the entry (proxy_cache_lock)",
    .better = Better::down,
    .heading = "lock waits/s"};

class ProxyCache : public Cache, private core::Handler {
 public:
  ProxyCache(Build& build, const Section& section)
      : simulator_(build.simulator),
        sizes_(entry_sizes(build, section)),
        meters_(build, section, true, true),
        locked_(build.meters.rate(lock_waits_figure, section.subject())) {
    const Params& p = section.params;
    constexpr std::int64_t node = 128;
    most_ = static_cast<std::uint32_t>(std::max<std::int64_t>(1, p.bytes("keys_zone") / node));
    most_bytes_ = p.has("max_size") ? static_cast<std::uint64_t>(p.bytes("max_size")) : ~std::uint64_t{0};
    inactive_ = p.duration("inactive");
    valid_ = p.duration("proxy_cache_valid");
    least_uses_ = static_cast<std::uint32_t>(p.count("proxy_cache_min_uses"));
    lock_ = p.flag("proxy_cache_lock");
    lock_age_ = p.duration("proxy_cache_lock_age");
    background_ = p.flag("proxy_cache_background_update");
    use_stale_ = background_ || p.flag("proxy_cache_use_stale_updating");
    serves_stale = background_;
    if (p.has("manager_files")) {
      most_files_ = p.count("manager_files");
      sleep_ = p.has("manager_sleep") ? p.duration("manager_sleep") : 50 * core::millisecond;
      simulator_.schedule(0, *this, 0, 0);
    }
    set_times(*this, section);
    times.poll = 500 * core::millisecond;
    times.lock_timeout = p.duration("proxy_cache_lock_timeout");
  }

  /// A request that waits at the lock counts when it hears something else.
  Found lookup(std::uint64_t key) override {
    const Found found = look(key);
    if (found == Found::locked)
      locked_.add();
    else
      meters_.asked();
    return found;
  }

  void store(std::uint64_t key, core::Nanos ttl) override {
    std::uint32_t slot = entries_.find(key);
    if (slot == no_slot) {
      slot = add(key);
      nodes_[slot].accessed = simulator_.now();
      nodes_[slot].uses = least_uses_;  // it was asked for; its node has gone since
    }
    nodes_[slot].updating = false;
    if (nodes_[slot].uses < least_uses_) return;
    remove_file(slot);
    Node& node = nodes_[slot];
    node.exists = true;
    node.bytes = sizes_.of(key);
    node.valid_second = (simulator_.now() + (ttl == own_ttl || ttl == core::never ? valid_ : ttl)) / core::second;
    bytes_ += node.bytes;
    meters_.bytes(simulator_.now(), static_cast<double>(node.bytes));
    meters_.held(simulator_.now(), 1);
    while (most_files_ == 0 && bytes_ > most_bytes_) evict();
  }

  void erase(std::uint64_t key) override {
    if (const std::uint32_t slot = entries_.find(key); slot != no_slot) remove(slot);
  }
  void abandon(std::uint64_t key) override {
    if (const std::uint32_t slot = entries_.find(key); slot != no_slot) nodes_[slot].updating = false;
  }
  void clear() override {
    while (!uses_.empty()) remove(uses_.oldest);
  }

 private:
  struct Node {
    core::Nanos accessed = 0;
    core::Nanos locked = 0;         // since when it is being fetched
    std::int64_t valid_second = 0;  // the last second in which the file is fresh
    std::uint64_t bytes = 0;
    std::uint32_t uses = 0;
    bool exists = false;    // as a file
    bool updating = false;  // somebody fetches it
  };

  Found look(std::uint64_t key) {
    const core::Nanos now = simulator_.now();
    expire();
    std::uint32_t slot = entries_.find(key);
    if (slot == no_slot)
      slot = add(key);
    else
      uses_.renew(entries_, slot);
    Node& node = nodes_[slot];
    node.accessed = now;
    ++node.uses;
    if (!node.exists) {
      if (node.uses < least_uses_ || !lock_) return Found::miss;
      if (node.updating && now < node.locked + lock_age_) return Found::locked;
      node.updating = true;
      node.locked = now;
      return Found::miss;
    }
    if (now / core::second <= node.valid_second) {
      meters_.hit();
      return Found::hit;
    }
    if (!use_stale_) return Found::miss;
    const bool first = !node.updating;
    node.updating = true;
    if (first && !background_) return Found::miss;
    meters_.hit();
    meters_.served_stale();
    return first ? Found::refresh : Found::stale;
  }

  std::uint32_t add(std::uint64_t key) {
    if (entries_.size() == most_) evict();  // the zone is full
    const std::uint32_t slot = entries_.add(key);
    if (nodes_.size() < entries_.slots()) nodes_.resize(entries_.slots());
    nodes_[slot] = {};
    uses_.add(entries_, slot);
    return slot;
  }
  void remove_file(std::uint32_t slot) {
    Node& node = nodes_[slot];
    if (!node.exists) return;
    node.exists = false;
    bytes_ -= node.bytes;
    meters_.bytes(simulator_.now(), -static_cast<double>(node.bytes));
    meters_.held(simulator_.now(), -1);
  }
  void remove(std::uint32_t slot) {
    remove_file(slot);
    uses_.remove(entries_, slot);
    entries_.remove(slot);
  }
  void evict() {
    meters_.evicted();
    remove(uses_.oldest);
  }
  /// Until nobody will have asked for the oldest in a long time; 0 or less: it goes, fresh or not.
  core::Nanos until_due() const { return nodes_[uses_.oldest].accessed + inactive_ - simulator_.now(); }
  void expire() {
    while (most_files_ == 0 && !uses_.empty() && until_due() <= 0) remove(uses_.oldest);
  }

  /// One run of the cache manager; then it sleeps.
  void on_event(std::uint32_t, std::uint32_t) override { simulator_.schedule(manage(), *this, 0, 0); }
  core::Nanos manage() {
    std::int64_t files = 0;
    while (!uses_.empty() && until_due() <= 0) {
      remove(uses_.oldest);
      if (++files >= most_files_) return sleep_;
    }
    while (bytes_ >= most_bytes_) {
      evict();
      if (++files >= most_files_) return sleep_;
    }
    constexpr core::Nanos longest = 10 * core::second;
    return uses_.empty() ? longest : std::min(longest, until_due());
  }

  core::Simulator& simulator_;
  EntrySizes sizes_;
  CacheMeters meters_;
  core::Counter& locked_;
  std::uint32_t most_ = 0, least_uses_ = 1;
  std::uint64_t most_bytes_ = 0, bytes_ = 0;
  std::int64_t most_files_ = 0;  // of one run of the manager; 0: it works at once
  core::Nanos sleep_ = 0;        // after a run that deleted so many
  core::Nanos inactive_ = 0, valid_ = 0, lock_age_ = 0;
  bool lock_ = false, background_ = false, use_stale_ = false;
  Entries entries_;
  SlotList uses_;  // in order of the last access
  std::vector<Node> nodes_;
};

std::unique_ptr<Cache> make(Build& build, const Section& section) {
  return std::make_unique<ProxyCache>(build, section);
}

}  // namespace

Spec proxy_cache() {
  Spec spec{.section = "cache",
            .kind = "proxy_cache",
            .help = "nginx in front of the service: proxy_cache with its zone of keys, its lock and stale answers",
            .source = "nginx src/http/ngx_http_file_cache.c, ngx_http_upstream.c, ngx_http_proxy_module.c",
            .validity =
                "one nginx; max_size and inactive are kept to at once, unless manager_files is written; an answer "
                "is valid to the end of a whole second; a cold start, without files of an earlier run",
            .params =
                {
                    {.name = "keys_zone",
                     .type = Type::bytes,
                     .fallback = "10MB",
                     .help = "shared memory for keys, 128 bytes each: 8192 a megabyte",
                     .lo = 1024,
                     .hi = 1e12},
                    {.name = "max_size",
                     .type = Type::bytes,
                     .help = "size of the files, the least recently used leaves; absent: no limit",
                     .lo = 1,
                     .hi = 1e15,
                     .costs = true},
                    {.name = "inactive",
                     .type = Type::duration,
                     .fallback = "10min",
                     .help = "an entry that is not requested for this time is removed, valid or not",
                     .lo = 0.001,
                     .hi = 1e8},
                    {.name = "manager_files",
                     .type = Type::count,
                     .help = "files that the cache manager deletes in one run, of which there is one each 10s or when "
                             "the next entry is inactive for too long; nginx's default is 100; absent: all, at once",
                     .source = "nginx src/http/ngx_http_file_cache.c (ngx_http_file_cache_manager)",
                     .lo = 1,
                     .hi = 1e9},
                    {.name = "manager_sleep",
                     .type = Type::duration,
                     .help = "with manager_files, pause after a run that deleted that number; absent: 50ms",
                     .source = "nginx src/http/ngx_http_file_cache.c (ngx_http_file_cache_manager)",
                     .lo = 0.001,
                     .hi = 3600},
                    {.name = "proxy_cache_valid",
                     .type = Type::duration,
                     .fallback = "10min",
                     .help = "how long an answer is fresh; an assumption: nginx keeps nothing without it",
                     .lo = 0.001,
                     .hi = 1e8},
                    {.name = "proxy_cache_min_uses",
                     .type = Type::count,
                     .fallback = "1",
                     .help = "requests for a key from which on its answer is kept",
                     .lo = 1,
                     .hi = 1e6},
                    {.name = "proxy_cache_lock",
                     .type = Type::flag,
                     .fallback = "false",
                     .help = "the first miss of a key fetches it, the others wait, looking every 500ms"},
                    {.name = "proxy_cache_lock_timeout",
                     .type = Type::duration,
                     .fallback = "5s",
                     .help = "a request that has waited this long fetches it too, and does not store it",
                     .lo = 0.001,
                     .hi = 1e6},
                    {.name = "proxy_cache_lock_age",
                     .type = Type::duration,
                     .fallback = "5s",
                     .help = "after so long one more may fetch it",
                     .lo = 0.001,
                     .hi = 1e6},
                    {.name = "proxy_cache_use_stale_updating",
                     .type = Type::flag,
                     .fallback = "false",
                     .help = "while one request updates an expired answer, the others get the old one"},
                    {.name = "proxy_cache_background_update",
                     .type = Type::flag,
                     .fallback = "false",
                     .help = "the one does so in the background, and gets the old one too"},
                },
            .figures = cache_figures(),
            .make_cache = make};
  spec.figures.push_back(&lock_waits_figure);
  const auto append = [&](const std::vector<Param>& more) {
    spec.params.insert(spec.params.end(), more.begin(), more.end());
  };
  append(size_params(false, "bytes of a file besides the body: header, key; absent: none"));
  append(time_params("200us", "what nginx takes for a request, hit or miss"));
  return spec;
}

}  // namespace capplan::models
