// KvWatcher: the invariants of a protocol that replicates the store of adapters/reference/kv, fed
// by the simulator. Raft and Paxos share it; what must hold is each one's own (its invariants.hpp).
// Thread rule: one owner.
#pragma once

#include <cstddef>
#include <set>
#include <string_view>
#include <utility>
#include <variant>

#include "adapters/reference/kv/command.hpp"
#include "adapters/simulated_system.hpp"
#include "harness/base/assert.hpp"
#include "harness/core/any_core.hpp"

namespace eris::reference {

/// The core of type Core that a simulated node of this protocol runs.
template <core::Core Core>
[[nodiscard]] const Core& core_of(const core::AnyCore& any) {
  return static_cast<const core::Hosted<Core>&>(any).core();
}

/// `decode` turns bytes into a Result of the protocol's message.
template <core::Core Core, typename Invariants, auto decode>
class KvWatcher final : public adapters::Watcher {
 public:
  explicit KvWatcher(Invariants invariants) : invariants_(std::move(invariants)) {}

  void started(base::NodeId, const core::AnyCore& core) override {
    invariants_.started(core_of<Core>(core));
  }
  void stepped(base::NodeId, const core::AnyCore& core) override {
    invariants_.stepped(core_of<Core>(core));
  }
  void durable(base::NodeId node, const core::Append& action) override {
    invariants_.durable(node, action);
  }
  void durable(base::NodeId node, const core::Checkpoint& action) override {
    invariants_.durable(node, action);
  }
  void wiped(base::NodeId node) override { invariants_.replaced(node); }

  void sent(base::NodeId from, base::NodeId to, std::string_view bytes) override {
    const auto message = decode(bytes);
    ERIS_ASSERT(message.has_value(), "a core's messages can be decoded");
    invariants_.sent(from, to, *message);
  }

  void requested(core::RequestId id, std::string_view bytes) override {
    const auto request = kv::decode_request(bytes);
    if (!request) return;
    const auto* command = std::get_if<kv::Command>(&*request);
    if (command == nullptr) return;
    commands_.insert(id);
    invariants_.invoked(id, command->function == kv::Function::read);
  }

  void replied(core::RequestId id, std::string_view bytes) override {
    if (commands_.erase(id) == 0) return;
    const auto reply = kv::decode_reply(bytes);
    ERIS_ASSERT(reply.has_value(), "a core's replies can be decoded");
    invariants_.answered(id, *reply);
  }

  [[nodiscard]] std::size_t violation_count() const override {
    return invariants_.violations().size();
  }
  [[nodiscard]] adapters::Violation violation(std::size_t n) const override {
    const auto& found = invariants_.violations()[n];
    return {.rule = found.invariant, .what = found.what, .nodes = found.nodes};
  }

 private:
  Invariants invariants_;
  std::set<core::RequestId> commands_;  ///< asked and not yet answered
};

}  // namespace eris::reference
