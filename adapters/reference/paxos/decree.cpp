#include "adapters/reference/paxos/decree.hpp"

#include <utility>

#include <fmt/format.h>

#include "adapters/reference/kv/hash.hpp"
#include "harness/base/assert.hpp"
#include "harness/base/text.hpp"

namespace eris::paxos {

std::string to_text(Ballot ballot) {
  if (ballot == Ballot()) return "0";
  return fmt::format("{}.{}", ballot.round, base::to_text(ballot.proposer));
}

void encode(kv::Writer& writer, Ballot ballot) {
  writer.u64(ballot.round);
  writer.id(ballot.proposer);
}

Ballot decode_ballot(kv::Reader& reader) {
  const std::uint64_t round = reader.u64();
  return {round, reader.id<NodeId>()};
}

std::uint64_t hash(const Decree& decree) {
  return kv::hash_bytes(static_cast<std::uint64_t>(decree.kind), decree.payload);
}

void encode(kv::Writer& writer, const Configuration& configuration) {
  writer.u32(static_cast<std::uint32_t>(configuration.members.size()));
  for (const NodeId member : configuration.members) writer.id(member);
}

Configuration decode_configuration(kv::Reader& reader) {
  Configuration configuration;
  std::vector<NodeId>& members = configuration.members;
  members.resize(reader.count(sizeof(NodeId::value)));
  for (NodeId& member : members) member = reader.id<NodeId>();
  const auto out_of_order = [](NodeId a, NodeId b) { return a >= b; };
  if (std::adjacent_find(members.begin(), members.end(), out_of_order) != members.end())
    reader.fail();
  return configuration;
}

void encode(kv::Writer& writer, const Decree& decree) {
  writer.u8(static_cast<std::uint8_t>(decree.kind));
  writer.text(decree.payload);
}

Decree decode_decree(kv::Reader& reader) {
  Decree decree;
  const std::uint8_t kind = reader.u8();
  if (kind < 1 || kind > static_cast<std::uint8_t>(DecreeKind::configuration)) reader.fail();
  decree.kind = static_cast<DecreeKind>(kind);
  decree.payload = std::string(reader.text());
  if (reader.ok() && decree.kind == DecreeKind::configuration) {
    kv::Reader payload(decree.payload);
    (void)decode_configuration(payload);
    if (!payload.finished()) reader.fail();
  }
  return decree;
}

void encode(kv::Writer& writer, const AcceptedDecree& accepted) {
  encode(writer, accepted.ballot);
  encode(writer, accepted.decree);
}

AcceptedDecree decode_accepted(kv::Reader& reader) {
  const Ballot ballot = decode_ballot(reader);
  return {ballot, decode_decree(reader)};
}

Decree configuration_decree(const Configuration& configuration) {
  kv::Writer payload;
  encode(payload, configuration);
  return {DecreeKind::configuration, std::move(payload).take()};
}

Configuration configuration_in(const Decree& decree) {
  ERIS_ASSERT(decree.kind == DecreeKind::configuration, "only such decrees hold a configuration");
  kv::Reader payload(decree.payload);
  Configuration configuration = decode_configuration(payload);
  ERIS_ASSERT(payload.finished(), "decode_decree lets only whole configurations in");
  return configuration;
}

std::string to_text(const Configuration& configuration) {
  std::vector<std::string> names;
  for (const NodeId member : configuration.members) names.push_back(base::to_text(member));
  return fmt::format("{}", fmt::join(names, " "));
}

std::string to_text(const Decree& decree) {
  switch (decree.kind) {
    case DecreeKind::no_op:
      return "no-op";
    case DecreeKind::command:
      return "command";
    case DecreeKind::configuration:
      return "configuration " + to_text(configuration_in(decree));
  }
  ERIS_ASSERT(false, "a decree is of one of the kinds listed");
}

}  // namespace eris::paxos
