#pragma once
// An index before it is built: which recall costs how much throughput, now and after growth; the least ef_search or
// probes that reaches a recall; when it outgrows memory; its build; what it costs while it lives. Nothing is simulated:
// all follows from the law, the sizes and the planner, for one core that has nothing else to do. Limits: those of
// models/index/; growth goes on at the same rate.

#include <optional>
#include <string>
#include <vector>

#include "models/index/index_build.h"
#include "models/index/living_index.h"
#include "plan/scenario/scenario.h"

namespace capplan::plan {

/// One setting of ef_search or probes; of flat the only one there is, 0.
struct IndexPoint {
  int search_param = 0;
  bool stated = false;     ///< as in the scenario
  bool dominated = false;  ///< another one finds no less and is faster
  bool by_index = true;    ///< the planner takes the index
  core::Estimate recall;
  core::Estimate pages;
  core::Estimate search_s;    ///< processor and disk, of a search alone
  core::Estimate per_core;    ///< searches a second that one core can do
  core::Estimate per_server;  ///< of all cores, or of the disk where that is less
};

/// The least ef_search or probes for a recall through the index. 0: none does: one at which the planner leaves the
/// index finds all rows, but by another way than was asked for.
struct LeastSetting {
  int value = 0;  ///< expected to reach it
  int lo = 0;     ///< might reach it, at the upper end of what is known of recall
  int hi = 0;     ///< reaches it, at the lower end
  core::Estimate per_core;
  int left_from = 0;  ///< the least at which the planner leaves the index; 0: it never does
};

/// The index at a number of rows.
struct IndexAtRows {
  double rows = 0;
  std::string when;      ///< "now", "in 12 months, 2027-01"; empty where rows were asked for
  core::Estimate bytes;  ///< of the index
  double heap_bytes = 0;
  models::PageShares shares;
  std::vector<IndexPoint> points;
  LeastSetting least;
};

/// A memory that the index and what is searched beside it outgrow.
struct Outgrown {
  std::string what;  ///< "shared_buffers", "memory for pages"
  double bytes = 0;
  std::optional<double> rows;    ///< from which on; nothing if it is unbounded
  std::optional<double> months;  ///< from now, 0 if it has; nothing where it never will
  std::string when;              ///< "already", "2027-03", "in 14 months", "never at this growth"
};

struct IndexPlan {
  std::string name;
  models::IndexKind kind = models::IndexKind::hnsw;
  std::string column;  ///< "vector(384)"
  std::string param;   ///< "ef_search", "probes", or nothing
  std::string server;  ///< "server.primary"
  int cores = 0;
  double maintenance_work_mem = 0;
  int law_samples = 0;               ///< that the law was fitted to
  std::vector<std::string> outside;  ///< what lies outside of them
  double target = 0.95;              ///< recall asked for
  std::vector<IndexAtRows> at;
  std::vector<Outgrown> outgrown;
  models::IndexBuild build;  ///< as the server is set; at the first of `at`
  models::IndexBuild roomy;  ///< with maintenance_work_mem for all of it
  double roomy_memory = 0;   ///< that memory, bytes
  double spare_memory = 0;   ///< that the server can give to a build: what is not shared_buffers; infinite if unknown
  std::optional<models::IndexInsert> insert;
  std::optional<models::IndexVacuum> vacuum;  ///< after a tenth of the rows was deleted
  double inserts_per_month = 0;
  std::vector<std::string> sql;
};

struct IndexPlans {
  std::string scenario;
  std::vector<IndexPlan> indexes;
};

struct IndexPlanOptions {
  std::string index;             ///< name of the only one; empty: all
  std::vector<double> rows;      ///< empty: now, and after `months` if it grows
  std::optional<double> recall;  ///< absent: of an SLO, else 0.95
  double months = 12;
};

/// Throws core::InputError if there is no such index, or none at all, or an option is out of range.
IndexPlans plan_indexes(const Scenario& scenario, const IndexPlanOptions& options = {});

}  // namespace capplan::plan
