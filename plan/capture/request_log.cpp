// From a manifest to the reader of its format.

#include "plan/capture/request_log.h"

#include "plan/capture/format_spec.h"
#include "plan/capture/manifest.h"

namespace capplan::plan {

RequestLog read_log(const CaptureManifest& manifest, bool lenient) {
  if (!manifest.has_requests())
    throw core::InputError({manifest.file, 0, 0}, "capture.format",
                           "\"" + manifest.format + "\" holds sums and no single requests",
                           "capplan inspect shows it; fits and replays need the log of pgbench --log, a csvlog, a "
                           "jsonlog, or a table of requests");
  return find_log_format(manifest.format)->read_requests(manifest, lenient);
}

}  // namespace capplan::plan
