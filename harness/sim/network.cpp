#include "harness/sim/network.hpp"

namespace eris::sim {

using namespace std::chrono_literals;

std::optional<base::Duration> Network::carry(model::Link link) {
  if (!cuts_.empty()) {
    if (const auto found = cuts_.find(link); found != cuts_.end()) {
      ++found->second.dropped;
      return std::nullopt;
    }
  }
  return rng_.duration(50us, 1ms);
}

base::Duration Network::client_delay() {
  return rng_.duration(50us, 500us);
}

void Network::cut(const std::vector<model::Link>& links) {
  for (const model::Link& link : links) ++cuts_[link].times;
}

void Network::heal(const std::vector<model::Link>& links) {
  for (const model::Link& link : links) {
    const auto found = cuts_.find(link);
    if (found != cuts_.end() && --found->second.times == 0) cuts_.erase(found);
  }
}

std::uint64_t Network::dropped(model::Link link) const {
  const auto found = cuts_.find(link);
  return found == cuts_.end() ? 0 : found->second.dropped;
}

}  // namespace eris::sim
