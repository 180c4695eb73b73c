#pragma once
// What the files of the store share: the open file, its rows, and how a damaged row is told.

#include "core/error.h"
#include "plan/format/json_text.h"
#include "plan/study/store.h"
#include "plan/study/store_file.h"
#include "plan/study/store_rows.h"

namespace capplan::plan {

struct Store::Database {
  explicit Database(StoreFile opened) : file(std::move(opened)), rows(file.connection) {}

  StoreFile file;
  StoreRows rows;

  /// What `action` returns; SQLite's failures and damaged rows explained. What was cached of a transaction that failed
  /// is forgotten.
  template <class Action>
  auto run(Action action) {
    try {
      return action();
    } catch (const SQLite::Exception& failure) {
      rows.forget();
      explain(failure, file.path);
    } catch (const core::InputError&) {
      throw;
    } catch (const std::bad_alloc&) {
      throw;
    } catch (const std::exception& damage) {  // of a row
      rows.forget();
      throw core::InputError({file.path, 0, 0}, "", says_why(damage), recovery_hint(file.path));
    }
  }
};

}  // namespace capplan::plan
