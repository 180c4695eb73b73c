#pragma once
// One line of PostgreSQL's jsonlog. Source: src/backend/utils/error/jsonlog.c (write_jsonlog). Limits: keys that are
// not wanted, and values of other types, are passed over.

#include <string>
#include <string_view>

#include "plan/capture/server_log.h"

namespace capplan::plan {

/// Takes lines apart; keeps the texts of the last one.
class ServerLogJson {
 public:
  /// Fills `row` but for its line number; false if the line is no object with a timestamp.
  bool parse(std::string_view line, ServerLogRow& row);

 private:
  std::string texts_[7];
};

}  // namespace capplan::plan
