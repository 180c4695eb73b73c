#pragma once
// What files of measurements hold, as tables: rates, means, percentiles, spans, whatever tool wrote them. What a format
// is and shows stands in its file below formats/. Intervals are of 95 % and take values for independent; a figure
// without one is counted, or stands in the file.

#include <optional>
#include <string>
#include <vector>

#include "core/estimate.h"
#include "core/figure_spec.h"

namespace capplan::plan {

using core::Unit;

struct InspectedColumn {
  std::string key;      ///< in JSON: "mean_s"
  std::string heading;  ///< "mean"
  Unit unit = Unit::count;
  bool sampled = false;  ///< has an interval
};

struct InspectedTable {
  std::string key;                  ///< in JSON: "classes"
  std::string title;                ///< "by class"
  std::vector<std::string> labels;  ///< of the words that each row begins with: {"class"}
  std::vector<InspectedColumn> columns;
  struct Row {
    std::vector<std::string> words;
    std::vector<core::Estimate> figures;  ///< those not known stand as "-", in JSON as null
  };
  std::vector<Row> rows;
  bool in_text = true;  ///< a terminal shows it; JSON always does
};

struct Inspection {
  std::string file;
  std::string format;  ///< its name, as "pgbench"
  std::string says;    ///< what it is and holds, in a sentence
  std::vector<InspectedTable> tables;
  std::vector<std::string> warnings;
};

using Inspections = std::vector<Inspection>;

struct InspectOptions {
  std::string since;              ///< a snapshot before: counters are what came since; may be empty
  std::optional<double> seconds;  ///< between the two, or since the counters were reset: gives rates
  bool lenient = false;           ///< keep what can be read of damaged logs
  std::string as;                 ///< the format of the files; empty: whichever each is recognised as
};

/// "10min" in seconds; nothing for an empty text. Throws core::InputError that names --over.
std::optional<double> read_over(const std::string& text);

/// Reads the files; after a manifest come its log and what was measured beside it. Throws core::InputError with what is
/// wrong with all of them.
Inspections inspect(const std::vector<std::string>& files, const InspectOptions& options = {});

}  // namespace capplan::plan
