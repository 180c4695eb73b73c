#pragma once
// The sections of a document as they are written, before any spec has looked at them: found by name, completed by what
// they inherit (`like = "primary"`, and the calibration), and changed by flags.

#include <string>
#include <vector>

#include "plan/scenario/scenario.h"

namespace capplan::plan {

/// [pool.codebase]: its keys as written, or inherited.
struct WrittenSection {
  std::string section;  ///< "pool"
  std::string name;     ///< "codebase"; empty for [scenario]
  models::Table values;
  core::Position where;

  std::string path() const { return name.empty() ? section : section + "." + name; }
};

/// A dotted key taken apart.
std::vector<std::string> split_key(const std::string& key);

/// The sections that the catalogue knows, in file order; [slo] and [sweep] are left out. Words that are no section,
/// tables without a name and names with strange letters are problems. A missing [scenario] is added, empty.
std::vector<WrittenSection> written_sections(const models::Table& document, const std::string& file,
                                             std::vector<core::Problem>& problems);

/// Copies into every section with `like` what the section it names has and it lacks, and takes `like` out.
void inherit(std::vector<WrittenSection>& sections, std::vector<core::Problem>& problems);

/// Writes a change into the document. Below a parameter that is only inherited, the inherited value is copied first,
/// so that one field of it can be changed. A key that names no section or no parameter's place is a problem.
void apply(models::Table& document, const Override& change, const models::Table& calibration,
           std::vector<core::Problem>& problems);

/// Sets `path[from...]` below a table, making tables on the way. False, with a problem, if something else is there.
bool set_path(models::Table& table, const std::vector<std::string>& path, std::size_t from, const Override& change,
              std::vector<core::Problem>& problems);

/// A path named in a scenario file, beside that file.
std::string beside(const std::string& file, const std::string& path);

}  // namespace capplan::plan
