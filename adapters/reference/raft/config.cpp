#include "adapters/reference/raft/config.hpp"

#include <algorithm>

namespace eris::raft {

void snapshot_every(Config& config, std::uint64_t entries) {
  config.snapshot_after_entries = entries;
  config.snapshot_trailing_entries = entries / 10;
}

base::Result<void> validate(const Config& config) {
  const auto wrong = [](const char* what, const char* next_step) {
    return base::usage_error(what, "Raft configuration", next_step);
  };
  if (config.self == NodeId()) return wrong("the node's own id is 0", "count nodes from 1");
  if (std::find(config.voters.begin(), config.voters.end(), NodeId()) != config.voters.end())
    return wrong("a voter's id is 0", "count nodes from 1");
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
  if (l.uncommitted_entries_max == 0 || l.uncommitted_bytes_max == 0 || l.append_bytes_max == 0 ||
      l.appends_in_flight_max == 0 || l.snapshot_chunk_bytes == 0 || l.sessions_max == 0)
    return wrong("a limit is 0", "give each limit at least 1");
  if (config.snapshot_after_entries == 0)
    return wrong("snapshot_after_entries is 0", "give at least 1");
  return {};
}

}  // namespace eris::raft
