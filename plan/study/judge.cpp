#include "plan/study/judge.h"

#include <algorithm>
#include <map>

namespace capplan::plan {

namespace {

/// Words of sections, and the groups that their figures stand in.
const std::map<std::string, std::string>& groups() {
  static const std::map<std::string, std::string> words = {
      {"request", "requests"},    {"query", "queries"},        {"pool", "pools"},
      {"bouncer", "bouncers"},    {"server", "servers"},       {"cache", "caches"},
      {"index", "indexes"},       {"call", "calls"},           {"job", "jobs"},
      {"workers", "workers"},     {"container", "containers"}, {"web", "webs"},
      {"http_pool", "http_pools"}};
  return words;
}

}  // namespace

std::string target_of(const std::vector<std::string>& path) {
  if (path.size() < 2) return {};
  for (const auto& [section, group] : groups())
    if (group == path[0]) return section == "request" ? path[1] : section + "." + path[1];
  return {};
}

std::vector<std::string> figure_path(const std::string& target, const std::string& metric) {
  static const std::map<std::string, std::string> request_metrics = {{"errors", "error_ratio"},
                                                                     {"throughput", "completed_per_s"}};
  static const std::map<std::string, std::string> rates = {{"slow_statements", "slow_statements_per_s"},
                                                           {"opened", "opened_per_s"}};
  const std::size_t dot = target.find('.');
  const std::string section = dot == std::string::npos ? "request" : target.substr(0, dot);
  const std::string name = dot == std::string::npos ? target : target.substr(dot + 1);
  const std::string group = groups().at(section);

  if (metric.starts_with("wait_")) return {group, name, "wait_s", metric.substr(5)};
  if (metric == "mean" || (metric.size() >= 3 && metric[0] == 'p' && metric[1] >= '0' && metric[1] <= '9'))
    return {group, name, "latency_s", metric};
  const bool ends = section == "request" || section == "job" || section == "call";
  if (ends && request_metrics.contains(metric)) return {group, name, request_metrics.at(metric)};
  const bool cores = section == "server" || section == "container";
  if (cores && metric == "utilization") return {group, name, "cpu"};
  if (cores && metric == "utilization_peak") return {group, name, "cpu_peak"};
  if (rates.contains(metric)) return {group, name, rates.at(metric)};
  if ((section == "index" || section == "server") && metric == "hit_ratio") return {group, name, "buffer_hit_ratio"};
  return {group, name, metric};
}

bool is_modelled(const Slo& slo, const Result& result) {
  return result.find(figure_path(slo.target, slo.metric)) != nullptr;
}

SloResult judge(const Slo& slo, const Result& result) {
  SloResult judged{slo.target,           slo.text, slo.limit, slo.below, result.at(figure_path(slo.target, slo.metric)),
                   Judgement::undecided, {}};
  core::Estimate& e = judged.estimate;
  for (double* x : {&e.value, &e.lo, &e.hi, &e.sampling, &e.calibration}) *x /= slo.over;
  if (!e.known) return judged;
  if (slo.below ? e.hi < slo.limit : e.lo > slo.limit) judged.judgement = Judgement::met;
  if (slo.below ? e.lo >= slo.limit : e.hi <= slo.limit) judged.judgement = Judgement::missed;
  return judged;
}

core::Estimate least_probability(const Result& result) {
  core::Estimate least;
  for (const SloResult& slo : result.slos)
    if (slo.probability.known && (!least.known || slo.probability.value < least.value)) least = slo.probability;
  return least;
}

Verdict verdict(const std::vector<SloResult>& slos, bool steady) {
  const auto any = [&](Judgement judgement) {
    return std::any_of(slos.begin(), slos.end(), [&](const SloResult& s) { return s.judgement == judgement; });
  };
  if (!steady) return Verdict::no_steady_state;
  if (any(Judgement::missed)) return Verdict::missed;
  return any(Judgement::undecided) ? Verdict::undecided : Verdict::ok;
}

}  // namespace capplan::plan
