// capplan calibrate: captures of the real service to a file of costs that a scenario names.

#include <fmt/format.h>

#include <filesystem>

#include "cli/help_text.h"
#include "cli/output.h"
#include "cli/progress.h"
#include "cli/settings_flag.h"
#include "cli/verbs.h"
#include "core/error.h"
#include "plan/fit/calibration.h"
#include "plan/report/calibrate_report.h"
#include "plan/report/calibration_json.h"
#include "plan/report/rendered.h"

namespace capplan::cli {

namespace {

struct Flags {
  std::vector<std::string> manifests;
  plan::IndexSources indexes;
  std::vector<std::string> outputs;
  std::string format;
  std::string title;
  std::string note;
  bool lenient = false;
  bool quiet = false;
};

bool is_costs(const std::string& file) { return file.ends_with(".toml"); }

/// Every file but that of the costs is said by its extension how it is written.
void check(const Flags& flags) {
  std::vector<core::Problem> problems;
  for (const std::string& file : flags.outputs) {
    if (file == "-") continue;
    const std::string extension = std::filesystem::path(file).extension().string();
    if (!is_costs(file) && !plan::format_of_extension(extension))
      problems.push_back({{"--output"},
                          "",
                          fmt::format("\"{}\" does not end in .toml", file),
                          ".toml for the costs; .html, .md, .txt, .json or .csv for what is said of them"});
    else if (const std::string why = unwritable(file); !why.empty())
      problems.push_back({{"--output"}, "", fmt::format("{} cannot be written: {}", file, why), ""});
  }
  if (!problems.empty()) throw core::InputError(std::move(problems));
  std::vector<std::string> read = flags.manifests;
  read.insert(read.end(), flags.indexes.samples.begin(), flags.indexes.samples.end());
  read.insert(read.end(), flags.indexes.plans.begin(), flags.indexes.plans.end());
  keep_apart(read, flags.outputs);
}

/// Writes the files; returns that of the costs, empty if there is none.
std::string write_files(const Flags& flags, const plan::Calibration& calibration, const Session& session) {
  std::string costs;
  plan::TableOptions options;
  options.page = page_options(flags.title, flags.note, session);
  for (const std::string& file : flags.outputs) {
    if (file == "-") continue;
    if (is_costs(file)) costs = file;
    const std::string extension = std::filesystem::path(file).extension().string();
    write_file(file, is_costs(file) ? plan::to_toml(calibration)
                                    : plan::rendered(calibration, *plan::format_of_extension(extension), options));
    if (!flags.quiet) session.err << "wrote " << file << "\n";
  }
  return costs;
}

ExitStatus run(const Flags& flags, Session& session) {
  check(flags);
  const plan::Calibration calibration = [&] {
    const ElapsedLine line(session.err, "calibrate", !flags.quiet);
    return plan::calibrate(flags.manifests, flags.indexes, {.lenient = flags.lenient});
  }();
  const bool as_json = flags.format == "json";
  const std::string costs = write_files(flags, calibration, session);
  if (flags.outputs.empty() || flags.outputs.front() == "-") {
    if (as_json) {
      session.out << plan::to_json(calibration);
      return ExitStatus::done;
    }
    session.out << plan::to_toml(calibration);
    if (!flags.quiet) session.err << plan::summary_table(calibration);
    return ExitStatus::done;
  }
  session.out << (as_json ? plan::to_json(calibration) : plan::summary_table(calibration));
  if (!flags.quiet && !costs.empty())
    session.err << fmt::format(
        "use it in a scenario, with the path from there:\n  [scenario]\n"
        "  calibration = \"{}\"\n",
        costs);
  return ExitStatus::done;
}

}  // namespace

void add_calibrate(CLI::App& app, Session& session) {
  const auto flags = std::make_shared<Flags>();
  CLI::App* verb = app.add_subcommand(
      "calibrate", "fit the costs of queries from captures of the real service, and of vector indexes from samples");
  verb->add_option("MANIFEST", flags->manifests, "manifests of captures (TOML), each beside its log");
  verb->add_option("--index-samples", flags->indexes.samples,
                   "measured searches of vector indexes (CSV), as data/index_samples/measure.py writes them; several "
                   "files may follow")
      ->type_name("FILE")
      ->group("Indexes");
  verb->add_option("--index-plans", flags->indexes.plans,
                   "plans of one index at one setting, from EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON), or a csvlog or "
                   "jsonlog with those of auto_explain; repeatable, each with its --index")
      ->type_name("FILE")
      ->allow_extra_args(false)
      ->group("Indexes");
  verb->add_option(
          "--index", flags->indexes.index,
          "the index that the plans used, and its setting: the kind, then rows=N and dimensions=N; of hnsw m=, "
          "ef_construction= and ef_search=; of ivfflat lists= and probes=; if need be type=, limit=, other_bytes=, "
          "and name= where a log tells of several indexes; with commas between")
      ->type_name("INDEX")
      ->allow_extra_args(false)
      ->group("Indexes");
  add_settings_flag(*verb, flags->indexes.settings);
  verb->add_flag("--lenient", flags->lenient, "keep what can be read of damaged logs")->group("Captures");
  verb->add_option("-o,--output", flags->outputs,
                   "the file of costs, ending in .toml; without it they go to standard output and the table to "
                   "standard error; and a page of the fits as .html, or .md, .txt, .json, .csv; repeatable")
      ->type_name("FILE")
      ->allow_extra_args(false)
      ->group("Output");
  add_page_flags(*verb, flags->title, flags->note);
  verb->add_option("--format", flags->format,
                   "table or json: what is said of the fits and the load on standard output; json in place of the file "
                   "of costs without -o (default: table)")
      ->type_name("FORMAT")
      ->check(one_of({"table", "json"}))
      ->group("Output");
  verb->add_flag("-q,--quiet", flags->quiet, "say nothing but results and errors")->group("Messages");
  verb->footer(footer(
      {{"capplan calibrate light.toml -o costs.toml", "then: calibration = \"costs.toml\" in a scenario"},
       {"capplan calibrate light.toml alone.toml -o costs.toml", "classes that one capture lacks"},
       {"capplan calibrate light.toml -o costs.toml --format json", "families, quantile pairs and load, for a program"},
       {"capplan calibrate light.toml -o costs.toml -o fits.html", "and a page: how well each class is fitted"},
       {"capplan calibrate light.toml --index-samples samples.csv -o costs.toml", "queries and indexes in one file"},
       {"capplan calibrate --index-plans p.json --index \"$INDEX\" -o costs.toml",
        "from plans: INDEX=hnsw,rows=5e4,dimensions=384,m=16,ef_search=40"}},
      {ExitStatus::done, ExitStatus::failed, ExitStatus::bad_input}));
  verb->callback([flags, &session] { session.job = [flags, &session] { return run(*flags, session); }; });
}

}  // namespace capplan::cli
