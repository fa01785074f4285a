// A decree is what is chosen in a slot: a client's command, a new configuration, or nothing.
//
// The word is Lamport's ("The Part-Time Parliament", 1998); "value" is taken, for what the store
// keeps.
// Thread rule: plain values.
#pragma once

#include <algorithm>
#include <cstdint>
#include <string>
#include <vector>

#include "adapters/reference/kv/bytes.hpp"
#include "adapters/reference/paxos/ballot.hpp"
#include "harness/base/strong_id.hpp"

namespace eris::paxos {

/// One instance of Paxos: a place in the sequence of commands, counted from 1.
using Slot = base::LogIndex;

/// The acceptors. One that is chosen in slot i governs from slot i + alpha.
struct Configuration {
  std::vector<NodeId> members;  ///< ascending

  [[nodiscard]] bool contains(NodeId node) const {
    return std::binary_search(members.begin(), members.end(), node);
  }
  bool operator==(const Configuration&) const = default;
};

enum class DecreeKind : std::uint8_t {
  no_op = 1,          ///< fills a slot for which nobody has proposed anything
  command = 2,        ///< payload: an encoded kv::Command
  configuration = 3,  ///< payload: an encoded Configuration
};

struct Decree {
  DecreeKind kind = DecreeKind::no_op;
  std::string payload;

  bool operator==(const Decree&) const = default;
};

/// What an acceptor has accepted in a slot, and when.
struct AcceptedDecree {
  Ballot ballot;
  Decree decree;

  bool operator==(const AcceptedDecree&) const = default;
};

/// Equal decrees, equal hashes, on every machine.
[[nodiscard]] std::uint64_t hash(const Decree& decree);

void encode(kv::Writer& writer, const Configuration& configuration);
/// Fails the reader unless the members ascend strictly.
[[nodiscard]] Configuration decode_configuration(kv::Reader& reader);

void encode(kv::Writer& writer, const Decree& decree);
/// Fails the reader for an unknown kind, or a configuration that is none.
[[nodiscard]] Decree decode_decree(kv::Reader& reader);
void encode(kv::Writer& writer, const AcceptedDecree& accepted);
[[nodiscard]] AcceptedDecree decode_accepted(kv::Reader& reader);
/// The least that an encoded decree takes.
inline constexpr std::size_t decree_bytes_min = 5;

[[nodiscard]] Decree configuration_decree(const Configuration& configuration);
/// The configuration in a decree of that kind.
[[nodiscard]] Configuration configuration_in(const Decree& decree);

/// "command", "no-op", "configuration n1 n2".
[[nodiscard]] std::string to_text(const Decree& decree);
[[nodiscard]] std::string to_text(const Configuration& configuration);

}  // namespace eris::paxos
