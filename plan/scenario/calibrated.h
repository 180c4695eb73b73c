#pragma once
// What a calibration gives to the sections of a document. It only ever fills in what a section does not say itself.

#include <string>
#include <vector>

#include "plan/scenario/written.h"

namespace capplan::plan {

/// The calibration that the document's [scenario] names, looked up beside `file`; empty if it names none.
models::Table read_calibration(const models::Table& document, const std::string& file,
                               std::vector<core::Problem>& problems);

/// What a calibration has for a section: [query.NAME], or [costs.server] for any server; or null.
const models::Table* calibrated(const models::Table& calibration, const std::string& section, const std::string& name);

/// Copies into each query what the calibration has for it, and into each server, pool and bouncer what it has for all
/// of them ([costs.server], …): what the section lacks and the spec knows; of a record such as a server's disk, its
/// fields. Each index that names no law gets the calibration's. A query that searches an index takes no `cpu`: what
/// captures measured of it holds the search already, at their ef_search or probes, and would count it twice. Whatever
/// is wrong with the calibration's law goes to `problems`.
void take_in(const models::Table& calibration, std::vector<WrittenSection>& sections,
             std::vector<core::Problem>& problems);

}  // namespace capplan::plan
