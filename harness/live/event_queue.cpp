#include "harness/live/event_queue.hpp"

#include <utility>

namespace eris::live {

void EventQueue::push(run::ClusterEvent event) {
  bool wake = false;
  {
    const std::lock_guard lock(mutex_);
    incoming_.push_back(std::move(event));
    wake = std::exchange(consumer_waits_, false);
  }
  if (wake) arrived_.notify_one();
}

std::optional<run::ClusterEvent> EventQueue::pop(Clock::time_point deadline) {
  if (taken_ == batch_.size()) {
    batch_.clear();
    taken_ = 0;
    std::unique_lock lock(mutex_);
    consumer_waits_ = incoming_.empty();
    arrived_.wait_until(lock, deadline, [&] { return !incoming_.empty(); });
    consumer_waits_ = false;
    batch_.swap(incoming_);
  }
  if (taken_ == batch_.size()) return std::nullopt;
  return std::move(batch_[taken_++]);
}

}  // namespace eris::live
