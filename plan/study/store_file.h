#pragma once
// A store as a file: born whole or not at all, opened, and what to say where SQLite fails. Sources: the SQLite
// documents "Atomic Commit", "Write-Ahead Logging", "Result and Error Codes". Limits: a file system on which SQLite's
// locks work, which those shared over a network often are not.

#include <SQLiteCpp/SQLiteCpp.h>

#include <string>

namespace capplan::plan {

inline constexpr int store_schema = 2;
inline constexpr int first_store_schema = 1;  ///< of engine 3 and before: read, never written

enum class StoreAccess { read, write };

/// An open file that is a store.
struct StoreFile {
  std::string path;
  std::string uri;  ///< as it was opened, and as ATTACH takes it
  SQLite::Database connection;
  int schema = store_schema;
  std::string fingerprint{};  ///< of the machine that wrote it (core/fingerprint.h); empty: it is not known
};

/// Opens a store. To write, a file that is not there, is empty or was left half born is made one, in one transaction;
/// one of the first schema, or from a machine of another fingerprint, is refused. To read, any store is fine, in a
/// folder that cannot be written too. Throws core::InputError naming the file.
StoreFile open_store(const std::string& path, StoreAccess access);

/// Says what SQLite's failure means for the one who asked, and how to go on. Throws core::InputError for a file that is
/// no store or a damaged one, std::runtime_error where the disk is full, fails or the store is in use.
[[noreturn]] void explain(const SQLite::Exception& failure, const std::string& path);

/// The way on for one whose store is damaged.
std::string recovery_hint(const std::string& path);

}  // namespace capplan::plan
