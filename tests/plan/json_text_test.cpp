// JSON as text: one limit on its depth in every reader, whole numbers checked, and what a file that is no answer is
// refused with.

#include "plan/format/json_text.h"

#include <sys/stat.h>

#include <filesystem>

#include "core/error.h"
#include "plan/report/answers.h"
#include "plan/study/result_json.h"
#include "tests/plan/refusal.h"
#include "tests/plan/report_sample.h"
#include "tests/plan/scratch_file.h"
#include "tests/support/catch.h"

namespace capplan::plan {
namespace {

using Catch::Matchers::ContainsSubstring;

std::string nested(int depth, const std::string& open, const std::string& close, const std::string& in = "1") {
  std::string text;
  for (int i = 0; i < depth; ++i) text += open;
  text += in;
  for (int i = 0; i < depth; ++i) text += close;
  return text;
}

std::string refused(const std::string& bytes) {
  const test::ScratchFile file(bytes);
  return test::refusal_of([&] { read_answer(file.path()); });
}

TEST_CASE("JSON is read up to the limit of its depth and refused beyond") {
  CHECK_FALSE(nests_too_deep(nested(deepest_json, "[", "]")));
  CHECK(nests_too_deep(nested(deepest_json + 1, "[", "]")));
  CHECK(nests_too_deep(nested(deepest_json + 1, "{\"a\":", "}")));
  CHECK_FALSE(nests_too_deep("\"" + nested(1000, "[", "]", "\\\"[") + "\""));
  CHECK(json_or_discarded(nested(1000, "[", "]")).is_discarded());
  CHECK_THROWS_AS(parse_json(nested(1000, "[", "]")), std::invalid_argument);
}

TEST_CASE("an answer nested a hundred thousand deep is refused wherever it nests") {
  for (const auto& [open, close] : {std::pair("[", "]"), std::pair("{\"a\":", "}")}) {
    const std::string deep = nested(100'000, open, close);
    CHECK_THAT(refused(deep), ContainsSubstring("nests deeper than 256 levels"));
    std::string result = to_json(test::sample_result(), -1);
    result.insert(result.find("\"requests\":") + 11, deep + ",\"x\":");
    CHECK_THAT(refused(result), ContainsSubstring("nests deeper than 256 levels"));
    CHECK_THAT(refused("<!doctype html><script type=\"application/json\" id=\"capplan-data\">" + deep + "</script>"),
               ContainsSubstring("nests deeper than 256 levels"));
  }
}

TEST_CASE("a number that its field cannot hold is refused") {
  for (const char* number : {"1e300", "3000000000", "-1e300", "2.5", "\"ten\"", "null"}) {
    std::string result = to_json(test::sample_result(), -1);
    const std::string field = "\"replications\":10";
    result.replace(result.find(field), field.size(), std::string("\"replications\":") + number);
    CHECK_THAT(refused(result), ContainsSubstring("where a whole number must stand"));
  }
}

TEST_CASE("what is no file of an answer is told in plain words") {
  CHECK_THAT(refused(""), ContainsSubstring("is empty"));
  CHECK_THAT(refused(std::string("\xFF\xFE{\0}\0", 6)), ContainsSubstring("is UTF-16: save it as UTF-8"));
  CHECK_THAT(refused(std::string("{\0}", 3)), ContainsSubstring("holds a zero byte"));
  const auto said = [](const std::string& path) { return test::refusal_of([&] { read_answer(path); }); };
  CHECK_THAT(said("/tmp"), ContainsSubstring("/tmp: error: is a folder, not a file"));
  CHECK_THAT(said("/dev/zero"), ContainsSubstring("/dev/zero: error: is not a regular file"));
  CHECK_THAT(said("there/is/none.json"), ContainsSubstring("cannot be read: No such file or directory"));
  const test::ScratchFile file("{}");
  chmod(file.path().c_str(), 0);
  if (access(file.path().c_str(), R_OK) != 0)  // root reads all
    CHECK_THAT(said(file.path()), ContainsSubstring("cannot be read: Permission denied"));
}

}  // namespace
}  // namespace capplan::plan
