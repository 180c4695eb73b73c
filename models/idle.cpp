#include "models/idle.h"

#include <algorithm>

namespace capplan::models::idle {

namespace {

/// Whether a query that this server answers fulfils something: its own, and those of its primary where a replica may
/// take that one's place.
template <class F>
bool any_query(const Placed& at, F wanted) {
  const auto of = [&](SectionId server) {
    const std::vector<SectionId> queries = queries_at(at.topology, server);
    return std::any_of(queries.begin(), queries.end(), [&](SectionId query) { return wanted(at.at(query)); });
  };
  const bool promoted = at.section().params.has("promote_after") && at.node().server != no_section;
  return of(at.id) || (promoted && of(at.node().server));
}

bool has(const Placed& query, const char* name) { return query.section().params.has(name); }

/// Whether this server answers searches, or stands for one: the first server has the indexes that nothing searches.
bool searches(const Placed& at) {
  if (any_query(at, [](const Placed& query) { return query.node().index != no_section; })) return true;
  if (all_of(at.topology, Role::server).front() != at.id) return false;
  const std::vector<SectionId> indexes = all_of(at.topology, Role::index);
  return std::any_of(indexes.begin(), indexes.end(), [&](SectionId index) {
    const std::vector<SectionId> queries = queries_at(at.topology, index);
    return std::all_of(queries.begin(), queries.end(),
                       [&](SectionId query) { return at.at(query).node().server == no_section; });
  });
}

bool limited(const Placed& at) { return at.section().params.has("memory_limit"); }
bool linux_scheduler(const Placed& at) { return at.section().params.text("scheduler") == "linux"; }
bool fails(const Placed& at, SectionId server) {
  const std::vector<Reference> all = references_to(at.topology, server);
  return std::any_of(all.begin(), all.end(),
                     [&](const Reference& r) { return at.at(r.from).node().role == Role::failure; });
}

}  // namespace

const char* without_search(const Placed& at) { return searches(at) ? nullptr : "no query searches an index there"; }

const char* without_buffers(const Placed& at) {
  return searches(at) || limited(at) ? nullptr : "no query searches an index there, and there is no memory_limit";
}

const char* without_work_mem(const Placed& at) {
  const bool sorts = limited(at) && any_query(at, [](const Placed& query) { return has(query, "sorts"); });
  return searches(at) || sorts ? nullptr : "no query searches an index there, or sorts under a memory_limit";
}

const char* without_reads(const Placed& at) {
  const bool reads = searches(at) || any_query(at, [](const Placed& query) { return has(query, "io"); });
  return reads ? nullptr : "no query has io or searches an index there";
}

const char* without_commits(const Placed& at) {
  const bool any = any_query(at, [](const Placed& query) { return query.section().params.flag("commit"); });
  return any ? nullptr : "no query commits there";
}

const char* without_cold(const Placed& at) {
  return any_query(at, [](const Placed& query) { return has(query, "cold"); }) ? nullptr : "no query says its cold";
}

const char* without_slices(const Placed& at) {
  return linux_scheduler(at) ? nullptr : "it is of scheduler = \"linux\"";
}

const char* without_idle_cold(const Placed& at) { return linux_scheduler(at) ? without_cold(at) : without_slices(at); }

const char* without_choice(const Placed& at) {
  const Params& p = at.section().params;
  return p.has("replicas") && p.count("replicas") > 1 ? nullptr : "there are not several replicas";
}

const char* without_failure(const Placed& at) {
  if (!at.section().params.has("replicas")) return "there are no replicas";
  const SectionId primary = at.node().server;
  const bool killed = limited(at) || (primary != no_section && limited(at.at(primary)));
  const bool fail = fails(at, at.id) || (primary != no_section && fails(at, primary));
  return killed || fail ? nullptr : "no [failure] takes a host away";
}

const char* without_parsed_query(const Placed& at) {
  for (const SectionId query : queries_at(at.topology, at.id))
    if (at.at(query).section().params.duration("parse_cpu") > 0) return nullptr;
  return "no query there has parse_cpu";
}

}  // namespace capplan::models::idle
