// A row is: the number of figures, the figures, and the checksum of both. A figure is a byte that says what follows,
// then doubles as the machine has them (little-endian), then its lists. Half of all figures are zero or have an
// interval that lies evenly about the value to the last bit: these take one and two numbers in place of three. Whole
// numbers are in groups of seven bits, least first.

#include "plan/study/figure_pack.h"

#include <array>
#include <bit>
#include <cstdint>
#include <cstring>
#include <stdexcept>

#include "plan/format/deflate.h"

namespace capplan::plan {

namespace {

static_assert(std::endian::native == std::endian::little, "rows of figures are little-endian");

/// What stands of an estimate: nothing, 0 [0, 0], one number, a value and a half width, or all three.
enum class Form : std::uint8_t { unknown, zero, constant, even, full, unknown_with_numbers, end };
constexpr std::uint8_t form_bits = 7, has_split = 8, has_values = 16, has_draws = 32, all_bits = 63;

bool same(double a, double b) { return std::bit_cast<std::uint64_t>(a) == std::bit_cast<std::uint64_t>(b); }

Form form_of(const core::Estimate& e) {
  const bool constant = same(e.value, e.lo) && same(e.value, e.hi);
  if (!e.known) return constant && same(e.value, 0) ? Form::unknown : Form::unknown_with_numbers;
  if (constant) return same(e.value, 0) ? Form::zero : Form::constant;
  const double half = e.hi - e.value;
  return same(e.value + half, e.hi) && same(e.value - half, e.lo) ? Form::even : Form::full;
}

class Writer {
 public:
  void byte(std::uint8_t byte) { bytes_ += static_cast<char>(byte); }
  void number(double x) {
    const auto raw = std::bit_cast<std::array<char, sizeof x>>(x);
    bytes_.append(raw.data(), raw.size());
  }
  void count(std::size_t n) {
    for (; n >= 128; n >>= 7) byte(static_cast<std::uint8_t>(n | 128));
    byte(static_cast<std::uint8_t>(n));
  }
  void text(const std::string& text) {
    count(text.size());
    bytes_ += text;
  }
  /// A list whose numbers are all the same takes one of them.
  void list(const std::vector<double>& values) {
    bool constant = true;
    for (const double value : values) constant = constant && same(value, values.front());
    count(2 * values.size() + (constant ? 1 : 0));
    for (std::size_t i = 0; i < (constant ? 1 : values.size()); ++i) number(values[i]);
  }
  std::string finish() {
    const std::uint32_t sum = checksum(bytes_);
    const auto raw = std::bit_cast<std::array<char, sizeof sum>>(sum);
    return std::move(bytes_.append(raw.data(), raw.size()));
  }

 private:
  std::string bytes_;
};

[[noreturn]] void damaged() { throw std::invalid_argument("is damaged: a row of figures is not as it was written"); }

class Reader {
 public:
  /// Checks the sum at the end first.
  explicit Reader(std::string_view bytes) : bytes_(bytes) {
    std::uint32_t sum = 0;
    if (bytes.size() < sizeof sum) damaged();
    std::memcpy(&sum, bytes.data() + bytes.size() - sizeof sum, sizeof sum);
    bytes_.remove_suffix(sizeof sum);
    if (checksum(bytes_) != sum) damaged();
  }

  std::uint8_t byte() {
    if (bytes_.empty()) damaged();
    const auto result = static_cast<std::uint8_t>(bytes_.front());
    bytes_.remove_prefix(1);
    return result;
  }
  double number() {
    double x = 0;
    if (bytes_.size() < sizeof x) damaged();
    std::memcpy(&x, bytes_.data(), sizeof x);
    bytes_.remove_prefix(sizeof x);
    return x;
  }
  /// At most as many as there could be bytes for, so that damage costs no memory.
  std::size_t count() {
    std::size_t n = 0;
    for (int shift = 0; shift < 35; shift += 7) {
      const std::uint8_t group = byte();
      n |= static_cast<std::size_t>(group & 127) << shift;
      if (group < 128) return n;
    }
    damaged();
  }
  std::string text() {
    const std::size_t size = count();
    if (size > bytes_.size()) damaged();
    std::string result(bytes_.substr(0, size));
    bytes_.remove_prefix(size);
    return result;
  }
  std::vector<double> list() {
    const std::size_t head = count(), size = head / 2;
    const bool constant = head % 2 == 1;
    if (size == 0 || size > (constant ? longest_list : bytes_.size() / sizeof(double))) damaged();
    std::vector<double> values(size, number());
    for (std::size_t i = 1; i < (constant ? 1 : size); ++i) values[i] = number();
    return values;
  }
  bool at_end() const { return bytes_.empty(); }
  std::size_t left() const { return bytes_.size(); }

 private:
  static constexpr std::size_t longest_list = 1'000'000;  // replications, or draws

  std::string_view bytes_;
};

void pack(const Figure& figure, Writer& to) {
  const core::Estimate& e = figure.estimate;
  const Form form = form_of(e);
  const bool split = !same(e.sampling, 0) || !same(e.calibration, 0);
  to.byte(static_cast<std::uint8_t>(static_cast<unsigned>(form) | (split ? has_split : 0U) |
                                    (figure.values.empty() ? 0U : has_values) |
                                    (figure.draws.empty() ? 0U : has_draws)));
  if (form == Form::constant || form == Form::even) to.number(e.value);
  if (form == Form::even) to.number(e.hi - e.value);
  if (form == Form::full || form == Form::unknown_with_numbers)
    for (const double x : {e.value, e.lo, e.hi}) to.number(x);
  if (split)
    for (const double x : {e.sampling, e.calibration}) to.number(x);
  if (!figure.values.empty()) to.list(figure.values);
  if (!figure.draws.empty()) to.list(figure.draws);
}

Figure unpack(FigurePath path, Reader& from) {
  const std::uint8_t head = from.byte();
  const auto form = static_cast<Form>(head & form_bits);
  if (form >= Form::end || head > all_bits) damaged();
  Figure figure{.path = std::move(path), .estimate = {}};
  core::Estimate& e = figure.estimate;
  e.known = form != Form::unknown && form != Form::unknown_with_numbers;
  if (form == Form::constant) e.value = e.lo = e.hi = from.number();
  if (form == Form::even) {
    e.value = from.number();
    const double half = from.number();
    e.lo = e.value - half;
    e.hi = e.value + half;
  }
  if (form == Form::full || form == Form::unknown_with_numbers)
    for (double* x : {&e.value, &e.lo, &e.hi}) *x = from.number();
  if ((head & has_split) != 0)
    for (double* x : {&e.sampling, &e.calibration}) *x = from.number();
  if ((head & has_values) != 0) figure.values = from.list();
  if ((head & has_draws) != 0) figure.draws = from.list();
  return figure;
}

}  // namespace

std::string pack_figures(const std::vector<Figure>& figures) {
  Writer to;
  to.count(figures.size());
  for (const Figure& figure : figures) pack(figure, to);
  return to.finish();
}

std::vector<Figure> unpack_figures(std::string_view bytes, const std::vector<FigurePath>& paths) {
  Reader from(bytes);
  if (from.count() != paths.size()) damaged();
  std::vector<Figure> figures;
  figures.reserve(paths.size());
  for (const FigurePath& path : paths) figures.push_back(unpack(path, from));
  if (!from.at_end()) damaged();
  return figures;
}

std::string pack_paths(const std::vector<Figure>& figures) {
  Writer to;
  to.count(figures.size());
  for (const Figure& figure : figures) {
    to.count(figure.path.size());
    for (const std::string& step : figure.path) to.text(step);
  }
  return to.finish();
}

std::vector<FigurePath> unpack_paths(std::string_view bytes) {
  Reader from(bytes);
  const std::size_t size = from.count();
  if (size > from.left()) damaged();
  std::vector<FigurePath> paths(size);
  for (FigurePath& path : paths) {
    const std::size_t steps = from.count();
    if (steps > from.left()) damaged();
    for (std::size_t i = 0; i < steps; ++i) path.push_back(from.text());
  }
  if (!from.at_end()) damaged();
  return paths;
}

}  // namespace capplan::plan
