// The topics of describe that help to read an answer: the errors that clients get, and the warnings of a run.

#include <fmt/format.h>

#include "models/client_error.h"
#include "plan/report/topics.h"
#include "plan/study/warning_specs.h"

namespace capplan::plan {

Topic errors_topic();
Topic warnings_topic();

Topic errors_topic() {
  Report report{.headline = "Errors",
                .setting = "What clients of the simulated service can get, under the names of the real systems.",
                .titled = true};
  for (const models::ClientErrorInfo& info : models::client_errors)
    if (!info.name.empty())
      report.blocks.push_back(
          {.title = std::string(info.name),
           .sentences = {fmt::format("Raised by {}.", info.raised_by), fmt::format("Remedy: {}.", info.remedy)}});
  return {"errors", "errors that clients can get, under the names of the real systems", std::move(report)};
}

Topic warnings_topic() {
  Report report{.headline = "Warnings",
                .setting =
                    "Every warning has a code, in the table, in JSON and here. Its severity is critical (no figures "
                    "to plan with, or requests that fail by design), warning (something costs or risks more than "
                    "one may expect) or info (the figures stand; how to read them).",
                .titled = true};
  for (const WarningSpec& spec : warning_specs)
    report.blocks.push_back({.title = std::string(spec.code),
                             .sentences = {fmt::format("{}: {}.", to_string(spec.severity), spec.meaning),
                                           std::string(spec.detail), fmt::format("Remedy: {}", spec.remedy)}});
  return {"warnings", "codes of the warnings of a run: what each means, and its remedy", std::move(report)};
}

}  // namespace capplan::plan
