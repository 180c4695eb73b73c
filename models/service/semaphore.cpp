#include "models/service/semaphore.h"

namespace capplan::models {

void Semaphore::take(core::Nanos waited) {
  ++taken_;
  if (busy != nullptr) busy->add(simulator_.now(), 1);
  if (wait != nullptr) wait->record(waited);
}

/// One leaves the line without a permit, and has waited at least that long.
void Semaphore::gave_up(core::Nanos since) {
  if (waiting != nullptr) waiting->add(simulator_.now(), -1);
  if (wait != nullptr) wait->record(simulator_.now() - since);
}

Semaphore::Entry Semaphore::enter(const Reply& reply, std::uint32_t& ticket) {
  if (taken_ < rules_.permits) {
    if (rules_.codel) rules_.codel->sheds(simulator_.now(), 0);  // a wait of nothing ends an overload
    take(0);
    return Entry::in;
  }
  if (queue_.size() >= rules_.max_waiting) return Entry::refused;
  ticket = queue_.push(reply);
  if (waiting != nullptr) waiting->add(simulator_.now(), 1);
  return Entry::waits;
}

void Semaphore::leave() {
  --taken_;
  if (busy != nullptr) busy->add(simulator_.now(), -1);
  while (!queue_.empty() && taken_ < rules_.permits) {
    const core::Nanos waited = simulator_.now() - queue_.front_since();
    const Reply first = queue_.pop();
    if (rules_.codel && rules_.codel->sheds(simulator_.now(), waited)) {
      gave_up(simulator_.now() - waited);
      first({ClientError::codel_shed});
      continue;
    }
    if (waiting != nullptr) waiting->add(simulator_.now(), -1);
    take(waited);
    first({});
  }
}

void Semaphore::cancel(std::uint32_t ticket) {
  gave_up(queue_.since(ticket));
  queue_.erase(ticket);
}

void Semaphore::on_event(std::uint32_t, std::uint32_t) {
  queue_.expire([this](const Reply& reply) {
    gave_up(simulator_.now() - rules_.max_wait);
    reply({rules_.timeout_error});
  });
}

}  // namespace capplan::models
