#include "plan/study/plain_model.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <set>

namespace capplan::plan {

namespace {

using models::Role;
using models::Section;
using models::Value;

/// What of a section a model of queueing understands, or what changes no time; another key that was written does not
/// belong to the model.
const std::map<Role, std::set<std::string>>& understood() {
  static const std::map<Role, std::set<std::string>> keys = {
      {Role::server,
       {"cores", "speed", "max_connections", "superuser_reserved_connections", "reserved_connections", "connect_time",
        "connect_cpu", "memory", "shared_buffers", "effective_cache_size", "work_mem", "maintenance_work_mem",
        "max_parallel_maintenance_workers", "random_page_cost", "disk"}},
      {Role::pool, {"to", "size", "instances", "database", "user"}},
      {Role::query, {"pool", "cpu"}},
      {Role::request, {"steps", "connection"}},
      {Role::workload, {"rate", "arrivals", "mix", "users", "think"}}};
  return keys;
}

/// Written as the default is.
bool says_default(const Section& section, const std::string& key, const Value& value) {
  if (const bool* flag = value.as<bool>(); flag != nullptr && !*flag) return true;
  const auto* text = value.as<std::string>();
  return text != nullptr && std::any_of(section.spec->params.begin(), section.spec->params.end(),
                                        [&](const auto& p) { return p.name == key && p.fallback == *text; });
}

class Reader {
 public:
  explicit Reader(const Scenario& scenario) : scenario_(scenario) {}

  PlainModel read() {
    std::map<Role, int> count;
    for (const Section& section : scenario_.sections) {
      const Role role = models::role_of(section);
      if (role == Role::scenario || role == Role::judgement) continue;
      ++count[role];
      check(section, role);
    }
    for (const Role role : {Role::server, Role::workload})
      if (count[role] != 1)
        model_.not_plain.emplace_back(role == Role::server ? "several servers" : "several workloads");
    if (!model_.not_plain.empty()) return model_;
    for (const Section& section : scenario_.sections) take(section, count[Role::pool] == 1);
    take_requests();
    return model_;
  }

 private:
  void check(const Section& section, Role role) {
    const auto known = understood().find(role);
    const std::string& kind = section.spec->kind;
    const bool other_kind = (role == Role::server && kind != "postgres") || (role == Role::pool && kind != "fixed") ||
                            (role == Role::workload && kind != "open" && kind != "closed");
    if (known == understood().end() || other_kind)
      return model_.not_plain.push_back(section.path() + (kind.empty() ? "" : " (" + kind + ")"));
    for (const models::Field& field : section.params.values()) {
      const Value& value = field.second;
      if (value.is_default || value.empty() || known->second.contains(field.first) ||
          says_default(section, field.first, value))
        continue;
      if (role == Role::workload && field.first != "trace" && kind == "open")
        model_.bursts = field.first;
      else
        model_.not_plain.push_back(section.path() + "." + field.first);
    }
  }

  void take(const Section& section, bool only_pool) {
    const models::Params& p = section.params;
    const Role role = models::role_of(section);
    if (role == Role::server) {
      model_.server = section.name;
      model_.cores = static_cast<int>(p.count("cores"));
      speed_ = p.number("speed");
    } else if (role == Role::pool && only_pool) {
      model_.pool = section.name;
      model_.pool_size = static_cast<int>(p.count("size") * p.count("instances"));
      if (p.count("instances") != 1) model_.not_plain.push_back(section.path() + ".instances");
    } else if (role == Role::workload) {
      take_load(section);
    }
  }

  void take_load(const Section& section) {
    const models::Params& p = section.params;
    model_.load = section.path();
    model_.open = section.spec->kind == "open";
    for (const models::Field& each : p.table("mix")) {
      const std::string& name = each.first;
      weights_[name.starts_with("request.") ? name.substr(8) : name] = std::get<double>(each.second.data);
    }
    if (!model_.open) {
      model_.users = static_cast<int>(p.count("users"));
      model_.think_s = p.distribution("think").mean();
      model_.think_varies = model_.think_s <= 0 || p.distribution("think").variance() > 0;
      return;
    }
    if (p.has("rate")) model_.rate = p.number("rate");
    const Value* arrivals = models::find(p.values(), "arrivals");
    if (const double* cv = arrivals == nullptr ? nullptr : arrivals->as<double>())
      model_.arrival_scv = *cv * *cv;
    else
      model_.bursts = "arrivals in states (mmpp)";
  }

  /// Mean demand over the mix; the statement where there is but one.
  void take_requests() {
    double weight = 0, demand = 0;
    for (const auto& [name, share] : weights_) {
      const Section* request = scenario_.find("request." + name);
      if (request == nullptr || share <= 0) continue;
      weight += share;
      for (const Value& step : request->params.list("steps")) {
        const models::Params p(*step.as<models::Table>());
        if (!p.has("query") || (p.has("parallel") && p.flag("parallel")))
          return model_.not_plain.push_back(request->path() + ".steps");
        const std::string& query = p.text("query");
        const Section* of = scenario_.find(query.starts_with("query.") ? query : "query." + query);
        if (of == nullptr) return model_.not_plain.push_back(request->path() + ".steps");
        const core::Distribution& cpu = of->params.distribution("cpu");
        const double times = p.has("times") ? static_cast<double>(p.count("times")) : 1;
        demand += share * times * cpu.mean() / speed_;
        statements_ += times;
        model_.statement_s = cpu.mean() / speed_;
        model_.statement_scv = cpu.mean() > 0 ? cpu.variance() / (cpu.mean() * cpu.mean()) : 0;
        model_.exponential = cpu.family_name() == "exponential";
      }
    }
    model_.demand_s = weight > 0 ? demand / weight : 0;
    if (statements_ != 1) model_.statement_s = 0;
  }

  const Scenario& scenario_;
  PlainModel model_;
  std::map<std::string, double> weights_;  ///< by request
  double speed_ = 1, statements_ = 0;
};

}  // namespace

PlainModel plain_model(const Scenario& scenario) { return Reader(scenario).read(); }

}  // namespace capplan::plan
