#include "plan/study/run_warnings.h"

#include <string>

#include "core/units.h"
#include "plan/study/stocks.h"

namespace capplan::plan {

namespace {

/// What was asked for and is still open after the last replication; empty where nothing is.
std::string open_question(const Result& result, const RunOptions& options) {
  const std::string runs = std::to_string(result.replications) + " replications";
  for (const SloResult& slo : result.slos)
    if (slo.judgement == Judgement::undecided && slo.rising.empty())
      return "\"" + slo.text + "\" of " + slo.target + " is undecided after " + runs +
             ": its interval holds the limit. Lengthen scenario.duration, or ask for more --replications";
  if (!result.slos.empty() && !options.precision_asked) return "";
  return "the asked precision was not reached in " + runs + ": lengthen scenario.duration, or loosen --precision";
}

/// ", most of them by query_wait_timeout"; nothing where no error has a figure.
std::string most_frequent_error(const Result& result, const std::string& request) {
  const Figure* most = nullptr;
  for (const Figure& figure : result.figures)
    if (figure.path.size() == 4 && figure.path[0] == "requests" && figure.path[1] == request &&
        figure.path[2] == "errors" && (most == nullptr || figure.estimate.value > most->estimate.value))
      most = &figure;
  return most != nullptr ? ", most of them by " + most->path[3] : "";
}

}  // namespace

std::vector<Warning> run_warnings(const Result& result, const Steadiness& steady, const RunOptions& options,
                                  bool answered) {
  std::vector<Warning> warnings;
  if (steady.growing)
    warnings.push_back({"W01",
                        "the number of requests inside grows all through the run: there is no steady state, and "
                        "no figure here holds for longer. Lower the rate or add capacity"});
  else if (!steady.settled)
    warnings.push_back({"W02",
                        "the warm-up had not ended in the first half of the run. Lengthen it: --set "
                        "scenario.duration=…"});
  if (!answered && !steady.growing && options.stopping.min != options.stopping.max)
    if (std::string open = open_question(result, options); !open.empty()) warnings.push_back({"W03", std::move(open)});
  for (const Figure& figure : result.figures) {
    if (!figure.estimate.known || figure.path.size() != 3) continue;
    const std::string& metric = figure.path[2];
    if (figure.path[0] == "servers" && metric == "cpu" && figure.estimate.value > 0.9 && !steady.growing)
      warnings.push_back({"W04", "server " + figure.path[1] + " is busy " + core::format_ratio(figure.estimate.value) +
                                     " of the time: latency is very sensitive to the rate there"});
    if (figure.path[0] == "requests" && figure.path[1] != "all" && metric == "error_ratio" && figure.estimate.lo > 0.01)
      warnings.push_back({"W05", core::format_ratio(figure.estimate.value) + " of the requests " + figure.path[1] +
                                     " fail" + most_frequent_error(result, figure.path[1]) +
                                     ": the latency shown is of the others only"});
  }
  for (Warning& warning : rising_warnings(result)) warnings.push_back(std::move(warning));
  return warnings;
}

}  // namespace capplan::plan
