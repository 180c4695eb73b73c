// capplan completion and the man page: scripts that their shells accept, and what bash proposes.

#include <sys/wait.h>

#include <cstdio>
#include <cstdlib>

#include "tests/cli/program.h"
#include "tests/support/catch.h"

using namespace capplan;
using Catch::Matchers::ContainsSubstring;
using test::call;
using test::ScratchFolder;

namespace {

bool installed(const std::string& program) {
  return std::system(("command -v " + program + " > /dev/null 2>&1").c_str()) == 0;
}

/// What bash prints; `capplan` is a function that has two keys.
std::string bash(const ScratchFolder& folder, const std::string& script) {
  folder.write("complete.bash", call({"completion", "bash"}).out);
  folder.write("try.bash",
               "capplan() { echo \"$*\" > asked; printf 'pool.app.size\\npool.app.to\\n'; }\n"
               "compopt() { :; }\nsource ./complete.bash\n" +
                   script + "\n_capplan\necho \"${COMPREPLY[*]}\"\n");
  FILE* pipe = popen("bash try.bash 2>&1", "r");
  std::string text;
  for (int c; (c = fgetc(pipe)) != EOF;) text += static_cast<char>(c);
  pclose(pipe);
  return text;
}

}  // namespace

TEST_CASE("every shell that is installed accepts its completion script") {
  const ScratchFolder folder;
  for (const std::string shell : {"bash", "zsh", "fish"}) {
    const test::Outcome outcome = call({"completion", shell});
    CHECK(outcome.status == 0);
    folder.write("script", outcome.out);
    if (installed(shell)) CHECK(std::system((shell + " -n script").c_str()) == 0);
    for (const char* word : {"compare", "set", "asyncpg", "markdown", "sweep"})
      CHECK_THAT(outcome.out, ContainsSubstring(word));
  }
  CHECK(call({"completion", "csh"}).status == 2);
}

TEST_CASE("bash completes verbs, flags, words and the catalogue") {
  const ScratchFolder folder;
  CHECK(bash(folder, "COMP_WORDS=(capplan com) COMP_CWORD=1") == "compare completion\n");
  CHECK(bash(folder, "COMP_WORDS=(capplan run s.toml --se) COMP_CWORD=3") == "--set --seed\n");
  CHECK(bash(folder, "COMP_WORDS=(capplan run s.toml --format j) COMP_CWORD=4") == "json\n");
  CHECK(bash(folder, "COMP_WORDS=(capplan run s.toml --format = j) COMP_CWORD=5") == "json\n");
  CHECK(bash(folder, "COMP_WORDS=(capplan describe pgb) COMP_CWORD=2") == "pgbouncer\n");
  CHECK(bash(folder, "COMP_WORDS=(capplan help sw) COMP_CWORD=2") == "sweep\n");
  CHECK(bash(folder, "COMP_WORDS=(capplan run s.toml --seed '') COMP_CWORD=4") == "\n");
}

TEST_CASE("bash asks the scenario on the line for the keys that can be set") {
  const ScratchFolder folder;
  CHECK(bash(folder, "COMP_WORDS=(capplan sweep my.toml --vary pool.app.s) COMP_CWORD=4") == "pool.app.size=\n");
  CHECK(folder.read("asked") == "check my.toml --keys\n");
  CHECK(bash(folder, "COMP_WORDS=(capplan sweep --vary '') COMP_CWORD=3") == "\n");
}

TEST_CASE("every key that a scenario lists can be varied") {
  const ScratchFolder folder;
  folder.write("s.toml", test::small_scenario());
  const test::Outcome outcome = call({"check", "s.toml", "--keys"});
  CHECK(outcome.status == 0);
  for (const char* key : {"scenario.duration\n", "pool.app.size\n", "server.primary.max_connections\n"})
    CHECK_THAT(outcome.out, ContainsSubstring(key));
  std::istringstream keys(outcome.out);
  for (std::string key; std::getline(keys, key);) {
    const std::string said = call({"check", "s.toml", "--set", key + "=1"}).err;
    INFO(said);
    CHECK(said.find("unknown") == std::string::npos);
  }
}

TEST_CASE("the man page is roff without complaints") {
  const ScratchFolder folder;
  const test::Outcome outcome = call({"help", "--man"});
  CHECK(outcome.status == 0);
  CHECK_THAT(outcome.out, ContainsSubstring("\n.TH CAPPLAN 1 "));
  CHECK_THAT(outcome.out, ContainsSubstring("\n.SS capplan compare A [B] [FLAGS]\n"));
  folder.write("capplan.1", outcome.out);
  if (!installed("groff")) return;
  CHECK(std::system("groff -man -Tutf8 -ww -z capplan.1 2> complaints") == 0);
  CHECK(folder.read("complaints").empty());
}
