// capplan validate: predictions beside what was measured and not used to fit them. Whatever the errors are, they are an
// answer: the exit code does not depend on them.

#include <fmt/format.h>

#include "cli/help_text.h"
#include "cli/output.h"
#include "cli/session.h"
#include "cli/settings_flag.h"
#include "core/error.h"
#include "plan/calibrate/capture_baselines.h"
#include "plan/calibrate/index_law_file.h"
#include "plan/calibrate/index_samples.h"
#include "plan/calibrate/validation.h"
#include "plan/scenario/document.h"

namespace capplan::cli {

namespace {

struct Flags {
  std::vector<std::string> manifests;
  std::string calibration;
  std::vector<std::string> index_samples;
  std::string left_out;
  std::string settings;
  bool textbook = false;
  bool effects = false;
  bool lenient = false;
  OutputFlags output;
};

void check(const Flags& flags) {
  if (flags.index_samples.empty() && flags.manifests.empty())
    throw core::InputError({"capplan validate"}, "", "nothing measured is given",
                           "capplan validate --calibration costs.toml CAPTURE.toml, or --index-samples samples.csv");
  if (flags.calibration.empty() == flags.left_out.empty())
    throw core::InputError({"capplan validate"}, "",
                           flags.calibration.empty()
                               ? "there is nothing to predict with"
                               : "--leave-one-out fits what is measured itself: it needs no --calibration",
                           "name a --calibration, or what is left out with --leave-one-out captures or m");
  const bool of_captures = flags.left_out == "captures";
  if (flags.textbook && !of_captures)
    throw core::InputError({"--textbook"}, "", "is for captures that are left out one by one",
                           "capplan validate --leave-one-out captures --textbook data/captures/*.toml");
  if (flags.effects && (!of_captures || flags.textbook))
    throw core::InputError({"--effects"}, "", "is for captures that are left out one by one, and predicted by a fit",
                           "capplan validate --leave-one-out captures --effects data/captures/*.toml");
  if (!flags.left_out.empty() && (of_captures ? flags.manifests : flags.index_samples).empty())
    throw core::InputError({"--leave-one-out"}, flags.left_out,
                           of_captures ? "no captures are given" : "no index samples are given",
                           "capplan validate --leave-one-out captures data/captures/*.toml");
}

plan::LeftOut left_out(const std::string& word) {
  return word == "m" ? plan::LeftOut::m : word == "rows" ? plan::LeftOut::rows : plan::LeftOut::dimensions;
}

/// The calibration's law; one that has none is refused.
models::IndexLaw law_of(const std::string& file) {
  const models::Table calibration = plan::read_toml(file);
  if (!models::find(calibration, "index_law"))
    throw core::InputError({file, 0, 0}, "index_law", "the calibration has no law of vector indexes",
                           "capplan calibrate --index-samples SAMPLES.csv -o " + file);
  return plan::index_law_of(calibration);
}

/// Captures beside their replays.
plan::CaptureValidation captures(const Flags& flags) {
  if (!flags.calibration.empty())
    return plan::validate_captures(plan::read_toml(flags.calibration), plan::measure_all(flags.manifests, flags.lenient));
  const std::vector<plan::MeasuredCapture> measured = plan::measure_all(flags.manifests, flags.lenient);
  if (measured.size() < 3)
    throw core::InputError({"--leave-one-out"}, "captures", "needs three captures or more",
                           "capplan validate --leave-one-out captures data/captures/*.toml");
  return flags.textbook ? plan::textbook_leave_one_out(measured) : plan::leave_one_capture_out(measured, flags.effects);
}

plan::Validation validated(const Flags& flags) {
  if (flags.index_samples.empty())
    return {!flags.calibration.empty() ? "calibration " + flags.calibration
            : flags.textbook           ? "M/M/c on the mean durations of all other captures"
                                       : "a fit to all other captures",
            std::nullopt, captures(flags)};
  std::vector<plan::IndexSampleFile> files;
  for (const std::string& file : flags.index_samples) files.push_back(plan::read_index_samples(file));
  const std::vector<models::IndexSample> samples = plan::all_samples(files);
  const models::PlannerSettings planner =
      flags.settings.empty() ? plan::sample_settings : plan::read_planner_settings(flags.settings);
  if (flags.calibration.empty())
    return {fmt::format("laws fitted to the samples of all other values of {}", flags.left_out),
            plan::leave_one_out(samples, left_out(flags.left_out), planner), std::nullopt};
  plan::Validation both{"calibration " + flags.calibration,
                        plan::validate_index_law(law_of(flags.calibration), samples, planner), std::nullopt};
  if (!flags.manifests.empty()) both.captures = captures(flags);
  return both;
}

ExitStatus run(const Flags& flags, Session& session) {
  check(flags);
  const Outputs outputs(flags.output, session.out);
  std::vector<std::string> read = flags.index_samples;
  read.insert(read.end(), flags.manifests.begin(), flags.manifests.end());
  if (!flags.calibration.empty()) read.push_back(flags.calibration);
  if (!flags.settings.empty()) read.push_back(flags.settings);
  keep_apart(read, flags.output.files);
  const plan::Validation validation = validated(flags);
  const std::vector<std::string> files = outputs.write(
      [&](Format format, const plan::TableOptions& table) { return rendered(validation, format, table); });
  if (flags.output.quiet) return ExitStatus::done;
  if (!outputs.table_on_stdout() && validation.captures)
    for (const plan::ComparedCapture& capture : validation.captures->captures)
      for (const std::string& warning : capture.warnings)
        session.err << "warning: " << capture.name << ": " << warning << "\n";
  if (!outputs.table_on_stdout() && validation.index_samples)
    for (const std::string& warning : validation.index_samples->warnings) session.err << "warning: " << warning << "\n";
  for (const std::string& file : files) session.err << "wrote " << file << "\n";
  return ExitStatus::done;
}

}  // namespace

void add_validate(CLI::App& app, Session& session) {
  const auto flags = std::make_shared<Flags>();
  CLI::App* verb = app.add_subcommand("validate", "hold predictions beside what was measured and not used to fit them");
  verb->add_option("MANIFEST", flags->manifests, "manifests of captures (TOML), each beside its log");
  verb->add_option("--calibration", flags->calibration, "file that calibrate wrote: what predicts")
      ->type_name("FILE")
      ->group("Predictions");
  verb->add_option("--index-samples", flags->index_samples,
                   "measured searches of vector indexes (CSV), as data/index_samples/measure.py writes them; several "
                   "files may follow")
      ->type_name("FILE")
      ->group("Indexes");
  verb->add_option("--leave-one-out", flags->left_out,
                   "without --calibration: predict each of the captures, or the index samples of each m, number of "
                   "rows, or dimensions, from all others")
      ->type_name("WHAT")
      ->check(one_of({"captures", "m", "rows", "dimensions"}))
      ->group("Predictions");
  verb->add_flag("--textbook", flags->textbook,
                 "with --leave-one-out captures: what M/M/c on mean durations says, to see what calibration buys")
      ->group("Predictions");
  verb->add_flag("--effects", flags->effects,
                 "with --leave-one-out captures: the errors again without each effect of contention, to see what each is "
                 "worth; takes three to four times as long")
      ->group("Predictions");
  verb->add_flag("--lenient", flags->lenient, "keep what can be read of damaged logs")->group("Captures");
  add_settings_flag(*verb, flags->settings);
  flags->output.add_to(*verb);
  verb->footer(footer(
      {{"capplan validate --calibration costs.toml other.toml", "a capture beside its replay"},
       {"capplan validate --leave-one-out captures *.toml", "each capture from all others"},
       {"capplan validate --calibration costs.toml --index-samples other.csv", "errors and intervals"},
       {"capplan validate --index-samples samples.csv --leave-one-out m", "how an unseen m is predicted"},
       {"capplan validate --calibration costs.toml --index-samples b.csv -o e.json", "every sample, for a program"}},
      {ExitStatus::done, ExitStatus::failed, ExitStatus::bad_input}));
  verb->callback([flags, &session] { session.job = [flags, &session] { return run(*flags, session); }; });
}

}  // namespace capplan::cli
