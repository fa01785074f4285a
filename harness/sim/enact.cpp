// How the simulated world enacts a fault: which action does what. What they do stands in
// enact_links.cpp, enact_nodes.cpp and enact_disks.cpp.
#include <fmt/format.h>

#include "harness/base/text.hpp"
#include "harness/sim/world.hpp"

namespace eris::sim {

base::Result<model::Evidence> World::apply(const model::FaultAction& action) {
  model::Evidence evidence = std::visit([this](const auto& known) { return enact(known); }, action);
  tell_violations();
  return evidence;
}

void add_fact(model::Evidence& evidence, base::NodeId node, std::string_view name,
              std::string_view text) {
  evidence.facts.emplace_back(fmt::format("{} {}", base::to_text(node), name), model::Value(text));
}

}  // namespace eris::sim
