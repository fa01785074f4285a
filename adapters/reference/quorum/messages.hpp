// What quorum-KV nodes say to each other, and how it is encoded.
//
// Every message tells the version of the sender's ring, so that nobody acts on an old one, and its
// hybrid clock, so that clocks never fall behind what their nodes have heard.
// Thread rule: plain values and pure functions.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "adapters/reference/quorum/merkle.hpp"
#include "adapters/reference/quorum/ring.hpp"
#include "harness/base/result.hpp"

namespace eris::quorum {

/// Names an operation of one coordinator, or a transfer; never given twice by a node.
using OperationId = std::uint64_t;

struct Get {
  OperationId operation = 0;
  Value key;
  bool operator==(const Get&) const = default;
};
struct GetReply {
  OperationId operation = 0;
  Cell cell;
  bool operator==(const GetReply&) const = default;
};

/// Join this cell with yours, durably.
struct Put {
  OperationId operation = 0;
  Value key;
  Cell cell;
  /// Another node, for which the receiver keeps it until that is back (hinted handoff); or 0.
  NodeId hint_for;
  /// A coordinator found that the receiver lacks this.
  bool repair = false;
  bool operator==(const Put&) const = default;
};
struct PutReply {
  OperationId operation = 0;
  bool operator==(const PutReply&) const = default;
};

/// A client's request, sent on by a node that does not hold the key.
struct Forward {
  OperationId operation = 0;
  std::string request;
  bool operator==(const Forward&) const = default;
};
struct ForwardReply {
  OperationId operation = 0;
  std::string reply;
  bool operator==(const ForwardReply&) const = default;
};

/// The sender is alive.
struct Gossip {
  bool operator==(const Gossip&) const = default;
};
struct RingUpdate {
  RingState ring;
  bool operator==(const RingUpdate&) const = default;
};
/// The sender has given all that it holds to the new owners, in the ring of this message.
struct Moved {
  bool operator==(const Moved&) const = default;
};

/// The roots of the ranges that both hold.
struct SyncRoots {
  std::vector<std::pair<std::uint32_t, std::uint64_t>> roots;
  bool operator==(const SyncRoots&) const = default;
};
/// The answer for a range whose roots differ.
struct SyncLeaves {
  std::uint32_t range = 0;
  MerkleTree::Leaves leaves{};
  bool operator==(const SyncLeaves&) const = default;
};
/// The sender's cells in leaves that differ.
struct SyncCells {
  std::uint32_t range = 0;
  std::uint32_t leaves = 0;  ///< one bit for each leaf whose cells are wanted in return
  std::vector<std::pair<Value, Cell>> cells;
  bool operator==(const SyncCells&) const = default;
};

/// May this tombstone be collected? Yes where the receiver knows nothing older.
struct Confirm {
  Value key;
  Cell tombstone;
  bool operator==(const Confirm&) const = default;
};
struct ConfirmReply {
  Value key;
  Stamp latest;  ///< of the tombstone that was asked about
  bool clean = false;
  bool operator==(const ConfirmReply&) const = default;
};
struct Collect {
  Value key;
  Cell tombstone;
  bool operator==(const Collect&) const = default;
};

using Body = std::variant<Get, GetReply, Put, PutReply, Forward, ForwardReply, Gossip, RingUpdate,
                          Moved, SyncRoots, SyncLeaves, SyncCells, Confirm, ConfirmReply, Collect>;

struct Message {
  std::uint64_t ring = 0;
  HybridTime clock = 0;
  Body body;
  bool operator==(const Message&) const = default;
};

[[nodiscard]] std::string encode(const Message& message);
/// Errors: usage, where the bytes are no message.
[[nodiscard]] base::Result<Message> decode_message(std::string_view bytes);

/// One line for people: "Put 7 \"x\" 12.0@n1=5 hint for n3".
[[nodiscard]] std::string to_text(const Message& message);

}  // namespace eris::quorum
