#pragma once
// Text for terminals: widths, wrapping, and grids of aligned columns that give way when the terminal is narrow. The
// same grid is written as markdown. Limits: every character is taken for one column wide, which is wrong for East Asian
// script and emoji; none of our own text has any.

#include <string>
#include <string_view>
#include <vector>

namespace capplan::plan {

/// Characters of a UTF-8 text.
std::size_t columns(std::string_view text);
/// The text on one line and without what would move a terminal's cursor: control characters become '?'.
std::string printable(std::string_view text);
/// Cut in the middle to at most `width` characters: "workl…rate".
std::string elided(const std::string& text, std::size_t width);
/// The lines of a text broken between words; a word that is longer stands alone.
std::vector<std::string> wrapped(const std::string& text, std::size_t width);
/// The same as one text: the first line as it stands, the others below `indent` spaces; each ends with a newline.
std::string paragraph(const std::string& text, std::size_t width, std::size_t indent = 0);

/// What a cell says, and what belongs beside it, such as the interval of a number.
struct Cell {
  std::string text;
  std::string beside{};
};

/// The head of a column, of one or two lines.
struct Heading {
  std::string text;
  bool left = false;     ///< words; else numbers, aligned to the right
  int keeps_beside = 0;  ///< in a narrow grid the least of these numbers goes first; 0: stays
  int keeps_place = 0;   ///< the same for the column itself
};

class Grid {
 public:
  /// What a grid does first when it is too wide for its place.
  enum class Narrow {
    stack,  ///< put what is beside a cell below it
    drop,   ///< leave out what is beside, and columns, as the heads say
  };

  explicit Grid(std::vector<Heading> heads, Narrow narrow = Narrow::stack)
      : heads_(std::move(heads)), narrow_(narrow) {}

  void add(std::vector<Cell> row) { rows_.push_back(std::move(row)); }
  bool empty() const { return rows_.empty(); }
  const std::vector<Heading>& heads() const { return heads_; }
  const std::vector<std::vector<Cell>>& rows() const { return rows_; }

  /// Lines of at most `width` characters where that can be done: a last column of words is wrapped, another cut.
  /// `color` paints marks and heads. Whether something had to be left out is noted in `left_out`.
  std::string text(std::size_t width, bool color = false, bool* left_out = nullptr) const;
  std::string markdown() const;

 private:
  std::vector<Heading> heads_;
  Narrow narrow_;
  std::vector<std::vector<Cell>> rows_;
};

}  // namespace capplan::plan
