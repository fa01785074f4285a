// What clients of the reference systems say and hear: commands, administrative requests, replies.
//
// Why here: Raft and Paxos nodes replicate the same store and speak the same client protocol, so
// one harness-side client serves both. A session makes retries safe (Ongaro 2014, section 6.3): a
// client opens one with Function::open_session, numbers its commands 1, 2, … and may repeat a
// command with its number until it hears; the store applies it once. Session 0 is no session: such
// a command is applied each time that it is sent. Thread rule: plain values and pure functions.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "adapters/reference/kv/value.hpp"
#include "harness/base/result.hpp"
#include "harness/base/strong_id.hpp"

namespace eris::kv {

using base::LogIndex;
using base::NodeId;
using base::Term;

/// Given by open_session: the position in the log of the entry that opened it.
using SessionId = base::StrongId<struct SessionIdTag, std::uint64_t>;

enum class Function : std::uint8_t {
  read = 1,          ///< ok: the value, nil where there is none
  write = 2,         ///< ok: nil
  cas = 3,           ///< writes `argument` if the value equals `expected`; else cas_mismatch
  append = 4,        ///< adds `argument` to the end of a list; a missing key is the empty list
  erase = 5,         ///< ok: nil, whether or not the key was there
  increment = 6,     ///< adds the integer `argument`; a missing key is 0. ok: the new value
  open_session = 7,  ///< ok: the new session's id as an integer; key and arguments are ignored
};

struct Command {
  SessionId session;  ///< 0 for no session
  std::uint64_t sequence = 0;
  Function function = Function::read;
  Value key;
  Value argument;
  Value expected;  ///< cas only

  bool operator==(const Command&) const = default;
};

/// Asks any node how it is; answered at once with a NodeStatus.
struct StatusRequest {
  bool operator==(const StatusRequest&) const = default;
};
/// Adds one server: first as a learner, then, once it has caught up, as a voter.
struct AddServer {
  NodeId server;
  bool operator==(const AddServer&) const = default;
};
struct RemoveServer {
  NodeId server;
  bool operator==(const RemoveServer&) const = default;
};
struct TransferLeadership {
  NodeId to;
  bool operator==(const TransferLeadership&) const = default;
};

using ClientRequest =
    std::variant<Command, StatusRequest, AddServer, RemoveServer, TransferLeadership>;

enum class ReplyKind : std::uint8_t {
  ok = 1,               ///< done; `value` is the result
  cas_mismatch = 2,     ///< not done; `value` is what stands there
  wrong_type = 3,       ///< not done: increment of a list, append to a number; `value` stands there
  not_leader = 4,       ///< not done and never will be; try `leader`, 0 where it is not known
  rejected = 5,         ///< not done and never will be: overload, a malformed request; see `detail`
  unknown = 6,          ///< may be done, or may be done later: leadership was lost after appending
  session_expired = 7,  ///< not done by this request; an earlier try may have been
};

struct ClientReply {
  ReplyKind kind = ReplyKind::ok;
  Value value;
  NodeId leader;
  /// Where the command stands in the log; for a read, how much of the log it has seen.
  LogIndex index;
  std::string detail;

  bool operator==(const ClientReply&) const = default;
};

/// Whether the reply proves that the request changed nothing and never will.
[[nodiscard]] bool certainly_not_applied(ReplyKind kind);

/// The reply to StatusRequest.
struct NodeStatus {
  std::string role;  ///< leader, follower, candidate, pre_candidate, learner
  Term term;
  NodeId leader;  ///< 0 where none is known
  LogIndex commit;
  LogIndex applied;
  LogIndex last;
  std::vector<NodeId> voters;
  std::vector<NodeId> learners;
  /// A leader that can serve reads: an entry of its own term is committed.
  bool serving = false;

  bool operator==(const NodeStatus&) const = default;
};

// Decoding garbage is a usage error that names what was being read; it never throws.

/// A bare command, as it stands in the log. To send one to a node, encode it as a ClientRequest.
[[nodiscard]] std::string encode_command(const Command& command);
[[nodiscard]] base::Result<Command> decode_command(std::string_view bytes);

[[nodiscard]] std::string encode(const ClientRequest& request);
[[nodiscard]] base::Result<ClientRequest> decode_request(std::string_view bytes);

[[nodiscard]] std::string encode(const ClientReply& reply);
[[nodiscard]] base::Result<ClientReply> decode_reply(std::string_view bytes);

[[nodiscard]] std::string encode(const NodeStatus& status);
[[nodiscard]] base::Result<NodeStatus> decode_status(std::string_view bytes);

void encode(Writer& writer, const ClientReply& reply);
[[nodiscard]] ClientReply decode_reply(Reader& reader);

/// "write", "cas", …; "delete" for erase.
[[nodiscard]] std::string_view to_text(Function function);
[[nodiscard]] std::string_view to_text(ReplyKind kind);

}  // namespace eris::kv
