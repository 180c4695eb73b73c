#pragma once
// The law of vector indexes held against what was measured, for docs/validation.md: on the samples of data/captures,
// each m, number of rows and dimensions predicted from all others, and beside simpler predictors; on published figures
// of another host, one half predicted from the other; sizes to the page. Limits: published searches that did not fit
// into memory are left out; the law is of warm caches.

#include <string>

namespace capplan::plan {

/// The section as markdown. `data` is the folder data/ of the sources. Throws core::InputError if files are missing.
std::string index_oracle_markdown(const std::string& data);

}  // namespace capplan::plan
