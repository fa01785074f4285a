// One entry of the replicated log, and the configuration that some entries carry.
// Thread rule: plain values.
#pragma once

#include <algorithm>
#include <cstdint>
#include <string>
#include <vector>

#include "adapters/reference/kv/bytes.hpp"
#include "harness/base/strong_id.hpp"

namespace eris::raft {

using base::LogIndex;
using base::NodeId;
using base::Term;

/// Who votes and who only listens. Takes effect as soon as it is in a server's log, committed or
/// not (section 4.1).
struct Configuration {
  std::vector<NodeId> voters;    ///< ascending
  std::vector<NodeId> learners;  ///< ascending; catching up before they vote (section 4.2.1)

  [[nodiscard]] bool votes(NodeId node) const {
    return std::binary_search(voters.begin(), voters.end(), node);
  }
  [[nodiscard]] bool learns(NodeId node) const {
    return std::binary_search(learners.begin(), learners.end(), node);
  }
  [[nodiscard]] bool contains(NodeId node) const { return votes(node) || learns(node); }

  bool operator==(const Configuration&) const = default;
};

enum class EntryKind : std::uint8_t {
  no_op = 1,          ///< a new leader's first entry (section 6.4)
  command = 2,        ///< payload: an encoded kv::Command
  configuration = 3,  ///< payload: an encoded Configuration
};

struct Entry {
  Term term;
  EntryKind kind = EntryKind::no_op;
  std::string payload;

  bool operator==(const Entry&) const = default;
};

void encode(kv::Writer& writer, const Configuration& configuration);
/// Fails the reader unless both lists ascend strictly and share no server.
[[nodiscard]] Configuration decode_configuration(kv::Reader& reader);

void encode(kv::Writer& writer, const Entry& entry);
/// Fails the reader for an unknown kind, or a configuration that is none.
void decode_entry(kv::Reader& reader, Entry& entry);
/// The least that an encoded entry takes.
inline constexpr std::size_t entry_bytes_min = 13;

[[nodiscard]] Entry configuration_entry(Term term, const Configuration& configuration);
/// The configuration in an entry of that kind.
[[nodiscard]] Configuration configuration_in(const Entry& entry);

}  // namespace eris::raft
