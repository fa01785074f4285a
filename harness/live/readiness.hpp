// Readiness: asks nodes whether they serve, until they do.
// Nothing is slept for: a probe that fails is repeated at once when it took its time, else after
// a few milliseconds; a node that exits ends the wait.
// Thread rule: each call uses threads of its own and returns when they have ended.
#pragma once

#include <atomic>
#include <chrono>
#include <functional>
#include <memory>
#include <vector>

#include "adapters/adapter.hpp"
#include "harness/base/result.hpp"
#include "harness/live/node_set.hpp"

namespace eris::live {

struct ReadinessOptions {
  std::shared_ptr<const adapters::System> system;
  int network_namespace = -1;  ///< to probe from; −1: the harness's own
  base::Duration timeout{};    ///< for every node to serve
};

/// Waits in the calling thread, which must already be in the right namespace, until the node
/// serves (true) or until the deadline, its end or `cancelled` (false). `nodes` may be null for a
/// node that someone else runs.
[[nodiscard]] bool wait_until_serving(const adapters::System& system,
                                      const adapters::NodeAddress& node, const NodeSet* nodes,
                                      std::chrono::steady_clock::time_point deadline,
                                      const std::atomic<bool>& cancelled);

/// Waits for all nodes at once, a thread each. `on_ready` is called from those threads. Errors:
/// environment: the first node that exited, with its status and the last lines of its stderr, or
/// one that did not serve in time, with its log.
[[nodiscard]] base::Result<void> wait_until_all_serve(
    const ReadinessOptions& options, const std::vector<adapters::NodeAddress>& addresses,
    const NodeSet* nodes, const std::function<void(base::NodeId)>& on_ready);

}  // namespace eris::live
