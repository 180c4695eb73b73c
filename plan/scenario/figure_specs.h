#pragma once
// Every figure that a result can hold, from the specs of the components that measure them and from the one list of
// those that are computed after a run; and the words in which conditions name them: "p95", "wait_p95",
// "errors[query_wait_timeout]".

#include <optional>
#include <string>
#include <vector>

#include "models/spec/spec.h"

namespace capplan::plan {

/// A figure of a section's word: "pool" has "wait_s" in the group "pools".
struct KnownFigure {
  std::string section;
  std::string group;
  const core::FigureSpec* spec = nullptr;
};

/// Figures that no meter measures (computed_figures.cpp).
std::vector<KnownFigure> computed_figures();

/// All of them, by section in the order of the catalogue, then in the order of their columns.
const std::vector<KnownFigure>& known_figures();

/// The spec of the figure at a path such as pools / app / wait_s / p95; null for one that this engine does not know.
const core::FigureSpec* spec_of(const std::vector<std::string>& path);

/// What a path has below its figure: a statistic ("p95") or a key ("query_wait_timeout"); empty for the figure itself.
std::string leaf_of(const std::vector<std::string>& path);

/// The word of a section for a group: "pool" for "pools"; empty for none.
std::string section_of_group(const std::string& group);

/// One quantity: a figure, with its statistic or key where it has several.
struct Quantity {
  const core::FigureSpec* spec = nullptr;
  std::string leaf{};

  /// Below group and component: {"wait_s", "p95"}.
  std::vector<std::string> path() const;
  /// As conditions have it: "p95", "wait_p95", "oom_kills", "errors[query_wait_timeout]".
  std::string word() const;
};

/// What a metric's word names on a section ("pool", "request", …); nothing if it names none. Words are the alias or
/// the name without its unit, the full name, and either with a statistic; "errors/shed" is taken for "errors[shed]".
std::optional<Quantity> find_quantity(const std::string& section, const std::string& metric);

/// The words of everything that can be asked of a section, in the order of the catalogue; of keyed figures
/// "errors[NAME]".
std::vector<std::string> metric_words(const std::string& section);

/// The path of what a target's metric names: "search" p95 -> requests / search / latency_s / p95. A metric that is
/// unknown gives the path that it would have.
std::vector<std::string> figure_path(const std::string& target, const std::string& metric);

/// The inverse for its first two parts: what a figure is of, in the words of [slo]; empty for none of these.
std::string target_of(const std::vector<std::string>& path);

/// "pool" of "pool.app"; "request" of "search" and of "all".
std::string section_of_target(const std::string& target);

}  // namespace capplan::plan
