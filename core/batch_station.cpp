#include "core/batch_station.h"

namespace capplan::core {

BatchStation::BatchStation(Simulator& simulator, Distribution service, Stream stream)
    : simulator_(simulator), service_(std::move(service)), stream_(stream) {}

void BatchStation::submit(Handler& to, std::uint32_t kind, std::uint32_t index) {
  next_.push_back({&to, kind, index});
  if (serving_.empty()) start();
}

void BatchStation::start() {
  serving_.swap(next_);
  if (busy != nullptr) busy->set(simulator_.now(), 1);
  simulator_.schedule(to_nanos(service_.sample(stream_)), *this, 0, spell_);
}

void BatchStation::clear() {
  ++spell_;
  next_.clear();
  serving_.clear();
  if (busy != nullptr) busy->set(simulator_.now(), 0);
}

void BatchStation::on_event(std::uint32_t, std::uint32_t spell) {
  if (spell != spell_) return;  // of a batch that was dropped
  if (batches != nullptr) batches->add();
  if (jobs != nullptr) jobs->add(static_cast<double>(serving_.size()));
  done_.swap(serving_);
  serving_.clear();
  if (!next_.empty())
    start();
  else if (busy != nullptr)
    busy->set(simulator_.now(), 0);
  for (const Job& job : done_) job.to->on_event(job.kind, job.index);
  done_.clear();
}

}  // namespace capplan::core
