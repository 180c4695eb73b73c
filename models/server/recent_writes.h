#pragma once
// Which keys were written lately: what a replica that is `horizon` behind does not have yet. Memory goes with the
// writes within the horizon.

#include <cstdint>
#include <vector>

#include "core/simulator.h"

namespace capplan::models {

class RecentWrites {
 public:
  RecentWrites(const core::Simulator& simulator, core::Nanos horizon)
      : simulator_(simulator), horizon_(horizon), buckets_(16, none) {}

  /// The key has been written now.
  void note(std::uint64_t key) {
    forget();
    if (free_ == none) {
      nodes_.push_back({});
      free_ = static_cast<std::uint32_t>(nodes_.size() - 1);
      nodes_[free_].chain = none;
    }
    const std::uint32_t node = free_;
    free_ = nodes_[node].chain;
    nodes_[node] = {key, simulator_.now(), none, none};
    (last_ == none ? first_ : nodes_[last_].later) = node;
    last_ = node;
    if (++size_ > buckets_.size())
      grow();
    else
      link(node);
  }

  /// Whether the key has been written within the horizon.
  bool has(std::uint64_t key) {
    forget();
    std::uint32_t node = buckets_[place(key)];
    while (node != none && nodes_[node].key != key) node = nodes_[node].chain;
    return node != none;
  }

 private:
  static constexpr std::uint32_t none = 0xffffffff;
  struct Node {
    std::uint64_t key = 0;
    core::Nanos at = 0;
    std::uint32_t later = none;  // written after it
    std::uint32_t chain = none;  // in its bucket, or in the free list
  };

  std::size_t place(std::uint64_t key) const {
    key *= 0x9e3779b97f4a7c15ULL;
    return (key ^ key >> 32) & (buckets_.size() - 1);
  }
  void link(std::uint32_t node) {
    std::uint32_t& bucket = buckets_[place(nodes_[node].key)];
    nodes_[node].chain = bucket;
    bucket = node;
  }
  void grow() {
    buckets_.assign(buckets_.size() * 2, none);
    for (std::uint32_t node = first_; node != none; node = nodes_[node].later) link(node);
  }
  /// Drops what every replica has by now.
  void forget() {
    while (first_ != none && simulator_.now() - nodes_[first_].at >= horizon_) {
      const std::uint32_t node = first_;
      std::uint32_t* link = &buckets_[place(nodes_[node].key)];
      while (*link != node) link = &nodes_[*link].chain;
      *link = nodes_[node].chain;
      first_ = nodes_[node].later;
      if (first_ == none) last_ = none;
      nodes_[node].chain = free_;
      free_ = node;
      --size_;
    }
  }

  const core::Simulator& simulator_;
  core::Nanos horizon_;
  std::vector<std::uint32_t> buckets_;
  std::vector<Node> nodes_;
  std::uint32_t first_ = none, last_ = none, free_ = none;
  std::size_t size_ = 0;
};

}  // namespace capplan::models
