#include "plan/capture/server_log_json.h"

#include <cstdint>
#include <nlohmann/json.hpp>

namespace capplan::plan {

namespace {

constexpr std::string_view keys[] = {"timestamp", "session_id", "ps",      "error_severity",
                                     "message",   "statement",  "query_id"};
constexpr int nowhere = -1;

/// Events of the parser -> the texts of wanted keys of the outermost object.
struct Wanted : nlohmann::json_sax<nlohmann::json> {
  explicit Wanted(std::string* into) : texts(into) {}

  bool number(std::string text) {
    if (at != nowhere && depth == 1) texts[at] = std::move(text);
    return true;
  }
  bool null() override { return true; }
  bool boolean(bool) override { return true; }
  bool number_integer(std::int64_t value) override { return number(std::to_string(value)); }
  bool number_unsigned(std::uint64_t value) override { return number(std::to_string(value)); }
  bool number_float(double, const std::string&) override { return true; }
  bool string(std::string& value) override {
    if (at != nowhere && depth == 1) texts[at].swap(value);
    return true;
  }
  bool binary(nlohmann::json::binary_t&) override { return true; }
  bool start_object(std::size_t) override { return ++depth > 0; }
  bool key(std::string& name) override {
    if (depth != 1) return true;
    at = nowhere;
    for (int i = 0; i < static_cast<int>(std::size(keys)); ++i)
      if (name == keys[i]) at = i;
    return true;
  }
  bool end_object() override { return --depth >= 0; }
  bool start_array(std::size_t) override { return ++depth > 1; }  // an array outermost is no row
  bool end_array() override { return --depth >= 0; }
  bool parse_error(std::size_t, const std::string&, const nlohmann::detail::exception&) override { return false; }

  std::string* texts;
  int at = nowhere;
  int depth = 0;
};

}  // namespace

bool ServerLogJson::parse(std::string_view line, ServerLogRow& row) {
  for (std::string& text : texts_) text.clear();
  Wanted wanted(texts_);
  if (!nlohmann::json::sax_parse(line.begin(), line.end(), &wanted) || texts_[0].empty()) return false;
  row.time = texts_[0];
  row.session = texts_[1];
  row.command = texts_[2];
  row.severity = texts_[3];
  row.message = texts_[4];
  row.query = texts_[5];
  row.query_id = texts_[6];
  return true;
}

}  // namespace capplan::plan
