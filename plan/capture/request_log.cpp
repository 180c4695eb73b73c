// From a manifest to the reader of its format.

#include "plan/capture/request_log.h"

#include "plan/capture/manifest.h"
#include "plan/capture/pgbench_log.h"
#include "plan/capture/request_csv.h"
#include "plan/capture/server_requests.h"

namespace capplan::plan {

RequestLog read_log(const CaptureManifest& manifest, bool lenient) {
  if (!manifest.has_requests())
    throw core::InputError({manifest.file, 0, 0}, "capture.format",
                           "\"" + manifest.format + "\" holds sums and no single requests",
                           "capplan inspect shows it; fits and replays need the log of pgbench --log, a csvlog, a "
                           "jsonlog, or a table of requests");
  if (manifest.format == "csv") return read_request_csv(manifest.log, manifest.classes, lenient);
  if (manifest.of_server()) return read_server_requests(manifest, lenient);
  return read_pgbench_log(manifest.log, {manifest.classes, manifest.open(), lenient});
}

}  // namespace capplan::plan
