#pragma once
// A CSV table with a line of column names, row by row in constant memory: what psql --csv and Locust write. Columns are
// found by name, in any order; others are passed over. Every cell that is wrong is noted with its line and column.
// Source: RFC 4180; a byte order mark and carriage returns are taken. Limits: records up to 32 MB, 1,000,000 rows, the
// first ten problems.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/error.h"
#include "plan/format/csv_records.h"

namespace capplan::plan {

class NamedCsv {
 public:
  static constexpr int absent = -1;

  /// Reads the line of names. `hint` says how such a file is made. Throws core::InputError if there is none, or if a
  /// name is there twice.
  NamedCsv(const std::string& path, std::string hint);

  /// The first of these columns that the table has, or `absent`.
  int column(std::initializer_list<const char*> names) const;
  int column(const char* name) const { return column({name}); }
  /// The same of a column that must be there; if it is not, it is a problem under the first name, with the nearest.
  int need(std::initializer_list<const char*> names);
  int need(const char* name) { return need({name}); }
  const std::vector<std::string>& names() const { return names_; }

  /// Goes to the next row that has as many cells as there are names. False at the end, and after ten problems.
  bool next();
  int line() const { return records_.line(); }
  std::int64_t rows() const { return rows_; }

  /// A cell of this row without blanks around it; empty where the column is absent. Valid until the next row.
  std::string_view text(int column);
  /// A number of 0 or more. Nothing where the cell is empty or the column absent, and, as a problem, where it is none.
  std::optional<double> number(int column);
  /// A whole number of 0 or more; nothing as above.
  std::optional<std::int64_t> count(int column);
  /// Notes that a cell of this row is wrong, or, where the column is absent, the row; and what may mend it.
  void wrong(int column, std::string what, std::string hint = {});
  /// Notes what is wrong with the table as a whole.
  void wrong(std::string what);

  /// Throws core::InputError with everything noted, with what is wrong with the file, or, unless that may be, if there
  /// was no row.
  void finish(bool may_be_empty = false);

 private:
  void problem(int line, int column, const std::string& key, std::string what, std::string hint = {});

  std::string path_;
  std::string hint_;
  ByteSource source_;
  CsvRecords records_;
  std::vector<std::string> names_;
  std::vector<core::Problem> problems_;
  std::int64_t rows_ = 0;
};

}  // namespace capplan::plan
