#pragma once
// Where finished points are kept: an SQLite file in WAL mode, one transaction a point, so that a run that is killed
// loses nothing it had finished. Schema 2: a point is known by its key and its number of replications; its figures are
// one packed row (figure_pack.h), the rest of it is text that is kept as a variation of the text of a point before, and
// a profile stands apart. Stores of schema 1 are read.

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "plan/study/point_hash.h"
#include "plan/study/result.h"

namespace capplan::plan {

/// A finished point, and the hash it is known by.
struct StoredPoint {
  std::string hash;
  Result result;
};

/// The value that each axis of a sweep has in a point: "pool.app.size", "8".
using AxisValues = std::vector<std::pair<std::string, std::string>>;

class Store {
 public:
  /// Opens or creates, to add points; or opens to read alone. Throws core::InputError naming the file if it is no
  /// store, to be written is of schema 1, or was written on a machine of another fingerprint (core/fingerprint.h). All
  /// that follows throws core::InputError for a damaged store, std::runtime_error where the disk is full or fails.
  explicit Store(const std::string& path);
  static Store to_read(const std::string& path);
  Store(Store&&) noexcept;
  ~Store();

  /// The point whose replications ended by this rule (rule_text), if it is there.
  std::optional<Result> find(const PointKey& key, const std::string& rule) const;
  /// The point of so many replications, by whatever rule.
  std::optional<Result> find(const PointKey& key, int replications) const;
  /// Every point, in the order of their scenarios' hashes.
  std::vector<StoredPoint> all() const;
  /// Points that have this value on that axis.
  std::vector<StoredPoint> at(const std::string& axis, const std::string& value) const;
  /// Saves a point in one transaction; one of the same key and number of replications is replaced.
  void save(const PointKey& key, const std::string& rule, const Result& result, const AxisValues& axes = {});
  /// Copies every point of another store that this one lacks, in one transaction; returns how many. Throws
  /// core::InputError naming the other if it is no store, is of schema 1, or of another fingerprint.
  std::size_t merge(const std::string& other);
  /// Points it holds.
  std::size_t size() const;

 private:
  struct Database;
  explicit Store(std::unique_ptr<Database> database);
  std::unique_ptr<Database> database_;
};

/// What was saved of a damaged store.
struct Recovered {
  std::size_t points = 0;
  std::size_t lost = 0;  ///< of which it is known that they were there
};

/// Copies the points of a damaged store that can be read whole into a new file. Throws core::InputError if none can, or
/// if the new file is there already.
Recovered recover(const std::string& damaged, const std::string& fresh);

}  // namespace capplan::plan
