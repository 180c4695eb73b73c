#pragma once
// A format of captures, registered once: what it is called, how its lines look, what it holds, how it is read, and what
// `capplan inspect` shows of it. A format is a file below formats/ that returns its CaptureFormat, and one line in
// format_spec.cpp; recognition, --as, the formats that manifests can name, `capplan describe formats` and
// docs/formats.md follow. A file is recognised by its lines, wherever it begins: those of a log that was cut or rotated
// count as much as its first. Limits: 64 kB are looked at.

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "plan/capture/inspection.h"
#include "plan/capture/request_log.h"

namespace capplan::plan {

/// What a file begins with, decompressed.
struct FileSample {
  std::string path;
  std::string text{};
  std::vector<std::string_view> lines{};  ///< of `text` that are not blank, without the last one where that was cut
};

/// How much a file looks like a format: 0 not at all, 1 in every line; from `recognised` on it is taken for one.
struct Likeness {
  double share = 0;
  std::string lacks{};  ///< where it is less: what would be needed, "a column named class"
};

inline constexpr double recognised = 0.5;

struct CaptureFormat {
  std::string name;     ///< "pgbench": of --as and in JSON
  std::string title;    ///< "a transaction log of pgbench"
  std::string made_by;  ///< what writes it: "pgbench --log"
  std::string holds;    ///< what can be told from it, in one line
  Likeness (*likeness)(const FileSample& sample) = nullptr;
  /// What it holds as tables. Throws core::InputError.
  void (*inspect)(const std::string& file, const InspectOptions& options, Inspection& into) = nullptr;
  bool snapshot = false;  ///< counters: the same taken before can stand before it (--since)

  /// Of a log that a manifest can name: its word in capture.format. Empty: none.
  std::string log_word{};
  /// The single requests of such a log; null where it holds sums.
  RequestLog (*read_requests)(const CaptureManifest& manifest, bool lenient) = nullptr;
  /// What such a log holds, with what its manifest says of it; null: `inspect` of its file.
  void (*inspect_log)(const CaptureManifest& manifest, bool lenient, Inspection& into) = nullptr;
};

/// In the order of help; of two that a file looks like as much, the first.
const std::vector<CaptureFormat>& capture_formats();

/// The format of a name, or null.
const CaptureFormat* find_format(const std::string& name);
/// The first format that manifests give this word, or null.
const CaptureFormat* find_log_format(const std::string& word);
/// The words that capture.format of a manifest can be.
std::vector<std::string> log_words();

/// What the file is. Throws core::InputError if it cannot be read or is empty; and for one that is not known, with the
/// nearest format and what it lacks of it.
const CaptureFormat& recognise(const std::string& path);

/// The format called `name`. Throws core::InputError naming `flag` and the nearest.
const CaptureFormat& format_called(const std::string& name, const std::string& flag);

/// Words of a line, without quotes and blanks around them.
std::vector<std::string_view> split_line(std::string_view line, char separator);

/// Of a table of comma-separated values: that its first line has all of `columns` (of alternatives "a|b" one), and how
/// many of its lines have as many fields.
Likeness table_likeness(const FileSample& sample, const std::vector<std::string>& columns);

/// The share of lines for which `fits` holds.
double share_of_lines(const FileSample& sample, const std::function<bool(std::string_view)>& fits);

}  // namespace capplan::plan
