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
#include "adapters/reference/quorum/requests.hpp"

namespace eris::quorum {

/// How one try ended that did not end in success.
enum class Ending {
  unsendable,       ///< the operation cannot be put into a request
  connect_refused,  ///< from here on: adapters::NoAnswer
  connect_failed,
  connect_timed_out,
  nothing_sent,
  connection_lost,
  timed_out,
  malformed,
  unavailable,  ///< from here on: the node's own answers, see ReplyKind
  rejected,
  unknown,
};

/// A line of the table.
struct EndingRule {
  Ending ending;
  std::string_view error;  ///< for Outcome::error
  bool definite;           ///< this try changed nothing and never will
  bool retry;              ///< another node may do better
  std::string_view reason;
};

[[nodiscard]] std::span<const EndingRule> ending_table();
[[nodiscard]] const EndingRule& rule_for(Ending ending);

[[nodiscard]] Ending ending_of(adapters::NoAnswer why);
/// The ending that an answer is. `kind` is not ok.
[[nodiscard]] Ending ending_of(ReplyKind kind);

}  // namespace eris::quorum
