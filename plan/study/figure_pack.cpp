// A row is: the number of figures, the figures, and the checksum of both (plan/format/packed.h). A figure is a byte
// that says what follows, then numbers, then its lists. Half of all figures are zero or have an interval that lies
// evenly about the value to the last bit: these take one and two numbers in place of three.

#include "plan/study/figure_pack.h"

#include <bit>
#include <cstdint>

#include "plan/format/packed.h"

namespace capplan::plan {

namespace {

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

/// A list whose numbers are all the same takes one of them.
void pack(const std::vector<double>& values, Packer& to) {
  bool constant = true;
  for (const double value : values) constant = constant && same(value, values.front());
  to.count(2 * values.size() + (constant ? 1 : 0));
  for (std::size_t i = 0; i < (constant ? 1 : values.size()); ++i) to.number(values[i]);
}

std::vector<double> unpack_list(Unpacker& from) {
  constexpr std::size_t longest_list = 1'000'000;  // replications, or draws
  const std::size_t head = from.count(), size = head / 2;
  const bool constant = head % 2 == 1;
  if (size == 0 || size > (constant ? longest_list : from.left() / sizeof(double))) Unpacker::damaged();
  std::vector<double> values(size, from.number());
  for (std::size_t i = 1; i < (constant ? 1 : size); ++i) values[i] = from.number();
  return values;
}

void pack(const Figure& figure, Packer& to) {
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
  if (!figure.values.empty()) pack(figure.values, to);
  if (!figure.draws.empty()) pack(figure.draws, to);
}

Figure unpack(FigurePath path, Unpacker& from) {
  const std::uint8_t head = from.byte();
  const auto form = static_cast<Form>(head & form_bits);
  if (form >= Form::end || head > all_bits) Unpacker::damaged();
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
  if ((head & has_values) != 0) figure.values = unpack_list(from);
  if ((head & has_draws) != 0) figure.draws = unpack_list(from);
  return figure;
}

}  // namespace

std::string pack_figures(const std::vector<Figure>& figures) {
  Packer to;
  to.count(figures.size());
  for (const Figure& figure : figures) pack(figure, to);
  return to.finish();
}

std::vector<Figure> unpack_figures(std::string_view bytes, const std::vector<FigurePath>& paths) {
  Unpacker from(bytes);
  if (from.count() != paths.size()) Unpacker::damaged();
  std::vector<Figure> figures;
  figures.reserve(paths.size());
  for (const FigurePath& path : paths) figures.push_back(unpack(path, from));
  if (!from.at_end()) Unpacker::damaged();
  return figures;
}

std::string pack_paths(const std::vector<Figure>& figures) {
  Packer to;
  to.count(figures.size());
  for (const Figure& figure : figures) {
    to.count(figure.path.size());
    for (const std::string& step : figure.path) to.text(step);
  }
  return to.finish();
}

std::vector<FigurePath> unpack_paths(std::string_view bytes) {
  Unpacker from(bytes);
  std::vector<FigurePath> paths(from.size());
  for (FigurePath& path : paths) {
    const std::size_t steps = from.size();
    for (std::size_t i = 0; i < steps; ++i) path.emplace_back(from.text());
  }
  if (!from.at_end()) Unpacker::damaged();
  return paths;
}

}  // namespace capplan::plan
