#pragma once
// Does a calibration still describe a capture, and if not, what moved: each class's demand, the mix of classes, the
// rate, how uneven arrivals and keys are, the rest between requests, the host's speed. The capture is held against the
// one of the calibration's that is most like it, durations carried over to its load by replays (carry.h), so that more
// load is not called more demand. Sources: Welch 1947 for ratios, errors from batches (batched.h); Pearson's chi-square
// of the mix with counts divided by the design effect (Rao and Scott 1981); Holm 1979 over all figures of all captures;
// a change that matters apart from one that shows: Lakens 2017 on equivalence tests. What that is worth was measured:
// docs/decisions/010-drift.md. Limits: chance here is that of one capture; a shared host repeats a run within 13 to 18
// % in the median where this was written, which probes and the margin only partly hold off.

#include <atomic>
#include <string>
#include <vector>

#include "plan/fit/baseline.h"

namespace capplan::plan {

enum class DriftKind { demand, mix, rate, dispersion, skew, think, host };
enum class Moved {
  moved,        ///< beyond chance, and by more than the margin
  none_shown,   ///< the interval lies within the margin
  cannot_tell,  ///< neither, or not measured on both sides
};
/// "demand", "mix", …; "moved", "no change shown", "cannot tell".
std::string to_string(DriftKind kind);
std::string to_string(Moved moved);

/// One figure. Times in seconds; rates per second; shares 0..1.
struct DriftLine {
  DriftKind kind = DriftKind::demand;
  std::string subject;    ///< class; of the mix the class whose share changed most; or empty
  std::string figure;     ///< "p50", "p95", "server CPU", "share", "at 1.00 s", "Zipf exponent", …
  double calibrated = 0;  ///< as it would be under the capture's load
  double before = 0;      ///< as measured in the calibrated capture
  double measured = 0;    ///< in the capture
  core::Estimate ratio;   ///< measured over calibrated, 95 %
  double p = 1;           ///< of a ratio of 1; of the mix that of its chi-square
  double adjusted_p = 1;  ///< after Holm
  bool tested = false;
  double margin = 0;     ///< change that matters; of the mix the share of requests that changed class
  double distance = 0;   ///< of the mix: share of requests that belong to other classes
  double by_chance = 0;  ///< of the mix: what that would be by chance alone, 19 times of 20
  Moved verdict = Moved::cannot_tell;
  std::string note;  ///< why it cannot be told, or what further is to be known
};

struct CaptureDrift {
  std::string name;
  std::string against;  ///< the calibration's capture that it is held against
  std::vector<DriftLine> lines;
  Moved verdict = Moved::cannot_tell;
  std::vector<std::string> warnings;
};

struct Drift {
  std::string calibration;  ///< its file
  double margin = 0.1;
  std::vector<CaptureDrift> captures;
  Moved verdict = Moved::cannot_tell;  ///< moved if one capture's is; else cannot_tell if one's is
};

struct DriftOptions {
  double margin = 0.1;  ///< least change of demand, rate, think time, skew or host speed that matters; above 0
  std::string against;  ///< name of the calibration's capture; empty: the one most alike
  const std::atomic<bool>* cancel = nullptr;  ///< if it turns true, std::runtime_error is thrown soon
};

/// Level of the verdicts, after Holm's adjustment.
inline constexpr double drift_level = 0.05;

/// Holds captures against a calibration as calibrate wrote it; `file` is named in errors. Throws core::InputError.
Drift drift(const models::Table& calibration, const std::string& file, const std::vector<CaptureBaseline>& captures,
            const DriftOptions& options = {});

/// The same from files.
Drift drift(const std::string& calibration, const std::vector<std::string>& manifests, const DriftOptions& options = {},
            bool lenient = false);

}  // namespace capplan::plan
