// capplan drift: does a calibration still describe what is captured now, and what moved. The exit code says it again.

#include <fmt/format.h>

#include "cli/help_text.h"
#include "cli/output.h"
#include "cli/verbs.h"
#include "core/error.h"
#include "core/units.h"
#include "plan/report/drift_report.h"

namespace capplan::cli {

namespace {

struct Flags {
  std::string calibration;
  std::vector<std::string> manifests;
  std::string margin = "10%";
  std::string against;
  bool lenient = false;
  OutputFlags output;
};

plan::DriftOptions options(const Flags& flags) {
  const auto margin = core::parse_ratio(flags.margin);
  if (!margin || !(margin.value > 0 && margin.value < 10))
    throw core::InputError({"--margin"}, "", fmt::format("\"{}\" is no share above 0", flags.margin), "--margin 10%");
  return {margin.value, flags.against};
}

ExitStatus run(const Flags& flags, Session& session) {
  const plan::DriftOptions asked = options(flags);
  const Outputs outputs(flags.output, session);
  std::vector<std::string> read = flags.manifests;
  read.push_back(flags.calibration);
  keep_apart(read, flags.output.files);
  const plan::Drift drift = [&] {
    const ElapsedLine line(session.err, "drift", flags.output.shows_progress());
    return plan::drift(flags.calibration, flags.manifests, asked, flags.lenient);
  }();
  if (!flags.output.quiet && !outputs.table_on_stdout())
    for (const plan::CaptureDrift& capture : drift.captures)
      for (const std::string& warning : capture.warnings)
        session.err << "warning: " << capture.name << ": " << warning << "\n";
  outputs.publish(drift, session.err);
  return drift.verdict == plan::Moved::moved        ? ExitStatus::missed
         : drift.verdict == plan::Moved::none_shown ? ExitStatus::done
                                                    : ExitStatus::undecided;
}

}  // namespace

void add_drift(CLI::App& app, Session& session) {
  const auto flags = std::make_shared<Flags>();
  CLI::App* verb =
      app.add_subcommand("drift", "say whether a calibration is still valid for a capture, and what moved");
  verb->add_option("CALIBRATION", flags->calibration, "file that calibrate wrote")->required();
  verb->add_option("CAPTURE", flags->manifests, "manifests of captures (TOML), each beside its log")->required();
  verb->add_option("--margin", flags->margin,
                   "least change that matters, of demand, rate, think time, skew or host speed; of the mix half of it, "
                   "of dispersion five times")
      ->type_name("SHARE")
      ->default_str("10%")
      ->group("Judgement");
  verb->add_option("--against", flags->against,
                   "the calibration's capture to compare with, by name; without it the one whose load is most alike")
      ->type_name("NAME")
      ->group("Judgement");
  verb->add_flag("--lenient", flags->lenient, "keep what can be read of damaged logs")->group("Captures");
  flags->output.add_to(*verb);
  verb->footer(
      footer({{"capplan drift costs.toml today.toml", "is last quarter's calibration still valid?"},
              {"capplan drift costs.toml today.toml --against light --margin 20%",
               "compared with one capture, with a larger margin"},
              {"capplan drift costs.toml mon.toml tue.toml --format json -q", "for a nightly check"}},
             {ExitStatus::done, ExitStatus::failed, ExitStatus::bad_input, ExitStatus::missed, ExitStatus::undecided},
             {{ExitStatus::done, "the calibration is still valid for every capture"},
              {ExitStatus::missed, "something moved"},
              {ExitStatus::undecided, "cannot tell"}}));
  verb->callback([flags, &session] { session.job = [flags, &session] { return run(*flags, session); }; });
}

}  // namespace capplan::cli
