#include "models/query_class.h"

#include <cmath>

namespace capplan::models {

Statement QueryClass::statement(std::uint32_t request, std::uint64_t draws, std::uint32_t rows) {
  Statement statement{.request = request};
  statement.sorts = sorts;
  statement.cpu = core::to_nanos(cpu.sample(cpu_stream.at(draws))) + cpu_per_row * rows;
  if (cold) statement.cold = core::to_nanos(cold->sample(cold_stream.at(draws)));
  if (io) statement.io = core::to_nanos(io->sample(io_stream.at(draws)));
  if (search) {
    const double longer = std::exp(search->demand.dispersion * search->stream.at(draws).normal());
    statement.cpu += core::to_nanos(search->demand.cpu * longer);
    statement.io += core::to_nanos(search->demand.disk * longer);
  }
  if (texts) {
    statement.parse = texts->parse;
    statement.text = texts->first + static_cast<std::uint32_t>(texts->stream.at(draws).below(texts->count));
  }
  return statement;
}

}  // namespace capplan::models
