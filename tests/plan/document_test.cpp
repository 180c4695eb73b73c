// TOML in and out: every position, the order of the file, syntax errors, and texts that read back the same.

#include "plan/format/document.h"

#include "tests/support/catch.h"

using namespace capplan;
using namespace capplan::plan;
using Catch::Matchers::ContainsSubstring;
using models::List;
using models::Table;
using models::Value;

namespace {

const Value& at(const Table& table, const std::string& key) {
  const Value* value = find(table, key);
  if (!value) throw std::out_of_range(key);
  return *value;
}
const Table& table_at(const Table& table, const std::string& key) { return std::get<Table>(at(table, key).data); }

std::string place(const core::Position& where) {
  return where.file + ":" + std::to_string(where.line) + ":" + std::to_string(where.column);
}

/// The only problem of a text that does not parse.
core::Problem problem(const std::string& text) {
  try {
    parse_toml(text, "a.toml");
  } catch (const core::InputError& error) {
    return error.problems().at(0);
  }
  return {{}, {}, "no problem", {}};
}

}  // namespace

TEST_CASE("a document keeps the order of the file and every position") {
  const Table document = parse_toml(
      "[zebra]\n"
      "size = 5\n"
      "  [apple.core]\n"
      "name = \"x\"  # a comment\n"
      "disk = { fsync = \"1ms\", iops = 2 }\n"
      "list = [1, 2.5]\n",
      "a.toml");
  REQUIRE(document.size() == 2);
  CHECK(document[0].first == "zebra");
  CHECK(place(document[0].second.where) == "a.toml:1:1");
  CHECK(place(at(table_at(document, "zebra"), "size").where) == "a.toml:2:8");
  CHECK(place(at(table_at(document, "zebra"), "size").key_where) == "a.toml:2:1");
  const Table& core = table_at(table_at(document, "apple"), "core");
  CHECK(place(at(table_at(document, "apple"), "core").where) == "a.toml:3:3");
  REQUIRE(core.size() == 3);
  CHECK(core[0].first == "name");
  CHECK(place(at(table_at(core, "disk"), "iops").key_where) == "a.toml:5:25");
  CHECK(place(at(table_at(core, "disk"), "iops").where) == "a.toml:5:32");
  CHECK(place(std::get<List>(at(core, "list").data).at(1).where) == "a.toml:6:12");
}

TEST_CASE("values have the types of the file and dates are text") {
  const Table document = parse_toml(
      "flag = true\nwhole = 10_000\nreal = 1e3\ntext = 'a'\ndate = 2024-05-01\ntime = 14:00:00\n"
      "both = 2024-05-01T14:00:00Z\n",
      "a.toml");
  CHECK(std::get<bool>(at(document, "flag").data));
  CHECK(std::get<std::int64_t>(at(document, "whole").data) == 10'000);
  CHECK(std::get<double>(at(document, "real").data) == 1000);
  CHECK(std::get<std::string>(at(document, "text").data) == "a");
  CHECK(std::get<std::string>(at(document, "date").data) == "2024-05-01");
  CHECK(std::get<std::string>(at(document, "time").data) == "14:00:00");
  CHECK(std::get<std::string>(at(document, "both").data) == "2024-05-01T14:00:00Z");
}

TEST_CASE("syntax errors point at line and column") {
  CHECK(place(problem("a = 1\nb = \n").where) == "a.toml:2:5");
  CHECK(place(problem("a = 1\na = 2\n").where) == "a.toml:2:5");
  CHECK_THAT(problem("a = 1\na = 2\n").what, ContainsSubstring("cannot redefine"));
  CHECK(problem("[a\n").where.line == 1);
  CHECK(problem("a = \"\xff\xfe\"\n").where.line == 1);
}

TEST_CASE("letters beyond ASCII need quotes where they are not in comments") {
  CHECK(place(problem("a = 1\nna\xC3\xAFve = 1\n").where) == "a.toml:2:3");
  CHECK(place(problem("a = \"\xC3\xAF\" \xC3\xAF\n").where) == "a.toml:1:9");
  CHECK(place(problem("a = \"\"\"x\"\"\"\" \xC3\xAF\n").where) == "a.toml:1:14");
  CHECK(problem("\xEF\xBB\xBF\"na\xC3\xAFve\" = '\xC3\xAF' # \xC3\xAF\n").what == "no problem");
}

TEST_CASE("documents of absurd depth and size are refused") {
  std::string dotted = "x = 1\na";
  for (int i = 0; i < 200'000; ++i) dotted += ".a";
  CHECK_THAT(problem(dotted + " = 1\n").what, ContainsSubstring("32 parts"));
  CHECK(problem(dotted + " = 1\n").where.line == 2);
  CHECK_THAT(problem("a = { b" + dotted.substr(7) + " = 1 }").what, ContainsSubstring("32 parts"));
  CHECK(problem("a = " + std::string(100'000, '[')).where.line == 1);
  std::string tables = "a = ";
  for (int i = 0; i < 100'000; ++i) tables += "{a=";
  CHECK(problem(tables).where.line == 1);
  CHECK_THAT(problem(std::string(17U << 20, '#')).what, ContainsSubstring("16 MB"));
  // Dots in texts and comments are no keys.
  CHECK(problem("a = '" + std::string(100, '.') + "' # " + std::string(100, '.') + "\n").what == "no problem");
  CHECK(problem("a = \"\"\"\n" + std::string(100, '.') + "\"\"\"\n").what == "no problem");
}

TEST_CASE("a file that cannot be read is named") {
  CHECK_THROWS_WITH(read_toml("/nowhere/a.toml"), ContainsSubstring("/nowhere/a.toml: error: cannot be read: No such"));
  CHECK_THROWS_WITH(read_toml("/"), ContainsSubstring("is a folder"));
}

TEST_CASE("values of flags need no quotes around a bare word") {
  const auto value = [](const char* text) { return parse_toml_value(text, "--set #1"); };
  CHECK(std::get<std::int64_t>(value("20").data) == 20);
  CHECK(std::get<double>(value("0.5").data) == 0.5);
  CHECK(std::get<bool>(value("true").data));
  for (const char* word : {"8GB", "50/s", "transaction", "a b", "1h30min", "0644", "a\nb = 2", "", "5 # no"})
    if (std::string(word) != "5 # no") CHECK(std::get<std::string>(value(word).data) == word);
  CHECK(std::get<std::string>(value("\"20\"").data) == "20");
  CHECK(std::get<Table>(value("{ mean = \"2ms\", cv = 1 }").data).size() == 2);
  CHECK(value("{ mean = \"2ms\" }").where.file == "--set #1");
  CHECK(std::get<Table>(value("{ mean = \"2ms\" }").data)[0].second.where.line == 0);
  CHECK_THROWS_AS(value("{ mean = "), core::InputError);
  CHECK_THROWS_AS(value("\"open"), core::InputError);
}

TEST_CASE("a written document reads back the same") {
  const std::string text =
      "top = 1\n"
      "\n"
      "[scenario]\n"
      "name = \"a \\\"quoted\\\" \\\\ name\"\n"
      "share = 0.30000000000000004\n"
      "big = 1e+300\n"
      "round = 3.0\n"
      "\n"
      "[query.load]\n"
      "cpu = { lognormal = { mean = \"180us\", cv = 0.8 } }\n"
      "steps = [{ query = \"a\", times = 2 }, { query = \"b\" }]\n"
      "\n"
      "[query.store]\n"
      "flag = true\n"
      "\n"
      "[slo]\n"
      "\"pool.main\" = [\"utilization < 70%\"]\n";
  CHECK(write_toml(parse_toml(text, "a.toml")) == text);
  CHECK(write_toml({}).empty());
  CHECK(write_toml(parse_toml("[a]\n[b.c]\n", "a.toml")) == "[a]\n\n[b.c]\n");
}

TEST_CASE("a distribution is written as a scenario file has it") {
  Table query{{"cpu", Value{}}};
  query[0].second.data = core::Distribution::gamma(0.002, 0.5);
  CHECK(write_toml_value(query[0].second) == "{ gamma = { mean = \"2ms\", cv = 0.5 } }");
}
