#pragma once
// A point's figures as one row of bytes: a store keeps up to a million points, and figures as JSON take ten times the
// room. The paths stand apart, as most points of a store share them. What is read back equals what was written, bit for
// bit; bytes that were damaged are found by a checksum. The format is the store's schema 2, and changes with it alone.

#include <string>
#include <string_view>
#include <vector>

#include "plan/study/result.h"

namespace capplan::plan {

using FigurePath = std::vector<std::string>;

/// Estimates, values and draws, in the figures' order; without the paths.
std::string pack_figures(const std::vector<Figure>& figures);
/// The figures of such a row. Throws std::invalid_argument for damaged bytes, or where the paths are those of another.
std::vector<Figure> unpack_figures(std::string_view bytes, const std::vector<FigurePath>& paths);

/// The paths of figures, in their order.
std::string pack_paths(const std::vector<Figure>& figures);
/// Throws std::invalid_argument for damaged bytes.
std::vector<FigurePath> unpack_paths(std::string_view bytes);

}  // namespace capplan::plan
