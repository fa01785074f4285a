#include "adapters/reference/quorum/simulated/watcher.hpp"

#include "harness/base/assert.hpp"

namespace eris::quorum {

const Core& core_of(const core::AnyCore& any) {
  return static_cast<const core::Hosted<Core>&>(any).core();
}

void Watcher::started(NodeId, const core::AnyCore& core) {
  invariants_.started(core_of(core));
}

void Watcher::stepped(NodeId, const core::AnyCore& core) {
  invariants_.stepped(core_of(core));
}

void Watcher::durable(NodeId node, const core::Append& action) {
  invariants_.durable(node, action);
}

void Watcher::durable(NodeId node, const core::Checkpoint& action) {
  invariants_.durable(node, action);
}

void Watcher::wiped(NodeId node) {
  invariants_.wiped(node);
}

/// What is told matters less than what is stored.
void Watcher::sent(NodeId, NodeId, std::string_view) {}

void Watcher::requested(core::RequestId id, std::string_view bytes) {
  if (const auto request = decode_request(bytes)) invariants_.invoked(id, *request);
}

void Watcher::replied(core::RequestId id, std::string_view bytes) {
  if (!invariants_.awaits(id)) return;  // of a node's status, or of a change of membership
  const auto reply = decode_reply(bytes);
  ERIS_ASSERT(reply.has_value(), "a core's replies can be decoded");
  invariants_.answered(id, *reply);
}

std::size_t Watcher::violation_count() const {
  return invariants_.violations().size();
}

adapters::Violation Watcher::violation(std::size_t n) const {
  const Violation& found = invariants_.violations()[n];
  return {.rule = found.invariant, .what = found.what, .nodes = found.nodes};
}

}  // namespace eris::quorum
