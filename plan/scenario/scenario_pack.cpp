// Sections are packed as they were resolved, and never resolved again. The bytes are: the contents, each once, then
// what refers to them by number. A content is a section, a trace, a law, or the name of a file in positions.

#include "plan/scenario/scenario_pack.h"

#include <map>
#include <memory>
#include <stdexcept>

#include "models/index/index_costs.h"
#include "plan/format/digest.h"
#include "plan/format/packed_fields.h"
#include "plan/scenario/sections.h"

namespace capplan::plan {

/// Numbered in the order in which they were first met.
struct PackedContents {
  std::vector<std::string> all{};
  std::map<std::string, std::size_t> by_digest{};

  std::size_t number_of(std::string bytes) {
    const auto [place, fresh] = by_digest.emplace(sha256(bytes), all.size());
    if (fresh) all.push_back(std::move(bytes));
    return place->second;
  }
};

struct UnpackedContents {
  std::vector<std::string_view> all{};
  std::map<std::size_t, models::Value::Data> values{};  ///< of traces and laws that were met before

  std::string_view at(std::size_t number) const {
    if (number >= all.size()) Unpacker::damaged();
    return all[number];
  }
};

struct ScenarioPacker : Packer {
  explicit ScenarioPacker(PackedContents& known) : contents(known) {}
  PackedContents& contents;
};

struct ScenarioUnpacker : Unpacker {
  ScenarioUnpacker(std::string_view bytes, UnpackedContents& known) : Unpacker(bytes), contents(known) {}
  UnpackedContents& contents;
};

/// As a content of its own: what is equal is there once.
template <class T>
void pass_shared(ScenarioPacker& p, const T& x) {
  ScenarioPacker own(p.contents);
  pass(own, x);
  p.count(p.contents.number_of(own.finish()));
}
template <class T>
void pass_shared(ScenarioUnpacker& p, T& x) {
  ScenarioUnpacker own(p.contents.at(p.count()), p.contents);
  pass(own, x);
}

template <class P, Like<core::Position> T>
void fields(P& p, T& where) {
  auto& [file, line, column] = where;
  pass_shared(p, file);
  pass_all(p, line, column);
}

template <class P, Like<std::monostate> T>
void fields(P&, T&) {}

template <class P, Like<models::ArrivalTrace> T>
void fields(P& p, T& trace) {
  auto& [at, klass, classes, span, source] = trace;
  pass_all(p, at, klass, classes, span, source);
}

template <class P, Like<models::KeyTrace> T>
void fields(P& p, T& trace) {
  auto& [keys, source] = trace;
  pass_all(p, keys, source);
}

/// Plain numbers, as they stand in memory.
template <class P, Like<models::IndexCosts> T>
void fields(P& p, T& costs) {
  static_assert(std::is_trivially_copyable_v<models::IndexCosts>);
  if constexpr (Packs<P>) {
    p.text({reinterpret_cast<const char*>(&costs), sizeof costs});
  } else {
    const std::string_view bytes = p.text();
    if (bytes.size() != sizeof costs) Unpacker::damaged();
    bytes.copy(reinterpret_cast<char*>(&costs), sizeof costs);
  }
}

template <class T>
void fields(ScenarioPacker& p, const std::shared_ptr<const T>& held) {
  pass_shared(p, *held);
}
/// Held by all that refer to it.
template <class T>
void fields(ScenarioUnpacker& p, std::shared_ptr<const T>& held) {
  const std::size_t number = p.count();
  models::Value::Data& known = p.contents.values[number];
  if (const auto* there = std::get_if<std::shared_ptr<const T>>(&known)) {
    held = *there;
    return;
  }
  ScenarioUnpacker own(p.contents.at(number), p.contents);
  const auto fresh = std::make_shared<T>();
  pass(own, *fresh);
  held = fresh;
  known = held;
}

template <class P, class T>
requires Like<T, core::Deterministic> || Like<T, core::Exponential>
void fields(P& p, T& family) {
  auto& [value] = family;
  pass(p, value);
}

template <class P, class T>
requires Like<T, core::Uniform> || Like<T, core::Erlang> || Like<T, core::Gamma> || Like<T, core::Lognormal> ||
    Like<T, core::Weibull> || Like<T, core::Hyperexponential> || Like<T, core::Empirical> || Like<T, core::Mixture> ||
    Like<T, core::Shifted>
void fields(P& p, T& family) {
  auto& [first, second] = family;
  pass_all(p, first, second);
}

template <class P, Like<core::BoundedPareto> T>
void fields(P& p, T& family) {
  auto& [alpha, lo, hi] = family;
  pass_all(p, alpha, lo, hi);
}

/// Its makers take moments and weights of any sum, and what they make of these would not be the same bits again: the
/// family is put in as it was.
template <class P, Like<core::Distribution> T>
void fields(P& p, T& distribution) {
  if constexpr (Packs<P>)
    pass_variant(p, distribution.family());
  else
    pass_variant(p, const_cast<core::Distribution::Family&>(distribution.family()));
}

/// Without what is said of it to people alone: its key's place, and whence it comes.
template <class P, Like<models::Value> T>
void fields(P& p, T& value) {
  pass_variant(p, value.data);
  pass(p, value.where);
}

template <>
models::Field blank() {
  return {{}, {}};
}

template <class P, Like<models::Field> T>
void fields(P& p, T& field) {
  pass_all(p, field.first, field.second);
}

template <class P, Like<models::Section> T>
void fields(P& p, T& section) {
  if constexpr (Packs<P>) {
    pass_all(p, section.spec->section, section.spec->kind, section.params.values());
  } else {
    std::string word, kind;
    models::Table values;
    pass_all(p, word, kind, values);
    section.spec = find_spec(word, kind);
    if (section.spec == nullptr) throw std::invalid_argument("has a section that this program does not know: " + word);
    section.params = models::Params(std::move(values));
  }
  pass_all(p, section.name, section.where);
}

template <class P, Like<Slo> T>
void fields(P& p, T& slo) {
  auto& [target, metric, below, limit, text, where, preset, none, completed, over] = slo;
  pass_all(p, target, metric, below, limit, text, where, preset, none, completed, over);
}

template <class P, Like<BurnRate> T>
void fields(P& p, T& burn) {
  auto& [request, objective, latency, long_window, short_window] = burn;
  pass_all(p, request, objective, latency, long_window, short_window);
}

template <class P, Like<Alert> T>
void fields(P& p, T& alert) {
  auto& [name, condition, hold, every, severity, burn] = alert;
  pass_all(p, name, condition, hold, every, severity, burn);
}

namespace {

template <class P, class Sections>
void pass_sections(P& p, Sections& sections) {
  if constexpr (Packs<P>)
    p.count(sections.size());
  else
    sections.resize(p.size());
  for (auto& section : sections) pass_shared(p, section);
}

template <class P, class T>
void pass_scenario(P& p, T& scenario) {
  pass_all(p, scenario.name, scenario.source, scenario.alerts);
  pass_sections(p, scenario.sections);
  if constexpr (Packs<P>)
    p.count(scenario.draws.size());
  else
    scenario.draws.resize(p.size());
  for (auto& drawn : scenario.draws) pass_sections(p, drawn);
}

}  // namespace

std::string pack_scenario(const Scenario& scenario) {
  PackedContents contents;
  ScenarioPacker body(contents);
  pass_scenario(body, scenario);
  Packer whole;
  pass(whole, contents.all);
  whole.text(body.finish());
  return whole.finish();
}

Scenario unpack_scenario(std::string_view bytes) {
  Unpacker whole(bytes);
  UnpackedContents contents;
  contents.all.resize(whole.size());
  for (std::string_view& content : contents.all) content = whole.text();
  ScenarioUnpacker body(whole.text(), contents);
  Scenario scenario;
  pass_scenario(body, scenario);
  scenario.topology = models::topology_of(scenario.sections);
  return scenario;
}

}  // namespace capplan::plan
