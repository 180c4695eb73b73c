#pragma once
// The records of a CSV file (RFC 4180) one after another, in constant memory: fields may be quoted, quotes within are
// doubled, and a quoted field may hold line breaks. What is no record is said, and reading goes on at the next line.
// Limits: a record of at most 32 MB; after 100 that are longer, or whose quotes do not end, the rest is not read.

#include <string>
#include <string_view>
#include <vector>

#include "plan/format/byte_source.h"

namespace capplan::plan {

/// A field where it stands in the file; valid until the next record is asked for.
struct CsvField {
  std::string_view raw;  ///< without the quotes around it
  bool doubled = false;  ///< holds doubled quotes
  int column = 1;        ///< of its first character, in the line where the record begins
};

class CsvRecords {
 public:
  enum class Step { record, malformed, end };
  using Begins = bool (*)(std::string_view text);

  /// With `begins`, a line that it does not hold of is no record, and what follows one up to the next is one with it:
  /// how a reader finds its way in a file that was cut. It is shown the text from the line on, 32 bytes or more where
  /// there are as many.
  explicit CsvRecords(ByteSource& source, Begins begins = nullptr) : window_(source), begins_(begins) {}

  /// The next record, or what stands in its place. Empty lines are passed over; without `begins`, of every line.
  Step next();

  const std::vector<CsvField>& fields() const { return fields_; }
  /// The text of a field with its quotes single, and the same without blanks around it. Valid, as all others of the
  /// record, until the next record is asked for.
  std::string_view text(std::size_t field);
  std::string_view trimmed(std::size_t field);
  int line() const { return line_; }      ///< where the record, or what is malformed, begins
  int column() const { return column_; }  ///< of what is malformed
  const std::string& error() const { return error_; }
  bool given_up() const { return endless_ >= 100; }

 private:
  enum class Parsed { whole, needs_more, malformed };
  Parsed parse(std::string_view text);
  Parsed refuse(std::size_t at, const char* why);
  void skip_line();
  Step skip();

  TextWindow window_;
  Begins begins_;
  std::vector<CsvField> fields_;
  std::vector<std::string> unquoted_;  ///< by field: texts that do not stand in the file as they are
  std::size_t length_ = 0;             ///< of the record in the window, its line end too
  std::string error_;
  int line_ = 0;
  int column_ = 1;
  int endless_ = 0;
};

}  // namespace capplan::plan
