// Records of CSV files; format and limits in csv_records.h. A record is parsed where it stands in the window; if the
// window ends first, more is read and the record parsed anew.

#include "plan/format/csv_records.h"

#include <algorithm>
#include <cstring>

namespace capplan::plan {

namespace {

constexpr std::size_t least_shown = 32;  // bytes from a line on that tell whether a record begins there

}  // namespace

std::string_view CsvRecords::text(std::size_t field) {
  const std::string_view raw = fields_[field].raw;
  if (!fields_[field].doubled) return raw;
  std::string& text = unquoted_[field];
  text.clear();
  for (std::size_t from = 0; from < raw.size();) {
    const std::size_t quote = std::min(raw.find('"', from), raw.size() - 1);
    text.append(raw, from, quote + 1 - from);
    from = quote + (raw[quote] == '"' ? 2 : 1);
  }
  return text;
}

std::string_view CsvRecords::trimmed(std::size_t field) {
  const std::string_view whole = text(field);
  const std::size_t from = whole.find_first_not_of(" \t");
  if (from == std::string_view::npos) return {};
  return whole.substr(from, whole.find_last_not_of(" \t") - from + 1);
}

CsvRecords::Parsed CsvRecords::refuse(std::size_t at, const char* why) {
  error_ = why;
  column_ = static_cast<int>(std::min<std::size_t>(at, 2'000'000'000)) + 1;
  return Parsed::malformed;
}

CsvRecords::Parsed CsvRecords::parse(std::string_view text) {
  fields_.clear();
  const char* const begin = text.data();
  const char* const end = begin + text.size();
  const bool can_read_on = !window_.at_end() && text.size() < TextWindow::most;
  const auto place = [&](const char* at) { return static_cast<std::size_t>(at - begin); };
  for (const char* at = begin;; ++at) {
    const char* const field = at;
    CsvField parsed{{}, false, static_cast<int>(place(field)) + 1};
    if (at < end && *at == '"') {
      const char* const first = at + 1;
      for (at = first;; at += 2) {
        at = static_cast<const char*>(std::memchr(at, '"', static_cast<std::size_t>(end - at)));
        if (at == nullptr) {
          if (can_read_on) return Parsed::needs_more;
          ++endless_;
          return refuse(place(field), "a quote is opened here and not closed");
        }
        if (at + 1 == end && can_read_on) return Parsed::needs_more;
        if (at + 1 == end || at[1] != '"') break;
        parsed.doubled = true;
      }
      parsed.raw = {first, static_cast<std::size_t>(at - first)};
      ++at;
      if (at + 1 == end && *at == '\r' && can_read_on) return Parsed::needs_more;
      if (at + 1 < end && *at == '\r' && at[1] == '\n') ++at;
      if (at < end && *at != ',' && *at != '\n') return refuse(place(at), "there is text after a closing quote");
    } else {
      while (at < end && *at != ',' && *at != '\n') ++at;
      parsed.raw = {field, static_cast<std::size_t>(at - field)};
      if (at < end && *at == '\n' && parsed.raw.ends_with('\r')) parsed.raw.remove_suffix(1);
    }
    if (at == end && !window_.at_end()) {
      if (can_read_on) return Parsed::needs_more;
      ++endless_;
      return refuse(0, "the record is longer than 32 MB");
    }
    fields_.push_back(parsed);
    if (at == end || *at == '\n') {
      length_ = place(at) + (at < end);
      return Parsed::whole;
    }
  }
}

void CsvRecords::skip_line() {
  for (std::size_t newline; (newline = window_.text().find('\n')) == std::string_view::npos;) {
    window_.take(window_.text().size());
    if (!window_.more()) return;
  }
  window_.take(window_.text().find('\n') + 1);
  while (window_.text().size() < least_shown && window_.more()) {}
}

CsvRecords::Step CsvRecords::skip() {
  do skip_line();
  while (begins_ != nullptr && !window_.text().empty() && !begins_(window_.text()));
  return Step::malformed;
}

CsvRecords::Step CsvRecords::next() {
  if (line_ > 0 && error_.empty()) window_.take(length_);
  error_.clear();
  length_ = 0;
  while (true) {
    while (window_.text().size() < least_shown && window_.more()) {}
    if (line_ == 0 && window_.text().starts_with("\xEF\xBB\xBF")) window_.take(3);
    line_ = window_.line();
    if (window_.text().empty() || given_up()) return Step::end;
    const char first = window_.text().front();
    if (first != '\n' && !(first == '\r' && window_.text().starts_with("\r\n"))) break;
    window_.take(window_.text().find('\n') + 1);
  }
  if (begins_ != nullptr && !begins_(window_.text())) {
    refuse(0, "no record begins here");
    return skip();
  }
  while (true) {
    const Parsed parsed = parse(window_.text());
    if (parsed == Parsed::whole) {  // all room at once: texts that were handed out do not move
      if (unquoted_.size() < fields_.size()) unquoted_.resize(fields_.size());
      return Step::record;
    }
    if (parsed == Parsed::malformed) return skip();
    window_.more();
  }
}

}  // namespace capplan::plan
