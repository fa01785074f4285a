// What Raft nodes say to each other, and how it is encoded.
//
// Why typed structs apart from their encoding: rules are written and tested on these; only wire.cpp
// knows bytes. Decoding garbage gives an error, never a crash.
// Thread rule: plain values and pure functions.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "adapters/reference/raft/entry.hpp"
#include "harness/base/result.hpp"

namespace eris::raft {

/// Section 3.4; as a pre-vote, section 9.6: `term` is then the term that the sender would enter.
struct RequestVote {
  Term term;
  bool pre_vote = false;
  /// Sent on the leader's wish (section 3.10): do not hold on to that leader.
  bool transfer = false;
  LogIndex last_index;
  Term last_term;
  bool operator==(const RequestVote&) const = default;
};
struct VoteReply {
  /// The requested term where granted, else the replier's own.
  Term term;
  bool pre_vote = false;
  bool granted = false;
  bool operator==(const VoteReply&) const = default;
};

/// Section 3.5.
struct AppendEntries {
  Term term;
  LogIndex previous_index;
  Term previous_term;
  LogIndex commit;
  std::vector<Entry> entries;
  bool operator==(const AppendEntries&) const = default;
};
struct AppendReply {
  Term term;
  bool success = false;
  /// Success: the log agrees with the leader's up to here, durably. Else: the previous_index
  /// refused.
  LogIndex index;
  /// Refusals only (section 3.5, the end): the last index at or below previous_index whose term is
  /// at most previous_term, and its term.
  LogIndex hint_index;
  Term hint_term;
  bool operator==(const AppendReply&) const = default;
};

/// Keeps followers quiet, carries the commit index, and confirms leadership for reads: `round`
/// comes back in the reply (section 6.4).
struct Heartbeat {
  Term term;
  /// Never beyond what the follower is known to have.
  LogIndex commit;
  std::uint64_t round = 0;
  bool operator==(const Heartbeat&) const = default;
};
struct HeartbeatReply {
  Term term;
  std::uint64_t round = 0;
  bool operator==(const HeartbeatReply&) const = default;
};

/// One chunk of a snapshot (section 5.3).
struct InstallSnapshot {
  Term term;
  LogIndex last_index;
  Term last_term;
  std::uint64_t offset = 0;
  std::uint64_t total_bytes = 0;
  std::string data;
  bool operator==(const InstallSnapshot&) const = default;
};
struct SnapshotReply {
  Term term;
  LogIndex last_index;
  std::uint64_t received_bytes = 0;  ///< so far, without gaps: where to go on
  bool installed = false;
  bool operator==(const SnapshotReply&) const = default;
};

/// Section 3.10: start an election now.
struct TimeoutNow {
  Term term;
  bool operator==(const TimeoutNow&) const = default;
};

using Message = std::variant<RequestVote, VoteReply, AppendEntries, AppendReply, Heartbeat,
                             HeartbeatReply, InstallSnapshot, SnapshotReply, TimeoutNow>;

[[nodiscard]] std::string encode(const Message& message);
/// Errors: usage, where the bytes are no message.
[[nodiscard]] base::Result<Message> decode_message(std::string_view bytes);

/// The term that the message speaks for.
[[nodiscard]] Term term_of(const Message& message);

/// One line for people: "AppendEntries term 3 after 4@2 commit 4, 2 entries".
[[nodiscard]] std::string to_text(const Message& message);

}  // namespace eris::raft
