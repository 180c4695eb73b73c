#pragma once
// A CSV file (RFC 4180) with one line of column names, every cell with its place. Commas separate, double quotes
// enclose. Limits: a line break within quotes is refused; 100,000 lines.

#include <string>
#include <vector>

#include "core/error.h"

namespace capplan::plan {

struct CsvCell {
  std::string text;  ///< without quotes, and without blanks around it
  int column = 1;    ///< of its first character
};

struct CsvRow {
  int line = 0;
  std::vector<CsvCell> cells;  ///< as many as there are names
};

struct CsvTable {
  std::string file;
  std::vector<std::string> names;
  std::vector<CsvRow> rows;  ///< at least one; empty lines are left out

  /// The index of a column, or -1.
  int find(const std::string& name) const;
};

/// Reads a file, plain or gzip. Throws core::InputError with every line that has not as many cells as there are names,
/// a name that is there twice, and for a file that is no table at all. `hint` says how such a file is made.
CsvTable read_csv(const std::string& path, const std::string& hint);

}  // namespace capplan::plan
