// The command line: what is said about a wrong one, and how every way to end becomes an exit status.
// CLI11 has exit codes of its own, from 100 up; all of them are bad usage here.

#include "cli/app.h"

#include <fmt/format.h>

#include <exception>
#include <new>

#include "cli/help_text.h"
#include "cli/verbs.h"
#include "cli/version.h"
#include "core/error.h"

namespace capplan::cli {

namespace {

constexpr const char* introduction =
    R"(capplan predicts what a service on PostgreSQL will do under a load it has not yet seen:
throughput, latency, waits and errors, each with its interval, before anyone deploys.

  capplan describe                    what can be modelled: pools, PgBouncer, servers, caches, loads
  capplan check scenario.toml         is the file right?
  capplan run scenario.toml           one answer, with the verdict on its SLOs

More: capplan help, capplan help VERB
)";

void build(CLI::App& app, Session& session) {
  app.set_help_flag("-h,--help", "show this help");
  app.set_version_flag("--version", version_text(), "show the version and the engine revision");
  app.formatter(std::make_shared<HelpLayout>());
  app.require_subcommand(0, 1);
  app.footer(footer({{"capplan run data/scenarios/pool-sizing.toml", "one answer"},
                     {"capplan sweep data/scenarios/pool-sizing.toml", "the grid of its [sweep]"},
                     {"capplan help run", "what a verb takes"}},
                    {ExitStatus::done, ExitStatus::failed, ExitStatus::bad_input, ExitStatus::missed,
                     ExitStatus::undecided, ExitStatus::interrupted}));
#define ADD(name, group_name) \
  add_##name(app, session);   \
  app.get_subcommands({}).back()->group(group_name);
  CAPPLAN_VERBS(ADD)
#undef ADD
}

std::vector<std::string> flags_of(const CLI::App& verb) {
  std::vector<std::string> flags;
  for (const CLI::Option* option : verb.get_options()) {
    for (const std::string& name : option->get_lnames()) flags.push_back("--" + name);
    for (const std::string& name : option->get_snames()) flags.push_back("-" + name);
  }
  return flags;
}

std::string suggestion(const std::string& word, const std::vector<std::string>& words) {
  const std::string near = core::nearest(word, words);
  return near.empty() ? "" : "; did you mean " + near + "?";
}

/// What is wrong with a command line: first what nobody knows, then what the parser missed.
core::Problem usage_problem(const CLI::App& app, const CLI::ParseError& error) {
  const std::vector<const CLI::App*> named = app.get_subcommands([](const CLI::App* verb) { return verb->parsed(); });
  const CLI::App& verb = named.empty() ? app : *named.front();
  const std::string where = named.empty() ? app.get_name() : app.get_name() + " " + verb.get_name();
  const std::string help = where + (named.empty() ? " help" : " --help");
  for (const std::string& word : app.remaining(true)) {
    if (word.size() > 1 && word[0] == '-') {
      const std::string flag = word.substr(0, word.find('='));
      return {{where}, "", fmt::format("unknown flag {}{}", flag, suggestion(flag, flags_of(verb))), help};
    }
    if (!named.empty()) return {{where}, "", fmt::format("unexpected argument \"{}\"", word), help};
    std::vector<std::string> verbs;
    for (const CLI::App* each : verbs_of(app)) verbs.push_back(each->get_name());
    return {{where}, "", fmt::format("unknown verb \"{}\"{}", word, suggestion(word, verbs)), help};
  }
  return {{where}, "", error.what(), help};
}

ExitStatus dispatch(int argc, const char* const* argv, Session& session) {
  CLI::App app("Offline simulator and capacity planner for services on PostgreSQL.", "capplan");
  build(app, session);
  try {
    app.parse(argc, argv);
  } catch (const CLI::CallForHelp&) {
    session.out << app.help();
    return ExitStatus::done;
  } catch (const CLI::CallForVersion& version) {
    session.out << version.what() << "\n";
    return ExitStatus::done;
  } catch (const CLI::ParseError& error) {
    session.err << core::describe(usage_problem(app, error)) << "\n";
    return ExitStatus::bad_input;
  }
  if (session.job) return session.job();
  session.out << introduction;
  return ExitStatus::done;
}

ExitStatus guarded(int argc, const char* const* argv, Session& session) {
  try {
    return dispatch(argc, argv, session);
  } catch (const core::InputError& error) {
    session.err << error.what() << "\n";
    return ExitStatus::bad_input;
  } catch (const std::bad_alloc&) {
    session.err << "error: there is no memory left. Points that a store has are kept; fewer threads (-j 1), a shorter "
                   "scenario.duration or a smaller grid need less\n";
    return ExitStatus::failed;
  } catch (const std::exception& error) {
    session.err << "error: " << error.what() << "\n";
    return ExitStatus::failed;
  }
}

}  // namespace

int run(int argc, const char* const* argv, std::ostream& out, std::ostream& err) {
  Session session{out, err, {argv, argv + argc}, {}};
  ExitStatus status = guarded(argc, argv, session);
  if (!out.flush()) {
    err << "error: standard output cannot be written\n";
    const bool said_otherwise = status == ExitStatus::bad_input || status == ExitStatus::interrupted;
    if (!said_otherwise) status = ExitStatus::failed;
  }
  return static_cast<int>(status);
}

}  // namespace capplan::cli
