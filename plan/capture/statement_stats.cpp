// Reading of pg_stat_statements; source and limits in statement_stats.h.

#include "plan/capture/statement_stats.h"

#include <fmt/core.h>

#include <algorithm>
#include <unordered_map>

#include "core/error.h"
#include "plan/capture/manifest.h"
#include "plan/capture/statement_classes.h"
#include "plan/format/named_csv.h"

namespace capplan::plan {

namespace {

constexpr double ms = 1e-3;
constexpr std::size_t longest_example = 300;
constexpr const char* hint = "psql --csv -c 'SELECT * FROM pg_stat_statements' > NAME.pg_stat_statements.csv";

/// An entry: the same user, database and statement.
struct Entry {
  std::uint16_t klass = StatementClasses::none;
  std::string since;  ///< stats_since, where the version has it
  std::string text;   ///< the statement's beginning
  Moments execution, planning;
  std::array<std::optional<double>, statement_counters> total{};
};

struct Snapshot {
  std::unordered_map<std::string, Entry> entries;
  std::string version;
  std::int64_t nested = 0, hidden = 0;
};

std::optional<double> sum_of(const std::optional<double>& a, const std::optional<double>& b) {
  return a && b ? std::optional(*a + *b) : std::nullopt;
}

std::string version_of(const NamedCsv& table) {
  const auto has = [&](const char* name) { return table.column(name) != NamedCsv::absent; };
  return has("wal_buffers_full")       ? "PostgreSQL 18"
         : has("shared_blk_read_time") ? "PostgreSQL 17"
         : has("temp_blk_read_time")   ? "PostgreSQL 15 or 16"
         : has("toplevel")             ? "PostgreSQL 14"
         : has("total_plan_time")      ? "PostgreSQL 13"
         : has("total_time")           ? "PostgreSQL 12 or earlier"
                                       : "an unknown version";
}

/// The columns of times of one kind: their count, sum, and what is known of their distribution.
struct TimeColumns {
  int count, total, least, most, stddev;

  Moments read(NamedCsv& table) const {
    const auto calls = table.count(count);
    const auto sum = table.number(total);
    const auto scatter = table.number(stddev);
    Moments m = Moments::of(static_cast<double>(calls.value_or(0)), sum.value_or(0) * ms,
                            scatter ? std::optional(*scatter * ms) : std::nullopt);
    if (const auto x = table.number(least); x && m.count > 0) m.least = *x * ms;
    if (const auto x = table.number(most); x && m.count > 0) m.most = *x * ms;
    return m;
  }
};

class Reader {
 public:
  Reader(const std::string& path, StatementClasses& classes) : table_(path, hint), classes_(classes) {
    query_ = table_.need("query");
    exec_ = {table_.need("calls"), table_.need({"total_exec_time", "total_time"}),
             table_.column({"min_exec_time", "min_time"}), table_.column({"max_exec_time", "max_time"}),
             table_.column({"stddev_exec_time", "stddev_time"})};
    plan_ = {table_.column("plans"), table_.column("total_plan_time"), table_.column("min_plan_time"),
             table_.column("max_plan_time"), table_.column("stddev_plan_time")};
    counters_ = {table_.column("rows"),
                 table_.column("shared_blks_hit"),
                 table_.column("shared_blks_read"),
                 table_.column("shared_blks_dirtied"),
                 table_.column("shared_blks_written"),
                 table_.column("temp_blks_read"),
                 table_.column("temp_blks_written"),
                 table_.column({"shared_blk_read_time", "blk_read_time"}),
                 table_.column({"shared_blk_write_time", "blk_write_time"}),
                 table_.column("wal_records"),
                 table_.column("wal_bytes")};
    snapshot_.version = version_of(table_);
    if (query_ == NamedCsv::absent || exec_.count == NamedCsv::absent || exec_.total == NamedCsv::absent)
      table_.finish();
  }

  Snapshot read() {
    const int user = table_.column("userid"), database = table_.column("dbid"), id = table_.column("queryid");
    const int toplevel = table_.column("toplevel"), since = table_.column("stats_since");
    while (table_.next()) {
      if (const auto top = table_.text(toplevel); top == "f" || top == "false") {
        ++snapshot_.nested;
        continue;
      }
      if (table_.text(exec_.count).empty()) table_.wrong(exec_.count, "is empty");
      if (table_.text(exec_.total).empty()) table_.wrong(exec_.total, "is empty");
      Entry entry;
      const std::string query(table_.text(query_));
      std::string key = fmt::format("{}/{}/", table_.text(user), table_.text(database));
      const std::string number(table_.text(id));
      key += number.empty() ? query : number;
      entry.execution = exec_.read(table_);
      entry.planning = plan_.read(table_);
      for (std::size_t i = 0; i < statement_counters; ++i) {
        entry.total[i] = table_.number(counters_[i]);
        const bool is_time = i == static_cast<std::size_t>(StatementCounter::read_time) ||
                             i == static_cast<std::size_t>(StatementCounter::write_time);
        if (is_time && entry.total[i]) *entry.total[i] *= ms;
      }
      entry.since = table_.text(since);
      entry.text = query.substr(0, longest_example);
      if (query.empty() || query == "<insufficient privilege>") {
        ++snapshot_.hidden;
        entry.klass = classes_.of_title("hidden");
      } else {
        entry.klass = classes_.of(query);
      }
      add(key, std::move(entry));
    }
    table_.finish();
    return std::move(snapshot_);
  }

 private:
  void add(const std::string& key, Entry entry) {
    const auto [known, is_new] = snapshot_.entries.try_emplace(key, entry);
    if (is_new) return;
    known->second.execution.add(entry.execution);
    known->second.planning.add(entry.planning);
    for (std::size_t i = 0; i < statement_counters; ++i)
      known->second.total[i] = sum_of(known->second.total[i], entry.total[i]);
  }

  NamedCsv table_;
  StatementClasses& classes_;
  int query_ = NamedCsv::absent;
  TimeColumns exec_{}, plan_{};
  std::array<int, statement_counters> counters_{};
  Snapshot snapshot_;
};

bool went_back(const Entry& before, const Entry& after) {
  return after.since != before.since || after.execution.count < before.execution.count ||
         after.execution.sum < before.execution.sum || after.planning.count < before.planning.count;
}

/// What an entry counted between two snapshots.
Entry between(const Entry& before, Entry after) {
  after.execution = after.execution.since(before.execution);
  after.planning = after.planning.since(before.planning);
  for (std::size_t i = 0; i < statement_counters; ++i) {
    const auto &now = after.total[i], &then = before.total[i];
    after.total[i] = now && then && *now >= *then ? std::optional(*now - *then) : std::nullopt;
  }
  return after;
}

/// Replaces counters by what they grew by; returns which classes have an entry whose counters were set back.
std::vector<bool> subtract(const Snapshot& before, Snapshot& after, std::size_t classes, StatementSnapshots& result) {
  std::vector<bool> is_reset(classes, false);
  for (auto& [key, entry] : after.entries) {
    const auto known = before.entries.find(key);
    if (known == before.entries.end()) continue;
    if (went_back(known->second, entry)) {
      ++result.went_back;
      if (entry.klass != StatementClasses::none) is_reset[entry.klass] = true;
    } else {
      entry = between(known->second, std::move(entry));
    }
  }
  for (const auto& [key, entry] : before.entries) {
    if (after.entries.contains(key)) continue;
    ++result.went_back;
    if (entry.klass != StatementClasses::none) is_reset[entry.klass] = true;
  }
  const auto had = static_cast<std::int64_t>(before.entries.size());
  if (result.went_back == had)
    result.warnings.push_back(
        "every counter of the first snapshot is less in the second, or gone: they were reset in between, or the "
        "snapshots are in the wrong order; figures are since the reset, and have no rates");
  else if (result.went_back > 0)
    result.warnings.push_back(fmt::format(
        "{} of {} statements of the first snapshot count less in the second, or are gone: reset, or dropped for "
        "others (pg_stat_statements.max); their classes count from then on, and have no rates",
        result.went_back, had));
  if (result.went_back == had) is_reset.assign(classes, true);
  return is_reset;
}

}  // namespace

StatementSnapshots read_statement_stats(const std::vector<std::string>& files, const CaptureManifest& manifest,
                                        std::optional<double> seconds) {
  StatementClasses classes(manifest);
  StatementSnapshots result;
  result.between = files.size() > 1;
  std::optional<Snapshot> before;
  if (result.between) before = Reader(files.front(), classes).read();
  Snapshot after = Reader(files.back(), classes).read();
  result.version = after.version;
  std::vector<bool> is_reset(classes.names().size(), false);
  if (before) is_reset = subtract(*before, after, classes.names().size(), result);

  std::int64_t dropped = 0;
  std::vector<StatementStats> all(classes.names().size());
  std::vector<bool> seen(all.size(), false);
  for (const auto& [key, entry] : after.entries) {
    if (entry.execution.count <= 0 && entry.planning.count <= 0) continue;
    if (entry.klass == StatementClasses::none) {
      ++dropped;
      continue;
    }
    ++result.statements;
    StatementStats& into = all[entry.klass];
    into.execution.add(entry.execution);
    into.planning.add(entry.planning);
    for (std::size_t i = 0; i < statement_counters; ++i)
      into.total[i] = seen[entry.klass] ? sum_of(into.total[i], entry.total[i]) : entry.total[i];
    if (!seen[entry.klass] || entry.text < into.example) into.example = entry.text;
    seen[entry.klass] = true;
  }
  for (std::size_t i = 0; i < all.size(); ++i) {
    if (!seen[i]) continue;
    all[i].name = classes.names()[i];
    if (seconds && *seconds > 0 && !is_reset[i]) all[i].rate = all[i].execution.count / *seconds;
    result.classes.push_back(std::move(all[i]));
  }
  std::sort(result.classes.begin(), result.classes.end(), [](const StatementStats& a, const StatementStats& b) {
    return a.execution.sum != b.execution.sum ? a.execution.sum > b.execution.sum : a.name < b.name;
  });
  if (result.classes.empty())
    throw core::InputError({files.back(), 0, 0}, "",
                           dropped > 0 ? "no class of the manifest matches one of its statements"
                           : before    ? "no statement ran between the two snapshots"
                                       : "no statement has run since the reset",
                           dropped > 0 ? "[capture.class.NAME] pattern says which statements are of a class" : hint);
  if (dropped > 0) result.warnings.push_back(fmt::format("{} statements that no class names were left out", dropped));
  if (after.nested > 0)
    result.warnings.push_back(fmt::format(
        "{} statements within functions (toplevel = f) were left out: their time is their callers' too", after.nested));
  if (after.hidden > 0)
    result.warnings.push_back(fmt::format(
        "the text of {} statements is hidden: take the snapshot as a superuser or a member of pg_read_all_stats",
        after.hidden));
  return result;
}

}  // namespace capplan::plan
