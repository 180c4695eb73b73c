#include "plan/format/settings_file.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>

#include "core/error.h"
#include "plan/format/whole_file.h"

namespace capplan::plan {

namespace {

bool blank(char c) { return c == ' ' || c == '\t' || c == '\r'; }

std::string_view trimmed(std::string_view text) {
  while (!text.empty() && blank(text.front())) text.remove_prefix(1);
  while (!text.empty() && blank(text.back())) text.remove_suffix(1);
  return text;
}

std::string lower(std::string_view text) {
  std::string out(text);
  for (char& c : out) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  return out;
}

bool in_name(char c, SettingsDialect dialect) {
  return std::isalnum(static_cast<unsigned char>(c)) || c == '_' || c == '.' || c == '%' || c == '*' ||
         (c == '-' && dialect != SettingsDialect::postgresql_conf);
}

class Reader {
 public:
  Reader(SettingsFile& file, std::vector<core::Problem>& problems) : file_(file), problems_(problems) {}

  void line(std::string_view text) {
    ++number_;
    SettingsLine line{std::string(text), {}, {}, section_};
    if (!line.text.empty() && line.text.back() == '\r') line.text.pop_back();
    std::string_view rest = trimmed(text);
    const bool ini = file_.dialect == SettingsDialect::pgbouncer_ini;
    if (!rest.empty() && rest.front() != '#' && !(ini && rest.front() == ';')) {
      if (ini && rest.front() == '[')
        header(rest);
      else
        setting(rest, static_cast<int>(rest.data() - text.data()) + 1, line);
    }
    line.section = section_;
    file_.lines.push_back(std::move(line));
  }

 private:
  void wrong(int column, std::string what, std::string hint = {}) {
    problems_.push_back({{file_.file, number_, column}, "", std::move(what), std::move(hint)});
  }

  void header(std::string_view text) {
    if (text.back() != ']') return wrong(1, "the header of a section does not end with ]");
    section_ = lower(trimmed(text.substr(1, text.size() - 2)));
  }

  void setting(std::string_view text, int column, SettingsLine& line) {
    std::size_t end = 0;
    while (end < text.size() && in_name(text[end], file_.dialect)) ++end;
    if (end == 0)
      return wrong(column, "is no setting: a name comes first", std::string(file_name(file_.dialect)) + " is expected");
    const bool case_counts = file_.dialect == SettingsDialect::pgbouncer_ini && section_ != "pgbouncer";
    std::string name = case_counts ? std::string(text.substr(0, end)) : lower(text.substr(0, end));
    std::string_view rest = trimmed(text.substr(end));
    const bool equals = !rest.empty() && rest.front() == '=';
    if (equals && file_.dialect != SettingsDialect::redis_conf) rest = trimmed(rest.substr(1));
    const int at = column + static_cast<int>(rest.data() - text.data());
    if (name == "include" || name == "include_if_exists" || name == "include_dir" || name == "%include") {
      file_.included.emplace_back(rest);
      return;
    }
    if (file_.dialect == SettingsDialect::pgbouncer_ini && !equals)
      return wrong(at, fmt::format("'{}' has no =", name), name + " = …");
    std::optional<std::string> value = file_.dialect == SettingsDialect::postgresql_conf ? guc_value(rest, at)
                                       : file_.dialect == SettingsDialect::redis_conf    ? redis_value(rest, at)
                                                                                         : std::string(rest);
    if (!value) return;
    if (value->empty() && file_.dialect == SettingsDialect::postgresql_conf && rest.empty())
      return wrong(at, fmt::format("'{}' has no value", name), name + " = …");
    line.name = std::move(name);
    line.value = std::move(*value);
  }

  /// A word, or a text in quotes with '' and \' within; then nothing but a comment.
  std::optional<std::string> guc_value(std::string_view rest, int column) {
    std::string value;
    std::size_t i = 0;
    if (!rest.empty() && rest.front() == '\'') {
      for (i = 1;; ++i) {
        if (i >= rest.size()) {
          wrong(column, "a text in quotes does not end");
          return std::nullopt;
        }
        if (rest[i] == '\'' && i + 1 < rest.size() && rest[i + 1] == '\'')
          value += rest[++i];
        else if (rest[i] == '\\' && i + 1 < rest.size())
          value += rest[++i];
        else if (rest[i] == '\'')
          break;
        else
          value += rest[i];
      }
      ++i;
    } else {
      while (i < rest.size() && !blank(rest[i]) && rest[i] != '#') value += rest[i++];
    }
    const std::string_view after = trimmed(rest.substr(i));
    if (!after.empty() && after.front() != '#') {
      wrong(column + static_cast<int>(i), "there is more than one value",
            "a value with blanks is written in quotes: '…'");
      return std::nullopt;
    }
    return value;
  }

  /// The arguments; one alone may stand in double quotes.
  std::optional<std::string> redis_value(std::string_view rest, int column) {
    if (rest.empty() || rest.front() != '"') return std::string(rest);
    const std::size_t end = rest.find('"', 1);
    if (end == std::string_view::npos) {
      wrong(column, "a text in quotes does not end");
      return std::nullopt;
    }
    if (end + 1 < rest.size()) return std::string(rest);
    return std::string(rest.substr(1, end - 1));
  }

  SettingsFile& file_;
  std::vector<core::Problem>& problems_;
  int number_ = 0;
  std::string section_;
};

}  // namespace

SettingsDialect dialect_of(const std::string& path) {
  const std::string name = lower(path.substr(path.find_last_of('/') + 1));
  if (name.ends_with(".ini")) return SettingsDialect::pgbouncer_ini;
  if (name.find("redis") != std::string::npos) return SettingsDialect::redis_conf;
  if (name.starts_with("postgresql")) return SettingsDialect::postgresql_conf;
  const std::string text = read_whole(path, "name a postgresql.conf, pgbouncer.ini or redis.conf");
  if (text.find("\n[pgbouncer]") != std::string::npos || text.starts_with("[pgbouncer]"))
    return SettingsDialect::pgbouncer_ini;
  return text.find("maxmemory") != std::string::npos ? SettingsDialect::redis_conf : SettingsDialect::postgresql_conf;
}

SettingsFile read_settings_file(const std::string& path, std::optional<SettingsDialect> dialect) {
  SettingsFile file{path, dialect ? *dialect : dialect_of(path), {}, {}};
  std::string text = read_whole(path, "name a postgresql.conf, pgbouncer.ini or redis.conf");
  if (text.starts_with("\xef\xbb\xbf")) text.erase(0, 3);
  std::vector<core::Problem> problems;
  Reader reader(file, problems);
  for (std::size_t at = 0; problems.size() < 20 && at < text.size();) {
    const std::size_t end = std::min(text.find('\n', at), text.size());
    reader.line(std::string_view(text).substr(at, end - at));
    at = end + 1;
  }
  if (!problems.empty()) throw core::InputError(std::move(problems));
  return file;
}

}  // namespace capplan::plan
