// QueueTrack: follows a queue whose elements are all different, by the sweep of queues.
//
// Why it can stream: from time to time the sweep (linearizability/sweeps/queue.cpp) judges what is
// kept; then whatever no later event can contradict is let go of. What lies behind is over before
// anything that is open, or kept for a reason, began:
//   - An element that was dequeued by then says one thing more of the future: what was enqueued
//     before it, and is not known to be gone, was taken by a dequeue of unknown outcome that had
//     begun by then. A dequeue that found nothing says the same of all that was there.
//   - The sweep has counted that there are enough of those dequeues. The elements that had to be
//     gone leave together with as many of them: at every later moment, there are as many less to
//     count on either side. Whoever is given such an element later is given what was never there.
//   - A dequeue that found nothing stays where what it says is open: where it may have been before
//     or after something was enqueued that is not known to be gone.
// What remains is what is open, what is in the queue, and what has an unknown outcome. An element
// that comes again after it has left is another element, as every order has it.
//
// An element enqueued again while it is still kept ends the track with `unfit`, as in ZoneTrack.
// An operation that stays open while thousands of others pass is taken for one without an answer;
// that may hide a violation from the track, never invent one.
// Thread rule: one owner.
#pragma once

#include <functional>

#include <boost/unordered/unordered_flat_set.hpp>

#include "checkers/linearizability/sweeps/elements.hpp"
#include "checkers/online/track.hpp"

namespace eris::checkers::online {

struct QueueLimits {
  std::size_t acts_max = 1u << 14;  ///< kept one by one, so that a look takes milliseconds
};

class QueueTrack final : public Track {
 public:
  explicit QueueTrack(const SequentialObject& object, const QueueLimits& limits = {});

  void invoked(Act act) override;
  void completed(const Act& act, model::EventIndex at) override;
  void look() override;
  [[nodiscard]] Holdings holdings() const override;
  [[nodiscard]] Backlog backlog() const override { return {acts_.size(), unseen_answers_}; }
  [[nodiscard]] std::size_t taken_for_unknown() const override { return taken_for_unknown_; }

 private:
  void judge();
  void refuse(const linearizability::View& view, const linearizability::Contradiction& found);
  void keep_only(const std::vector<bool>& gone);
  void shorten();
  [[nodiscard]] std::string words(const Act& act) const;

  const SequentialObject& object_;
  QueueLimits limits_;
  std::vector<Act> acts_;  ///< ascending by number
  boost::unordered_flat_set<model::Value, std::hash<model::Value>> enqueued_;  ///< of `acts_`
  std::size_t unseen_answers_ = 0;
  std::size_t taken_for_unknown_ = 0;
  model::EventIndex now_ = 0;
};

}  // namespace eris::checkers::online
