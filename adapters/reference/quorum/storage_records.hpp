// What a quorum-KV node writes to its log file; a snapshot is a list of the same records.
// Thread rule: plain values and pure functions.
#pragma once

#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "adapters/reference/quorum/ring.hpp"
#include "harness/base/result.hpp"

namespace eris::quorum {

/// Stamps up to here may have been given out.
struct ClockRecord {
  HybridTime reserved = 0;
  bool operator==(const ClockRecord&) const = default;
};
/// Replaces what was known of the key.
struct CellRecord {
  Value key;
  Cell cell;
  bool operator==(const CellRecord&) const = default;
};
/// Why a cell is no longer here.
enum class Dropped : std::uint8_t {
  collected = 1,  ///< a tombstone that everybody has
  moved = 2,      ///< the new owners of its range have it
  left = 3,       ///< this node left the ring, where all that it held was given to others
};
struct DropRecord {
  Value key;
  Dropped why = Dropped::collected;
  bool operator==(const DropRecord&) const = default;
};
/// Replaces what is kept of this key for that node.
struct HintRecord {
  NodeId target;
  Value key;
  Cell cell;
  bool operator==(const HintRecord&) const = default;
};
struct HintDropRecord {
  NodeId target;
  Value key;
  bool operator==(const HintDropRecord&) const = default;
};
struct RingRecord {
  RingState ring;
  bool operator==(const RingRecord&) const = default;
};

using Record =
    std::variant<ClockRecord, CellRecord, DropRecord, HintRecord, HintDropRecord, RingRecord>;

[[nodiscard]] std::string encode_record(const Record& record);
/// Errors: usage.
[[nodiscard]] base::Result<Record> decode_record(std::string_view bytes);

[[nodiscard]] std::string encode_snapshot(const std::vector<Record>& records);
/// Errors: usage.
[[nodiscard]] base::Result<std::vector<Record>> decode_snapshot(std::string_view bytes);

}  // namespace eris::quorum
