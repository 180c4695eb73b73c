#include "core/fifo_station.h"

#include <stdexcept>

namespace capplan::core {

FifoStation::FifoStation(Simulator& simulator, int servers, Nanos patience, std::size_t room)
    : simulator_(simulator), servers_(servers), room_(room), queue_(simulator, patience, *this, expired) {
  if (servers < 1) throw std::invalid_argument("servers: must be 1 or more");
}

void FifoStation::set_busy(int change) {
  busy_ += change;
  if (busy != nullptr) busy->add(simulator_.now(), change);
}

void FifoStation::count_waiting() {
  if (waiting != nullptr) waiting->set(simulator_.now(), static_cast<double>(queue_.size()));
}

void FifoStation::start(const Job& job) {
  if (free_.empty()) {
    free_.push_back(static_cast<std::uint32_t>(in_service_.size()));
    in_service_.emplace_back();
  }
  const std::uint32_t place = free_.back();
  free_.pop_back();
  in_service_[place] = job.customer;
  simulator_.schedule(job.service, *this, 0, place);
}

std::uint32_t FifoStation::submit(Nanos service, const Customer& customer) {
  if (busy_ < servers_) {
    set_busy(+1);
    if (wait != nullptr) wait->record(0);
    start({service, customer});
    return served;
  }
  if (queue_.size() >= room_) return refused;
  const std::uint32_t ticket = queue_.push({service, customer});
  count_waiting();
  return ticket;
}

void FifoStation::cancel(std::uint32_t ticket) {
  queue_.erase(ticket);
  count_waiting();
}

void FifoStation::clear() {
  while (!queue_.empty()) queue_.pop();
  count_waiting();
  for (Customer& customer : in_service_) customer.to = nullptr;  // its place is free again when its event comes
  set_busy(-busy_);
}

void FifoStation::on_event(std::uint32_t kind, std::uint32_t place) {
  if (kind == expired) {
    queue_.expire([this](const Job& job) {
      count_waiting();
      job.customer.to->on_event(job.customer.left, job.customer.index);
    });
    return;
  }
  const Customer done = in_service_[place];
  free_.push_back(place);
  if (done.to == nullptr) return;  // it was dropped
  if (queue_.empty()) {
    set_busy(-1);
  } else {
    const Nanos since = queue_.front_since();
    const Job next = queue_.pop();
    count_waiting();
    if (wait != nullptr) wait->record(simulator_.now() - since);
    start(next);
  }
  done.to->on_event(done.done, done.index);
}

}  // namespace capplan::core
