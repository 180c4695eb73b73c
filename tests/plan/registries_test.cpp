// The registries that text, pages and JSON follow from: warnings, answers, topics, distributions.

#include <algorithm>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <set>

#include "models/spec/distribution_value.h"
#include "plan/format/document.h"
#include "plan/report/answers.h"
#include "plan/report/catalogue_json.h"
#include "plan/report/describe_text.h"
#include "plan/report/topics.h"
#include "plan/study/result.h"
#include "tests/plan/scratch_file.h"
#include "tests/support/catch.h"

using namespace capplan;
using namespace capplan::plan;
using Catch::Matchers::ContainsSubstring;
using nlohmann::json;

TEST_CASE("every warning has a code of its own, a meaning and a remedy, and ascending codes") {
  std::string before;
  for (const WarningSpec& spec : warning_specs) {
    INFO(spec.code);
    CHECK(std::string(spec.code) > before);
    before = spec.code;
    CHECK_FALSE(spec.meaning.empty());
    CHECK_FALSE(spec.meaning.ends_with('.'));
    CHECK_FALSE(spec.detail.empty());
    CHECK_FALSE(spec.remedy.empty());
    CHECK_THAT(topic_markdown(*find_topic("warnings")), ContainsSubstring("\n## " + std::string(spec.code) + "\n"));
  }
}

TEST_CASE("every registered warning is raised somewhere") {
  std::string sources;
  for (const auto& file : std::filesystem::recursive_directory_iterator(CAPPLAN_SOURCE_DIR "/plan"))
    if (file.path().extension() == ".cpp") sources += test::bytes_of(file.path().string());
  for (const WarningSpec& spec : warning_specs) {
    INFO(spec.code);
    CHECK(sources.find("\"" + std::string(spec.code) + "\"") != std::string::npos);
  }
}

TEST_CASE("a warning is made of its registered code, and knows it again") {
  const Warning warning("W03", "a sentence");
  CHECK(warning.code == "W03");
  CHECK(warning.is("W03"));
  CHECK_FALSE(warning.is("W04"));
}

TEST_CASE("every answer has a name and a schema of its own, and the schema says so") {
  std::set<std::string> names, schemas;
  for (const AnswerSpec& spec : answer_specs()) {
    INFO(spec.name);
    CHECK(names.insert(spec.name).second);
    CHECK(schemas.insert(spec.schema).second);
    CHECK_FALSE(spec.verb.empty());
    CHECK_FALSE(spec.help.empty());
    const json schema = json::parse(spec.json_schema());
    CHECK(schema["$schema"] == "https://json-schema.org/draft/2020-12/schema");
    CHECK(schema["properties"]["schema"]["const"] == spec.schema);
  }
}

TEST_CASE("every topic has a title, text and a page, and can be asked for by name") {
  const std::vector<std::string> words = describable();
  for (const Topic& topic : topics()) {
    INFO(topic.name);
    CHECK(std::count(words.begin(), words.end(), topic.name) == 1);
    CHECK_THAT(topic_markdown(topic), ContainsSubstring("# " + topic.content.headline + "\n"));
    CHECK_THAT(description(topic.name, 100), ContainsSubstring(topic.content.headline));
    CHECK_THAT(description("", 100), ContainsSubstring(topic.name));
  }
}

TEST_CASE("the example of every distribution is one") {
  for (const models::DistributionFamily& family : models::distribution_families()) {
    INFO(family.name);
    const models::Table document = parse_toml("cpu = { " + family.name + " = " + family.example + " }", "example");
    std::vector<core::Problem> problems;
    CHECK(models::parse_distribution(document.front().second, "cpu", problems));
    CHECK(problems.empty());
  }
}

TEST_CASE("the catalogue is JSON, and has every registry") {
  const json catalogue = json::parse(catalogue_json());
  for (const char* part :
       {"sections", "metrics", "distributions", "presets", "errors", "warnings", "answers", "formats"})
    CHECK_FALSE(catalogue[part].empty());
}
