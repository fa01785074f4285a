// What Paxos nodes say to each other, and how it is encoded.
//
// Phase 1 (Prepare, Promise) is done once for all slots from some slot on; phase 2 (Accept,
// Accepted) for runs of slots. Refused answers whatever came with too low a ballot. Heartbeats keep
// the peace and confirm reads; Learn and SnapshotChunk bring a node up to date, which asks for
// them. Thread rule: plain values and pure functions.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "adapters/reference/paxos/decree.hpp"
#include "harness/base/result.hpp"

namespace eris::paxos {

/// Phase 1a, for every slot from `from` on.
struct Prepare {
  Ballot ballot;
  Slot from;
  /// The leader is taking this server in: it may speak, of slots from `from` on.
  bool joins = false;
  bool operator==(const Prepare&) const = default;
};
/// Phase 1b: will accept nothing below `ballot`, and has accepted this.
struct Promise {
  Ballot ballot;
  Slot from;  ///< speaks of the slots from here on
  /// Knows what is chosen up to here. Says nothing of these slots: they are to be learned.
  Slot chosen;
  /// Everything accepted from `from` on, above `chosen`; ascending.
  std::vector<std::pair<Slot, AcceptedDecree>> accepted;
  bool operator==(const Promise&) const = default;
};

/// Phase 2a for `first` and the slots that follow, one for each decree.
struct Accept {
  Ballot ballot;
  Slot chosen;  ///< every slot up to here is chosen
  Slot first;
  std::vector<Decree> decrees;
  bool operator==(const Accept&) const = default;
};
/// Phase 2b: has accepted these slots, durably.
struct Accepted {
  Ballot ballot;
  Slot first;
  Slot last;
  bool operator==(const Accepted&) const = default;
};

/// Has promised a higher ballot than that of the message it answers.
struct Refused {
  Ballot ballot;    ///< that was refused
  Ballot promised;  ///< why
  bool operator==(const Refused&) const = default;
};

/// Keeps followers quiet, tells what is chosen, and confirms leadership for reads: `round` comes
/// back in the reply.
struct Heartbeat {
  Ballot ballot;
  Slot chosen;
  std::uint64_t round = 0;
  bool operator==(const Heartbeat&) const = default;
};
/// Had promised nothing above `ballot` when the heartbeat came.
struct HeartbeatReply {
  Ballot ballot;
  std::uint64_t round = 0;
  Slot recorded = {};  ///< would still know after a restart that all slots up to here are chosen
  bool operator==(const HeartbeatReply&) const = default;
};

/// Asks for what is chosen from `from` on; if that is gone from the log, for the snapshot.
struct LearnRequest {
  Slot from;
  /// Has this many bytes of the snapshot that ends at `snapshot`.
  Slot snapshot;
  std::uint64_t received_bytes = 0;
  bool operator==(const LearnRequest&) const = default;
};
/// Each of these is chosen, whatever ballot anyone is in.
struct Learn {
  Slot first;
  std::vector<AcceptedDecree> decrees;
  bool operator==(const Learn&) const = default;
};
/// A piece of the state after slot `slot`.
struct SnapshotChunk {
  Slot slot;
  std::uint64_t offset = 0;
  std::uint64_t total_bytes = 0;
  std::string data;
  bool operator==(const SnapshotChunk&) const = default;
};

using Message = std::variant<Prepare, Promise, Accept, Accepted, Refused, Heartbeat, HeartbeatReply,
                             LearnRequest, Learn, SnapshotChunk>;

[[nodiscard]] std::string encode(const Message& message);
/// Errors: usage, where the bytes are no message.
[[nodiscard]] base::Result<Message> decode_message(std::string_view bytes);

/// One line for people: "Accept 3.n1 slots 4..5 chosen 3".
[[nodiscard]] std::string to_text(const Message& message);

}  // namespace eris::paxos
