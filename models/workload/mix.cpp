#include "models/workload/mix.h"

namespace capplan::models {

Mix::Mix(Build& build, const Section& section) : stream_(build.stream(section.path(), "mix")) {
  double sum = 0;
  for (const auto& [name, weight] : section.params.table("mix")) sum += std::get<double>(weight.data);
  double upto = 0;
  for (const auto& [name, weight] : section.params.table("mix")) {
    classes_.push_back(build.request_class(name));
    upto_.push_back(upto += std::get<double>(weight.data) / sum);
  }
}

std::uint32_t Mix::draw(std::uint64_t number) {
  if (classes_.size() == 1) return classes_.front();
  const double u = stream_.at(number).uniform();
  std::size_t i = 0;
  while (i + 1 < classes_.size() && u >= upto_[i]) ++i;
  return classes_[i];
}

std::uint64_t workload_key(const Section& section) { return core::Stream(0, 0, section.path(), "key").next(); }

Param mix_param() {
  return {.name = "mix",
          .type = Type::mix,
          .help = "requests and their weights, as in { search = 3, create = 1 }",
          .required = true,
          .choices = {"request"}};
}

}  // namespace capplan::models
