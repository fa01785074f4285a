// EventQueue: what happened in a live cluster, from many threads to the run loop.
//
// Why batches: the run loop takes everything that waits under one lock and is woken only when it
// waits, so that at tens of thousands of operations a second the queue costs next to nothing.
// Thread rule: push from any thread; pop from one.
#pragma once

#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <mutex>
#include <optional>
#include <vector>

#include "harness/run/cluster.hpp"

namespace eris::live {

class EventQueue {
 public:
  using Clock = std::chrono::steady_clock;

  void push(run::ClusterEvent event);
  /// The oldest event, waiting until `deadline` at most.
  [[nodiscard]] std::optional<run::ClusterEvent> pop(Clock::time_point deadline);

 private:
  std::mutex mutex_;
  std::condition_variable arrived_;
  std::vector<run::ClusterEvent> incoming_;
  bool consumer_waits_ = false;

  std::vector<run::ClusterEvent> batch_;  ///< of the consumer
  std::size_t taken_ = 0;                 ///< from batch_
};

}  // namespace eris::live
