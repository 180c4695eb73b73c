#include "plan/report/html/short_labels.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <map>
#include <set>

namespace capplan::plan {

namespace {

/// The end of the number that a text begins with; 0 for none.
std::size_t number_end(const std::string& text) {
  const std::size_t end = text.find_first_not_of("+-.0123456789");
  const std::size_t length = end == std::string::npos ? text.size() : end;
  return text.find_first_of("0123456789") < length ? length : 0;
}

/// To so many significant digits, what stands behind the number kept.
std::string shortened(const std::string& label, int digits) {
  const std::size_t end = number_end(label);
  const std::size_t point = label.find('.');
  if (end == 0 || point >= end || label.find_last_of("+-") != std::string::npos) return label;
  const double value = std::strtod(label.c_str(), nullptr);
  const int whole = value > 0 ? static_cast<int>(std::floor(std::log10(value))) + 1 : 1;
  std::string number = fmt::format("{:.{}f}", value, std::max(0, digits - whole));
  if (number.find('.') != std::string::npos) number.erase(number.find_last_not_of('0') + 1);
  if (number.back() == '.') number.pop_back();
  return number + label.substr(end);
}

/// What each label of an axis is shown as.
std::map<std::string, std::string> shown_labels(const Axis& axis) {
  std::map<std::string, std::string> shown;
  for (int digits = 3; digits <= 17; ++digits) {
    shown.clear();
    std::set<std::string> different;
    for (const std::string& label : axis.labels) {
      std::string text = shortened(label, digits);
      if (text.size() > label.size()) text = label;
      different.insert(text);
      shown[label] = std::move(text);
    }
    if (different.size() == shown.size()) break;
  }
  return shown;
}

}  // namespace

Sweep with_short_labels(Sweep sweep) {
  std::map<std::string, std::string> settings;
  for (std::size_t a = 0; a < sweep.axes.size(); ++a) {
    const std::string key = sweep.axes[a].key;
    const auto shown = shown_labels(sweep.axes[a]);
    const auto shorten = [&](std::string& label) {
      if (const auto found = shown.find(label); found != shown.end()) label = found->second;
    };
    for (const auto& [label, text] : shown) settings[key + " = " + label] = key + " = " + text;
    for (std::string& label : sweep.axes[a].labels) shorten(label);
    for (SweepPoint& point : sweep.points)
      if (a < point.labels.size()) shorten(point.labels[a]);
    for (Smallest& smallest : sweep.smallest)
      if (smallest.key == key) {
        shorten(smallest.label);
        shorten(smallest.measured_at);
      }
  }
  for (Smallest& smallest : sweep.smallest)
    for (std::string& other : smallest.others)
      if (const auto found = settings.find(other); found != settings.end()) other = found->second;
  return sweep;
}

}  // namespace capplan::plan
