// A plain table of requests. Source and limits: plan/capture/request_csv.h.

#include <fmt/format.h>

#include <algorithm>

#include "plan/capture/format_spec.h"
#include "plan/capture/inspected_rows.h"
#include "plan/capture/manifest.h"
#include "plan/capture/request_csv.h"

namespace capplan::plan {

namespace {

void inspect_csv(const std::string& file, const InspectOptions& options, Inspection& into) {
  tabulate(read_request_csv(file, {}, options.lenient), std::nullopt, into);
}

Likeness csv_likeness(const FileSample& sample) {
  return table_likeness(sample, {"class|duration|duration_ms|duration_us"});
}

RequestLog read_csv_requests(const CaptureManifest& m, bool lenient) {
  return read_request_csv(m.log, m.classes, lenient);
}

}  // namespace

CaptureFormat request_csv_format();

CaptureFormat request_csv_format() {
  return {.name = "csv",
          .title = "a table of requests",
          .made_by = "any program: CSV with a column duration_ms, and class, start or end",
          .holds = "every request: class, duration, when it came",
          .likeness = csv_likeness,
          .inspect = inspect_csv,
          .log_word = "csv",
          .read_requests = read_csv_requests};
}

}  // namespace capplan::plan
