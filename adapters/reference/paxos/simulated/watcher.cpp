#include "adapters/reference/paxos/simulated/watcher.hpp"

#include "harness/base/assert.hpp"

namespace eris::paxos {

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
  invariants_.replaced(node);
}

void Watcher::sent(NodeId from, NodeId to, std::string_view bytes) {
  const auto message = decode_message(bytes);
  ERIS_ASSERT(message.has_value(), "a core's messages can be decoded");
  invariants_.sent(from, to, *message);
}

void Watcher::requested(core::RequestId id, std::string_view bytes) {
  const auto request = kv::decode_request(bytes);
  if (!request) return;
  const auto* command = std::get_if<kv::Command>(&*request);
  if (command == nullptr) return;
  commands_.insert(id);
  invariants_.invoked(id, command->function == kv::Function::read);
}

void Watcher::replied(core::RequestId id, std::string_view bytes) {
  if (commands_.erase(id) == 0) return;
  const auto reply = kv::decode_reply(bytes);
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

}  // namespace eris::paxos
