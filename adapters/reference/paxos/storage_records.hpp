// What a Paxos node writes to its log file and into its snapshots.
//
// Promises and accepted decrees are what an acceptor must never forget; what it learned is kept so
// that it need not ask again. A record of an accepted decree implies the promise of its ballot.
// Thread rule: plain values and pure functions.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "adapters/reference/paxos/decree.hpp"
#include "harness/base/result.hpp"

namespace eris::paxos {

/// Durable before the promise is given, or the ballot used.
struct PromisedRecord {
  Ballot ballot;
  bool operator==(const PromisedRecord&) const = default;
};
/// Durable before the decree counts as accepted here; replaces what was accepted there before.
struct AcceptedRecord {
  Slot slot;
  AcceptedDecree accepted;
  bool operator==(const AcceptedRecord&) const = default;
};
/// Learned from another node to be chosen; this one need not ever have accepted it.
struct LearnedRecord {
  Slot slot;
  AcceptedDecree learned;
  bool operator==(const LearnedRecord&) const = default;
};
/// What the records before this one hold of the slots up to here is chosen.
struct ChosenRecord {
  Slot up_to;
  bool operator==(const ChosenRecord&) const = default;
};
/// A server that was added later speaks as an acceptor of slots from here on, and of none before
/// it.
struct JoinedRecord {
  Slot from;
  bool operator==(const JoinedRecord&) const = default;
};
using Record =
    std::variant<PromisedRecord, AcceptedRecord, LearnedRecord, ChosenRecord, JoinedRecord>;

[[nodiscard]] std::string encode_record(const Record& record);
/// Errors: usage, for bytes whose checksum is wrong or which are no record.
[[nodiscard]] base::Result<Record> decode_record(std::string_view bytes);

/// Everything that the slots up to one did.
struct SnapshotContents {
  Slot slot;
  /// Where each was chosen, and the configuration: the one that governs the next slot, and those
  /// that will govern later. Ascending.
  std::vector<std::pair<Slot, Configuration>> configurations;
  std::string store;
  bool operator==(const SnapshotContents&) const = default;
};

[[nodiscard]] std::string encode_snapshot(const SnapshotContents& contents);
/// Errors: usage.
[[nodiscard]] base::Result<SnapshotContents> decode_snapshot(std::string_view bytes);

}  // namespace eris::paxos
