// Prober: asks nodes how they are while a run goes on, on a thread of its own: who leads (for
// systems without beacons), and whether a restarted node serves again.
// Thread rule: ask_when_serving() from any thread; callbacks run on the prober's thread.
#pragma once

#include <functional>
#include <memory>
#include <vector>

#include "adapters/adapter.hpp"
#include "harness/live/node_set.hpp"

namespace eris::live {

struct ProberOptions {
  std::shared_ptr<const adapters::System> system;
  std::vector<adapters::NodeAddress> addresses;
  int network_namespace = -1;  ///< to probe from; −1: the harness's own
  base::Duration interval = std::chrono::milliseconds(100);
};

class Prober {
 public:
  /// `nodes` must outlive it. `on_ready` is told of each node from ask_when_serving that serves.
  Prober(ProberOptions options, NodeSet& nodes, std::function<void(base::NodeId)> on_ready);
  Prober(const Prober&) = delete;
  Prober& operator=(const Prober&) = delete;
  ~Prober();

  /// From now on probes this node more often, until it serves or ends.
  void ask_when_serving(base::NodeId node);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace eris::live
