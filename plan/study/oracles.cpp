#include "plan/study/oracles.h"

#include <fmt/format.h>

#include <algorithm>
#include <functional>
#include <memory>

#include "core/closed_network.h"
#include "core/interval.h"
#include "core/queueing.h"
#include "core/worker_pool.h"
#include "plan/study/oracle_models.h"

namespace capplan::plan {

namespace {

using core::Distribution;

constexpr int replications = 20;
constexpr double loads[] = {0.1, 0.3, 0.5, 0.7, 0.8, 0.9, 0.95};

/// A figure of a sample, its name and its exact value. Of a share that may never be seen, the interval is Wilson's.
struct Figure {
  std::string name;
  double exact;
  double (*of)(const Sample&);
  bool is_share = false;
};

double mean_response(const Sample& s) { return s.response.mean(); }
double p95_response(const Sample& s) { return s.response.quantile(0.95); }
double loss(const Sample& s) { return static_cast<double>(s.lost) / static_cast<double>(s.offered); }
double throughput(const Sample& s) { return static_cast<double>(s.offered) / s.elapsed_s; }

struct Case {
  std::string model;
  double load;
  double length;  ///< customers, in units of the effort
  std::vector<Figure> figures;
  std::function<std::unique_ptr<Model>(std::uint64_t replication, std::uint64_t customers, Sample&)> make;
};

std::vector<Case> cases(std::uint64_t seed) {
  std::vector<Case> result;
  const auto open = [&](std::string model, double load, OpenCase given, std::vector<Figure> figures) {
    given.name = fmt::format("{} at {}", model, load);
    // Correlation lasts the longer the nearer the load is to 1; runs are as much longer. A queue with losses is not.
    const double length = given.patience == core::never && given.room > 1000 ? 1 / (1 - load) : 4;
    result.push_back({std::move(model), load, length, std::move(figures), [=](auto replication, auto n, Sample& s) {
                        return std::make_unique<OpenModel>(given, seed, replication, n, s);
                      }});
  };
  const Distribution exponential = Distribution::exponential(1);
  for (const double load : loads) {
    for (const int c : {1, 4, 20}) {
      const core::MarkovQueue queue{load * c, 1, c};
      open(c == 1 ? "M/M/1" : fmt::format("M/M/c, c = {}", c), load, {"", load * c, c, exponential},
           {{"mean response", core::mmc(queue).mean_response, mean_response},
            {"p95 response", core::response_quantile(queue, 0.95), p95_response}});
    }
    const core::QueueFigures limited = core::mmck({load * 4, 1, 4}, 10);
    open("M/M/c/K, c = 4, K = 10", load, {"", load * 4, 4, exponential, false, core::never, 6},
         {{"mean response", limited.mean_response, mean_response}, {"loss", limited.loss, loss, true}});
    const core::QueueFigures timed = core::mmc_timeout({load * 10, 1, 10}, 0.5);
    open("M/M/c+D, c = 10, D = 0.5", load, {"", load * 10, 10, exponential, false, core::second / 2},
         {{"mean response", timed.mean_wait + 1, mean_response}, {"timeouts", timed.loss, loss, true}});
    const std::pair<double, Distribution> services[] = {
        {0, Distribution::deterministic(1)}, {1, exponential}, {4, Distribution::hyperexponential(1, 2)}};
    for (const auto& [scv, service] : services)
      open(fmt::format("M/G/1, cs² = {}", scv), load, {"", load, 1, service},
           {{"mean response", core::mg1(load, 1, scv).mean_response, mean_response}});
    open("M/G/1-PS, cs² = 4", load, {"", load, 1, services[2].second, true},
         {{"mean response", core::mg1_ps(load, 1).mean_response, mean_response}});
    open("M/G/c-PS, c = 4, cs² = 4", load, {"", load * 4, 4, services[2].second, true},
         {{"mean response", core::mmc_ps({load * 4, 1, 4}).mean_response, mean_response}});
    // Closed: the think time that brings 20 customers to this share of where the bottleneck saturates.
    const int customers = 20;
    const auto closed = [&](std::string model, std::vector<double> demands, int servers, double think, double response,
                            double rate) {
      const std::string name = fmt::format("{} at {}", model, load);
      result.push_back({std::move(model),
                        load,
                        4,
                        {{"mean response", response, mean_response}, {"throughput", rate, throughput}},
                        [=](auto replication, auto n, Sample& s) {
                          return std::make_unique<ClosedModel>(name, customers, think, demands, servers, seed,
                                                               replication, n, s);
                        }});
    };
    const double repair_think = customers / (4 * load) - 1;
    const core::RepairmanFigures repair = core::machine_repairman({customers, 4, 1 / repair_think, 1});
    closed("machine repairman, N = 20, c = 4", {1}, 4, repair_think, repair.mean_response, repair.throughput);
    const std::vector<double> demands = {1, 0.6};
    const double think = customers / load - 1.6;
    const core::ClosedFigures mva = core::mva(demands, customers, think);
    closed("closed network (MVA), N = 20, D = 1, 0.6", demands, 1, think, mva.response, mva.throughput);
  }
  return result;
}

/// A case at all its replications: a row for each of its figures.
std::vector<OracleRow> rows_of(const Case& given, double effort) {
  const auto customers = static_cast<std::uint64_t>(20'000 * effort * given.length);
  std::vector<std::vector<double>> values(given.figures.size());
  std::uint64_t offered = 0, lost = 0;
  for (std::uint64_t r = 0; r < replications; ++r) {
    const auto sample = std::make_unique<Sample>();
    given.make(r, customers, *sample)->run();
    for (std::size_t f = 0; f < given.figures.size(); ++f) values[f].push_back(given.figures[f].of(*sample));
    offered += sample->offered;
    lost += sample->lost;
  }
  std::vector<OracleRow> rows;
  for (std::size_t f = 0; f < given.figures.size(); ++f) {
    const Figure& figure = given.figures[f];
    // Few losses are no normal sample: count them over all replications.
    const bool rare = figure.is_share && lost < 100;
    rows.push_back({given.model, given.load, figure.name, figure.exact,
                    rare ? core::proportion_interval(lost, offered, oracle_confidence)
                         : core::mean_interval(values[f], oracle_confidence)});
  }
  return rows;
}

}  // namespace

std::vector<OracleRow> run_oracles(std::uint64_t seed, double effort) {
  const std::vector<Case> all = cases(seed);
  std::vector<std::vector<OracleRow>> rows(all.size());
  core::WorkerPool().run(all.size(), [&](std::size_t i) { rows[i] = rows_of(all[i], effort); });
  std::vector<OracleRow> flat;
  for (auto& some : rows) flat.insert(flat.end(), some.begin(), some.end());
  std::stable_sort(flat.begin(), flat.end(), [](const OracleRow& a, const OracleRow& b) { return a.model < b.model; });
  return flat;
}

std::string oracle_markdown(const std::vector<OracleRow>& rows) {
  const auto inside = std::count_if(rows.begin(), rows.end(), [](const OracleRow& row) { return row.inside(); });
  std::string page =
      "# The kernel against theory\n\n"
      "Generated by `capplan oracles --markdown --data data`. The stations of `core/` are simulated where a closed "
      "form is known "
      "(`core/queueing.h`, `core/closed_network.h`, with their sources); predictions beside captures of a real "
      "PostgreSQL "
      "stand at the top of docs/validation.md. Service times have mean 1. Each interval is "
      "Student's t over " +
      std::to_string(replications) + " replications at 95 % confidence, so one row in twenty is expected to miss.\n\n" +
      fmt::format("**{} of {} exact figures lie within their interval ({:.1f} %).**\n\n", inside, rows.size(),
                  100.0 * static_cast<double>(inside) / static_cast<double>(rows.size())) +
      "Load is that offered to each server; for closed models it is the population over the one at which the "
      "bottleneck "
      "saturates.\n\n"
      "| model | load | figure | exact | simulated | interval | error | inside |\n"
      "| --- | ---: | --- | ---: | ---: | ---: | ---: | :---: |\n";
  for (const OracleRow& row : rows) {
    const core::Estimate& e = row.simulated;
    page += fmt::format("| {} | {:.2f} | {} | {:.6g} | {:.6g} | {:.6g} … {:.6g} | {:+.2f} % | {} |\n", row.model,
                        row.load, row.figure, row.exact, e.value, e.lo, e.hi,
                        row.exact != 0 ? 100 * (e.value / row.exact - 1) : 0.0, row.inside() ? "yes" : "no");
  }
  return page;
}

}  // namespace capplan::plan
