// Messages: the line an editor jumps to, the source line with its caret, the count at the end; and nearest names.

#include "core/error.h"

#include <cstdio>
#include <filesystem>
#include <fstream>

#include "tests/support/catch.h"

using namespace capplan::core;
using Catch::Matchers::ContainsSubstring;

namespace {

/// A file that is there as long as the test needs it.
struct File {
  explicit File(const std::string& text)
      : path((std::filesystem::temp_directory_path() / "capplan_error_test.toml").string()) {
    std::ofstream(path, std::ios::binary) << text;
  }
  ~File() { std::remove(path.c_str()); }
  std::string path;
};

}  // namespace

TEST_CASE("a problem is described as a compiler describes it") {
  const File file("[pool.main]\nkind = \"fixed\"\nsize = 0\n");
  const Problem problem{{file.path, 3, 8}, "pool.main.size", "0 is outside 1..10000", "capplan describe pool.fixed"};
  CHECK(describe(problem) == file.path +
                                 ":3:8: error: pool.main.size: 0 is outside 1..10000\n"
                                 "    3 | size = 0\n"
                                 "      |        ^\n"
                                 "  hint: capplan describe pool.fixed");
}

TEST_CASE("the caret counts characters and follows tabs") {
  const File file("\tn\xC3\xA4me = 0\n");
  CHECK_THAT(describe({{file.path, 1, 9}, "", "wrong", ""}),
             ContainsSubstring("| \tn\xC3\xA4me = 0\n      | \t       ^"));
}

TEST_CASE("a long line is shown around its column") {
  const File file(std::string(500, 'a') + "X" + std::string(500, 'b') + "\n");
  const std::string text = describe({{file.path, 1, 501}, "", "wrong", ""});
  CHECK(text.size() < file.path.size() + 400);
  const std::size_t caret = text.rfind('^') - text.rfind('\n');
  const std::size_t line = text.find("    1 | ");
  CHECK(text[line + caret - 1] == 'X');
}

TEST_CASE("of a file that is gzip no line is shown, as what is meant is a line of what it holds") {
  const File file("\x1f\x8b\x08 and so on\n");
  CHECK(describe({{file.path, 1, 3}, "", "wrong", ""}) == file.path + ":1:3: error: wrong");
}

TEST_CASE("what has no place in a file is described without a source line") {
  CHECK(describe({{"--set #2", 0, 0}, "pool.main.size", "wrong", ""}) == "--set #2: error: pool.main.size: wrong");
  CHECK(describe({{"not_there.toml", 3, 1}, "", "wrong", ""}) == "not_there.toml:3:1: error: wrong");
  CHECK(describe({{"not_there.toml", 0, 0}, "", "cannot be read", ""}) == "not_there.toml: error: cannot be read");
  CHECK(describe({{}, "key", "wrong", ""}) == "error: key: wrong");
  const File file("one line\n");
  CHECK(describe({{file.path, 9, 9}, "", "beyond", ""}) == file.path + ":9:9: error: beyond");
}

TEST_CASE("all problems come in one text with their number at the end") {
  const InputError one({"none.toml", 1, 1}, "k", "wrong", "mend it");
  CHECK(std::string(one.what()) == "none.toml:1:1: error: k: wrong\n  hint: mend it\n1 error");
  REQUIRE(one.problems().size() == 1);
  const InputError two({{{"none.toml", 1, 1}, "k", "wrong", ""}, {{"none.toml", 2, 1}, "l", "too", ""}});
  CHECK(std::string(two.what()) == "none.toml:1:1: error: k: wrong\nnone.toml:2:1: error: l: too\n2 errors");
}

TEST_CASE("control characters in what is quoted neither cut a message nor reach the terminal") {
  const InputError error({"none.toml", 1, 1}, std::string("request.a\0b", 11), "\x1b[31mred", "");
  CHECK(std::string(error.what()) == "none.toml:1:1: error: request.a?b: ?[31mred\n1 error");
}

TEST_CASE("the nearest name is found within a third of the letters") {
  const std::vector<std::string> names = {"max_size", "min_size", "timeout", "ef_search", "to"};
  CHECK(nearest("ef_serach", names) == "ef_search");
  CHECK(nearest("max_szie", names) == "max_size");
  CHECK(nearest("maxsize", names) == "max_size");
  CHECK(nearest("timeuot", names) == "timeout");
  CHECK(nearest("MAX-SIZE", names) == "max_size");
  CHECK(nearest("colour", names).empty());
  CHECK(nearest("tp", names).empty());
  CHECK(nearest("", names).empty());
  CHECK(nearest(std::string(1'000'000, 'x'), names).empty());
}
