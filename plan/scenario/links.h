#pragma once
// What resolved sections name in turn: other sections, by reference or in a mix, captures, traces of keys
// and rates. Checked when all sections are known, for a section may name one that stands below it.

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "plan/scenario/written.h"

namespace capplan::plan {

/// The captures and keys read so far, by the path of the manifest or file: each is read once.
struct Traces {
  std::map<std::string, std::shared_ptr<const models::ArrivalTrace>> arrivals;
  std::map<std::string, std::shared_ptr<const models::KeyTrace>> keys;
  std::map<std::string, std::shared_ptr<const models::IndexCosts>> laws;
  std::map<std::string, std::shared_ptr<const models::List>> rates;
};

/// "server.replica" of "server.replica.1"; a name without a number as it is.
std::string without_number(const std::string& name);

/// Checks every name that a section gives and completes it ("main" to "bouncer.main"); reads the files it names,
/// looked up beside `file`. Everything wrong goes to `problems`.
void link(models::Section& section, const std::vector<WrittenSection>& sections, const std::string& file,
          Traces& traces, std::vector<core::Problem>& problems);

}  // namespace capplan::plan
