#pragma once
// Which section of a scenario leads to which: requests to their steps, steps to statements and calls, those to pools,
// bouncers and servers. Found once for a list of sections; a section is its place in that list, so a copy of the list
// has the same topology. The build of a service, the limits on connections, the rules of thumb, what is said of indexes
// and of settings that nothing simulates all read it in place of the names that parameters hold. It is here, below
// plan, because the build reads it.
// Limits: of numbered things ("server.replica.2") the section as a whole is meant; names that lead nowhere stay in
// `references`, with `to` = no_section.

#include <cstdint>
#include <string>
#include <vector>

#include "models/spec/spec.h"

namespace capplan::models {

/// What a section is: the first word of its table.
enum class Role : std::uint8_t {
  scenario,
  server,
  bouncer,
  pool,
  http_pool,
  cache,
  index,
  query,
  call,
  batch,
  request,
  job,
  workers,
  container,
  web,
  workload,
  failure,
  judgement,  ///< nothing that is built: an alert, a budget
};

/// The place of a section in the scenario's list.
using SectionId = std::int32_t;
inline constexpr SectionId no_section = -1;

/// One name that a section gives.
struct Reference {
  SectionId from = no_section;
  SectionId to = no_section;
  std::string key{};  ///< where in `from`: "pool", "steps[2].query", "mix.search"
};

/// One section, and what stands behind it.
struct Node {
  Role role = Role::judgement;
  SectionId pool = no_section;       ///< of a query: whose connection it takes
  SectionId http_pool = no_section;  ///< of a query or call: in its place
  SectionId bouncer = no_section;    ///< of a query or pool: the PgBouncer on its way, if any
  SectionId server = no_section;     ///< of a query, pool or bouncer: where the way ends; of replicas: their primary
  SectionId index = no_section;      ///< of a query: what it searches
  SectionId web = no_section;        ///< of a request
  SectionId workers = no_section;    ///< of a request or job
  SectionId container = no_section;  ///< of a request or job
  std::vector<SectionId> steps{};    ///< of a request or job, in order: queries, calls, batches, jobs; of a batch its
                                     ///< query; of a workload its requests
  std::vector<SectionId> adaptive_steps{};  ///< of a request or job: those it may turn to instead
  std::vector<SectionId> caches{};          ///< of a request or job: those it names anywhere, in order, once each
};

struct Topology {
  std::vector<Node> nodes;            ///< by section
  std::vector<Reference> references;  ///< every name that is given, in order of sections and parameters
};

/// What a table's first word says that it is.
Role role_of(const std::string& word);
inline Role role_of(const Section& section) { return role_of(section.spec->section); }

/// The topology of resolved sections.
Topology topology_of(const std::vector<Section>& sections);

/// All sections of a role, in order.
std::vector<SectionId> all_of(const Topology& topology, Role role);
/// The pools and bouncers that connect to a server or bouncer, without anything between, in order.
std::vector<SectionId> clients_of(const Topology& topology, SectionId endpoint);
/// The queries that take their connection from a pool, pass a bouncer, end at a server, or search an index, in order.
std::vector<SectionId> queries_at(const Topology& topology, SectionId at);
/// What names a section, in order.
std::vector<Reference> references_to(const Topology& topology, SectionId section);
/// What a request or job may wait for, in the order of its way and once each: web, workers, container, caches, then
/// for each step its pools, bouncers, servers and indexes, or the call and its HTTP client. A job that it puts into a
/// queue has a way of its own.
std::vector<SectionId> path_of(const Topology& topology, SectionId request);

/// One node.
inline const Node& node_at(const Topology& topology, SectionId id) {
  return topology.nodes[static_cast<std::size_t>(id)];
}

/// The section of a path such as "pool.codebase", or no_section.
SectionId section_of(const std::vector<Section>& sections, const std::string& path);
inline const Section& section_at(const std::vector<Section>& sections, SectionId id) {
  return sections[static_cast<std::size_t>(id)];
}

/// A section where it stands.
struct Placed {
  const std::vector<Section>& sections;
  const Topology& topology;
  SectionId id = no_section;

  const Section& section() const { return section_at(sections, id); }
  const Node& node() const { return node_at(topology, id); }
  /// Another one.
  Placed at(SectionId other) const { return {sections, topology, other}; }
};

}  // namespace capplan::models
