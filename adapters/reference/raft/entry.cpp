#include "adapters/reference/raft/entry.hpp"

#include <utility>

#include "harness/base/assert.hpp"

namespace eris::raft {
namespace {

void encode_nodes(kv::Writer& writer, const std::vector<NodeId>& nodes) {
  writer.u32(static_cast<std::uint32_t>(nodes.size()));
  for (const NodeId node : nodes) writer.id(node);
}

std::vector<NodeId> decode_nodes(kv::Reader& reader) {
  std::vector<NodeId> nodes(reader.count(sizeof(NodeId::value)));
  for (NodeId& node : nodes) node = reader.id<NodeId>();
  const auto out_of_order = [](NodeId a, NodeId b) { return a >= b; };
  if (std::adjacent_find(nodes.begin(), nodes.end(), out_of_order) != nodes.end()) reader.fail();
  return nodes;
}

}  // namespace

void encode(kv::Writer& writer, const Configuration& configuration) {
  encode_nodes(writer, configuration.voters);
  encode_nodes(writer, configuration.learners);
}

Configuration decode_configuration(kv::Reader& reader) {
  Configuration configuration;
  configuration.voters = decode_nodes(reader);
  configuration.learners = decode_nodes(reader);
  for (const NodeId learner : configuration.learners)
    if (configuration.votes(learner)) reader.fail();
  return configuration;
}

void encode(kv::Writer& writer, const Entry& entry) {
  writer.id(entry.term);
  writer.u8(static_cast<std::uint8_t>(entry.kind));
  writer.text(entry.payload);
}

void decode_entry(kv::Reader& reader, Entry& entry) {
  entry.term = reader.id<Term>();
  const std::uint8_t kind = reader.u8();
  if (kind < 1 || kind > static_cast<std::uint8_t>(EntryKind::configuration)) reader.fail();
  entry.kind = static_cast<EntryKind>(kind);
  entry.payload = reader.text();
  if (reader.ok() && entry.kind == EntryKind::configuration) {
    kv::Reader payload(entry.payload);
    (void)decode_configuration(payload);
    if (!payload.finished()) reader.fail();
  }
}

Entry configuration_entry(Term term, const Configuration& configuration) {
  kv::Writer payload;
  encode(payload, configuration);
  return {term, EntryKind::configuration, std::move(payload).take()};
}

Configuration configuration_in(const Entry& entry) {
  ERIS_ASSERT(entry.kind == EntryKind::configuration, "only such entries carry a configuration");
  kv::Reader payload(entry.payload);
  Configuration configuration = decode_configuration(payload);
  ERIS_ASSERT(payload.finished(), "decode_entry lets only whole configurations in");
  return configuration;
}

}  // namespace eris::raft
