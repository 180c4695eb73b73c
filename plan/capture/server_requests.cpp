// Rows of a server's log -> requests; source and limits in server_requests.h.

#include "plan/capture/server_requests.h"

#include <fmt/core.h>

#include <algorithm>
#include <charconv>
#include <optional>
#include <unordered_map>

#include "plan/capture/server_log.h"
#include "plan/capture/statement_classes.h"
#include "plan/format/shown.h"
#include "plan/format/written_time.h"

namespace capplan::plan {

namespace {

using core::Nanos;

constexpr Nanos longest_duration = 11 * 86'400 * core::second;
constexpr Nanos longest_log = 366 * 86'400 * core::second;
constexpr double malformed_share_allowed = 0.001;
constexpr std::int64_t ends_of_file = 2;
constexpr const char* how_made = "log_min_duration_statement = 0; capplan capture-plan says more";

/// "duration: 1.234 ms" with what follows it.
struct Duration {
  Nanos nanos = 0;
  std::string_view what;  ///< "statement", "parse <unnamed>", "plan", …; empty for the duration alone
  std::string_view text;  ///< the statement
};

bool take(std::string_view& text, std::string_view prefix) {
  if (!text.starts_with(prefix)) return false;
  text.remove_prefix(prefix.size());
  return true;
}

std::optional<Duration> duration_of(std::string_view message) {
  if (!take(message, "duration: ")) return std::nullopt;
  const std::size_t blank = message.find(' ');
  const auto nanos = parse_decimal_time(message.substr(0, blank), core::millisecond);
  if (!nanos || *nanos > longest_duration || blank == std::string_view::npos) return std::nullopt;
  message.remove_prefix(blank);
  if (!take(message, " ms")) return std::nullopt;
  Duration duration{*nanos, {}, {}};
  if (message.empty()) return duration;
  const std::size_t colon = message.find(':');
  if (!take(message, "  ") || colon == std::string_view::npos) return std::nullopt;
  duration.what = message.substr(0, colon - 2);
  duration.text = message.substr(std::min(colon, message.size()));
  if (duration.text.starts_with(' ')) duration.text.remove_prefix(1);
  return duration;
}

class Collector {
 public:
  explicit Collector(const CaptureManifest& manifest) : classes_(manifest), path_(manifest.log) {}

  void take_row(const ServerLogRow& row) {
    if (row.message.starts_with("duration: ")) {
      const auto duration = duration_of(row.message);
      const auto time = parse_written_time(row.time);
      if (!duration || !time)
        refuse(row, fmt::format("'{}' is no duration at a time", shown(row.message)));
      else if (in_range(*time, row))
        measured(row, *duration, time->at);
    } else if (row.severity == "LOG") {
      std::string_view message = row.message;
      if (take(message, "statement: ") || (take(message, "execute ") && past_colon(message)))
        session_of(row).announced = classes_.of(message);
    } else if ((row.severity == "ERROR" || row.severity == "FATAL") && !row.query.empty()) {
      const std::uint16_t klass = classes_.of(row.query);
      if (klass == StatementClasses::none) return;
      if (log_.failed.size() <= klass) log_.failed.resize(std::size_t{klass} + 1);
      ++log_.failed[klass];
    }
  }

  RequestLog finish(const CaptureManifest& manifest, const ServerLogExtent& extent, bool lenient) {
    log_.classes = classes_.names();
    log_.failed.resize(log_.classes.size());
    log_.skipped.resize(log_.classes.size());
    log_.lines = extent.rows;
    log_.malformed += extent.malformed;
    log_.examples.insert(log_.examples.begin(), extent.examples.begin(), extent.examples.end());
    log_.examples.resize(std::min<std::size_t>(log_.examples.size(), 10));
    log_.truncated = !extent.damage.empty();
    check(manifest, extent, lenient);
    warn(manifest);
    Nanos first = core::never;
    for (std::size_t i = 0; i < log_.size(); ++i) first = std::min(first, log_.start_ns(i));
    for (Nanos& finish : log_.finish_ns) finish -= first;
    return std::move(log_);
  }

 private:
  /// What a session has done so far of its next request.
  struct Session {
    std::int32_t client = 0;
    std::uint16_t announced = StatementClasses::none;  ///< by log_statement
    std::uint16_t prepared = StatementClasses::none;   ///< the class that the sums below belong to
    Nanos parse = 0;
    Nanos bind = 0;
  };

  static bool past_colon(std::string_view& text) {
    const std::size_t colon = text.find(": ");
    if (colon != std::string_view::npos) text.remove_prefix(colon + 2);
    return colon != std::string_view::npos;
  }

  Session& session_of(const ServerLogRow& row) {
    const auto [found, fresh] = sessions_.try_emplace(std::hash<std::string_view>{}(row.session));
    if (fresh) found->second.client = static_cast<std::int32_t>(sessions_.size() - 1);
    return found->second;
  }

  void refuse(const ServerLogRow& row, std::string why) {
    ++log_.malformed;
    if (log_.examples.size() < 10) log_.examples.push_back({{path_, row.line, 0}, "", std::move(why), ""});
  }

  bool in_range(const WrittenTime& time, const ServerLogRow& row) {
    if (!first_) {
      first_ = time.at;
      zone_ = time.zone;
    }
    if (time.zone != zone_ && log_.warnings.empty())
      log_.warnings.push_back(
          fmt::format("line {}: the zone of time changes from {} to {}: requests before and after "
                      "may be hours off; set log_timezone to UTC",
                      row.line, shown(zone_), shown(time.zone)));
    if (time.at - *first_ <= longest_log && *first_ - time.at <= longest_log) return true;
    refuse(row, fmt::format("'{}' is more than a year from the first time", shown(row.time)));
    return false;
  }

  /// The class of a duration that stands without its statement.
  std::uint16_t class_without_text(const ServerLogRow& row, const Session& session) {
    if (session.announced != StatementClasses::none) return session.announced;
    ++without_text_;
    std::string title(row.command.substr(0, 30));
    for (char& c : title) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c >= 'a' && c <= 'z' ? c : '_';
    if (title.empty()) title = "statement";
    std::int64_t id = 0;
    std::from_chars(row.query_id.data(), row.query_id.data() + row.query_id.size(), id);
    if (id != 0) title += fmt::format("_{:016x}", static_cast<std::uint64_t>(id)).substr(0, 7);
    return classes_.of_title(title);
  }

  void measured(const ServerLogRow& row, const Duration& duration, Nanos at) {
    Session& session = session_of(row);
    const bool bare = duration.what.empty();
    if (duration.what == "plan") {
      ++plans_;
      return;
    }
    const bool parse = duration.what.starts_with("parse ") || (bare && row.command == "PARSE");
    const bool bind = duration.what.starts_with("bind ") || (bare && row.command == "BIND");
    if (parse || bind) {
      const std::uint16_t klass = bare ? StatementClasses::none : classes_.of(duration.text);
      if (parse || klass != session.prepared) session.parse = session.bind = 0;
      session.prepared = klass;
      (parse ? session.parse : session.bind) = duration.nanos;
      return;
    }
    const std::uint16_t klass = bare ? class_without_text(row, session)
                                : duration.what == "fastpath function call"
                                    ? classes_.of_title("fastpath_function_call")
                                    : classes_.of(duration.text);
    const bool its_own = duration.what.starts_with("execute ") ? klass == session.prepared : bare;
    const Nanos before = its_own ? session.parse + session.bind : 0;
    session.parse = session.bind = 0;
    session.announced = StatementClasses::none;
    if (klass == StatementClasses::none) {
      ++dropped_;
      return;
    }
    log_.client.push_back(session.client);
    log_.klass.push_back(klass);
    log_.finish_ns.push_back(at);
    log_.duration_ns.push_back(duration.nanos + before);
    log_.lag_ns.push_back(0);
  }

  void check(const CaptureManifest& manifest, const ServerLogExtent& extent, bool lenient) {
    std::vector<core::Problem> problems;
    const core::Position file{path_, 0, 0};
    if (!lenient && !extent.damage.empty())
      problems.push_back({file, "", fmt::format("{} after {} rows", extent.damage, extent.rows),
                          "copy the log again, or keep what can be read with --lenient"});
    const auto allowed =
        ends_of_file + static_cast<std::int64_t>(malformed_share_allowed * static_cast<double>(log_.lines));
    if ((!lenient && log_.malformed > allowed) || (log_.malformed > 0 && log_.malformed == log_.lines)) {
      problems.push_back({file, "",
                          fmt::format("{} of {} rows are malformed{}", log_.malformed, log_.lines,
                                      extent.hopeless ? "; the rest was not read" : ""),
                          fmt::format("is it a {} of PostgreSQL? leave such rows out with --lenient",
                                      manifest.format.substr(manifest.format.find('-') + 1))});
      problems.insert(problems.end(), log_.examples.begin(), log_.examples.end());
    }
    if (problems.empty() && log_.lines == 0)
      problems.push_back({file, "", "the log is empty", how_made});
    else if (problems.empty() && log_.size() == 0 && dropped_ > 0)
      problems.push_back({file, "", fmt::format("no class matches one of its {} statements", dropped_),
                          "calibrate with unmatched = \"keep\" to see what there is"});
    else if (problems.empty() && log_.size() == 0 && plans_ > 0)
      problems.push_back({file, "", fmt::format("holds {} plans of auto_explain and no duration else", plans_),
                          fmt::format("{}; plans are for inspect and calibrate --index-plans", how_made)});
    else if (problems.empty() && log_.size() == 0)
      problems.push_back({file, "", fmt::format("none of {} rows holds the duration of a statement", log_.lines),
                          fmt::format("{}; messages must be English (lc_messages = 'C')", how_made)});
    if (!problems.empty()) throw core::InputError(std::move(problems));
  }

  void warn(const CaptureManifest& manifest) {
    const auto warn = [&](std::string text) { log_.warnings.push_back(std::move(text)); };
    warn("durations are the server's: they hold no way to the client and back");
    if (manifest.sample_rate < 1)
      warn(fmt::format("the log holds {:g} % of the statements; rates are scaled to all of them",
                       100 * manifest.sample_rate));
    if (dropped_ > 0) warn(fmt::format("{} requests of statements that no class names were left out", dropped_));
    if (without_text_ > 0)
      warn(fmt::format("{} durations stand without their statement; they go by command and query_id", without_text_));
    if (classes_.unreadable() > 0)
      warn(fmt::format("{} of {} different statements cannot be parsed; they go by their outline",
                       classes_.unreadable(), classes_.parsed()));
    if (std::find(log_.classes.begin(), log_.classes.end(), "other") != log_.classes.end())
      warn("there are too many different statements for a class each; the rest is the class other");
  }

  StatementClasses classes_;
  std::string path_;
  RequestLog log_;
  std::unordered_map<std::size_t, Session> sessions_;
  std::optional<Nanos> first_;
  std::string zone_;
  std::int64_t plans_ = 0;
  std::int64_t dropped_ = 0;
  std::int64_t without_text_ = 0;
};

}  // namespace

RequestLog read_server_requests(const CaptureManifest& manifest, bool lenient) {
  Collector collector(manifest);
  const auto format = manifest.format == "postgresql-csvlog" ? ServerLogFormat::csv : ServerLogFormat::json;
  const ServerLogExtent extent =
      read_server_log(manifest.log, format, [&](const ServerLogRow& row) { collector.take_row(row); });
  return collector.finish(manifest, extent, lenient);
}

}  // namespace capplan::plan
