#pragma once
// The server's settings that the choice of plans depends on, given as a file: shared by the verbs that hold predictions
// of searches beside measured ones.

#include <CLI/CLI.hpp>

#include <string>

namespace capplan::cli {

inline void add_settings_flag(CLI::App& verb, std::string& settings) {
  verb.add_option("--settings", settings,
                  "the server's settings, on which the choice of plans depends (CSV of name, setting and unit from "
                  "pg_settings); without it PostgreSQL's defaults and max_parallel_workers_per_gather = 0, as "
                  "data/index_samples/measure.py sets it")
      ->type_name("FILE")
      ->group("Indexes");
}

}  // namespace capplan::cli
