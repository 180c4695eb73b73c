#pragma once
// The catalogue in words: as text for a terminal, and as the page docs/models.md. All of it comes from the specs.

#include <string>
#include <vector>

#include "models/spec/spec.h"

namespace capplan::plan {

/// Every kind with its one line, by section.
std::string catalog_text(const std::vector<const models::Spec*>& specs, std::size_t width);
/// One kind: what it is, its limits, its parameters, an example.
std::string spec_text(const models::Spec& spec, std::size_t width);
/// What `capplan describe` says: of everything, of a section, of a kind, of a topic (topics.h), or of the "figures"
/// that match a pattern. Throws core::InputError for a word that names none of them.
std::string description(const std::string& word, std::size_t width, const std::string& pattern = "*");

/// What `capplan describe` can be asked for: "figures", topics, sections, kinds by path and by name.
std::vector<std::string> describable();

/// docs/models.md.
std::string catalog_markdown(const std::vector<models::Spec>& specs);

/// A parameter, or a field of one: "disk.fsync", "steps[].query".
struct NamedParam {
  std::string name;
  const models::Param* param;
};

/// The parameters of a spec with their fields, each below the one it belongs to.
std::vector<NamedParam> all_params(const models::Spec& spec);

}  // namespace capplan::plan
