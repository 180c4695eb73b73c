// The store: what is saved comes back, whoever opens it first; what is foreign, old or damaged is told by name.

#include "plan/study/store.h"

#include <SQLiteCpp/SQLiteCpp.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <random>

#include "core/error.h"
#include "plan/report/answers.h"
#include "tests/plan/refusal.h"
#include "tests/plan/report_sample.h"
#include "tests/plan/scratch_file.h"
#include "tests/support/catch.h"

namespace capplan::plan {
namespace {

using Catch::Matchers::ContainsSubstring;
using test::sample_result;

/// A name for a store in a folder of its own, gone at the end.
struct Folder {
  Folder() {
    std::string name = (std::filesystem::temp_directory_path() / "capplan-store-XXXXXX").string();
    path = mkdtemp(name.data());
  }
  ~Folder() { std::filesystem::remove_all(path); }
  std::string operator/(const std::string& name) const { return (path / name).string(); }
  std::filesystem::path path;
};

const std::string rule = "replications 10";

/// Points of a grid: their scenarios differ in a few words, their figures in their bits.
Result point(int number) {
  Result result = sample_result(0.0412 + 0.001 * number);
  std::string size = std::to_string(number);
  result.scenario.replace(result.scenario.find("\"size\":8"), 8, "\"size\":" + size);
  result.scenario_hash = std::string(64 - size.size(), 'a') + size;
  return result;
}

PointKey key_of(const Result& result) { return {result.scenario_hash, result.seed, result.revision}; }

void fill(Store& store, int points, int from = 0) {
  for (int i = from; i < from + points; ++i) {
    const Result result = point(i);
    store.save(key_of(result), rule, result, {{"pool.app.size", std::to_string(i)}});
  }
}

std::string why(const std::string& path) {
  return test::refusal_of([&] { read_answer(path); });
}

TEST_CASE("a point comes back from its store as it was saved") {
  const Folder folder;
  Store store(folder / "a.db");
  fill(store, 20);
  CHECK(store.size() == 20);
  for (int i = 0; i < 20; ++i) {
    const Result result = point(i);
    CHECK(store.find(key_of(result), rule) == result);
    CHECK(store.find(key_of(result), 10) == result);
    CHECK_FALSE(store.find(key_of(result), 11).has_value());
    CHECK_FALSE(store.find(key_of(result), "replications 11").has_value());
    CHECK_FALSE(store.find({result.scenario_hash, 2}, rule).has_value());
    CHECK_FALSE(store.find({result.scenario_hash, result.seed, result.revision, "8 of x"}, rule).has_value());
  }
  REQUIRE(store.at("pool.app.size", "7").size() == 1);
  CHECK(store.at("pool.app.size", "7").front().result == point(7));
  CHECK(store.at("pool.app.size", "70").empty());
}

TEST_CASE("a point answers every rule that ended at its number of replications") {
  const Folder folder;
  Store store(folder / "a.db");
  Result result = point(1);
  const PointKey key = key_of(result);
  store.save(key, rule, result);
  store.save(key, "replications 5..30 precision 0.05", result);
  CHECK(store.size() == 1);
  CHECK(store.find(key, rule) == result);
  CHECK(store.find(key, "replications 5..30 precision 0.05") == result);
  result.warnings.push_back({"W03", "the asked precision was not reached"});  // by this rule alone
  store.save(key, "replications 3..10 precision 0.01", result);
  CHECK(store.size() == 1);
  CHECK(store.find(key, "replications 3..10 precision 0.01") == result);
  CHECK_FALSE(store.find(key, rule).has_value());
  result.replications = 20;
  store.save(key, "replications 20", result);
  CHECK(store.size() == 2);
}

TEST_CASE("points of unlike scenarios and with unlike figures stand in one store") {
  const Folder folder;
  Store store(folder / "a.db");
  std::mt19937 random(3);
  std::vector<Result> results;
  for (int i = 0; i < 30; ++i) {
    Result result = point(i);
    for (std::size_t n = 0; n < 3000; ++n) result.scenario += static_cast<char>('!' + random() % 90);
    result.figures.resize(1 + random() % result.figures.size());
    if (i % 2 == 0) result.profile = {};
    store.save(key_of(result), rule, result);
    results.push_back(std::move(result));
  }
  for (const Result& result : results) CHECK(store.find(key_of(result), rule) == result);
}

TEST_CASE("a store is made of a file that is empty or half born") {
  const Folder folder;
  std::ofstream(folder / "empty.db").close();
  Store(folder / "empty.db").save(key_of(point(1)), rule, point(1));
  CHECK(Store(folder / "empty.db").size() == 1);
  {
    SQLite::Database half(folder / "half.db", SQLite::OPEN_READWRITE | SQLite::OPEN_CREATE);
    half.exec("PRAGMA journal_mode = WAL");
  }
  CHECK_THAT(why(folder / "half.db"), ContainsSubstring("half.db: error: is empty: there is no store in it"));
  Store(folder / "half.db").save(key_of(point(1)), rule, point(1));
  CHECK(Store::to_read(folder / "half.db").size() == 1);
}

TEST_CASE("another program's database and an unknown version are refused and stay as they were") {
  const Folder folder;
  for (const char* change : {"CREATE TABLE t (x)", "PRAGMA application_id = 77", "PRAGMA user_version = 3"}) {
    std::filesystem::remove(folder / "other.db");
    SQLite::Database(folder / "other.db", SQLite::OPEN_READWRITE | SQLite::OPEN_CREATE).exec(change);
    const std::string before = test::bytes_of(folder / "other.db");
    CHECK_THAT(test::refusal_of([&] { Store store(folder / "other.db"); }), ContainsSubstring("no store of capplan's"));
    CHECK(test::bytes_of(folder / "other.db") == before);
  }
  { Store store(folder / "newer.db"); }
  SQLite::Database(folder / "newer.db", SQLite::OPEN_READWRITE).exec("PRAGMA user_version = 3");
  CHECK_THAT(why(folder / "newer.db"), ContainsSubstring("has schema version 3, this program reads versions 1 and 2"));
}

TEST_CASE("a store from a machine whose C library differs is read but neither added to nor merged") {
  const Folder folder;
  {
    Store far(folder / "far.db");
    fill(far, 2);
  }
  SQLite::Database(folder / "far.db", SQLite::OPEN_READWRITE).exec("UPDATE about SET value = '0123456789abcdef'");
  CHECK(Store::to_read(folder / "far.db").size() == 2);
  CHECK_THAT(test::refusal_of([&] { Store store(folder / "far.db"); }),
             ContainsSubstring("fingerprint 0123456789abcdef"));
  Store here(folder / "here.db");
  CHECK_THAT(test::refusal_of([&] { here.merge(folder / "far.db"); }), ContainsSubstring("last bits"));
  CHECK(here.size() == 0);
}

TEST_CASE("merging takes over every point once, with its rules, axes and profile") {
  const Folder folder;
  {
    Store a(folder / "a.db"), b(folder / "b.db");
    fill(a, 10);
    fill(b, 10, 5);
    b.save(key_of(point(14)), "another rule", point(14));
  }
  Store all(folder / "all.db");
  CHECK(all.merge(folder / "a.db") == 10);
  CHECK(all.merge(folder / "b.db") == 5);
  CHECK(all.merge(folder / "b.db") == 0);
  CHECK(all.size() == 15);
  for (int i = 0; i < 15; ++i) CHECK(all.find(key_of(point(i)), rule) == point(i));
  CHECK(all.find(key_of(point(14)), "another rule") == point(14));
  CHECK(all.at("pool.app.size", "14").size() == 1);
}

TEST_CASE("merging refuses by name what is no store") {
  const Folder folder;
  Store all(folder / "all.db");
  std::ofstream(folder / "empty.db").close();
  std::ofstream(folder / "notes.txt") << "these are my notes, which are long enough to be taken for something else";
  const auto refusal = [&](const std::string& name) { return test::refusal_of([&] { all.merge(folder / name); }); };
  CHECK_THAT(refusal("empty.db"), ContainsSubstring("empty.db: error: is empty"));
  CHECK_THAT(refusal("notes.txt"), ContainsSubstring("notes.txt: error: is no store"));
  CHECK_THAT(refusal("none.db"), ContainsSubstring("none.db: error: there is no such file"));
  CHECK_THAT(refusal(""), ContainsSubstring("a folder"));
}

TEST_CASE("a damaged store is told by name and what is whole of it is saved") {
  const Folder folder;
  {
    Store store(folder / "good.db");
    fill(store, 300);
  }
  const std::string good = test::bytes_of(folder / "good.db");
  std::mt19937 random(4);
  int told = 0, saved = 0;
  for (int round = 0; round < 60; ++round) {
    const std::string name = folder / ("bad" + std::to_string(round) + ".db");
    std::string bytes = good;
    if (round % 4 == 0) bytes.resize(bytes.size() * (1 + random() % 9) / 10);
    for (std::size_t at = 4096 + random() % (bytes.size() - 4096 - 600), n = 0; n < 500 && round % 4 != 0; ++n)
      bytes[at + n] = static_cast<char>(random());
    std::ofstream(name, std::ios::binary) << bytes;
    try {
      const std::size_t read = Store::to_read(name).all().size();
      CHECK(read <= 300);
    } catch (const core::InputError& error) {
      ++told;
      CHECK_THAT(error.what(), ContainsSubstring(name));
    }
    try {
      const Recovered recovered = recover(name, name + ".new");
      ++saved;
      const std::vector<StoredPoint> copies = Store::to_read(name + ".new").all();
      CHECK(copies.size() == recovered.points);
      for (const StoredPoint& each : copies) {
        const std::string& hash = each.result.scenario_hash;
        const bool same = each.result == point(std::stoi(hash.substr(hash.find_last_of('a') + 1)));
        CHECK(same);
      }
    } catch (const core::InputError& error) {
      CHECK_THAT(error.what(), ContainsSubstring(name));
    }
  }
  CHECK(told > 20);
  CHECK(saved > 30);
}

}  // namespace
}  // namespace capplan::plan
