// Laws of a model of queueing, where the scenario is one (plain_model.h): utilization by stated demands, closed loads,
// bounds, and the closed forms of single stations.

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "core/closed_network.h"
#include "core/queueing.h"
#include "plan/study/law_checks.h"
#include "plan/study/plain_model.h"

namespace capplan::plan {

namespace {

using Path = std::vector<std::string>;

/// "pool.app.timeout and 2 more": what of the scenario a model does not have.
std::string reasons(const std::vector<std::string>& not_plain) {
  std::string text = "depends on more than the model has: " + not_plain.front();
  if (not_plain.size() > 1) text += fmt::format(" and {} more", not_plain.size() - 1);
  return text;
}

std::vector<double> rates(const LawInput& input, const Path& path) {
  std::vector<double> values = sums_of(input.kept, path);
  for (std::size_t i = 0; i < values.size(); ++i) values[i] /= seconds_of(input.kept[i]);
  return values;
}

std::vector<double> ratios(std::vector<double> above, const std::vector<double>& below) {
  for (std::size_t i = 0; i < above.size(); ++i) above[i] = below[i] > 0 ? above[i] / below[i] : 0;
  return above;
}

/// Of all requests together.
struct Totals {
  std::vector<double> offered, completed, latency;  ///< counts, counts, seconds, by replication
};

Totals totals(const LawInput& input) {
  Totals sum;
  const auto add = [](std::vector<double>& to, const std::vector<double>& more) {
    to.resize(std::max(to.size(), more.size()));
    for (std::size_t i = 0; i < more.size(); ++i) to[i] += more[i];
  };
  for (const models::SectionId id : models::all_of(input.scenario.topology, models::Role::request)) {
    const std::string& name = input.scenario.at(id).name;
    add(sum.offered, sums_of(input.kept, {"requests", name, "offered_per_s"}));
    add(sum.completed, sums_of(input.kept, {"requests", name, "completed_per_s"}));
    add(sum.latency, totals_of(input.kept, {"requests", name, "latency_s"}));
  }
  return sum;
}

std::vector<double> throughput(const LawInput& input) {
  std::vector<double> values = totals(input).completed;
  for (std::size_t i = 0; i < values.size(); ++i) values[i] /= seconds_of(input.kept[i]);
  return values;
}

const Path all_throughput = {"requests", "all", "completed_per_s"};
const Path all_mean = {"requests", "all", "latency_s", "mean"};

/// Whether any request failed.
bool failures(const LawInput& input) { return input.result.at({"requests", "all", "error_ratio"}).value > 0; }

/// Whether anybody waited for a connection.
bool pools_wait(const LawInput& input) {
  for (const Figure& figure : input.result.figures)
    if (figure.path.size() == 4 && figure.path[0] == "pools" && figure.path[2] == "wait_s" &&
        figure.path[3] == "mean" && figure.estimate.value > 1e-9)
      return true;
  return false;
}

LawCheck check_of(const PlainModel& model, const std::string& at, const Path& figure, std::vector<double> simulated) {
  LawCheck check{at, figure, std::move(simulated)};
  if (!model.not_plain.empty()) check.why = reasons(model.not_plain);
  return check;
}

/// Whether connections were opened in what is kept.
bool any_connects(const LawInput& input, const std::string& server) {
  return input.result.at({"servers", server, "connects_per_s"}).value > 0;
}

std::string server_of(const PlainModel& model) { return "server " + (model.server.empty() ? "-" : model.server); }

}  // namespace

std::vector<LawCheck> busy_resources(const LawInput& input) {
  const PlainModel model = plain_model(input.scenario);
  std::vector<LawCheck> checks;
  LawCheck cpu = check_of(model, server_of(model), {"servers", model.server, "cpu"}, {});
  if (cpu.why.empty() && failures(input)) cpu.why = "requests fail, and what they took on a core is in no throughput";
  if (cpu.why.empty() && any_connects(input, model.server)) cpu.why = "connections are opened, and take time on a core";
  if (cpu.why.empty()) {
    cpu.simulated = rates(input, cpu.figure);
    for (double& cores : cpu.simulated) cores /= model.cores;
    cpu.least = throughput(input);
    for (double& value : cpu.least) value *= model.demand_s / model.cores;
    const double inside = input.result.at({"servers", model.server, "active"}).value;
    cpu.edge = 2 * (inside + 1) * model.demand_s / model.cores / seconds_of(input.kept.front());
  }
  checks.push_back(std::move(cpu));
  for (const models::SectionId id : models::all_of(input.scenario.topology, models::Role::server)) {
    const models::Section& server = input.scenario.at(id);
    if (server.spec->kind != "postgres" || !server.params.has("disk")) continue;
    const models::Params disk = server.params.record("disk");
    LawCheck flush{"WAL flush of server " + server.name,
                   {"servers", server.name, "wal_flush"},
                   rates(input, {"servers", server.name, "wal_flush"}),
                   rates(input, {"servers", server.name, "wal_flushes_per_s"})};
    if (!disk.has("fsync") || flush.simulated.empty() || flush.least.empty()) continue;
    for (double& value : flush.least) value *= disk.distribution("fsync").mean();
    flush.edge = 2 * disk.distribution("fsync").mean() / seconds_of(input.kept.front());
    checks.push_back(std::move(flush));
  }
  return checks;
}

std::vector<LawCheck> interactive(const LawInput& input) {
  std::vector<LawCheck> checks;
  const std::vector<models::SectionId> loads = models::all_of(input.scenario.topology, models::Role::workload);
  if (loads.size() != 1 || input.scenario.at(loads.front()).spec->kind != "closed") return checks;
  const models::Section& load = input.scenario.at(loads.front());
  LawCheck check{load.path(), all_mean, {}};
  for (const char* key : {"stages", "spawn_rate", "constant_pacing", "constant_throughput"})
    if (load.params.has(key)) check.why = fmt::format("{}.{}: users or their pauses change", load.path(), key);
  if (check.why.empty() && failures(input)) check.why = "requests fail, and their times are in no latency";
  if (check.why.empty()) {
    const Totals sum = totals(input);
    const double users = static_cast<double>(load.params.count("users"));
    const double think = load.params.distribution("think").mean();
    check.simulated = ratios(sum.latency, sum.completed);
    for (const double x : throughput(input)) {
      check.least.push_back(x > 0 ? users / x - think : 0);
      // As many as there are users may be counted on one side alone.
      if (x > 0) check.edge = std::max(check.edge, 2 * users / x * users / x / seconds_of(input.kept.front()));
    }
  }
  checks.push_back(std::move(check));
  return checks;
}

std::vector<LawCheck> asymptotic(const LawInput& input) {
  const PlainModel model = plain_model(input.scenario);
  LawCheck check = check_of(model, server_of(model), all_throughput, throughput(input));
  if (!check.why.empty() || model.demand_s <= 0) return {std::move(check)};
  double most = model.cores / model.demand_s;
  if (!model.open) most = std::min(most, model.users / (model.demand_s + model.think_s));
  check.least = {0};
  check.most = {most};
  check.edge = 2 * (model.open ? model.cores : model.users) / seconds_of(input.kept.front());
  return {std::move(check)};
}

std::vector<LawCheck> balanced_jobs(const LawInput& input) {
  const PlainModel model = plain_model(input.scenario);
  if (model.open) return {};
  LawCheck check = check_of(model, server_of(model), all_throughput, throughput(input));
  if (check.why.empty() && model.cores != 1) check.why = "several cores";
  if (check.why.empty() && pools_wait(input)) check.why = "requests wait for a connection";
  if (check.why.empty() && !model.think_varies) check.why = "users all pause for the same time, and stay in step";
  if (!check.why.empty()) return {std::move(check)};
  check.edge = 2 * model.users / seconds_of(input.kept.front());
  // Of one station the slowest is the mean one; the users who think are what the correction is for.
  const double n = model.users, d = model.demand_s, z = model.think_s;
  check.least = {n / (d + z + (n - 1) * d / (1 + z / (n * d)))};
  check.most = {std::min(1 / d, n / (d + z + (n - 1) * d / (1 + z / d)))};
  return {std::move(check)};
}

std::vector<LawCheck> mean_value_analysis(const LawInput& input) {
  const PlainModel model = plain_model(input.scenario);
  if (model.open) return {};
  LawCheck check = check_of(model, model.load.empty() ? "closed load" : model.load, all_throughput, throughput(input));
  if (check.why.empty() && pools_wait(input)) check.why = "requests wait for a connection, so that cores are not all";
  if (check.why.empty() && !model.think_varies) check.why = "users all pause for the same time, and stay in step";
  if (!check.why.empty() || model.demand_s <= 0) return {std::move(check)};
  check.edge = 2 * model.users / seconds_of(input.kept.front());
  if (model.cores == 1) {
    const double demands[] = {model.demand_s};
    check.least = {core::mva(demands, model.users, model.think_s).throughput};
  } else if (model.think_s > 0) {
    check.least = {
        core::machine_repairman({model.users, model.cores, 1 / model.think_s, 1 / model.demand_s}).throughput};
  } else {
    check.least = {std::min(model.users, model.cores) / model.demand_s};
  }
  return {std::move(check)};
}

namespace {

/// The check of a closed form of one line of waiters: requests of one statement at the one pool.
struct Line {
  PlainModel model;
  LawCheck check;
  core::MarkovQueue queue;
};

/// `poisson`: whether the form knows no other arrivals.
Line line_of(const LawInput& input, bool poisson) {
  Line line{plain_model(input.scenario), {}, {}};
  const PlainModel& m = line.model;
  const Path of = {"pools", m.pool, "wait_s"};
  line.check = check_of(m, m.pool.empty() ? "pools" : "pool " + m.pool, {"pools", m.pool, "wait_s", "mean"}, {});
  std::string& why = line.check.why;
  if (why.empty() && m.pool_size == 0) why = "several pools, or instances that each have a line";
  if (why.empty() && m.statement_s <= 0) why = "requests are not one statement each, so that arrivals come in rows";
  if (why.empty() && m.pool_size > m.cores) why = "statements share cores, so that their time depends on the load";
  if (why.empty() && poisson && !m.bursts.empty()) why = "bursts: " + m.bursts;
  if (why.empty() && poisson && m.arrival_scv != 1) why = "arrivals are not Poisson";
  line.queue = {m.rate, m.statement_s > 0 ? 1 / m.statement_s : 1, std::max(1, m.pool_size)};
  if (why.empty() && line.queue.offered_load() >= line.queue.servers) why = "more work comes than the line can do";
  if (why.empty()) line.check.simulated = ratios(totals_of(input.kept, of), counts_of(input.kept, of));
  return line;
}

}  // namespace

std::vector<LawCheck> erlang_delay(const LawInput& input) {
  Line line = line_of(input, true);
  if (!line.model.open) return {};
  if (line.check.why.empty() && !line.model.exponential) line.check.why = "service times are not exponential";
  if (line.check.why.empty()) line.check.least = {core::mmc(line.queue).mean_wait};
  return {std::move(line.check)};
}

std::vector<LawCheck> pollaczek_khinchine(const LawInput& input) {
  Line line = line_of(input, true);
  if (!line.model.open) return {};
  if (line.check.why.empty() && line.queue.servers != 1) line.check.why = "several servers";
  if (line.check.why.empty())
    line.check.least = {core::mg1(line.model.rate, line.model.statement_s, line.model.statement_scv).mean_wait};
  return {std::move(line.check)};
}

std::vector<LawCheck> shared_cores(const LawInput& input) {
  const PlainModel m = plain_model(input.scenario);
  if (!m.open) return {};
  LawCheck check = check_of(m, server_of(m), all_mean, {});
  if (check.why.empty() && !m.bursts.empty()) check.why = "bursts: " + m.bursts;
  if (check.why.empty() && m.arrival_scv != 1) check.why = "arrivals are not Poisson";
  if (check.why.empty() && pools_wait(input)) check.why = "requests wait for a connection, so that cores are not all";
  if (check.why.empty() && any_connects(input, m.server)) check.why = "connections are opened, and take time on a core";
  if (check.why.empty() && (m.demand_s <= 0 || m.rate * m.demand_s >= m.cores))
    check.why = "more work comes than is done";
  if (!check.why.empty()) return {std::move(check)};
  const Totals sum = totals(input);
  check.simulated = ratios(sum.latency, sum.completed);
  check.least = {core::mmc_ps({m.rate, 1 / m.demand_s, m.cores}).mean_response};
  return {std::move(check)};
}

std::vector<LawCheck> allen_cunneen(const LawInput& input) {
  Line line = line_of(input, false);
  if (!line.model.open || line.model.pool.empty()) return {};
  if (!line.check.why.empty()) return {std::move(line.check)};
  line.check.least = {core::allen_cunneen_wait(line.queue, line.model.arrival_scv, line.model.statement_scv)};
  line.check.why = line.model.bursts.empty()
                       ? "the simulation sees the gaps and times themselves, the formula their variance alone"
                       : "the simulation sees bursts, which the formula does not: " + line.model.bursts;
  return {std::move(line.check)};
}

}  // namespace capplan::plan
