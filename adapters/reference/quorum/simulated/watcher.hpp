// quorum::Watcher: quorum-KV's invariants, fed by the simulator.
// Thread rule: one owner.
#pragma once

#include "adapters/reference/quorum/core.hpp"
#include "adapters/reference/quorum/invariants.hpp"
#include "adapters/simulated_system.hpp"

namespace eris::quorum {

/// The core that a simulated quorum-KV node runs.
[[nodiscard]] const Core& core_of(const core::AnyCore& any);

class Watcher final : public adapters::Watcher {
 public:
  explicit Watcher(const Config& common) : invariants_(common) {}

  void started(NodeId node, const core::AnyCore& core) override;
  void stepped(NodeId node, const core::AnyCore& core) override;
  void durable(NodeId node, const core::Append& action) override;
  void durable(NodeId node, const core::Checkpoint& action) override;
  void wiped(NodeId node) override;
  void sent(NodeId from, NodeId to, std::string_view message) override;
  void requested(core::RequestId id, std::string_view request) override;
  void replied(core::RequestId id, std::string_view reply) override;
  [[nodiscard]] std::size_t violation_count() const override;
  [[nodiscard]] adapters::Violation violation(std::size_t n) const override;

 private:
  Invariants invariants_;
};

}  // namespace eris::quorum
