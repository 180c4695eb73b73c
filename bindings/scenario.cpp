#include "bindings/scenario.h"

#include <fmt/format.h>

#include <cerrno>
#include <cstring>
#include <fstream>
#include <sstream>

#include "core/error.h"
#include "plan/format/document.h"

namespace capplan::bindings {

namespace {

using models::Table;
using models::Value;
using Trace = std::shared_ptr<const models::ArrivalTrace>;

std::string read(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  std::ostringstream text;
  if (!file || !(text << file.rdbuf()))
    throw core::InputError({path}, {}, std::string("cannot be read: ") + std::strerror(errno));
  return text.str();
}

/// Whether the edit puts arrivals in the place of a whole workload.
bool is_workload(const plan::Override& edit) {
  return edit.value.as<Trace>() && edit.key.starts_with("workload.") && edit.key.find('.', 9) == std::string::npos;
}

}  // namespace

Scenario::Scenario(std::string text, std::string file, std::vector<plan::Override> edits)
    : text_(std::move(text)), edits_(std::move(edits)), draft_{file, plan::parse_toml(text_, file)} {
  for (const plan::Override& edit : edits_) {
    if (is_workload(edit))
      replace_workload(edit);
    else
      overrides_.push_back(edit);
  }
  resolved_ = plan::resolve(draft_, overrides_);
  json_ = plan::canonical_json(resolved_);
  hash_ = plan::scenario_hash(resolved_);
}

Scenario Scenario::load(const std::string& path) { return {read(path), path}; }

Scenario Scenario::with(const std::vector<plan::Override>& edits) const {
  std::vector<plan::Override> all = edits_;
  all.insert(all.end(), edits.begin(), edits.end());
  return {text_, draft_.file, std::move(all)};
}

void Scenario::replace_workload(const plan::Override& edit) {
  Value* workloads = find(draft_.document, "workload");
  Table* table = workloads ? std::get_if<Table>(&workloads->data) : nullptr;
  Value* section = table ? find(*table, edit.key.substr(9)) : nullptr;
  if (!section) throw core::InputError(edit.value.where, edit.key, "names no section of this scenario");
  Value kind = edit.value;
  kind.data = std::string("trace");
  section->data = Table{{"kind", std::move(kind)}, {"capture", edit.value}};
  std::erase_if(overrides_, [&](const plan::Override& o) { return o.key.starts_with(edit.key + "."); });
}

double Scenario::points() const {
  double points = 1;
  for (const plan::Axis& axis : resolved_.axes) points *= static_cast<double>(axis.values.size());
  return points;
}

std::string Scenario::label() const {
  std::string text = file().starts_with("<") ? resolved_.name : file();
  for (const plan::Override& edit : edits_) {
    const auto* word = edit.value.as<std::string>();
    text += fmt::format(" {}={}", edit.key, word ? *word : plan::write_toml_value(edit.value));
  }
  return text;
}

std::string Scenario::repr() const {
  const std::size_t sections = resolved_.sections.size();
  std::string text = fmt::format("{}: {} section{}, {:.0f} point{} ({})", resolved_.name, sections,
                                 sections == 1 ? "" : "s", points(), points() == 1 ? "" : "s", file());
  for (const plan::Override& edit : edits_)
    text += fmt::format("\n  {} = {}", edit.key, plan::write_toml_value(edit.value));
  return text;
}

bool Scenario::operator==(const Scenario& other) const {
  const auto same = [](const plan::Axis& a, const plan::Axis& b) { return a.key == b.key && a.labels == b.labels; };
  return hash_ == other.hash_ && std::equal(resolved_.axes.begin(), resolved_.axes.end(), other.resolved_.axes.begin(),
                                            other.resolved_.axes.end(), same);
}

}  // namespace capplan::bindings
