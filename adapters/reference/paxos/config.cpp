#include "adapters/reference/paxos/config.hpp"

#include "adapters/reference/leader/config_checks.hpp"

namespace eris::paxos {

void snapshot_every(Config& config, std::uint64_t slots) {
  config.snapshot_after_slots = slots;
  config.snapshot_trailing_slots = slots / 10;
}

base::Result<void> validate(const Config& config) {
  constexpr const char* where = "Paxos configuration";
  const auto wrong = [](const char* what, const char* next_step) {
    return base::usage_error(what, where, next_step);
  };
  ERIS_CHECK_OK(leader::check_members(config.self, config.members, "member", where));
  ERIS_CHECK_OK(leader::check_timeouts(config.timeouts, where));
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
