#include "adapters/reference/paxos/config.hpp"

#include <algorithm>

namespace eris::paxos {

void snapshot_every(Config& config, std::uint64_t slots) {
  config.snapshot_after_slots = slots;
  config.snapshot_trailing_slots = slots / 10;
}

base::Result<void> validate(const Config& config) {
  const auto wrong = [](const char* what, const char* next_step) {
    return base::usage_error(what, "Paxos configuration", next_step);
  };
  if (config.self == NodeId()) return wrong("the node's own id is 0", "count nodes from 1");
  if (std::find(config.members.begin(), config.members.end(), NodeId()) != config.members.end())
    return wrong("a member's id is 0", "count nodes from 1");
  const Timeouts& t = config.timeouts;
  if (t.heartbeat <= Duration::zero() || t.retransmit <= Duration::zero())
    return wrong("an interval is not positive", "give heartbeat and retransmit above 0");
  if (t.election_min < 2 * t.heartbeat)
    return wrong("an election timeout is shorter than two heartbeats",
                 "raise election_min or lower heartbeat");
  if (t.election_max <= t.election_min)
    return wrong("election timeouts leave no room for chance",
                 "give an election_max above election_min");
  if (t.clock_drift_percent >= 100)
    return wrong("no lease is left after the clocks' drift", "lower clock_drift_percent");
  const Limits& l = config.limits;
  if (l.waiting_commands_max == 0 || l.waiting_bytes_max == 0 || l.message_bytes_max == 0 ||
      l.snapshot_chunk_bytes == 0 || l.sessions_max == 0 || l.chosen_record_slots == 0)
    return wrong("a limit is 0", "give each limit at least 1");
  if (config.alpha == 0) return wrong("the window alpha is 0", "give at least 1");
  if (config.snapshot_after_slots == 0)
    return wrong("snapshot_after_slots is 0", "give at least 1");
  return {};
}

}  // namespace eris::paxos
