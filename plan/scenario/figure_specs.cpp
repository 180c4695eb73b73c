#include "plan/scenario/figure_specs.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "plan/scenario/sections.h"

namespace capplan::plan {

namespace {

using core::FigureSpec;
using Path = std::vector<std::string>;

std::vector<KnownFigure> all_figures() {
  std::vector<KnownFigure> figures;
  const std::vector<KnownFigure> computed = computed_figures();
  for (const std::string& section : section_words()) {
    const std::string group = models::figure_group(section);
    for (const models::Spec& spec : section_specs()) {
      if (spec.section != section) continue;
      for (const FigureSpec* figure : spec.figures)
        if (std::none_of(figures.begin(), figures.end(),
                         [&](const KnownFigure& f) { return f.section == section && f.spec == figure; }))
          figures.push_back({section, group, figure});
    }
    for (const KnownFigure& figure : computed)
      if (figure.section == section) figures.push_back(figure);
  }
  std::erase_if(figures, [](const KnownFigure& f) { return f.spec->aggregation == core::Aggregation::breakdown; });
  return figures;
}

/// The figures of each group.
const std::map<std::string, std::vector<const KnownFigure*>, std::less<>>& by_group() {
  static const auto groups = [] {
    std::map<std::string, std::vector<const KnownFigure*>, std::less<>> found;
    for (const KnownFigure& figure : known_figures()) found[figure.group].push_back(&figure);
    return found;
  }();
  return groups;
}

/// Whether a path goes on with a figure's name, and if so at which of its parts that ends.
bool continues(const Path& path, std::string_view name, std::size_t& end) {
  end = 2;
  for (std::size_t at = 0; at <= name.size(); ++end) {
    const std::size_t slash = std::min(name.find('/', at), name.size());
    if (end >= path.size() || path[end] != name.substr(at, slash - at)) return false;
    at = slash + 1;
  }
  return true;
}

/// The alias, or the name without its unit.
std::string word_of_spec(const FigureSpec& spec) {
  if (!spec.alias.empty()) return std::string(spec.alias);
  std::string word(spec.name);
  const std::string_view ending = spec.unit == core::Unit::per_second ? "_per_s" : "_s";
  const bool has_unit = spec.unit == core::Unit::per_second || spec.unit == core::Unit::seconds;
  if (has_unit && word.ends_with(ending)) word.erase(word.size() - ending.size());
  return word;
}

bool has_statistics(const FigureSpec& spec) { return spec.aggregation == core::Aggregation::histogram; }

/// A statistic stands alone where it is of a latency, which is what is asked of most.
bool is_plain(const FigureSpec& spec) { return word_of_spec(spec) == "latency"; }

bool is_statistic(std::string_view text) {
  return std::find(core::histogram_statistics.begin(), core::histogram_statistics.end(), text) !=
         core::histogram_statistics.end();
}

bool is_key(const FigureSpec& spec, std::string_view text) {
  const std::vector<std::string_view> keys = spec.keys();
  return std::find(keys.begin(), keys.end(), text) != keys.end();
}

/// Of a metric that begins with a word of the figure what follows it: "_p95", "[shed]", "" for nothing; none if it does
/// not.
std::optional<std::string> rest_after(const std::string& metric, const std::string& word) {
  if (!metric.starts_with(word)) return std::nullopt;
  return metric.substr(word.size());
}

/// The leaf that the rest of a metric names on a figure; nothing if it names none.
std::optional<std::string> leaf_in(const FigureSpec& spec, const std::string& rest) {
  if (has_statistics(spec)) {
    const bool joined = rest.size() > 1 && (rest[0] == '_' || rest[0] == '/');
    if (joined && is_statistic(rest.substr(1))) return rest.substr(1);
    return std::nullopt;
  }
  if (spec.keys == nullptr) return rest.empty() ? std::optional(rest) : std::nullopt;
  if (rest.size() < 2) return std::nullopt;
  const std::string key = rest[0] == '/'                          ? rest.substr(1)
                          : rest[0] == '[' && rest.ends_with(']') ? rest.substr(1, rest.size() - 2)
                                                                  : "";
  return is_key(spec, key) ? std::optional(key) : std::nullopt;
}

}  // namespace

const std::vector<KnownFigure>& known_figures() {
  static const std::vector<KnownFigure> figures = all_figures();
  return figures;
}

const FigureSpec* spec_of(const Path& path) {
  if (path.size() < 3) return nullptr;
  const auto group = by_group().find(path[0]);
  if (group == by_group().end()) return nullptr;
  for (const KnownFigure* figure : group->second)
    if (std::size_t end = 0; continues(path, figure->spec->name, end)) return figure->spec;
  return nullptr;
}

std::string leaf_of(const Path& path) {
  const FigureSpec* spec = spec_of(path);
  if (spec == nullptr) return path.size() > 3 ? path.back() : "";
  std::size_t end = 0;
  continues(path, spec->name, end);
  return fmt::format("{}", fmt::join(path.begin() + static_cast<std::ptrdiff_t>(end), path.end(), "/"));
}

std::string section_of_group(const std::string& group) {
  const auto found = by_group().find(group);
  return found == by_group().end() ? "" : found->second.front()->section;
}

Path Quantity::path() const {
  Path path;
  for (std::string_view rest = spec->name; !rest.empty();) {
    const std::size_t slash = std::min(rest.find('/'), rest.size());
    path.emplace_back(rest.substr(0, slash));
    rest.remove_prefix(std::min(slash + 1, rest.size()));
  }
  if (!leaf.empty()) path.push_back(leaf);
  return path;
}

std::string Quantity::word() const {
  if (spec->keys != nullptr) return fmt::format("{}[{}]", word_of_spec(*spec), leaf);
  if (leaf.empty()) return word_of_spec(*spec);
  return is_plain(*spec) ? leaf : word_of_spec(*spec) + "_" + leaf;
}

std::optional<Quantity> find_quantity(const std::string& section, const std::string& metric) {
  const auto group = by_group().find(models::figure_group(section));
  if (group == by_group().end()) return std::nullopt;
  for (const KnownFigure* figure : group->second) {
    const FigureSpec& spec = *figure->spec;
    if (is_plain(spec) && is_statistic(metric)) return Quantity{&spec, metric};
    for (const std::string& word : {word_of_spec(spec), std::string(spec.name)}) {
      const std::optional<std::string> rest = rest_after(metric, word);
      const std::optional<std::string> leaf = rest ? leaf_in(spec, *rest) : std::nullopt;
      if (leaf) return Quantity{&spec, *leaf};
    }
  }
  return std::nullopt;
}

std::vector<std::string> metric_words(const std::string& section) {
  std::vector<std::string> words;
  const auto group = by_group().find(models::figure_group(section));
  if (group == by_group().end()) return words;
  for (const KnownFigure* figure : group->second) {
    const FigureSpec& spec = *figure->spec;
    if (has_statistics(spec))
      for (const std::string_view statistic : core::histogram_statistics)
        words.push_back(Quantity{&spec, std::string(statistic)}.word());
    else
      words.push_back(Quantity{&spec, spec.keys != nullptr ? "NAME" : ""}.word());
  }
  return words;
}

std::string section_of_target(const std::string& target) {
  const std::size_t dot = target.find('.');
  return dot == std::string::npos ? "request" : target.substr(0, dot);
}

Path figure_path(const std::string& target, const std::string& metric) {
  const std::string section = section_of_target(target);
  const std::size_t dot = target.find('.');
  Path path = {models::figure_group(section), dot == std::string::npos ? target : target.substr(dot + 1)};
  const std::optional<Quantity> quantity = find_quantity(section, metric);
  const Path below = quantity ? quantity->path() : Path{metric};
  path.insert(path.end(), below.begin(), below.end());
  return path;
}

std::string target_of(const Path& path) {
  if (path.size() < 2) return {};
  const std::string section = section_of_group(path[0]);
  if (section.empty()) return {};
  return section == "request" ? path[1] : section + "." + path[1];
}

}  // namespace capplan::plan
