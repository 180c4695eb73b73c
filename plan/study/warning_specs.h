#pragma once
// Every warning of a run, registered once: code, severity, what it means, why it matters, and the remedy.
// docs/warnings.md and `capplan describe warnings` are written from this list, and a Warning can be made of its codes
// alone: a code that is not here does not compile. Codes are never given a second meaning. W01 to W19 are of the run,
// W20 to W29 of vector indexes, W30 to W39 of connection limits, W40 to W49 of loads and conditions over time.

#include <string_view>

namespace capplan::plan {

enum class Severity {
  critical,  ///< no figure to plan with, or requests that fail by design
  warning,   ///< something costs or risks what one may not expect
  info,      ///< figures stand; how to read them
};

constexpr std::string_view to_string(Severity severity) {
  return severity == Severity::critical ? "critical" : severity == Severity::warning ? "warning" : "info";
}

struct WarningSpec {
  std::string_view code;  ///< "W03"
  Severity severity;
  std::string_view meaning;  ///< one line, no full stop
  std::string_view detail;   ///< what is counted, and why it matters; sentences
  std::string_view remedy;   ///< sentences
};

inline constexpr WarningSpec warning_specs[] = {
    {"W01", Severity::critical, "no steady state: the number of requests inside the system grows all through the run",
     "The offered load is more than some station can serve, so every latency depends on how long the run is.",
     "Lower the rate or add what is missing: look first at the resource with the highest utilization."},
    {"W02", Severity::critical, "the warm-up had not ended in the first half of the run",
     "MSER-5 found the end of the warm-up no earlier than the middle: the run is too short against how slowly the "
     "system "
     "settles (high utilization, large caches, long timeouts).",
     "Lengthen `scenario.duration`, or state `scenario.warmup` if you know it."},
    {"W03", Severity::info, "the precision asked for was not reached",
     "The intervals are wider than `--precision` asks for after the largest number of replications. The figures stand "
     "as "
     "they are, with their intervals.",
     "A longer `scenario.duration` narrows all of them."},
    {"W04", Severity::warning, "a server's cores are busy more than 90 % of the time",
     "Latency there rises steeply with the rate: an error of a few percent in rate or cost changes the answer.",
     "Add cores, lower the rate, or make its statements cheaper."},
    {"W05", Severity::warning, "more than 1 % of a class of requests fail",
     "The latencies shown are of those that succeed; a system that sheds load looks fast.",
     "Look at the errors by name: `capplan describe errors` has the remedy of each."},
    {"W06", Severity::warning, "the run is outside of the range that its calibration's captures covered",
     "It has more statements a second, more connections, other cores, another mix or more rows than any of them, by "
     "the "
     "factor given. Costs hold where they were fitted; elsewhere the model's form extrapolates them.",
     "Take a capture at a load closer to the run, and calibrate again with it."},
    {"W07", Severity::critical, "a stock still rises at the end of the run",
     "Entries or bytes of a cache, connections, memory in use, or what waits: it was not level in the first half of "
     "the "
     "run (tested on its windows over the first five replications; a rise of 2 % over a quarter of the run passes), or "
     "the warm-up given is too short for it. Its mean says how long the run was; hit ratios and latencies that rest on "
     "it are of a cold system, and their SLOs are undecided.",
     "Lengthen `scenario.duration` to what the warning names; where it names a guess, look again."},
    {"W08", Severity::warning, "the simulation disagrees with a closed form whose assumptions the scenario meets",
     "Each answer is checked against the laws of queueing that apply to it. This law lies outside the simulated "
     "figure's "
     "interval at a level of one in a million answers, which is not chance.",
     "Look at the law and its figure under `laws` of `--format json`, and report the scenario: either the law's "
     "assumptions are not met after all, or the simulation is wrong."},
    {"W20", Severity::warning, "an index or its searches lie outside of what the law of searches was fitted to",
     "Rows, dimensions, m, ef_construction, ef_search, lists or probes are extrapolated; the intervals are wider.",
     "Measure samples nearer to it: `capplan calibrate --index-samples`."},
    {"W21", Severity::warning, "what is searched on a server is larger than `shared_buffers`",
     "Counted are indexes and the tables beneath. Pages that are not there are copied from the operating system's "
     "cache: "
     "a few microseconds each, and a search touches hundreds.",
     "Raise `shared_buffers`, or use `halfvec`."},
    {"W22", Severity::critical, "what is searched on a server is larger than its memory for pages",
     "That memory is nine tenths of `memory`. A random page of an HNSW index then costs a read of the disk, and "
     "searches "
     "are slower by an order of magnitude.",
     "Add memory, shrink vectors, or partition."},
    {"W23", Severity::warning, "the planner finds a sequential scan cheaper than the index, and takes it",
     "Small tables, many probes or a high `random_page_cost` lead to it. Recall is 1 then, at the price of reading the "
     "table.",
     "Lower `random_page_cost`, `ef_search` or `probes`, index what the query filters by, or do without the index."},
    {"W24", Severity::warning, "`ef_search` is below the LIMIT of a query",
     "Without an iterative scan HNSW gives no more rows than `ef_search`.", "Raise `ef_search`."},
    {"W25", Severity::warning, "the filter of a query leaves fewer rows than are asked for, and exist",
     "It drops too many of the rows that the index gives.",
     "An iterative scan goes on until it has them; a partial index or a partition holds no others."},
    {"W26", Severity::info, "an index has no samples behind it",
     "Pages, times and recall follow from priors, with wide intervals, since the law was not fitted.",
     "`capplan calibrate --index-samples` fits it."},
    {"W30", Severity::critical, "pools may open more client connections to a PgBouncer than it takes",
     "Counted are their sizes times their instances, with the most that a tuner or autoscaler may make of them, "
     "against "
     "`max_client_conn`; and for the clients of one database or user against `max_db_client_connections` and "
     "`max_user_client_connections`. Those beyond the limit are refused at once, not queued. With several `processes` "
     "each "
     "has its limits to itself, and the kernel deals it connections by a hash: counted is what the fullest of them "
     "gets, "
     "three standard deviations above an equal share. W32 to W34 count so too.",
     "Raise the limit, or make the pools smaller."},
    {"W31", Severity::critical, "more connections may be asked of a server than it has for ordinary users",
     "Those are `max_connections` less `superuser_reserved_connections` and `reserved_connections`. Counted are the "
     "pools "
     "that connect to it, each size times instances, and each process of a PgBouncer with pool size and reserve for "
     "every "
     "pair of database and user, within `max_db_connections` and `max_user_connections`. Replicas share what is asked "
     "of "
     "their address. It fits on a quiet day and fails at the peak, when all pools grow at the same time.",
     "Raise `max_connections`, make the pools smaller, or put a PgBouncer between."},
    {"W32", Severity::critical, "more connections are opened at the start than there is room for",
     "Instances fail as they are started, or the last of them do.", "Raise the limit, or open fewer ahead."},
    {"W33", Severity::warning, "pools of a PgBouncer want more server connections than their database or user may have",
     "Beyond `max_db_connections` or `max_user_connections` PgBouncer closes idle connections of one pool for the "
     "other, or "
     "lets clients wait without an error.",
     "Raise the limit, or lower `default_pool_size`."},
    {"W34", Severity::warning,
     "pools in session mode may hold more client connections than there are server connections",
     "In session mode a client connection that has once asked for anything keeps its server connection until it is "
     "closed, "
     "which an application's pool does not do. The others starve.",
     "Set `pool_mode = \"transaction\"`, or raise `default_pool_size`."},
    {"W40", Severity::info, "the load changes over the run, and there is one replication",
     "It changes by design (`shape`, `rates`, stages of users). Its parts are not samples of one thing, so nothing can "
     "be "
     "said of how far another run would differ: figures have no interval.",
     "Ask for `--replications 5` or more."},
    {"W41", Severity::warning, "the run ended while more than 1 % of the requests that had come were still inside",
     "A load that changes over time is judged over the whole run. Those requests are in no latency, and they are the "
     "slow "
     "ones.",
     "Lengthen `scenario.duration` until the backlog of a peak is processed."},
    {"W42", Severity::info, "a condition or an alert cannot be evaluated: not simulated",
     "It cannot be evaluated, since what it watches is not simulated here, such as the memory of a server. It is "
     "neither met nor missed: "
     "those "
     "of a preset are left out of the verdict, one that the scenario states itself stays undecided.",
     "State what models it: the memory of a server or container is there with `memory_limit`, slow statements with "
     "`log_min_duration_statement`."},
    {"W43", Severity::info, "settings have no effect in this scenario: nothing simulates them here",
     "The scenario or a flag states them, and every figure stays the same to the last bit whatever they are set to: "
     "`shared_buffers` where no query searches an index and no `memory_limit` counts it, `texts` of a query without "
     "`parse_cpu`. Each is listed with what would have to be there; settings of an imported file are counted.",
     "Remove the setting, or add what the warning names."},
};

/// A code of the list above; another does not compile.
struct WarningCode {
  const WarningSpec* spec = nullptr;
  // Implicit, so that a place that warns just names its code.
  consteval WarningCode(const char* code) : spec(registered(code)) {}

 private:
  static constexpr const WarningSpec* registered(std::string_view code) {
    for (const WarningSpec& each : warning_specs)
      if (each.code == code) return &each;
    throw "this code is not in warning_specs";
  }
};

}  // namespace capplan::plan
