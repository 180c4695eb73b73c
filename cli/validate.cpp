// capplan validate: compares predictions with held-out measurements. Whatever the errors are, they are an
// answer: the exit code does not depend on them.

#include "plan/fit/validate.h"
#include "cli/help_text.h"
#include "cli/output.h"
#include "cli/settings_flag.h"
#include "cli/verbs.h"
#include "plan/report/validation_json.h"

namespace capplan::cli {

namespace {

struct Flags {
  plan::ValidateOptions asked;
  OutputFlags output;
};

ExitStatus run(const Flags& flags, Session& session) {
  const plan::ValidateOptions& asked = flags.asked;
  const Outputs outputs(flags.output, session);
  std::vector<std::string> read = asked.index_samples;
  read.insert(read.end(), asked.manifests.begin(), asked.manifests.end());
  if (!asked.calibration.empty()) read.push_back(asked.calibration);
  if (!asked.settings.empty()) read.push_back(asked.settings);
  keep_apart(read, flags.output.files);
  const plan::Validation validation = [&] {
    const ElapsedLine line(session.err, "validate", flags.output.shows_progress());
    return plan::validate(asked);
  }();
  const bool beside = !flags.output.quiet && !outputs.table_on_stdout();
  if (beside && validation.captures)
    for (const plan::ComparedCapture& capture : validation.captures->captures)
      for (const std::string& warning : capture.warnings)
        session.err << "warning: " << capture.name << ": " << warning << "\n";
  if (beside && validation.index_samples)
    for (const std::string& warning : validation.index_samples->warnings) session.err << "warning: " << warning << "\n";
  outputs.publish(validation, session.err);
  return ExitStatus::done;
}

}  // namespace

void add_validate(CLI::App& app, Session& session) {
  const auto flags = std::make_shared<Flags>();
  CLI::App* verb = app.add_subcommand("validate", "compare predictions with held-out measurements");
  verb->add_option("MANIFEST", flags->asked.manifests, "manifests of captures (TOML), each beside its log");
  verb->add_option("--calibration", flags->asked.calibration, "file that calibrate wrote, for the predictions")
      ->type_name("FILE")
      ->group("Predictions");
  verb->add_option("--index-samples", flags->asked.index_samples,
                   "measured searches of vector indexes (CSV), as data/index_samples/measure.py writes them; several "
                   "files may follow")
      ->type_name("FILE")
      ->group("Indexes");
  verb->add_option("--leave-one-out", flags->asked.leave_one_out,
                   "without --calibration: predict each of the captures, or the index samples of each m, number of "
                   "rows, or dimensions, from all others")
      ->type_name("WHAT")
      ->check(one_of({"captures", "m", "rows", "dimensions"}))
      ->group("Predictions");
  verb->add_flag("--textbook", flags->asked.textbook,
                 "with --leave-one-out captures: also predict by M/M/c on mean durations, for comparison")
      ->group("Predictions");
  verb->add_flag("--effects", flags->asked.effects,
                 "with --leave-one-out captures: the errors again without each effect of contention; takes three to "
                 "four times as long")
      ->group("Predictions");
  verb->add_flag("--lenient", flags->asked.lenient, "keep what can be read of damaged logs")->group("Captures");
  add_settings_flag(*verb, flags->asked.settings);
  flags->output.add_to(*verb);
  verb->footer(footer(
      {{"capplan validate --calibration costs.toml other.toml", "a capture compared with its replay"},
       {"capplan validate --leave-one-out captures *.toml", "leave-one-capture-out cross-validation"},
       {"capplan validate --calibration costs.toml --index-samples other.csv", "errors and intervals"},
       {"capplan validate --index-samples samples.csv --leave-one-out m", "how an unseen m is predicted"},
       {"capplan validate --calibration costs.toml --index-samples b.csv -o e.json", "every sample, for a program"}},
      {ExitStatus::done, ExitStatus::failed, ExitStatus::bad_input}));
  verb->callback([flags, &session] { session.job = [flags, &session] { return run(*flags, session); }; });
}

}  // namespace capplan::cli
