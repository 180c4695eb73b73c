// capplan capture-plan: what to switch on in a server to take a capture, and how to go on from there.

#include "plan/capture/capture_plan.h"

#include "cli/help_text.h"
#include "cli/verbs.h"

namespace capplan::cli {

namespace {

struct Flags {
  int server_version = 15;
  std::string path = "direct";
};

ExitStatus run(const Flags& flags, Session& session) {
  session.out << plan::capture_plan(flags.server_version, flags.path == "pgbouncer"
                                                              ? plan::CaptureManifest::Path::pgbouncer
                                                              : plan::CaptureManifest::Path::direct);
  return ExitStatus::done;
}

}  // namespace

void add_capture_plan(CLI::App& app, Session& session) {
  const auto flags = std::make_shared<Flags>();
  CLI::App* verb = app.add_subcommand(
      "capture-plan", "say how to take a capture: what to switch on in a server, for how long, which files to collect");
  verb->add_option("--server-version", flags->server_version, "PostgreSQL's major version, 12 to 18")
      ->type_name("N")
      ->default_str("15")
      ->group("Server");
  verb->add_option("--path", flags->path, "how requests reach the server")
      ->type_name("PATH")
      ->check(one_of({"direct", "pgbouncer"}))
      ->default_str("direct")
      ->group("Server");
  verb->footer(footer({{"capplan capture-plan --server-version 16", "the steps for PostgreSQL 16"},
                       {"capplan capture-plan --path pgbouncer > plan.txt", "with PgBouncer before the server"}},
                      {ExitStatus::done, ExitStatus::bad_input}));
  verb->callback([flags, &session] { session.job = [flags, &session] { return run(*flags, session); }; });
}

}  // namespace capplan::cli
