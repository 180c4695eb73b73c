#pragma once
// What a figure is, said once. Plain data.

namespace capplan::core {

/// Base units of figures.
enum class Unit { seconds, per_second, ratio, count, bytes };

}  // namespace capplan::core
