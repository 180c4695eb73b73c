#pragma once
// The law of vector indexes in a calibration file: [index_law] holds what a fit left and how far it saw, and below it
//   [index_law.coefficients]  NAME = { value, spread }: value in its unit, spread as the law holds it (index_law.h)
//   [index_law.covariance]    NAME = [...]: of the held values with those before it and itself, as in the list of names
//   [index_law.seen]          hnsw, ivfflat, flat = { rows = [lo, hi], … }
//   [index_law.hnsw_build]    and ivfflat_build: seconds of CREATE INDEX (hnsw_build.h, ivfflat_build.h)
// A file may be written by hand: a coefficient that is not there keeps its prior, and without covariance the spreads
// stand for it. Format: capplan's own. Limits: values have ten digits; all else is written so that it reads back
// exactly.

#include "models/index/index_costs.h"
#include "models/spec/value.h"

namespace capplan::plan {

using models::IndexCosts;

/// The table [index_law].
models::Table to_table(const IndexCosts& costs);

/// The same for searches alone.
models::Table to_table(const models::IndexLaw& law);

/// What `calibration`, a whole calibration file as read, says of vector indexes; priors where it says nothing. Throws
/// core::InputError with everything that is wrong with its [index_law], each at its place.
IndexCosts index_costs_of(const models::Table& calibration);

/// Its law of searches alone.
models::IndexLaw index_law_of(const models::Table& calibration);

}  // namespace capplan::plan
