#pragma once
// What is measured on PgBouncer: on all processes of one port together, and of processor and clients on each.

#include <string>

#include "models/build.h"

namespace capplan::models {

/// What is measured on all processes together.
struct BouncerMeters {
  core::Counter& queries;
  core::Counter& timeouts;
  core::Histogram& wait;
  core::Level& waiting;
  core::Level& active;
  core::Level& clients;
  core::Level& cpu;
};

/// The figures of a bouncer.
FigureSpecs bouncer_figures();
/// The meters of so many processes together.
BouncerMeters bouncer_meters(Build& build, const Section& section, int processes);
/// Those of one of several, by its number; what only all have is that of `all`.
BouncerMeters process_meters(Build& build, const Section& section, const std::string& number, const BouncerMeters& all);

}  // namespace capplan::models
