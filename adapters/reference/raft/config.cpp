#include "adapters/reference/raft/config.hpp"

#include "adapters/reference/leader/config_checks.hpp"

namespace eris::raft {

void snapshot_every(Config& config, std::uint64_t entries) {
  config.snapshot_after_entries = entries;
  config.snapshot_trailing_entries = entries / 10;
}

base::Result<void> validate(const Config& config) {
  constexpr const char* where = "Raft configuration";
  const auto wrong = [](const char* what, const char* next_step) {
    return base::usage_error(what, where, next_step);
  };
  ERIS_CHECK_OK(leader::check_members(config.self, config.voters, "voter", where));
  ERIS_CHECK_OK(leader::check_timeouts(config.timeouts, where));
  const Limits& l = config.limits;
  if (l.uncommitted_entries_max == 0 || l.uncommitted_bytes_max == 0 || l.append_bytes_max == 0 ||
      l.appends_in_flight_max == 0 || l.snapshot_chunk_bytes == 0 || l.sessions_max == 0)
    return wrong("a limit is 0", "give each limit at least 1");
  if (config.snapshot_after_entries == 0)
    return wrong("snapshot_after_entries is 0", "give at least 1");
  return {};
}

}  // namespace eris::raft
