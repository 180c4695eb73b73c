#include "models/topology.h"

#include <algorithm>
#include <array>
#include <map>
#include <utility>

namespace capplan::models {

namespace {

constexpr std::array<std::pair<const char*, Role>, 17> words = {{{"scenario", Role::scenario},
                                                                 {"server", Role::server},
                                                                 {"bouncer", Role::bouncer},
                                                                 {"pool", Role::pool},
                                                                 {"http_pool", Role::http_pool},
                                                                 {"cache", Role::cache},
                                                                 {"index", Role::index},
                                                                 {"query", Role::query},
                                                                 {"call", Role::call},
                                                                 {"batch", Role::batch},
                                                                 {"request", Role::request},
                                                                 {"job", Role::job},
                                                                 {"workers", Role::workers},
                                                                 {"container", Role::container},
                                                                 {"web", Role::web},
                                                                 {"workload", Role::workload},
                                                                 {"failure", Role::failure}}};

/// Follows the names in the parameters of sections.
class Finder {
 public:
  explicit Finder(const std::vector<Section>& sections) {
    for (std::size_t i = 0; i < sections.size(); ++i) by_path_.emplace(sections[i].path(), static_cast<SectionId>(i));
  }

  std::vector<Reference> of(SectionId from, const Section& section) {
    from_ = from;
    found_.clear();
    fields(section.spec->params, section.params.values(), "");
    return std::move(found_);
  }

 private:
  void add(const std::string& key, const std::string& path) {
    const auto at = by_path_.find(path);
    found_.push_back({from_, at == by_path_.end() ? no_section : at->second, key});
  }

  /// "server.replica.1" means one of the hosts of [server.replica], unless a section has that very name.
  std::string of_number(const Param& param, const std::string& name) const {
    const std::size_t dot = name.find_last_of('.');
    return param.numbered && !by_path_.contains(name) && dot != std::string::npos ? name.substr(0, dot) : name;
  }

  /// A name without its section's word, as a mix has it, means the first kind of section that has one of that name.
  std::string with_word(const Param& param, const std::string& name) const {
    for (const std::string& word : param.choices)
      if (by_path_.contains(word + "." + name)) return word + "." + name;
    return name;
  }

  void value(const Param& param, const Value& value, const std::string& key) {
    if (const auto* name = value.as<std::string>(); name != nullptr && param.type == Type::reference)
      add(key, of_number(param, *name));
    if (const auto* trace = value.as<std::shared_ptr<const ArrivalTrace>>())
      for (const std::string& request : (*trace)->classes) add(key + "." + request, "request." + request);
    const auto* table = value.as<Table>();
    if (table != nullptr && param.type == Type::mix)
      for (const auto& [name, weight] : *table) add(key + "." + name, with_word(param, name));
    if (table != nullptr && param.type == Type::record) fields(param.fields, *table, key + ".");
    const auto* list = value.as<List>();
    if (list == nullptr || param.type != Type::list) return;
    for (std::size_t i = 0; i < list->size(); ++i) {
      const std::string place = key + "[" + std::to_string(i) + "]";
      if (!param.list_of_records)
        this->value(param.fields.at(0), (*list)[i], place);
      else if (const auto* record = (*list)[i].as<Table>())
        fields(param.fields, *record, place + ".");
    }
  }

  void fields(const std::vector<Param>& params, const Table& values, const std::string& before) {
    for (const Param& param : params)
      if (const Value* found = models::find(values, param.name)) value(param, *found, before + param.name);
  }

  std::map<std::string, SectionId> by_path_;
  std::vector<Reference> found_;
  SectionId from_ = no_section;
};

/// Writes where a reference leads into the node that gives it, by what stands there.
void take(Node& from, Role to, SectionId id, bool adaptive) {
  switch (to) {
    case Role::pool:
      from.pool = id;
      break;
    case Role::http_pool:
      from.http_pool = id;
      break;
    case Role::bouncer:
      from.bouncer = id;
      break;
    case Role::server:
      from.server = id;
      break;
    case Role::index:
      from.index = id;
      break;
    case Role::web:
      from.web = id;
      break;
    case Role::workers:
      from.workers = id;
      break;
    case Role::container:
      from.container = id;
      break;
    case Role::cache:
      if (std::find(from.caches.begin(), from.caches.end(), id) == from.caches.end()) from.caches.push_back(id);
      break;
    case Role::query:
    case Role::call:
    case Role::batch:
    case Role::job:
    case Role::request:
      (adaptive ? from.adaptive_steps : from.steps).push_back(id);
      break;
    default:
      break;
  }
}

/// Replicas that name no primary are of the only server that is no replica itself.
void find_primaries(const std::vector<Section>& sections, std::vector<Node>& nodes) {
  std::vector<SectionId> single;
  const auto has_replicas = [&](std::size_t i) { return sections[i].params.has("replicas"); };
  for (std::size_t i = 0; i < nodes.size(); ++i)
    if (nodes[i].role == Role::server && !has_replicas(i)) single.push_back(static_cast<SectionId>(i));
  if (single.size() != 1) return;
  for (std::size_t i = 0; i < nodes.size(); ++i)
    if (nodes[i].role == Role::server && has_replicas(i) && nodes[i].server == no_section)
      nodes[i].server = single.front();
}

/// What stands behind a bouncer or pool is on the way of what is in front of it.
void complete_ways(std::vector<Node>& nodes) {
  const auto at = [&](SectionId id) -> const Node& { return nodes[static_cast<std::size_t>(id)]; };
  for (Node& node : nodes)
    if (node.role == Role::pool && node.bouncer != no_section) node.server = at(node.bouncer).server;
  for (Node& node : nodes)
    if (node.role == Role::query && node.pool != no_section) {
      node.bouncer = at(node.pool).bouncer;
      node.server = at(node.pool).server;
    }
}

}  // namespace

Role role_of(const std::string& word) {
  const auto found = std::find_if(words.begin(), words.end(), [&](const auto& known) { return known.first == word; });
  return found == words.end() ? Role::judgement : found->second;
}

Topology topology_of(const std::vector<Section>& sections) {
  Topology topology;
  for (const Section& section : sections) topology.nodes.push_back({.role = role_of(section)});
  Finder finder(sections);
  for (std::size_t i = 0; i < sections.size(); ++i) {
    Node& node = topology.nodes[i];
    for (Reference& reference : finder.of(static_cast<SectionId>(i), sections[i])) {
      const bool leads = reference.to != no_section && node.role != Role::failure;
      const bool adaptive = reference.key.starts_with("adaptive.");
      if (leads) take(node, node_at(topology, reference.to).role, reference.to, adaptive);
      topology.references.push_back(std::move(reference));
    }
  }
  find_primaries(sections, topology.nodes);
  complete_ways(topology.nodes);
  return topology;
}

namespace {

template <class F>
std::vector<SectionId> those(const Topology& topology, F wanted) {
  std::vector<SectionId> found;
  for (std::size_t i = 0; i < topology.nodes.size(); ++i)
    if (wanted(topology.nodes[i])) found.push_back(static_cast<SectionId>(i));
  return found;
}

}  // namespace

std::vector<SectionId> all_of(const Topology& topology, Role role) {
  return those(topology, [&](const Node& node) { return node.role == role; });
}

std::vector<SectionId> clients_of(const Topology& topology, SectionId endpoint) {
  return those(topology, [&](const Node& node) {
    if (node.role == Role::pool) return (node.bouncer != no_section ? node.bouncer : node.server) == endpoint;
    return node.role == Role::bouncer && node.server == endpoint;
  });
}

std::vector<SectionId> queries_at(const Topology& topology, SectionId at) {
  return those(topology, [&](const Node& node) {
    const bool passes = node.pool == at || node.http_pool == at || node.bouncer == at || node.server == at;
    return node.role == Role::query && (passes || node.index == at);
  });
}

std::vector<Reference> references_to(const Topology& topology, SectionId section) {
  std::vector<Reference> found;
  for (const Reference& reference : topology.references)
    if (reference.to == section) found.push_back(reference);
  return found;
}

std::vector<SectionId> path_of(const Topology& topology, SectionId request) {
  std::vector<SectionId> path;
  const auto pass = [&](SectionId id) {
    if (id != no_section && std::find(path.begin(), path.end(), id) == path.end()) path.push_back(id);
  };
  const auto statement = [&](const Node& query) {
    for (const SectionId id : {query.pool, query.http_pool, query.bouncer, query.server, query.index}) pass(id);
  };
  const Node& node = node_at(topology, request);
  for (const SectionId id : {node.web, node.workers, node.container}) pass(id);
  for (const SectionId id : node.caches) pass(id);
  for (const std::vector<SectionId>* steps : {&node.steps, &node.adaptive_steps})
    for (const SectionId id : *steps) {
      const Node& step = node_at(topology, id);
      if (step.role == Role::query) statement(step);
      if (step.role == Role::batch || step.role == Role::call) pass(id);
      if (step.role == Role::call) pass(step.http_pool);
      if (step.role == Role::batch)
        for (const SectionId query : step.steps) statement(node_at(topology, query));
    }
  return path;
}

SectionId section_of(const std::vector<Section>& sections, const std::string& path) {
  const auto found =
      std::find_if(sections.begin(), sections.end(), [&](const Section& section) { return section.path() == path; });
  return found == sections.end() ? no_section : static_cast<SectionId>(found - sections.begin());
}

}  // namespace capplan::models
