#include "plan/scenario/draws.h"

#include "core/error.h"
#include "plan/costs/index_law_file.h"
#include "plan/costs/uncertainty.h"
#include "plan/format/digest.h"
#include "plan/format/document.h"
#include "plan/scenario/written.h"

namespace capplan::plan {

namespace {

struct Source {
  models::Table calibration;
  Uncertainty uncertainty;
};

Source source_of(const Draft& draft, const Scenario& scenario) {
  const models::Section* settings = scenario.find("scenario");
  const bool named = settings != nullptr && settings->params.has("calibration");
  if (!named && !draft.calibration)
    throw core::InputError({draft.file, 0, 0}, "scenario.calibration",
                           "is not there: without a calibration no parameter is known to be uncertain",
                           "capplan calibrate CAPTURE CAPTURE... -o costs.toml, then calibration = \"costs.toml\"");
  const std::string file = named ? beside(draft.file, settings->params.text("calibration")) : "the calibration";
  Source source{draft.calibration ? *draft.calibration : read_toml(file), {}};
  source.uncertainty = uncertainty_of(source.calibration, file);
  return source;
}

}  // namespace

void add_draws(const Draft& draft, const std::vector<Override>& overrides, int count, std::uint64_t seed,
               Scenario& scenario) {
  const Source source = source_of(draft, scenario);
  Draft moved = draft;
  std::erase_if(moved.document, [](const auto& entry) { return entry.first == "sweep"; });
  scenario.draws.clear();
  for (int d = 0; d < count; ++d) {
    moved.calibration = drawn(source.calibration, source.uncertainty, seed, static_cast<std::uint64_t>(d));
    scenario.draws.push_back(resolve(moved, overrides).sections);
  }
}

std::string drawn_from(const Draft& draft, const Scenario& scenario) {
  const Source source = source_of(draft, scenario);
  std::string text = to_toml(source.uncertainty);
  if (const models::Value* law = models::find(source.calibration, "index_law")) text += write_toml_value(*law);
  return sha256(text);
}

}  // namespace capplan::plan
