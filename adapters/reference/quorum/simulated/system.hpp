// Quorum-KV in virtual time: the core itself, its clients, and its invariants as the simulator's
// watcher. Thread rule: as adapters/simulated_system.hpp has it.
#pragma once

#include <memory>

#include "adapters/reference/quorum/config.hpp"
#include "adapters/simulated_system.hpp"

namespace eris::quorum {

/// `common` holds what all nodes share; each node's self, seed and first members are filled in.
[[nodiscard]] std::unique_ptr<adapters::SimulatedSystem> simulate(Config common);

}  // namespace eris::quorum
