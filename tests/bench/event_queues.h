#pragma once
// Event lists to measure core::EventQueue against, with its interface and its order (time, then sequence): a binary
// heap of the standard library, a calendar queue (Brown, "Calendar queues", CACM 31(10), 1988) and a ladder queue
// (Tang, Goh, Thng, "Ladder queue", ACM TOMACS 15(3), 2005); and the hold model they are measured with. Limit: as in a
// simulation, nothing is pushed before the last event popped.

#include <algorithm>
#include <cmath>
#include <queue>
#include <vector>

#include "core/event_queue.h"

namespace capplan::bench {

using core::Event;
using core::Nanos;

struct Later {
  bool operator()(const Event& a, const Event& b) const { return core::before(b, a); }
};

class BinaryHeap {
 public:
  bool empty() const { return queue_.empty(); }
  std::size_t size() const { return queue_.size(); }
  const Event& top() const { return queue_.top(); }
  void push(const Event& event) { queue_.push(event); }
  void pop() { queue_.pop(); }

 private:
  std::priority_queue<Event, std::vector<Event>, Later> queue_;
};

/// A year of days, each a list in order; the number of days follows the number of events, their length the gaps between
/// the next events. A day's list is kept last event first, so that the next is taken from its end.
class CalendarQueue {
 public:
  CalendarQueue() : days_(2) {}

  bool empty() const { return size_ == 0; }
  std::size_t size() const { return size_; }

  const Event& top() {
    find();
    return days_[today_].back();
  }

  void push(const Event& event) {
    std::vector<Event>& day = days_[day_of(event.time)];
    day.insert(std::upper_bound(day.begin(), day.end(), event, Later()), event);
    ++size_;
    if (event.time < day_end_ - length_) turn_to(event.time);  // before the day the search has got to
    if (size_ > 2 * days_.size()) resize(2 * days_.size());
  }

  void pop() {
    find();
    last_ = days_[today_].back().time;
    days_[today_].pop_back();
    --size_;
    if (days_.size() > 2 && size_ < days_.size() / 2) resize(days_.size() / 2);
  }

 private:
  std::size_t day_of(Nanos time) const { return static_cast<std::size_t>(time / length_) & (days_.size() - 1); }

  void turn_to(Nanos time) {
    today_ = day_of(time);
    day_end_ = (time / length_ + 1) * length_;
  }

  /// Turns to the day of the next event: day by day for a year, then by looking at all days.
  void find() {
    for (std::size_t i = 0; i < days_.size(); ++i) {
      const std::vector<Event>& day = days_[today_];
      if (!day.empty() && day.back().time < day_end_) return;
      today_ = (today_ + 1) & (days_.size() - 1);
      day_end_ += length_;
    }
    const Event* first = nullptr;
    for (const auto& day : days_)
      if (!day.empty() && (first == nullptr || core::before(day.back(), *first))) first = &day.back();
    turn_to(first->time);
  }

  void resize(std::size_t days) {
    std::vector<Event> all;
    all.reserve(size_);
    for (const auto& day : days_) all.insert(all.end(), day.begin(), day.end());
    length_ = day_length(all);
    days_.assign(days, {});
    for (const Event& event : all) days_[day_of(event.time)].push_back(event);
    for (auto& day : days_) std::sort(day.begin(), day.end(), Later());
    turn_to(last_);
  }

  /// Brown's rule: thrice the mean gap among the next events, gaps beyond twice the mean left out.
  static Nanos day_length(std::vector<Event>& all) {
    const std::size_t n = std::min<std::size_t>(all.size(), 25);
    if (n < 2) return 1;
    std::partial_sort(all.begin(), all.begin() + static_cast<std::ptrdiff_t>(n), all.end(), core::before);
    const auto mean_gap = [&](double longest) {
      double sum = 0, gaps = 0;
      for (std::size_t i = 1; i < n; ++i) {
        const auto gap = static_cast<double>(all[i].time - all[i - 1].time);
        if (gap > longest) continue;
        sum += gap;
        ++gaps;
      }
      return gaps > 0 ? sum / gaps : 0;
    };
    return std::max<Nanos>(1, static_cast<Nanos>(3 * mean_gap(2 * mean_gap(1e300))));
  }

  std::vector<std::vector<Event>> days_;
  std::size_t size_ = 0;
  Nanos length_ = 1;
  std::size_t today_ = 0;
  Nanos day_end_ = 1;
  Nanos last_ = 0;
};

/// An unsorted list of the far future (top), rungs of buckets that are each split when their turn comes, and a short
/// sorted list (bottom) that events are taken from.
class LadderQueue {
 public:
  bool empty() const { return size_ == 0; }
  std::size_t size() const { return size_; }

  const Event& top() {
    fill_bottom();
    return bottom_.back();
  }

  void pop() {
    fill_bottom();
    bottom_.pop_back();
    --size_;
  }

  void push(const Event& event) {
    ++size_;
    if (event.time >= top_start_) {
      highest_ = top_.empty() ? event.time : std::max(highest_, event.time);
      lowest_ = top_.empty() ? event.time : std::min(lowest_, event.time);
      top_.push_back(event);
      return;
    }
    for (std::size_t r = 0; r < rungs_; ++r)
      if (event.time >= ladder_[r].current_start()) return ladder_[r].put(event);
    if (bottom_.size() >= threshold && rungs_ < most_rungs && bottom_.front().time > bottom_.back().time) {
      // The sorted list has grown too long to insert into: it becomes a rung of its own.
      spawn(bottom_.back().time, bottom_end(), bottom_);
      if (event.time >= ladder_[rungs_ - 1].current_start()) return ladder_[rungs_ - 1].put(event);
    }
    bottom_.insert(std::upper_bound(bottom_.begin(), bottom_.end(), event, Later()), event);
  }

 private:
  static constexpr std::size_t threshold = 50;
  static constexpr std::size_t most_rungs = 8;

  struct Rung {
    std::vector<std::vector<Event>> buckets;
    Nanos start = 0;
    Nanos width = 1;
    std::size_t current = 0;  // the first that has not been taken
    std::size_t count = 0;

    Nanos current_start() const { return start + static_cast<Nanos>(current) * width; }
    void put(const Event& event) {
      buckets[static_cast<std::size_t>((event.time - start) / width)].push_back(event);
      ++count;
    }
  };

  /// Where the part of the future begins that the rungs above the bottom, or the top, hold.
  Nanos bottom_end() const { return rungs_ > 0 ? ladder_[rungs_ - 1].current_start() : top_start_; }

  /// Moves `events` onto a new rung, about one to a bucket, that takes in all of [first, end) from now on.
  void spawn(Nanos first, Nanos end, std::vector<Event>& events) {
    if (ladder_.size() == rungs_) ladder_.emplace_back();
    Rung& rung = ladder_[rungs_++];
    rung.start = first;
    rung.width = (end - first) / static_cast<Nanos>(events.size()) + 1;
    rung.current = 0;
    rung.count = 0;
    const auto buckets = static_cast<std::size_t>((end - first) / rung.width) + 1;
    if (rung.buckets.size() < buckets) rung.buckets.resize(buckets);
    for (const Event& event : events) rung.put(event);
    events.clear();
  }

  void fill_bottom() {
    while (bottom_.empty()) {
      while (rungs_ > 0 && ladder_[rungs_ - 1].count == 0) --rungs_;
      if (rungs_ == 0) {
        top_start_ = highest_ + 1;
        spawn(lowest_, top_start_, top_);
        continue;
      }
      Rung& rung = ladder_[rungs_ - 1];
      while (rung.buckets[rung.current].empty()) ++rung.current;
      std::vector<Event>& bucket = rung.buckets[rung.current];
      const Nanos from = rung.current_start();
      rung.count -= bucket.size();
      ++rung.current;
      if (bucket.size() > threshold && rung.width > 1 && rungs_ < most_rungs) {
        scratch_.swap(bucket);
        bucket.clear();
        spawn(from, from + rung.width, scratch_);
      } else {
        bottom_.swap(bucket);
        std::sort(bottom_.begin(), bottom_.end(), Later());
      }
    }
  }

  std::size_t size_ = 0;
  std::vector<Event> top_;
  Nanos top_start_ = 0;
  Nanos lowest_ = 0, highest_ = 0;
  std::vector<Rung> ladder_;
  std::size_t rungs_ = 0;
  std::vector<Event> bottom_;  // next event last
  std::vector<Event> scratch_;
};

/// A generator that costs next to nothing beside a queue (xorshift64*, Vigna 2016).
class Xorshift {
 public:
  std::uint64_t next() {
    state_ ^= state_ >> 12;
    state_ ^= state_ << 25;
    state_ ^= state_ >> 27;
    return state_ * 0x2545f4914f6cdd1dULL;
  }
  /// In [0, n), n < 2^32.
  std::uint64_t below(std::uint64_t n) { return (next() >> 32) * n >> 32; }

 private:
  std::uint64_t state_ = 0x9e3779b97f4a7c15ULL;
};

/// The hold model: `n` live events; each, when it is popped, is pushed again after 0 to 2n microseconds.
template <class Queue>
class Hold {
 public:
  explicit Hold(std::size_t n) : n_(n) {
    for (std::size_t i = 0; i < n; ++i) queue_.push({static_cast<Nanos>(delay()), sequence_++, nullptr, 0, 0});
  }

  Event step() {
    const Event event = queue_.top();
    queue_.pop();
    queue_.push({event.time + static_cast<Nanos>(delay()), sequence_++, nullptr, 0, 0});
    return event;
  }

 private:
  std::uint64_t delay() { return random_.below(2000 * n_ + 1); }

  std::size_t n_;
  Queue queue_;
  Xorshift random_;
  std::uint64_t sequence_ = 0;
};

/// A number that depends on the order of every event popped.
template <class Queue>
std::uint64_t hold_checksum(std::size_t n, int steps) {
  Hold<Queue> hold(n);
  std::uint64_t sum = 0;
  for (int i = 0; i < steps; ++i) sum = sum * 0x100000001b3ULL + hold.step().sequence;
  return sum;
}

}  // namespace capplan::bench
