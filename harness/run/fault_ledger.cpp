#include "harness/run/fault_ledger.hpp"

#include <algorithm>
#include <cstdint>
#include <utility>
#include <variant>

#include <fmt/format.h>

#include "harness/base/assert.hpp"
#include "harness/base/text.hpp"

namespace eris::run {

namespace {

/// What an action takes hold of, of its nodes or links. Two actions get in each other's way where
/// they hold the same of the same.
enum class Hold : std::uint8_t {
  existence,  ///< whether links carry anything, whether a process runs
  quality,    ///< of links
  flow,       ///< whether links hold back
  clock,
  disk_speed,
  membership,
};

struct HoldsOf {
  std::vector<Hold> operator()(const model::Degrade&) const { return {Hold::quality}; }
  std::vector<Hold> operator()(const model::Restore&) const { return {Hold::quality}; }
  std::vector<Hold> operator()(const model::Clog&) const { return {Hold::flow}; }
  std::vector<Hold> operator()(const model::Unclog&) const { return {Hold::flow}; }
  std::vector<Hold> operator()(const model::BendClock&) const { return {Hold::clock}; }
  std::vector<Hold> operator()(const model::MendClock&) const { return {Hold::clock}; }
  std::vector<Hold> operator()(const model::HarmDisk& harm) const { return of(harm.settings); }
  std::vector<Hold> operator()(const model::MendDisk& mend) const { return of(mend.settings); }
  std::vector<Hold> operator()(const model::RemoveServer& a) const { return of(a.settings); }
  std::vector<Hold> operator()(const model::AddServer& a) const { return of(a.settings); }
  std::vector<Hold> operator()(const auto&) const { return {Hold::existence}; }

  static std::vector<Hold> of(model::DiskTrouble trouble) {
    if (trouble == model::DiskTrouble::slow) return {Hold::disk_speed};
    return {Hold::disk_speed, Hold::existence};
  }
  static std::vector<Hold> of(model::ServerData data) {
    if (data == model::ServerData::kept) return {Hold::membership};
    return {Hold::membership, Hold::existence};
  }
};

bool hold_the_same(const model::FaultAction& one, const model::FaultAction& other) {
  const std::vector<Hold> held = std::visit(HoldsOf{}, other);
  return std::ranges::any_of(std::visit(HoldsOf{}, one), [&](Hold hold) {
    return std::ranges::find(held, hold) != held.end();
  });
}

/// Nothing for an action on nodes.
const std::vector<model::Link>* links_of(const model::FaultAction& action) {
  return std::visit(
      [](const auto& act) -> const std::vector<model::Link>* {
        if constexpr (requires { act.links; })
          return &act.links;
        else
          return nullptr;
      },
      action);
}

/// What both actions lay claim to: "n3", "n1→n2". Links and nodes never collide.
std::optional<std::string> shared_claim(const model::FaultAction& one,
                                        const model::FaultAction& other) {
  if (!hold_the_same(one, other)) return std::nullopt;
  const auto* links = links_of(one);
  const auto* other_links = links_of(other);
  if ((links == nullptr) != (other_links == nullptr)) return std::nullopt;
  if (links != nullptr) {
    for (const model::Link& link : *links)
      if (std::ranges::find(*other_links, link) != other_links->end())
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
