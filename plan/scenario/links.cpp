// Checking names, reading captures and keys. A name without its section word, where several kinds of section would do,
// is taken for the only one of that name; where there are two, the whole path must be written.

#include "plan/scenario/links.h"

#include <fmt/format.h>

#include <algorithm>

#include "plan/capture/arrivals.h"
#include "plan/capture/key_list.h"
#include "plan/capture/rate_file.h"
#include "plan/costs/index_law_file.h"
#include "plan/format/document.h"

namespace capplan::plan {

namespace {

using models::Param;
using models::Table;
using models::Type;
using models::Value;
using Problems = std::vector<core::Problem>;

struct Linker {
  const std::vector<WrittenSection>& sections;
  const std::string& file;
  Traces& traces;
  Problems& problems;

  /// The sections that a name may mean, and the names of all that the parameter allows.
  std::vector<std::string> targets(const Param& param, const std::string& name, std::vector<std::string>& all) const {
    std::vector<std::string> found;
    for (const WrittenSection& section : sections) {
      if (std::find(param.choices.begin(), param.choices.end(), section.section) == param.choices.end()) continue;
      all.push_back(section.name);
      all.push_back(section.path());
      if (section.name == name || section.path() == name) found.push_back(section.path());
    }
    return found;
  }

  void unknown(const Param& param, const std::string& name, const core::Position& where, const std::string& key,
               const std::vector<std::string>& all) const {
    const std::string near = core::nearest(name, all);
    const std::string section = name.find('.') != std::string::npos ? name : param.choices.front() + "." + name;
    problems.push_back({where,
                        key,
                        fmt::format("there is no [{}] in this scenario{}", section,
                                    near.empty() ? "" : "; did you mean " + near + "?"),
                        {}});
  }

  void reference(const Param& param, Value& value, const std::string& key) const {
    const std::string name = std::get<std::string>(value.data);
    std::vector<std::string> all;
    const std::vector<std::string> found = targets(param, name, all);
    const std::string base = param.numbered ? without_number(name) : name;
    std::vector<std::string> bases;
    if (base != name && found.empty() && targets(param, base, bases).size() == 1)
      value.data = targets(param, base, bases).front() + name.substr(base.size());
    else if (found.size() == 1)
      value.data = found.front();
    else if (found.empty())
      unknown(param, name, value.where, key, all);
    else
      problems.push_back(
          {value.where, key, fmt::format("\"{}\" may be {}: write one of them", name, fmt::join(found, " or ")), {}});
  }

  void mix(const Param& param, const Value& value, const std::string& key) const {
    for (const auto& [name, weight] : std::get<Table>(value.data)) {
      std::vector<std::string> all;
      if (!targets(param, name, all).empty()) continue;
      const Value& weights = weight;
      unknown(param, name, weights.key_where, key + "." + name, all);
    }
  }

  /// Each class of a capture is replayed as the request of its name.
  void check_classes(const models::ArrivalTrace& trace, const Value& value, const std::string& key) const {
    for (const std::string& name : trace.classes) {
      const auto same = [&](const WrittenSection& s) { return s.section == "request" && s.name == name; };
      if (std::any_of(sections.begin(), sections.end(), same)) continue;
      problems.push_back({value.where,
                          key,
                          fmt::format("the capture has requests of class \"{}\", but there is no "
                                      "[request.{}] in this scenario",
                                      name, name),
                          {}});
    }
  }

  void capture(Value& value, const std::string& key) const {
    if (const auto* given = value.as<std::shared_ptr<const models::ArrivalTrace>>())
      return check_classes(**given, value, key);
    read(value, key, traces.arrivals, load_arrivals);
    if (const auto* trace = value.as<std::shared_ptr<const models::ArrivalTrace>>()) check_classes(**trace, value, key);
  }

  void keys(Value& value, const std::string& key) const {
    Value* trace = find(std::get<Table>(value.data), "trace");
    if (trace && trace->as<std::string>()) read(*trace, key + ".trace", traces.keys, load_keys);
  }

  /// A value holds what a file says, or rows as if they had been written in its place.
  template <class T>
  static const std::shared_ptr<const T>& held(const std::shared_ptr<const T>& trace) {
    return trace;
  }
  static models::List held(const std::shared_ptr<const models::List>& rows) { return *rows; }

  /// What the file that a value names holds takes the value's place, unless something is wrong with it.
  template <class Known, class Load>
  void read(Value& value, const std::string& key, Known& known, Load load) const {
    const std::string path = beside(file, std::get<std::string>(value.data));
    auto& trace = known[path];
    try {
      if (!trace) trace = load(path);
      value.data = held(trace);
    } catch (const core::InputError& error) {
      for (core::Problem problem : error.problems()) {
        if (problem.where.line == 0)  // a file as a whole: point at where it is named
          problem = {value.where, key, problem.where.file + " " + problem.what, problem.hint};
        problems.push_back(std::move(problem));
      }
    } catch (const std::exception& error) {
      problems.push_back({value.where, key, path + ": " + error.what(), {}});
    }
  }

  void index_law(Value& value, const std::string& key) const {
    if (value.as<std::shared_ptr<const models::IndexCosts>>()) return;
    read(value, key, traces.laws, [](const std::string& path) {
      return std::make_shared<const models::IndexCosts>(index_costs_of(read_toml(path)));
    });
  }

  void visit(const Param& param, Value& value, const std::string& key) const {
    if (param.type == Type::reference) reference(param, value, key);
    if (param.type == Type::mix) mix(param, value, key);
    if (param.type == Type::capture) capture(value, key);
    if (param.type == Type::index_law) index_law(value, key);
    if (param.type == Type::keys) keys(value, key);
    if (param.type == Type::rate_series && value.as<std::string>()) read(value, key, traces.rates, load_rates);
    if (param.type == Type::record) visit_fields(param.fields, std::get<Table>(value.data), key);
    if (param.type != Type::list) return;
    auto& list = std::get<models::List>(value.data);
    for (std::size_t i = 0; i < list.size(); ++i) {
      const std::string place = fmt::format("{}[{}]", key, i);
      if (list[i].empty()) continue;  // it did not resolve, and that has been said
      if (param.list_of_records)
        visit_fields(param.fields, std::get<Table>(list[i].data), place);
      else
        visit(param.fields.at(0), list[i], place);
    }
  }

  void visit_fields(const std::vector<Param>& params, Table& values, const std::string& path) const {
    for (const Param& param : params) {
      Value* value = find(values, param.name);
      if (value && !value->empty()) visit(param, *value, path + "." + param.name);
    }
  }
};

}  // namespace

std::string without_number(const std::string& name) {
  const std::size_t dot = name.find_last_of('.');
  if (dot == std::string::npos || dot + 1 == name.size() || name[dot + 1] == '0' || name.size() - dot > 5) return name;
  return name.find_first_not_of("0123456789", dot + 1) == std::string::npos ? name.substr(0, dot) : name;
}

void link(models::Section& section, const std::vector<WrittenSection>& sections, const std::string& file,
          Traces& traces, Problems& problems) {
  Table values = section.params.values();
  Linker{sections, file, traces, problems}.visit_fields(section.spec->params, values, section.path());
  section.params = models::Params(std::move(values));
}

}  // namespace capplan::plan
