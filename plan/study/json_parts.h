#pragma once
// What the JSON of results, sweeps and comparisons have in common: estimates, paths, words, and the parts of a result.

#include <initializer_list>
#include <string>
#include <vector>

#include "plan/format/json_text.h"
#include "plan/study/result.h"

namespace capplan::plan {

/// `{"value", "lo", "hi"}`, with `sampling` and `calibration` where the interval is split; null where it is not known.
nlohmann::ordered_json json_of(const core::Estimate& estimate);
core::Estimate estimate_of(const nlohmann::ordered_json& json);

/// The place below `json` that a path leads to, made where it is not there.
nlohmann::ordered_json& place_in(nlohmann::ordered_json& json, const std::vector<std::string>& path);

/// The value whose to_string() is the word. Throws std::invalid_argument if none is.
template <class T>
T one_of(const nlohmann::ordered_json& word, std::initializer_list<T> values) {
  for (const T value : values)
    if (word == to_string(value)) return value;
  throw std::invalid_argument(word.dump() + " is none of the words expected there");
}

nlohmann::ordered_json json_of(const std::vector<Warning>& warnings);
nlohmann::ordered_json json_of(const Result& result);

/// The SLOs of a result, and back.
nlohmann::ordered_json slos_json(const Result& result);
void read_slos(const nlohmann::ordered_json& json, Result& result);

/// What a result says of itself, beside its figures.
void read_head(const nlohmann::ordered_json& json, Result& result);
/// A whole result. Throws the parser's exceptions or std::invalid_argument for what is not as it was written.
Result result_of(const nlohmann::ordered_json& json);

}  // namespace capplan::plan
