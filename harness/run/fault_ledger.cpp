#include "harness/run/fault_ledger.hpp"

#include <algorithm>
#include <utility>
#include <variant>

#include <fmt/format.h>

#include "harness/base/assert.hpp"
#include "harness/base/text.hpp"

namespace eris::run {

namespace {

/// What both actions lay claim to: "n3", "n1→n2". Links and nodes never collide.
std::optional<std::string> shared_claim(const model::FaultAction& one,
                                        const model::FaultAction& other) {
  const auto* cut_one = std::get_if<model::Cut>(&one);
  const auto* cut_other = std::get_if<model::Cut>(&other);
  if ((cut_one == nullptr) != (cut_other == nullptr)) return std::nullopt;
  if (cut_one != nullptr) {
    for (const model::Link& link : cut_one->links)
      if (std::ranges::find(cut_other->links, link) != cut_other->links.end())
        return base::to_text(link.from) + "→" + base::to_text(link.to);
    return std::nullopt;
  }
  const auto nodes = model::nodes_of(other);
  for (const base::NodeId node : model::nodes_of(one))
    if (std::ranges::binary_search(nodes, node)) return base::to_text(node);
  return std::nullopt;
}

}  // namespace

std::optional<std::string> FaultLedger::conflict(const model::FaultAction& action) const {
  for (const ActiveFault& active : in_force_)
    if (const auto claim = shared_claim(action, active.action))
      return fmt::format("{} is already under \"{}\"", *claim, active.description);
  return std::nullopt;
}

void FaultLedger::add(ActiveFault active) {
  ERIS_ASSERT(!conflict(active.action), "what conflicts is not applied");
  in_force_.push_back(std::move(active));
}

void FaultLedger::remove(std::uint64_t fault) {
  const auto found = std::ranges::find(in_force_, fault, &ActiveFault::fault);
  ERIS_ASSERT(found != in_force_.end(), "only what is in force can be undone");
  in_force_.erase(found);
}

}  // namespace eris::run
