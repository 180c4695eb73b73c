#include "plan/format/json_schema.h"

#include <nlohmann/json.hpp>

#include "core/error.h"
#include "plan/format/json_text.h"

namespace capplan::plan {

namespace {

using Json = nlohmann::json;

/// Takes the parser's events and stops it at the schema.
class SchemaFinder : public nlohmann::json_sax<Json> {
 public:
  std::string schema{}, failure{};

  bool null() override { return other(); }
  bool boolean(bool) override { return other(); }
  bool number_integer(number_integer_t) override { return other(); }
  bool number_unsigned(number_unsigned_t) override { return other(); }
  bool number_float(number_float_t, const string_t&) override { return other(); }
  bool binary(binary_t&) override { return other(); }
  bool string(string_t& value) override {
    if (!here_) return true;
    schema = value;
    return false;
  }
  bool key(string_t& name) override {
    here_ = depth_ == 1 && name == "schema";
    return true;
  }
  bool start_object(std::size_t) override { return deeper(); }
  bool start_array(std::size_t) override { return deeper(); }
  bool end_object() override { return --depth_, true; }
  bool end_array() override { return --depth_, true; }
  bool parse_error(std::size_t, const std::string&, const nlohmann::detail::exception& error) override {
    failure = error.what();
    if (const std::size_t end = failure.find("] "); end != std::string::npos) failure.erase(0, end + 2);
    return false;
  }

 private:
  bool other() {
    here_ = false;
    return true;
  }
  bool deeper() {
    here_ = false;
    ++depth_;
    return true;
  }

  int depth_ = 0;
  bool here_ = false;  ///< the next value is the schema's
};

}  // namespace

std::string json_schema_of(const std::string& text, const std::string& file) {
  if (nests_too_deep(text))
    throw core::InputError({file, 0, 0}, "", "nests deeper than 256 levels: capplan writes no such JSON");
  SchemaFinder finder;
  Json::sax_parse(text, &finder);
  if (!finder.failure.empty())
    throw core::InputError({file, 0, 0}, "", "is neither a store nor a page nor JSON: " + finder.failure,
                           "capplan report STORE, RESULT.json or REPORT.html");
  return finder.schema;
}

}  // namespace capplan::plan
