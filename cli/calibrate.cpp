// capplan calibrate: captures of the real service to a file of costs that a scenario names.

#include <fmt/format.h>

#include "cli/help_text.h"
#include "cli/output.h"
#include "cli/session.h"
#include "core/error.h"
#include "plan/calibrate/calibration.h"

namespace capplan::cli {

namespace {

struct Flags {
  std::vector<std::string> manifests;
  std::string output;
  bool lenient = false;
  bool quiet = false;
};

ExitStatus run(const Flags& flags, Session& session) {
  const bool to_file = !flags.output.empty() && flags.output != "-";
  if (to_file) {
    if (!flags.output.ends_with(".toml"))
      throw core::InputError({"--output"}, "", fmt::format("\"{}\" does not end in .toml", flags.output));
    if (const std::string why = unwritable(flags.output); !why.empty())
      throw core::InputError({"--output"}, "", fmt::format("{} cannot be written: {}", flags.output, why));
    keep_apart(flags.manifests, {flags.output});
  }
  const plan::Calibration calibration = plan::calibrate(flags.manifests, {.lenient = flags.lenient});
  if (!to_file) {
    session.out << plan::to_toml(calibration);
    if (!flags.quiet) session.err << plan::summary_table(calibration);
    return ExitStatus::done;
  }
  write_file(flags.output, plan::to_toml(calibration));
  session.out << plan::summary_table(calibration);
  if (!flags.quiet)
    session.err << fmt::format(
        "wrote {0}\nuse it in a scenario, with the path from there:\n  [scenario]\n"
        "  calibration = \"{0}\"\n",
        flags.output);
  return ExitStatus::done;
}

}  // namespace

void add_calibrate(CLI::App& app, Session& session) {
  const auto flags = std::make_shared<Flags>();
  CLI::App* verb = app.add_subcommand("calibrate", "fit the costs of queries from captures of the real service");
  verb->add_option("MANIFEST", flags->manifests, "manifests of captures (TOML), each beside its log")->required();
  verb->add_flag("--lenient", flags->lenient, "keep what can be read of damaged logs")->group("Captures");
  verb->add_option("-o,--output", flags->output,
                   "the file of costs, ending in .toml; without it they go to standard output and the table to "
                   "standard error")
      ->type_name("FILE")
      ->group("Output");
  verb->add_flag("-q,--quiet", flags->quiet, "say nothing but results and errors")->group("Messages");
  verb->footer(
      footer({{"capplan calibrate light.toml -o costs.toml", "then: calibration = \"costs.toml\" in a scenario"},
              {"capplan calibrate light.toml alone.toml -o costs.toml", "classes that one capture lacks"}},
             {ExitStatus::done, ExitStatus::failed, ExitStatus::bad_input}));
  verb->callback([flags, &session] { session.job = [flags, &session] { return run(*flags, session); }; });
}

}  // namespace capplan::cli
