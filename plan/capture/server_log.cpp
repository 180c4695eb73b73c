// Reading of PostgreSQL's logs; sources and limits in server_log.h.

#include "plan/capture/server_log.h"

#include "plan/capture/server_log_json.h"
#include "plan/format/csv_records.h"
#include "plan/format/written_time.h"

namespace capplan::plan {

namespace {

constexpr std::size_t examples_kept = 10;
constexpr std::size_t least_columns = 23;
constexpr std::size_t query_id_column = 25;

void note(ServerLogExtent& extent, const core::Position& where, std::string why) {
  ++extent.rows;
  ++extent.malformed;
  if (extent.examples.size() < examples_kept) extent.examples.push_back({where, "", std::move(why), ""});
}

/// Nothing but junk so far.
bool hopeless(const ServerLogExtent& extent) {
  return extent.malformed >= 100'000 && extent.malformed * 2 > extent.rows;
}

void read_csvlog(const std::string& path, ByteSource& source, const std::function<void(const ServerLogRow&)>& take,
                 ServerLogExtent& extent) {
  CsvRecords records(source, begins_csvlog_row);
  ServerLogRow row;
  for (auto step = records.next(); step != CsvRecords::Step::end; step = records.next()) {
    const std::vector<CsvField>& fields = records.fields();
    if (step == CsvRecords::Step::malformed) {
      note(extent, {path, records.line(), records.column()}, records.error());
    } else if (fields.size() < least_columns) {
      note(extent, {path, records.line(), 0},
           std::to_string(fields.size()) + " columns, where csvlog has 23 or more: cut short?");
    } else {
      ++extent.rows;
      row.line = records.line();
      row.time = fields[0].raw;
      row.session = fields[5].raw;
      row.command = records.text(7);
      row.severity = fields[11].raw;
      row.message = records.text(13);
      row.query = records.text(19);
      row.query_id = fields.size() > query_id_column ? fields[query_id_column].raw : std::string_view();
      take(row);
    }
    if (hopeless(extent)) break;
  }
  extent.hopeless = records.given_up() || hopeless(extent);
}

void read_jsonlog(const std::string& path, ByteSource& source, const std::function<void(const ServerLogRow&)>& take,
                  ServerLogExtent& extent) {
  TextWindow window(source);
  ServerLogJson json;
  ServerLogRow row;
  while (true) {
    std::size_t end = window.text().find('\n');
    for (std::size_t before = window.text().size(); end == std::string_view::npos && window.more();
         before = window.text().size())
      end = window.text().find('\n', before);
    if (window.text().empty()) break;
    const std::string_view line = window.text().substr(0, end);
    row.line = window.line();
    if (line.size() == TextWindow::most)
      note(extent, {path, row.line, 0}, "the line is longer than 32 MB");
    else if (line.find_first_not_of(" \t\r") != std::string_view::npos) {
      if (json.parse(line, row)) {
        ++extent.rows;
        take(row);
      } else {
        note(extent, {path, row.line, 0}, "is no object with a timestamp: cut short?");
      }
    }
    window.take(std::min(line.size() + 1, window.text().size()));
    if ((extent.hopeless = hopeless(extent))) break;
  }
}

}  // namespace

ServerLogExtent read_server_log(const std::string& path, ServerLogFormat format,
                                const std::function<void(const ServerLogRow&)>& take) {
  ServerLogExtent extent;
  ByteSource source(path);
  (format == ServerLogFormat::csv ? read_csvlog : read_jsonlog)(path, source, take, extent);
  extent.damage = source.damage();
  return extent;
}

bool begins_csvlog_row(std::string_view text) {
  static constexpr std::string_view form = "dddd-dd-dd dd:dd:dd.ddd ";
  if (text.size() < form.size()) return false;
  for (std::size_t i = 0; i < form.size(); ++i)
    if (form[i] == 'd' ? text[i] < '0' || text[i] > '9' : text[i] != form[i]) return false;
  return true;
}

std::optional<ServerLogFormat> server_log_format(const std::string& path) {
  try {
    ByteSource source(path);
    std::string start(4096, '\0');
    start.resize(source.read(start.data(), start.size()));
    std::string_view text = start;
    while (!text.empty() && (text[0] == '\n' || text[0] == '\r')) text.remove_prefix(1);
    if (begins_csvlog_row(text)) return ServerLogFormat::csv;
    if (text.starts_with("{\"timestamp\"")) return ServerLogFormat::json;
  } catch (const core::InputError&) {}
  return std::nullopt;
}

}  // namespace capplan::plan
