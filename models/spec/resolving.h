#pragma once
// The parts of resolve (spec.h), each a function from a raw value to the resolved one; what is wrong goes into the
// scope, and the value is empty then. refusals.cpp says what is wrong, scalars.cpp reads what has one number or word,
// load_values.cpp what describes load and keys, resolve.cpp tables and lists of all these.

#include <string>
#include <vector>

#include "models/spec/spec.h"

namespace capplan::models::resolving {

/// Where problems go, and the command that explains the section: empty where there is none.
struct Scope {
  std::vector<core::Problem>& problems;
  std::string command;

  void add(const core::Position& where, const std::string& key, const std::string& what) const {
    problems.push_back({where, key, what, {}});
  }
  void add_with_hint(const core::Position& where, const std::string& key, const std::string& what) const {
    problems.push_back({where, key, what, command});
  }
};

// Refusals.

/// "pool.main" and "size" to "pool.main.size".
std::string below(const std::string& path, const std::string& name);
/// The value as a message shows it.
std::string shown(const Value& raw);
/// What a parameter wants, with an example.
std::string wanted(const Param& param);
/// Adds that the value is not what the parameter wants; an empty value.
Value refuse(const Param& param, const Value& raw, const std::string& key, const Scope& scope);

/// The resolved value, where and whence the raw one is.
Value with(const Value& raw, Value::Data data);

// Scalars.
Value whole_number(const Param& param, const Value& raw, const std::string& key, const Scope& scope);
Value real_number(const Param& param, const Value& raw, const std::string& key, const Scope& scope);
Value ratio(const Param& param, const Value& raw, const std::string& key, const Scope& scope);
Value duration(const Param& param, const Value& raw, const std::string& key, const Scope& scope);
Value bytes(const Param& param, const Value& raw, const std::string& key, const Scope& scope);
Value rate(const Param& param, const Value& raw, const std::string& key, const Scope& scope);
Value chosen(const Param& param, const Value& raw, const std::string& key, const Scope& scope);
Value reference(const Param& param, const Value& raw, const std::string& key, const Scope& scope);
Value distribution(const Param& param, const Value& raw, const std::string& key, const Scope& scope);

// Load and keys.
Value arrivals(const Param& param, const Value& raw, const std::string& key, const Scope& scope);
Value mix(const Param& param, const Value& raw, const std::string& key, const Scope& scope);
Value keys(const Param& param, const Value& raw, const std::string& key, const Scope& scope);
Value rate_series(const Param& param, const Value& raw, const std::string& key, const Scope& scope);

// Tables and lists.
Value record(const Param& param, const std::vector<Param>& fields, const Value& raw, const std::string& key,
             const Scope& scope);
Value list(const Param& param, const Value& raw, const std::string& key, const Scope& scope);

}  // namespace capplan::models::resolving
