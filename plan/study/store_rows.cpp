#include "plan/study/store_rows.h"

#include <fmt/format.h>

#include <algorithm>
#include <stdexcept>

#include "plan/format/deflate.h"
#include "plan/format/digest.h"
#include "plan/study/json_parts.h"
#include "plan/study/profile_json.h"
#include "plan/study/result_json.h"

namespace capplan::plan {

namespace {

/// Bytes that a point's own texts may take before they become a dictionary, and the share of the texts' length.
constexpr std::size_t small_texts = 600;
constexpr std::size_t small_share = 8;

int nibble(char c) { return c >= 'a' ? c - 'a' + 10 : c - '0'; }

/// 64 hex digits as 32 bytes; any other text as it is.
std::string short_hash(const std::string& hash) {
  const auto is_hex = [](char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); };
  if (hash.size() != 64 || !std::all_of(hash.begin(), hash.end(), is_hex)) return hash;
  std::string bytes;
  for (std::size_t i = 0; i < 64; i += 2) bytes += static_cast<char>(16 * nibble(hash[i]) + nibble(hash[i + 1]));
  return bytes;
}

std::string long_hash(const std::string& bytes) {
  if (bytes.size() != 32) return bytes;
  std::string hash;
  for (const char c : bytes)
    for (const int shift : {4, 0}) hash += "0123456789abcdef"[static_cast<unsigned char>(c) >> shift & 15];
  return hash;
}

void bind_bytes(SQLite::Statement& statement, int index, const std::string& bytes) {
  statement.bind(index, bytes.data(), static_cast<int>(bytes.size()));
}

std::string bytes_of(const SQLite::Column& column) {
  return {static_cast<const char*>(column.getBlob()), static_cast<std::size_t>(column.getBytes())};
}

/// The scenario and the rest of a result but for its figures, its profile, and what the key says.
std::string texts_of(const Result& result) {
  Result rest = result;
  rest.figures.clear();
  rest.profile = {};
  rest.scenario.clear();
  rest.scenario_hash.clear();
  return to_json(rest, -1) + '\0' + result.scenario;
}

/// Over what no other checksum is of, so that damage is not taken for another point.
std::int64_t seal_of(const PointKey& key, int replications, const std::string& profile) {
  return checksum(
      fmt::format("{} {} {} {} {} {}", key.scenario, key.seed, key.revision, key.draws, replications, profile.size()));
}

/// The statement's first column as a whole number, 0 where there is no row.
std::int64_t first_of(SQLite::Statement& statement) {
  return statement.executeStep() ? statement.getColumn(0).getInt64() : 0;
}

void bind_key(SQLite::Statement& statement, const PointKey& key) {
  bind_bytes(statement, 1, short_hash(key.scenario));
  statement.bind(2, static_cast<std::int64_t>(key.seed));
  statement.bind(3, key.revision);
  statement.bind(4, key.draws);
}

constexpr const char* of_key =
    "FROM point WHERE scenario = ? AND seed = ? AND revision = ? AND draws = (SELECT id FROM word WHERE text = ?) ";

}  // namespace

std::int64_t StoreRows::row_of(const PointKey& key, int replications) const {
  SQLite::Statement query(connection_, std::string("SELECT id ") + of_key + "AND replications = ?");
  bind_key(query, key);
  query.bind(5, replications);
  return first_of(query);
}

std::int64_t StoreRows::row_of(const PointKey& key, const std::string& rule) const {
  SQLite::Statement query(connection_, std::string("SELECT id ") + of_key +
                                           "AND EXISTS (SELECT 1 FROM answered WHERE point = point.id AND rule = "
                                           "(SELECT id FROM word WHERE text = ?))");
  bind_key(query, key);
  query.bind(5, rule);
  return first_of(query);
}

void StoreRows::forget() {
  latest_ = {};
  words_.clear();
  figure_sets_.clear();
  paths_.clear();
  base_texts_.clear();
}

bool StoreRows::holds(std::int64_t row) const {
  SQLite::Statement query(connection_, "SELECT id FROM point WHERE id = ?");
  query.bind(1, row);
  return first_of(query) != 0;
}

std::string StoreRows::shared_bytes(std::int64_t id) const {
  SQLite::Statement query(connection_, "SELECT bytes FROM shared WHERE id = ?");
  query.bind(1, id);
  if (!query.executeStep()) throw std::invalid_argument("is damaged: a text that points share is missing");
  return bytes_of(query.getColumn(0));
}

const std::vector<FigurePath>& StoreRows::paths(std::int64_t id) {
  const auto known = paths_.find(id);
  return known != paths_.end() ? known->second
                               : paths_.emplace(id, unpack_paths(inflated(shared_bytes(id)))).first->second;
}

const std::string& StoreRows::base_text(std::int64_t id) {
  const auto known = base_texts_.find(id);
  return known != base_texts_.end() ? known->second : base_texts_.emplace(id, inflated(shared_bytes(id))).first->second;
}

StoredRow StoreRows::read(std::int64_t row) {
  SQLite::Statement query(connection_,
                          "SELECT scenario, seed, revision, word.text, replications, base, figure_set, figures, texts, "
                          "seal, profile.bytes FROM point LEFT JOIN word ON word.id = draws "
                          "LEFT JOIN profile ON profile.point = point.id WHERE point.id = ?");
  query.bind(1, row);
  if (!query.executeStep()) throw std::invalid_argument("is damaged: a point is missing");
  StoredRow read;
  read.key = {.scenario = long_hash(bytes_of(query.getColumn(0))),
              .seed = static_cast<std::uint64_t>(query.getColumn(1).getInt64()),
              .revision = query.getColumn(2).getInt(),
              .draws = query.getColumn(3).getString()};
  const std::string profile = bytes_of(query.getColumn(10));
  if (seal_of(read.key, query.getColumn(4).getInt(), profile) != query.getColumn(9).getInt64())
    throw std::invalid_argument("is damaged: the key of a point is not as it was written");
  const std::string texts = inflated(bytes_of(query.getColumn(8)), base_text(query.getColumn(5).getInt64()));
  const std::size_t end = texts.find('\0');
  if (end == std::string::npos) throw std::invalid_argument("is damaged: a point has no scenario");
  read.result = result_of(parse_json(texts.substr(0, end)));
  read.result.scenario = texts.substr(end + 1);
  read.result.scenario_hash = read.key.scenario;
  read.result.figures = unpack_figures(bytes_of(query.getColumn(7)), paths(query.getColumn(6).getInt64()));
  if (!profile.empty()) read.result.profile = profile_from_json(inflated(profile));
  return read;
}

std::vector<std::string> StoreRows::rules(std::int64_t row) const {
  std::vector<std::string> rules;
  SQLite::Statement query(connection_, "SELECT text FROM answered JOIN word ON id = rule WHERE point = ?");
  query.bind(1, row);
  while (query.executeStep()) rules.push_back(query.getColumn(0).getString());
  return rules;
}

std::int64_t StoreRows::word(const std::string& text) {
  if (const auto known = words_.find(text); known != words_.end()) return known->second;
  SQLite::Statement insert(connection_, "INSERT OR IGNORE INTO word (text) VALUES (?)");
  insert.bind(1, text);
  insert.exec();
  SQLite::Statement query(connection_, "SELECT id FROM word WHERE text = ?");
  query.bind(1, text);
  return words_[text] = first_of(query);
}

std::int64_t StoreRows::shared(const std::string& text) {
  const std::string digest = short_hash(sha256(text));
  SQLite::Statement insert(connection_, "INSERT OR IGNORE INTO shared (digest, bytes) VALUES (?, ?)");
  bind_bytes(insert, 1, digest);
  bind_bytes(insert, 2, deflated(text));
  insert.exec();
  SQLite::Statement query(connection_, "SELECT id FROM shared WHERE digest = ?");
  bind_bytes(query, 1, digest);
  return first_of(query);
}

std::int64_t StoreRows::figure_set(const std::vector<Figure>& figures) {
  const std::string packed = pack_paths(figures);
  const auto known = figure_sets_.find(packed);
  return known != figure_sets_.end() ? known->second : figure_sets_[packed] = shared(packed);
}

std::pair<std::int64_t, std::string> StoreRows::deflate(const std::string& texts) {
  if (latest_.id == 0) {
    SQLite::Statement query(connection_, "SELECT base FROM point ORDER BY id DESC LIMIT 1");
    if (const std::int64_t id = first_of(query); id != 0) latest_ = {id, base_text(id)};
  }
  if (latest_.id != 0) {
    std::string own = deflated(texts, latest_.text);
    if (own.size() <= std::max(small_texts, texts.size() / small_share)) return {latest_.id, std::move(own)};
  }
  latest_ = {shared(texts), texts};
  return {latest_.id, deflated(texts, texts)};
}

bool StoreRows::is_same(std::int64_t row, const Result& result) {
  try {
    return read(row).result == result;
  } catch (const std::exception&) {  // a damaged row is written again
    return false;
  }
}

void StoreRows::add_rule(std::int64_t row, const std::string& rule) {
  SQLite::Statement answered(connection_, "INSERT OR IGNORE INTO answered VALUES (?, ?)");
  answered.bind(1, row);
  answered.bind(2, word(rule));
  answered.exec();
}

std::int64_t StoreRows::write_point(std::int64_t row, const PointKey& key, const Result& result,
                                    const std::string& profile) {
  const auto [base, texts] = deflate(texts_of(result));
  const std::string figures = pack_figures(result.figures);
  SQLite::Statement insert(connection_,
                           row == 0 ? "INSERT INTO point VALUES (NULL, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
                                    : "UPDATE point SET scenario = ?, seed = ?, revision = ?, draws = ?, "
                                      "replications = ?, base = ?, figure_set = ?, figures = ?, texts = ?, seal = ? "
                                      "WHERE id = ?");
  bind_bytes(insert, 1, short_hash(key.scenario));
  insert.bind(2, static_cast<std::int64_t>(key.seed));
  insert.bind(3, key.revision);
  insert.bind(4, word(key.draws));
  insert.bind(5, result.replications);
  insert.bind(6, base);
  insert.bind(7, figure_set(result.figures));
  bind_bytes(insert, 8, figures);
  bind_bytes(insert, 9, texts);
  insert.bind(10, seal_of(key, result.replications, profile));
  if (row != 0) insert.bind(11, row);
  insert.exec();
  return row != 0 ? row : connection_.getLastInsertRowid();
}

void StoreRows::write_profile(std::int64_t row, const std::string& profile) {
  SQLite::Statement write(connection_, profile.empty() ? "DELETE FROM profile WHERE point = ?"
                                                       : "INSERT OR REPLACE INTO profile VALUES (?, ?)");
  write.bind(1, row);
  if (!profile.empty()) bind_bytes(write, 2, profile);
  write.exec();
}

void StoreRows::write(const PointKey& key, const std::string& rule, const Result& result, const AxisValues& axes) {
  std::int64_t row = row_of(key, result.replications);
  if (row == 0 || !is_same(row, result)) {
    SQLite::Statement outdated(connection_, "DELETE FROM answered WHERE point = ?");
    outdated.bind(1, row);
    outdated.exec();
    const std::string profile = result.profile.empty() ? "" : deflated(to_json(result.profile));
    row = write_point(row, key, result, profile);
    write_profile(row, profile);
  }
  add_rule(row, rule);
  for (const auto& [axis, value] : axes) {
    SQLite::Statement at(connection_, "INSERT OR IGNORE INTO axis_value VALUES (?, ?, ?)");
    at.bind(1, word(axis));
    at.bind(2, word(value));
    at.bind(3, row);
    at.exec();
  }
}

}  // namespace capplan::plan
