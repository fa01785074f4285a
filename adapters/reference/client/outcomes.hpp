// The outcome table: what each way in which a try at a node can end says about the operation.
//
// Why one table: calling something failed that may yet happen makes the checker blame the system
// for nothing; calling too much unknown hides its bugs. So each decision stands in one place, with
// its reason, and whatever is not certain is unknown.
// Thread rule: constant data and pure functions.
#pragma once

#include <span>
#include <string_view>

#include "adapters/pure_client.hpp"
#include "adapters/reference/kv/command.hpp"

namespace eris::client {

/// How one try ended that did not end in success.
enum class Ending {
  unsendable,         ///< the operation cannot be put into a request
  connect_refused,    ///< nobody listens
  connect_failed,     ///< no route, no descriptor left, …
  connect_timed_out,  ///< no answer to the TCP handshake
  nothing_sent,       ///< the connection was found dead before it took a byte
  connection_lost,    ///< it died after the request, or a part of it, had been sent
  timed_out,          ///< sent, and no whole answer in time
  malformed,          ///< an answer that is no answer
  not_leader,         ///< from here on: the node's own answers, see kv::ReplyKind
  rejected,
  unknown,
  cas_mismatch,
  wrong_type,
  session_expired,
};

/// A line of the table.
struct EndingRule {
  Ending ending;
  std::string_view error;  ///< for Outcome::error
  bool definite;           ///< this try changed nothing and never will
  bool settles;            ///< it is the operation's own answer, whatever became of earlier tries
  bool retry;              ///< another try, perhaps at another node, may succeed
  std::string_view reason;
};

[[nodiscard]] std::span<const EndingRule> ending_table();
[[nodiscard]] const EndingRule& rule_for(Ending ending);

/// The ending of a try that brought no answer.
[[nodiscard]] Ending ending_of(adapters::NoAnswer why);
/// The ending that an answer is. `kind` is not ok.
[[nodiscard]] Ending ending_of(kv::ReplyKind kind);

}  // namespace eris::client
