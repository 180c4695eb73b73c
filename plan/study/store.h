#pragma once
// Where finished points are kept: an SQLite file in WAL mode, one transaction a point, so that a run that is killed
// loses nothing it had finished. The schema has a version; a file of another version or kind is refused, never changed.

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "plan/study/result.h"

namespace capplan::plan {

/// A finished point, and the hash it is known by.
struct StoredPoint {
  std::string hash;
  Result result;
};

class Store {
 public:
  /// Opens or creates. Throws core::InputError naming the file if it is not a store, or of another schema version.
  explicit Store(const std::string& path);
  ~Store();

  /// The point of this hash, if it is there.
  std::optional<Result> find(const std::string& hash) const;
  /// Every point, in the order of their hashes.
  std::vector<StoredPoint> all() const;
  /// Saves a point in one transaction; a point of the same hash is replaced.
  void save(const std::string& hash, const Result& result);
  /// Copies every point of another store that this one lacks; returns how many.
  std::size_t merge(const std::string& other);
  /// Points it holds.
  std::size_t size() const;

 private:
  struct Database;
  std::unique_ptr<Database> database_;
};

}  // namespace capplan::plan
