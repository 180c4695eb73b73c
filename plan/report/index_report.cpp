// What is said of an index before it is built, block by block: recall against throughput, the setting for a recall,
// size and growth, build, SQL, cost of living.

#include "plan/report/index_report.h"

#include <fmt/format.h>

#include "plan/report/html/page_parts.h"
#include "plan/report/html/result_charts.h"
#include "plan/study/figure_text.h"

namespace capplan::plan {

namespace {

using core::Estimate;

std::string bytes(double x) { return compact(x, Unit::bytes); }

/// "87 (60 to 140)"; what is not reached is said.
std::string setting_of(const LeastSetting& least) {
  const auto number = [](int x) { return x == 0 ? std::string("none") : fmt::format("{}", x); };
  return fmt::format("{} ({} to {})", number(least.value), number(least.lo), number(least.hi));
}

/// "ef_search = 89 (10 to none) for recall 0.95", with what to measure where that is wide; or why none does.
std::string answer_of(const IndexPlan& plan, const LeastSetting& least) {
  if (least.value == 0) {
    std::string none = fmt::format("no {} reaches recall {:g} through this index", plan.param, plan.target);
    if (least.left_from == 1) return none + ": the planner never takes it";
    return least.left_from == 0
               ? none
               : fmt::format("{}: from {} on the planner leaves it for a sequential scan", none, least.left_from);
  }
  std::string text = fmt::format("{} = {} for recall {:g}", plan.param, setting_of(least), plan.target);
  const bool wide = least.hi == 0 || least.hi > 2 * least.value || 2 * least.lo < least.value;
  if (wide)
    text += fmt::format(": measure recall at {} = {}, and give it to capplan calibrate --index-samples", plan.param,
                        least.value);
  return text;
}

std::string rows_of(const IndexAtRows& at) {
  const std::string rows = compact(at.rows, Unit::count) + " rows";
  return at.when.empty() ? rows : rows + " (" + at.when + ")";
}

Block tradeoff(const IndexPlan& plan, const IndexAtRows& at) {
  Grid grid({{""},
             {plan.param.empty() ? "scan" : plan.param},
             {"recall"},
             {"pages"},
             {"search"},
             {"searches/s\na core"},
             {fmt::format("searches/s\n{} cores", plan.cores)},
             {"", true}});
  for (const IndexPoint& p : at.points) {
    std::string note = p.stated ? "as stated" : "";
    if (!p.by_index) note += note.empty() ? "sequential scan" : ", sequential scan";
    if (p.dominated) note += note.empty() ? "another is no worse and faster" : ", another is no worse and faster";
    grid.add({{p.stated ? ">" : ""},
              {p.search_param == 0 ? "all rows" : fmt::format("{}", p.search_param)},
              cell(p.recall, Unit::ratio),
              cell(p.pages, Unit::count),
              cell(p.search_s, Unit::seconds),
              cell(p.per_core, Unit::count),
              cell(p.per_server, Unit::count),
              {note}});
  }
  return {plan.name + ": recall and throughput at " + rows_of(at), std::move(grid)};
}

Block sizes(const IndexPlan& plan) {
  Grid grid({{"rows"},
             {"when", true},
             {"index"},
             {"table"},
             {"in buffers"},
             {"in system cache"},
             {"on disk"},
             {plan.param.empty() ? "" : fmt::format("{} for\nrecall {:g}", plan.param, plan.target)},
             {plan.param.empty() ? "" : "searches/s\na core"}});
  for (const IndexAtRows& at : plan.at)
    grid.add({{compact(at.rows, Unit::count)},
              {at.when},
              cell(at.bytes, Unit::bytes),
              {bytes(at.heap_bytes)},
              {compact(at.shares.shared_buffers, Unit::ratio)},
              {compact(at.shares.system_cache, Unit::ratio)},
              {compact(at.shares.disk, Unit::ratio)},
              {plan.param.empty() ? "" : setting_of(at.least)},
              plan.param.empty() ? Cell{} : cell(at.least.per_core, Unit::count)});
  Block block{plan.name + ": size, where its pages are, and the least setting", std::move(grid)};
  for (const Outgrown& o : plan.outgrown)
    block.sentences.push_back(o.rows ? fmt::format("outgrows {} ({}) at {} rows: {}", o.what, bytes(o.bytes),
                                                   compact(*o.rows, Unit::count), o.when)
                                     : fmt::format("never outgrows {} ({})", o.what, bytes(o.bytes)));
  return block;
}

std::string spoken(const Estimate& e, Unit unit) {
  return fmt::format("{} ({} to {})", compact(e.value, unit), compact(e.lo, unit), compact(e.hi, unit));
}

Block building(const IndexPlan& plan) {
  Block block{.title = plan.name + ": build"};
  const models::IndexBuild& b = plan.build;
  const auto add = [&](const std::string& text) { block.sentences.push_back(text); };
  add(fmt::format("maintenance_work_mem that holds all of it: {}; the server has {}",
                  spoken(b.memory_bytes, Unit::bytes), bytes(plan.maintenance_work_mem)));
  const auto workers = [](int n) { return fmt::format("{} worker{} beside the leader", n, n == 1 ? "" : "s"); };
  if (!b.error.empty())
    add("as the server is set PostgreSQL refuses: " + b.error);
  else
    add(fmt::format("as the server is set: {}, {}, WAL {}", spoken(b.total_s, Unit::seconds), workers(b.workers),
                    bytes(b.wal_bytes.value)));
  if (b.error.empty() && !b.fits && b.memory_phase_s.known)
    add(fmt::format("does not fit: {} rows in memory take {}, the other {} go in one by one and take {}",
                    compact(b.rows_in_memory, Unit::count), spoken(b.memory_phase_s, Unit::seconds),
                    compact(plan.at.front().rows - b.rows_in_memory, Unit::count),
                    spoken(b.disk_phase_s, Unit::seconds)));
  if (!b.notice.empty()) add("NOTICE: " + b.notice);
  if (plan.roomy_memory > plan.maintenance_work_mem && plan.roomy.error.empty())
    add(fmt::format("with maintenance_work_mem = {}: {}, {}", bytes(plan.roomy_memory),
                    spoken(plan.roomy.total_s, Unit::seconds), workers(plan.roomy.workers)));
  if (plan.roomy_memory > plan.spare_memory)
    add(fmt::format("the server has {} to spare for it: build on a larger one, of halfvec, or a partition at a time",
                    bytes(plan.spare_memory)));
  return block;
}

Block living(const IndexPlan& plan) {
  Block block{.title = plan.name + ": while it lives"};
  const models::IndexInsert& i = *plan.insert;
  block.sentences.push_back(
      fmt::format("an insert touches {} pages, changes {}, and writes {} of WAL; right after a "
                  "checkpoint {}",
                  spoken(i.buffers, Unit::count), spoken(i.changed_pages, Unit::count),
                  spoken(i.wal_bytes, Unit::bytes), spoken(i.first_wal_bytes, Unit::bytes)));
  block.sentences.push_back(
      "an update costs the same, unless it is HOT: no indexed column changed, and room left on the row's page");
  if (plan.inserts_per_month > 0)
    block.sentences.push_back(fmt::format("its growth of {} rows a month writes {} of WAL",
                                          compact(plan.inserts_per_month, Unit::count),
                                          bytes(plan.inserts_per_month * i.wal_bytes.value)));
  const models::IndexVacuum& v = *plan.vacuum;
  block.sentences.push_back(
      fmt::format("a vacuum after a tenth of the rows was deleted: {} pass{}, {} pages touched, {} of WAL{}", v.passes,
                  v.passes == 1 ? "" : "es", spoken(v.buffers, Unit::count), spoken(v.wal_bytes, Unit::bytes),
                  v.repaired.value > 0 ? ", " + spoken(v.repaired, Unit::count) + " elements repaired" : ""));
  return block;
}

}  // namespace

Report report(const IndexPlans& plans) {
  Report report{.titled = true};
  for (const IndexPlan& plan : plans.indexes) {
    const IndexAtRows& now = plan.at.front();
    const std::string what = fmt::format("{} {} on {}, {}", plan.name, models::kind_name(plan.kind), plan.column,
                                         compact(now.rows, Unit::count) + " rows");
    report.headline += report.headline.empty() ? printable(plans.scenario) + ": " : "; ";
    report.headline += plan.param.empty() ? what : fmt::format("{}: {}", what, answer_of(plan, now.least));
    report.setting += report.setting.empty() ? "" : "; ";
    report.setting +=
        plan.law_samples > 0
            ? fmt::format("{}: law fitted to {} samples", plan.name, plan.law_samples)
            : fmt::format("{}: law of priors alone, capplan calibrate --index-samples narrows it", plan.name);
    report.setting += ", " + plan.server;
    for (const IndexAtRows& at : plan.at) report.blocks.push_back(tradeoff(plan, at));
    report.blocks.push_back(sizes(plan));
    if (plan.insert) {
      report.blocks.push_back(building(plan));
      report.blocks.push_back({.title = plan.name + ": SQL", .code = plan.sql});
      report.blocks.push_back(living(plan));
    }
    if (!plan.outside.empty())
      report.blocks.push_back({.title = plan.name + ": outside the samples", .sentences = plan.outside});
  }
  return report;
}

PageContent page_of(const IndexPlans& plans) {
  const Report said = report(plans);
  std::string charts;
  for (const IndexPlan& plan : plans.indexes)
    for (const IndexAtRows& at : plan.at) charts += drawn(tradeoff_chart(plan, at));
  PageContent content{.name = plans.scenario,
                      .head = head(said, plans.scenario),
                      .sections = {{"tradeoff", "Recall and throughput", charts}},
                      .json = to_json(plans, -1)};
  for (std::size_t i = 0; i < said.blocks.size(); ++i)
    content.sections.push_back({fmt::format("table-{}", i + 1), said.blocks[i].title, block_html(said.blocks[i])});
  return content;
}

}  // namespace capplan::plan
