// A page's options as the JSON that the page keeps beside its answer.

#include "plan/report/html/page_options.h"

#include <nlohmann/json.hpp>

namespace capplan::plan {

namespace {

using Json = nlohmann::ordered_json;

}  // namespace

std::string to_json(const PageOptions& options) {
  if (options.empty()) return {};
  const Json json = {
      {"title", options.title}, {"note", options.note}, {"command", options.command}, {"version", options.version}};
  return json.dump(-1, ' ', false, Json::error_handler_t::replace);
}

PageOptions page_options_from_json(const std::string& text) {
  const Json json = Json::parse(text, nullptr, false);
  if (!json.is_object()) return {};
  const auto word = [&](const char* key) {
    const auto found = json.find(key);
    return found != json.end() && found->is_string() ? found->get<std::string>() : std::string();
  };
  return {word("title"), word("note"), word("command"), word("version")};
}

}  // namespace capplan::plan
