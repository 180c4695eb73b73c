#include "models/service/prefetching_workers.h"

namespace capplan::models {

PrefetchingWorkers::PrefetchingWorkers(core::Simulator& simulator, const PrefetchRules& rules)
    : simulator_(simulator), rules_(rules), broker_(rules.nodes), running_(rules.nodes) {
  core::Handler& owner = *this;
  for (std::uint32_t line = 0; line <= broker_; ++line) lines_.emplace_back(simulator, core::never, owner, 0);
}

bool PrefetchingWorkers::has_credit(std::uint32_t node) const {
  return lines_[node].size() + (rules_.acks_late ? running_[node] : 0) < rules_.window;
}

void PrefetchingWorkers::begin(std::uint32_t node, core::Nanos waited) {
  ++running_[node];
  if (busy != nullptr) busy->add(simulator_.now(), 1);
  if (wait != nullptr) wait->record(waited);
}

PrefetchingWorkers::Entry PrefetchingWorkers::enter(const Reply& reply, std::uint32_t& ticket) {
  std::uint32_t line = broker_;
  for (std::uint32_t i = 0; i < rules_.nodes && line == broker_; ++i)
    if (const std::uint32_t node = (next_ + i) % rules_.nodes; has_credit(node)) line = node;
  if (line != broker_ && running_[line] < rules_.of_node) {
    next_ = (line + 1) % rules_.nodes;
    begin(line, 0);
    ticket = line;
    return Entry::in;
  }
  if (waiters_count_ >= rules_.max_waiting) return Entry::refused;
  if (line != broker_) next_ = (line + 1) % rules_.nodes;
  ticket = line_up(reply, line);
  return Entry::waits;
}

std::uint32_t PrefetchingWorkers::line_up(const Reply& reply, std::uint32_t line) {
  if (free_.empty()) {
    free_.push_back(static_cast<std::uint32_t>(waiters_.size()));
    waiters_.emplace_back();
  }
  const std::uint32_t waiter = free_.back();
  free_.pop_back();
  waiters_[waiter] = {reply, simulator_.now(), line, 0};
  ++waiters_count_;
  if (waiting != nullptr) waiting->add(simulator_.now(), 1);
  stand(waiter, line);
  return waiter;
}

void PrefetchingWorkers::stand(std::uint32_t waiter, std::uint32_t line) {
  waiters_[waiter].line = line;
  waiters_[waiter].ticket = lines_[line].push(waiter);
  if (line != broker_ && reserved != nullptr) reserved->add(simulator_.now(), 1);
}

std::uint32_t PrefetchingWorkers::first_of(std::uint32_t line) {
  if (line != broker_ && reserved != nullptr) reserved->add(simulator_.now(), -1);
  return lines_[line].pop();
}

void PrefetchingWorkers::begin_waiter(std::uint32_t node, std::uint32_t waiter) {
  const Waiter one = waiters_[waiter];
  free_.push_back(waiter);
  --waiters_count_;
  if (waiting != nullptr) waiting->add(simulator_.now(), -1);
  begin(node, simulator_.now() - one.since);
  one.reply({ClientError::none, node});
}

/// The node's own jobs come first; then it has room for others of the broker's.
void PrefetchingWorkers::leave(std::uint32_t node) {
  --running_[node];
  if (busy != nullptr) busy->add(simulator_.now(), -1);
  while (!lines_[node].empty() && running_[node] < rules_.of_node) begin_waiter(node, first_of(node));
  refill(node);
}

void PrefetchingWorkers::refill(std::uint32_t node) {
  while (!lines_[broker_].empty() && has_credit(node)) {
    const std::uint32_t waiter = first_of(broker_);
    if (running_[node] < rules_.of_node)
      begin_waiter(node, waiter);
    else
      stand(waiter, node);
  }
}

void PrefetchingWorkers::cancel(std::uint32_t ticket) {
  const std::uint32_t line = waiters_[ticket].line;
  if (wait != nullptr) wait->record(simulator_.now() - waiters_[ticket].since);
  lines_[line].erase(waiters_[ticket].ticket);
  free_.push_back(ticket);
  --waiters_count_;
  if (waiting != nullptr) waiting->add(simulator_.now(), -1);
  if (line == broker_) return;
  if (reserved != nullptr) reserved->add(simulator_.now(), -1);
  refill(line);
}

}  // namespace capplan::models
