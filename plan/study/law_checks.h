#pragma once
// What each law of laws.h is held against, from the recordings of the replications.

#include "plan/study/laws.h"

namespace capplan::plan {

// Identities, counted at the same instants.
std::vector<LawCheck> stages_add_up(const LawInput& input);
std::vector<LawCheck> completions_have_latencies(const LawInput& input);

// Laws of averages.
std::vector<LawCheck> waiting_lines(const LawInput& input);
std::vector<LawCheck> busy_resources(const LawInput& input);
std::vector<LawCheck> interactive(const LawInput& input);

// Models of queueing.
std::vector<LawCheck> asymptotic(const LawInput& input);
std::vector<LawCheck> balanced_jobs(const LawInput& input);
std::vector<LawCheck> mean_value_analysis(const LawInput& input);
std::vector<LawCheck> erlang_delay(const LawInput& input);
std::vector<LawCheck> pollaczek_khinchine(const LawInput& input);
std::vector<LawCheck> shared_cores(const LawInput& input);
std::vector<LawCheck> allen_cunneen(const LawInput& input);

/// What a meter added up over each stretch: counts, or value times seconds; empty where there is no such meter.
std::vector<double> sums_of(const std::vector<Stretch>& kept, const std::vector<std::string>& path);
/// Of a histogram: how many values, and their sum in seconds.
std::vector<double> counts_of(const std::vector<Stretch>& kept, const std::vector<std::string>& path);
std::vector<double> totals_of(const std::vector<Stretch>& kept, const std::vector<std::string>& path);
double seconds_of(const Stretch& stretch);

}  // namespace capplan::plan
