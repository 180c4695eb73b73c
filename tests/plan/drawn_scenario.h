#pragma once
// A scenario of ten seconds under draws of a calibration that knows one demand to a tenth.

#include "plan/scenario/draws.h"
#include "tests/plan/scenario_text.h"

namespace capplan::test {

inline plan::Scenario drawn_scenario(int draws) {
  const std::string calibration =
      "[calibration.uncertainty]\nversion = 1\ncaptures = 4\nscatter = { host = 0.1, class = 0.0 }\n"
      "covariance = [{ name = \"demand.q\", row = [0.01] }]\n[query.q]\ncpu = { lognormal = { mean = \"10ms\", cv = "
      "0.5 } "
      "}\n";
  const std::string text =
      "[scenario]\nduration = \"10s\"\n[server.primary]\nkind = \"postgres\"\ncores = 64\n"
      "[pool.app]\nkind = \"fixed\"\nto = \"server.primary\"\nsize = 64\n[query.q]\npool = \"app\"\n"
      "[request.r]\nsteps = [{ query = \"q\" }]\n[workload.w]\nkind = \"open\"\nrate = \"50/s\"\nmix = { r = 1 }\n";
  const plan::Draft draft{"a.toml", plan::parse_toml(text, "a.toml"), plan::parse_toml(calibration, "c.toml")};
  plan::Scenario scenario = plan::resolve(draft);
  if (draws > 0) plan::add_draws(draft, {}, draws, 1, scenario);
  return scenario;
}

}  // namespace capplan::test
