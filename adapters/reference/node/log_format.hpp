// The write-ahead log as bytes: how a node's durable state is written down and read back.
//
// A log is a sequence of blocks, each with a checksum of its own. Block 0 is the checkpoint: a
// snapshot and the records kept behind it. Each later block holds the records of one group commit,
// and is written only after the one before it was synced. So what a crash tears is always the last
// block, nothing in it was ever promised to anybody, and it is cut off. A damaged block with a
// whole one behind it was synced once: that is corruption, and starting from it would break
// promises. (A last block that was damaged after its sync cannot be told from a torn one; see
// Alagappan et al., "Protocol-Aware Recovery for Consensus-Based Storage", FAST 2018, for what that
// would take.)
//
// Block: magic u32, format version u32, sequence u64, payload length u64, payload CRC-32C u32,
// header CRC-32C u32 (over all before it); then the payload. Numbers are little-endian. A file may
// end in zeros: space that was reserved and not used.
// Thread rule: pure functions.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "harness/base/result.hpp"
#include "harness/core/core.hpp"

namespace eris::node {

inline constexpr std::size_t block_header_bytes = 32;

/// Block 0.
[[nodiscard]] std::string encode_checkpoint(const core::Checkpoint& checkpoint);
/// Block `sequence` (from 1) with the records of one group commit.
[[nodiscard]] std::string encode_records(std::uint64_t sequence,
                                         const std::vector<std::string>& records);

struct ParsedLog {
  core::Recovered recovered;
  std::uint64_t next_sequence = 1;  ///< of the block to be written next
  std::size_t valid_bytes = 0;      ///< the whole blocks; what follows is to be cut off
  std::size_t torn_bytes = 0;       ///< of a block torn by a crash, reserved zeros not counted
};

/// Reads a whole log. Errors: environment, when it is corrupted anywhere but in its last block, or
/// was written by another version; `where` is the file's name and an offset in bytes.
[[nodiscard]] base::Result<ParsedLog> parse_log(std::string_view bytes, std::string_view name);

}  // namespace eris::node
