#pragma once
// The figures of a result as grids: one a group, a row a component, a column a figure. Which columns there are follows
// from the figures' specs, or from what was asked for.

#include "plan/report/report.h"

namespace capplan::plan {

/// A grid for each group that the result has figures of; `has_unknown` is set where a "-" stands for one. Without a
/// choice the usual columns, and where the time of requests and jobs goes.
std::vector<Block> figure_blocks(const Result& result, const FigureChoice& choice, bool& has_unknown);

/// What went wrong how often, and what helps; nothing where nothing did.
std::vector<Block> error_blocks(const Result& result, bool& has_unknown);

/// The names that a group of figures has, in order; "all", which is nobody's name, last.
std::vector<std::string> names_of(const Result& result, const std::string& group);

}  // namespace capplan::plan
