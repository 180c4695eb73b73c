// Laying out a grid: which columns fit, how wide each is, and the lines that come of it. Numbers stand against the
// right edge of their column with their intervals in a column of their own beside it, so that both align.

#include <algorithm>
#include <limits>

#include "plan/format/text_layout.h"

namespace capplan::plan {

namespace {

constexpr std::size_t gap = 2;               ///< between columns
constexpr std::size_t narrowest_words = 12;  ///< to which a column of words is cut or wrapped
constexpr std::size_t roomy_words = 40;      ///< a last column that keeps this much may wrap before intervals move

std::string padded(const std::string& text, std::size_t width, bool left) {
  const std::string fill(width - std::min(width, columns(text)), ' ');
  return left ? text + fill : fill + text;
}

std::vector<std::string> lines_of(const std::string& text) {
  const std::size_t end = text.find('\n');
  if (end == std::string::npos) return {text};
  return {text.substr(0, end), text.substr(end + 1)};
}

/// Marks carry their meaning by their shape; colour only repeats it.
std::string painted(const std::string& text, const std::string& word) {
  const char* code = word == "✓" ? "32" : word == "✗" ? "31" : word == "?" || word == "~" ? "33" : nullptr;
  return code ? std::string("\x1b[") + code + "m" + text + "\x1b[0m" : text;
}

struct Place {
  bool shown = true;
  bool beside = false;  ///< intervals are shown, beside or (stacked) below
  std::size_t head = 0, text = 0, extra = 0;

  std::size_t width(bool stacked) const {
    if (!beside) return std::max(head, text);
    return std::max(head, stacked ? std::max(text, extra) : text + (extra > 0 ? 1 + extra : 0));
  }
};

struct Layout {
  std::vector<Place> places;
  bool stacked = false;
  bool left_out = false;

  std::size_t width() const {
    std::size_t sum = 0, shown = 0;
    for (const Place& place : places)
      if (place.shown) {
        sum += place.width(stacked);
        ++shown;
      }
    return sum + (shown > 0 ? gap * (shown - 1) : 0);
  }
};

/// Leaves out intervals and columns, what keeps least first.
void drop(Layout& layout, const std::vector<Heading>& heads, std::size_t width) {
  while (layout.width() > width) {
    bool* victim = nullptr;
    int least = std::numeric_limits<int>::max();
    const auto consider = [&](bool& flag, int keeps) {
      if (!flag || keeps <= 0 || keeps >= least) return;
      least = keeps;
      victim = &flag;
    };
    for (std::size_t i = 0; i < heads.size(); ++i) {
      Place& place = layout.places[i];
      if (!place.shown) continue;
      if (place.extra > 0) consider(place.beside, heads[i].keeps_beside);
      consider(place.shown, heads[i].keeps_place);
    }
    if (!victim) return;
    *victim = false;
    layout.left_out = true;
  }
}

/// Narrows columns of words: the last one first, which wraps, then the widest of the others, which are cut.
void squeeze(Layout& layout, const std::vector<Heading>& heads, std::size_t width) {
  while (layout.width() > width) {
    const std::size_t excess = layout.width() - width;
    Place* victim = nullptr;
    for (std::size_t i = heads.size(); i-- > 0;) {
      Place& place = layout.places[i];
      const std::size_t least = std::max(place.head, narrowest_words);
      if (!heads[i].left || !place.shown || place.text <= least) continue;
      if (!victim || (victim != &layout.places.back() && place.text > victim->text)) victim = &place;
    }
    if (!victim) return;
    const std::size_t least = std::max(victim->head, narrowest_words);
    victim->text = victim->text > excess + least ? victim->text - excess : least;
  }
}

Layout lay_out(const std::vector<Heading>& heads, const std::vector<std::vector<Cell>>& rows, Grid::Narrow narrow,
               std::size_t width) {
  Layout layout;
  layout.places.resize(heads.size());
  for (std::size_t i = 0; i < heads.size(); ++i) {
    Place& place = layout.places[i];
    place.beside = true;
    for (const std::string& line : lines_of(heads[i].text)) place.head = std::max(place.head, columns(line));
    for (const auto& row : rows) {
      place.text = std::max(place.text, columns(row[i].text));
      place.extra = std::max(place.extra, columns(row[i].beside));
    }
  }
  const Place& last = layout.places.back();
  const std::size_t excess = layout.width() - std::min(width, layout.width());
  const bool wrapping_does = heads.back().left && last.text >= excess + roomy_words;
  if (excess > 0 && !wrapping_does && narrow == Grid::Narrow::stack) layout.stacked = true;
  if (layout.width() > width && narrow == Grid::Narrow::drop) drop(layout, heads, width);
  squeeze(layout, heads, width);
  return layout;
}

/// One line of a grid put together; blanks at its end are left out.
class Line {
 public:
  void add(const std::string& text) {
    if (!first_) line_ += std::string(gap, ' ');
    first_ = false;
    line_ += text;
  }
  std::string end() {
    line_.erase(line_.find_last_not_of(' ') + 1);
    return line_ + "\n";
  }

 private:
  std::string line_;
  bool first_ = true;
};

}  // namespace

std::string Grid::text(std::size_t width, bool color, bool* left_out) const {
  const Layout layout = lay_out(heads_, rows_, narrow_, width);
  if (left_out && layout.left_out) *left_out = true;
  std::string result;

  std::size_t head_lines = 0;
  for (const Heading& head : heads_)
    if (!head.text.empty()) head_lines = std::max(head_lines, lines_of(head.text).size());
  for (std::size_t n = 0; n < head_lines; ++n) {
    Line line;
    for (std::size_t i = 0; i < heads_.size(); ++i) {
      const Place& place = layout.places[i];
      if (!place.shown) continue;
      const std::vector<std::string> lines = lines_of(heads_[i].text);
      const std::size_t above = head_lines - lines.size();  // short heads stand on the last line
      const bool inline_extra = place.beside && place.extra > 0 && !layout.stacked && !heads_[i].left;
      const std::string head = n < above ? "" : lines[n - above];
      const std::size_t full = place.width(layout.stacked);
      // A head stands above its numbers, not above their intervals, where it has the room.
      const std::size_t over = inline_extra ? std::max(full - 1 - place.extra, columns(head)) : full;
      line.add(padded(padded(head, over, heads_[i].left), full, true));
    }
    const std::string heads = line.end();
    result += color ? "\x1b[1m" + heads.substr(0, heads.size() - 1) + "\x1b[0m\n" : heads;
  }

  for (const auto& row : rows_) {
    std::vector<std::string> wrapped_last;
    const Place& last = layout.places.back();
    if (last.shown && heads_.back().left) wrapped_last = wrapped(row.back().text, std::max<std::size_t>(last.text, 1));
    bool has_second = false;
    Line line;
    for (std::size_t i = 0; i < heads_.size(); ++i) {
      const Place& place = layout.places[i];
      if (!place.shown) continue;
      const bool left = heads_[i].left;
      const bool wraps = &place == &last && left;
      const std::string shown = wraps ? wrapped_last.front() : left ? elided(row[i].text, place.text) : row[i].text;
      const std::size_t full = place.width(layout.stacked);
      std::string text;
      if (place.beside && place.extra > 0 && !layout.stacked)
        text = padded(padded(shown, full - 1 - place.extra, left) + " " + padded(row[i].beside, place.extra, true),
                      full, left);
      else
        text = padded(shown, full, left);
      has_second = has_second || (layout.stacked && !row[i].beside.empty());
      line.add(color ? painted(text, row[i].text) : text);
    }
    result += line.end();
    for (std::size_t n = 1; n < std::max<std::size_t>(wrapped_last.size(), has_second ? 2 : 1); ++n) {
      Line further;
      for (std::size_t i = 0; i < heads_.size(); ++i) {
        const Place& place = layout.places[i];
        if (!place.shown) continue;
        const bool wraps = &place == &last && n < wrapped_last.size();
        const std::string text = wraps ? wrapped_last[n] : has_second && n == 1 ? row[i].beside : "";
        further.add(padded(text, place.width(layout.stacked), heads_[i].left));
      }
      result += further.end();
    }
  }
  return result;
}

std::string Grid::markdown() const {
  const auto escaped = [](const std::string& text) {
    std::string result;
    for (const char c : text) {
      const bool within_word = !result.empty() && (result.back() == '_' || result.back() == '.');
      result += c == '|' ? "\\|" : c != '\n' ? std::string(1, c) : within_word ? "" : " ";
    }
    return result;
  };
  std::string heads = "|", rule = "|";
  for (const Heading& head : heads_) {
    heads += " " + escaped(head.text) + " |";
    rule += head.left ? " --- |" : " ---: |";
  }
  std::string result = heads + "\n" + rule + "\n";
  for (const auto& row : rows_) {
    result += "|";
    for (const Cell& cell : row)
      result += " " + escaped(cell.text + (cell.beside.empty() ? "" : " " + cell.beside)) + " |";
    result += "\n";
  }
  return result;
}

}  // namespace capplan::plan
