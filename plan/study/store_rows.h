#pragma once
// Points as rows of a store of schema 2, and back. What a point is besides its figures is text: its scenario, and its
// result as JSON without figures. Points of a sweep differ in a few words of it, so that it is deflated with the text
// of a point before for a dictionary (plan/format/deflate.h), which stands once in table `shared`; a point that is too
// unlike gets to be the dictionary of those after it. Limits: one connection, one thread.

#include <SQLiteCpp/SQLiteCpp.h>

#include <cstdint>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "plan/study/figure_pack.h"
#include "plan/study/store.h"

namespace capplan::plan {

/// A point as it stands in the store.
struct StoredRow {
  PointKey key;
  Result result;
};

class StoreRows {
 public:
  /// `connection` must outlive this.
  explicit StoreRows(SQLite::Database& connection) : connection_(connection) {}
  /// After a transaction that failed: what it numbered is void.
  void forget();

  /// The number of the row with this key and number of replications, or with this rule; 0 if there is none.
  std::int64_t row_of(const PointKey& key, int replications) const;
  std::int64_t row_of(const PointKey& key, const std::string& rule) const;
  /// Whether there is a row of this number.
  bool holds(std::int64_t row) const;
  /// The point in a row. Throws std::exception for a damaged one, saying what is.
  StoredRow read(std::int64_t row);
  /// That a row answers.
  std::vector<std::string> rules(std::int64_t row) const;
  /// Within a transaction: writes the point, in the place of one with the same key and number of replications. Where
  /// that one is the same, it answers one more rule.
  void write(const PointKey& key, const std::string& rule, const Result& result, const AxisValues& axes);

 private:
  struct Base {
    std::int64_t id = 0;
    std::string text;
  };

  std::int64_t word(const std::string& text);
  std::int64_t shared(const std::string& bytes);
  const std::vector<FigurePath>& paths(std::int64_t id);
  const std::string& base_text(std::int64_t id);
  std::int64_t figure_set(const std::vector<Figure>& figures);
  /// The texts deflated, and the base that this is to be read with.
  std::pair<std::int64_t, std::string> deflate(const std::string& texts);
  std::string shared_bytes(std::int64_t id) const;
  bool is_same(std::int64_t row, const Result& result);
  /// Into an existing row, or a new one for 0; returns its number.
  std::int64_t write_point(std::int64_t row, const PointKey& key, const Result& result, const std::string& profile);
  void write_profile(std::int64_t row, const std::string& profile);
  void add_rule(std::int64_t row, const std::string& rule);

  SQLite::Database& connection_;
  Base latest_;  ///< what the texts of the next point are compared with
  std::map<std::string, std::int64_t> words_;
  std::map<std::string, std::int64_t> figure_sets_;  ///< by their packed paths
  std::map<std::int64_t, std::vector<FigurePath>> paths_;
  std::map<std::int64_t, std::string> base_texts_;
};

}  // namespace capplan::plan
