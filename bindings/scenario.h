#pragma once
// A scenario as Python holds it: the text it was read from, the changes made to it since, and what both come to.
// Nothing of it ever changes. Limit: files that the text names (a calibration, captures) are read anew when it is
// unpickled or changed.

#include <string>
#include <vector>

#include "plan/scenario/scenario.h"

namespace capplan::bindings {

class Scenario {
 public:
  /// Throws core::InputError with every problem.
  Scenario(std::string text, std::string file, std::vector<plan::Override> edits = {});
  static Scenario load(const std::string& path);

  /// The same with further changes. An Arrivals value for "workload.NAME" puts a trace in that workload's place.
  Scenario with(const std::vector<plan::Override>& edits) const;

  const std::string& text() const { return text_; }
  const std::string& file() const { return draft_.file; }
  const std::vector<plan::Override>& edits() const { return edits_; }
  const plan::Draft& draft() const { return draft_; }                          ///< what is left to change by
  const std::vector<plan::Override>& overrides() const { return overrides_; }  ///< these
  const plan::Scenario& resolved() const { return resolved_; }
  const std::string& json() const { return json_; }
  const std::string& hash() const { return hash_; }
  double points() const;

  /// How a comparison names it: its file, or its name where it is from none, and the changes since.
  std::string label() const;
  std::string repr() const;
  bool operator==(const Scenario& other) const;

 private:
  void replace_workload(const plan::Override& edit);

  std::string text_;
  std::vector<plan::Override> edits_;
  plan::Draft draft_;
  std::vector<plan::Override> overrides_;
  plan::Scenario resolved_;
  std::string json_, hash_;
};

}  // namespace capplan::bindings
