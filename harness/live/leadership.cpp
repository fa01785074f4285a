#include "harness/live/leadership.hpp"

namespace eris::live {

void Leadership::on_beacon(base::NodeId node, const model::Fields& beacon) {
  const model::Value* role = model::find(beacon, "role");
  if (role == nullptr || !role->is_text()) return;
  if (role->text() != "leader") {
    claims_.erase(node);
    return;
  }
  Leader claim{.node = node};
  const model::Value* term = model::find(beacon, "term");
  if (term != nullptr && term->is_integer())
    claim.term = base::Term(static_cast<std::uint64_t>(term->integer()));
  claims_[node] = claim;
}

void Leadership::on_probe(base::NodeId witness, const std::optional<base::NodeId>& leader,
                          const std::optional<base::Term>& term) {
  if (leader)
    claims_[witness] = {.node = *leader, .term = term};
  else
    claims_.erase(witness);
}

void Leadership::on_death(base::NodeId node) {
  claims_.erase(node);
  std::erase_if(claims_, [&](const auto& entry) { return entry.second.node == node; });
}

std::optional<Leadership::Leader> Leadership::leader() const {
  std::optional<Leader> best;
  for (const auto& [witness, claim] : claims_)
    // An absent term compares smaller than any.
    if (!best || claim.term > best->term) best = claim;
  return best;
}

}  // namespace eris::live
