// What a Raft node writes to its log file and into its snapshots.
//
// Two kinds of record. A hard state replaces the one before it. An entry stands at its index and
// implies that everything the log held from that index on is gone: so truncation needs no record of
// its own, and is atomic with the entry that causes it.
// Thread rule: plain values and pure functions.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <variant>

#include "adapters/reference/raft/entry.hpp"
#include "adapters/reference/raft/log.hpp"
#include "harness/base/result.hpp"

namespace eris::raft {

/// Section 3.4: durable before the node answers anyone in this term.
struct HardState {
  Term term;
  NodeId voted_for;
  bool operator==(const HardState&) const = default;
};
struct EntryRecord {
  LogIndex index;
  Entry entry;
  bool operator==(const EntryRecord&) const = default;
};
using Record = std::variant<HardState, EntryRecord>;

[[nodiscard]] std::string encode_record(const Record& record);
[[nodiscard]] std::string encode_record(LogIndex index, const Entry& entry);
/// Errors: usage, for bytes whose checksum is wrong or which are no record.
[[nodiscard]] base::Result<Record> decode_record(std::string_view bytes);
/// Bug::torn_tail_accepted: what the bytes say if nobody looks at the checksum.
[[nodiscard]] std::optional<Record> decode_record_unchecked(std::string_view bytes);

/// Everything that entries up to a point did (section 5.1).
struct SnapshotContents {
  LogPoint point;
  LogIndex configuration_index;
  Configuration configuration;
  std::string store;
  bool operator==(const SnapshotContents&) const = default;
};

[[nodiscard]] std::string encode_snapshot(const SnapshotContents& contents);
/// Errors: usage.
[[nodiscard]] base::Result<SnapshotContents> decode_snapshot(std::string_view bytes);

}  // namespace eris::raft
