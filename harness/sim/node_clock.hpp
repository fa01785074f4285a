// NodeClock: what a node takes for the time, as a function of the true (virtual) time: an offset,
// and a rate at which it runs.
//
// Clocks drift by nature, each at a rate of its own; a fault bends one further. A process is told
// no time that lies before one it was told already, as adapters/reference/node has it: where the
// clock was set back, time stands still for it until the clock has caught up.
// Invariant: the rate is positive, so that every local time comes. Thread rule: one owner.
#pragma once

#include <cstdint>
#include <optional>

#include "harness/base/time.hpp"
#include "harness/model/fault.hpp"

namespace eris::sim {

class NodeClock {
 public:
  NodeClock() = default;
  /// A clock that by nature runs so much faster than true time, or slower.
  explicit NodeClock(std::int64_t drift_ppm) : drift_ppm_(drift_ppm), rate_ppm_(drift_ppm) {}

  /// What the clock shows when it is truly `now`.
  [[nodiscard]] base::Instant read(base::Instant now) const;
  /// What the process is told then.
  [[nodiscard]] base::Instant tell(base::Instant now);
  /// A new process has been told nothing yet.
  void process_began() { told_ = base::Instant{}; }
  /// The true time at which the process will be told `local`, or `now` when that is past.
  [[nodiscard]] base::Instant when(base::Instant local, base::Instant now) const;

  /// The clock departs from what it would show by nature.
  void bend(base::Instant now, const model::ClockBend& bend);
  /// It shows again what it would show by nature.
  void mend();
  /// While the bend strobes: the jump that is there goes, or the one that is gone comes back.
  void flip(base::Instant now);
  [[nodiscard]] const std::optional<model::ClockBend>& bent() const { return bend_; }

 private:
  void set(base::Instant now, base::Instant local, std::int64_t rate_ppm);

  std::int64_t drift_ppm_ = 0;
  base::Instant anchor_true_{};
  base::Instant anchor_local_{};
  std::int64_t rate_ppm_ = 0;  ///< of now: drift and bend
  base::Instant told_{};
  std::optional<model::ClockBend> bend_;
  bool jumped_ = false;  ///< the bend's jump is in force
};

}  // namespace eris::sim
