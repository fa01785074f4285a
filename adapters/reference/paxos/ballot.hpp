// Ballots: what proposers are numbered with.
//
// A ballot is a round and the proposer that began it, ordered by round first. Two proposers never
// share one because it names its owner; one proposer never uses one twice because it is on disk
// before it is spoken of. Lamport's "Paxos Made Simple" (2001, section 2.2) asks for just that.
// Thread rule: plain values.
#pragma once

#include <compare>
#include <cstdint>
#include <string>

#include "adapters/reference/kv/bytes.hpp"
#include "harness/base/strong_id.hpp"

namespace eris::paxos {

using base::NodeId;

struct Ballot {
  std::uint64_t round = 0;
  NodeId proposer;

  auto operator<=>(const Ballot&) const = default;
};

/// "3.n1"; "0" for no ballot.
[[nodiscard]] std::string to_text(Ballot ballot);

void encode(kv::Writer& writer, Ballot ballot);
[[nodiscard]] Ballot decode_ballot(kv::Reader& reader);

}  // namespace eris::paxos
