#include "adapters/reference/paxos/configurations.hpp"

namespace eris::paxos {

const Configurations::Chosen& Configurations::governing(Slot slot) const {
  for (auto it = chosen_.rbegin(); it != chosen_.rend(); ++it)
    if (governs_from(it->first) <= slot) return *it;
  return chosen_.front();
}

void Configurations::forget_before(Slot from) {
  while (chosen_.size() > 1 && governs_from(chosen_[1].first) <= from)
    chosen_.erase(chosen_.begin());
}

std::set<NodeId> Configurations::members_from(Slot from) const {
  std::set<NodeId> members;
  const Slot governs = governing(from).first;
  for (const auto& [slot, configuration] : chosen_)
    if (slot >= governs) members.insert(configuration.members.begin(), configuration.members.end());
  return members;
}

}  // namespace eris::paxos
