// FakeCluster: a Cluster in virtual time, for tests of the run loop. Deterministic: the same
// settings and calls give the same events.
//
// It is a linearizable store behind a made-up network: an operation takes effect while it is
// invoked and is answered after its latency. Without a majority of running nodes nothing is
// answered, and the client gives up after the operation timeout.
// Thread rule: one owner.
#pragma once

#include <functional>
#include <map>
#include <queue>
#include <set>
#include <string>
#include <vector>

#include "harness/base/rng.hpp"
#include "harness/run/cluster.hpp"

namespace eris::run::testing {

struct FakeSettings {
  unsigned nodes = 3;
  std::uint64_t seed = 1;
  base::Duration latency_min = std::chrono::microseconds(200);
  base::Duration latency_max = std::chrono::milliseconds(2);
  base::Duration operation_timeout = std::chrono::milliseconds(100);
  base::Duration apply_time = std::chrono::milliseconds(1);
  double fail_probability = 0;  ///< answered with fail, without effect
  double info_probability = 0;  ///< not answered; it may or may not have taken effect
  bool has_leader = true;
  bool shows_evidence = true;       ///< faults take effect, and say so
  bool serves = true;               ///< false: no operation is ever answered
  bool forgets_operations = false;  ///< completions come only after stop()
  std::optional<base::Error> start_error;
  std::optional<base::Error> stop_error;
  /// The error that an action meets, if any. Called once for each application.
  std::function<std::optional<base::Error>(const model::FaultAction&)> apply_error;
  /// Called with each operation when it is invoked.
  std::function<void(const model::Op&)> on_invoke;
  /// Called with each action before it is applied.
  std::function<void(const model::FaultAction&)> on_apply;
};

class FakeCluster final : public Cluster {
 public:
  explicit FakeCluster(FakeSettings settings);

  /// A node event that comes at this time.
  void plan_event(base::Instant time, model::NodeEvent event);

  /// Everything that was applied, in order, failures included.
  [[nodiscard]] const std::vector<model::FaultAction>& applied() const { return applied_; }
  [[nodiscard]] const std::vector<model::Op>& invoked() const { return invoked_; }
  [[nodiscard]] bool stopped() const { return stopped_; }

  base::Result<void> start() override;
  [[nodiscard]] base::Instant now() const override { return now_; }
  [[nodiscard]] model::ClusterView view() const override;
  void invoke(const model::Op& op) override;
  base::Result<model::Evidence> apply(const model::FaultAction& action) override;
  std::optional<ClusterEvent> next(base::Instant deadline) override;
  [[nodiscard]] model::Fields versions() const override { return {}; }
  [[nodiscard]] model::Fields environment() const override { return {}; }
  base::Result<void> stop() override;

 private:
  struct Due {
    base::Instant time;
    std::uint64_t order;
    ClusterEvent event;
    bool operator>(const Due& other) const {
      return std::pair(time, order) > std::pair(other.time, other.order);
    }
  };

  void schedule(base::Instant time, ClusterEvent event);
  void say(base::NodeId node, std::string what);
  void set_state(const std::vector<base::NodeId>& nodes, model::NodeState state);
  [[nodiscard]] bool has_majority() const;
  model::Outcome execute(const model::Op& op);

  FakeSettings settings_;
  base::Rng rng_;
  base::Instant now_{};
  std::map<base::NodeId, model::NodeState> nodes_;
  std::map<model::Value, model::Value> store_;
  std::priority_queue<Due, std::vector<Due>, std::greater<>> queue_;
  std::set<base::ProcessId> busy_;
  std::vector<model::FaultAction> applied_;
  std::vector<model::Op> invoked_;
  std::uint64_t order_ = 0;
  std::uint64_t elections_ = 1;
  bool stopped_ = false;
};

}  // namespace eris::run::testing
