#pragma once
// A value as written in an input, or as resolved by a spec: what the models read in place of any file format. Positions
// stay with the values, so that whatever is wrong with one can be pointed at.

#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "core/distribution.h"
#include "core/error.h"
#include "core/time.h"

namespace capplan::models {

/// A series of arrivals taken from a capture, in order of time: what the `trace` workload replays.
struct ArrivalTrace {
  std::vector<core::Nanos> at;       ///< since the capture's start, ascending
  std::vector<std::uint16_t> klass;  ///< index into `classes`, one for each arrival
  std::vector<std::string> classes;
  core::Nanos span = 0;  ///< length of the capture
  std::string source;    ///< name of the capture
};

struct IndexCosts;  // models/index/index_costs.h
/// The keys that a class of requests asks its caches for, in order: what `keys = { trace = … }` replays.
struct KeyTrace {
  std::vector<std::uint64_t> keys;  ///< one or more
  std::string source;               ///< name of the file
};

struct Value;
struct Field;
using List = std::vector<Value>;
/// Keys in the order of the input.
using Table = std::vector<Field>;

/// Raw (from a file or a flag): flag, integer, number, text, list, table. Resolved (see spec.h): duration and bytes are
/// integers (nanoseconds, bytes), rate and ratio numbers (per second, 0..1), references text, times distributions.
struct Value {
  using Data = std::variant<std::monostate, bool, std::int64_t, double, std::string, List, Table, core::Distribution,
                            std::shared_ptr<const ArrivalTrace>, std::shared_ptr<const KeyTrace>,
                            std::shared_ptr<const IndexCosts>>;
  Data data;
  core::Position where;      ///< of the value itself
  core::Position key_where;  ///< of its key, where it has one
  bool is_default = false;   ///< filled in from the spec, not written by anyone
  std::string origin;        ///< "" as written; else where it came from: "calibration", "capture light"

  template <class T>
  const T* as() const {
    return std::get_if<T>(&data);
  }
  bool empty() const { return std::holds_alternative<std::monostate>(data); }
};

/// A key and its value. No std::pair: one of a type that is still incomplete where it is named compiles with GCC alone.
struct Field {
  Field(std::string key, Value value) : first(std::move(key)), second(std::move(value)) {}
  std::string first;
  Value second;
};

/// The value of `key`, or null.
const Value* find(const Table& table, const std::string& key);
Value* find(Table& table, const std::string& key);

}  // namespace capplan::models
