// The outcome table: what each way in which a request to etcd can fail says about its effect.
//
// Why one table: a mapping that is too eager with `fail` makes the checker blame etcd for a write
// that it never promised not to do; one that is too timid drowns the checker in unknown outcomes.
// So every decision stands in one place with its reason, and whatever is not listed is unknown.
// The reasons were read in etcd's and its Raft library's sources (v3.4.23): what matters is
// whether an error is raised before a proposal enters the log.
// Thread rule: constant data and pure functions.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "harness/model/operation.hpp"

namespace eris::adapters::etcd {

/// How far a request got before it failed.
enum class FailureKind {
  unsendable,         ///< it could not be put into a request at all
  connect_refused,    ///< nobody listens
  connect_failed,     ///< no route, no descriptor left, …
  connect_timed_out,  ///< no answer to the TCP handshake
  nothing_sent,       ///< the connection was found dead before it took a byte
  broken,             ///< the connection died after a byte of the request had been sent
  timed_out,          ///< sent, and no whole answer in time
  malformed,          ///< an answer that is not etcd's
  http_error,         ///< an HTTP status other than 200 without a gRPC code
  grpc_error,         ///< etcd's own error
};

/// A request that did not get the answer that it wanted.
struct Failure {
  FailureKind kind = FailureKind::broken;
  int code = 0;  ///< HTTP status for http_error, gRPC code for grpc_error, else 0
  std::string
      words;  ///< etcd's words or the system's; few different ones, since journals keep them
  bool operator==(const Failure&) const = default;
};

inline constexpr int any_code = -1;

/// A line of the table.
struct ErrorRule {
  FailureKind kind;
  int code;                ///< or any_code
  std::string_view words;  ///< a failure's words begin with these; empty: any
  bool definite;           ///< it certainly had no effect and never will
  bool unavailable;        ///< the node cannot serve now: the client pauses before it goes on
  std::string_view reason;
};

/// In order: the first line that fits decides. Each kind's last line fits all of that kind.
[[nodiscard]] std::span<const ErrorRule> error_table();

[[nodiscard]] const ErrorRule& rule_for(const Failure& failure);

/// Status::fail where the rule is definite or the operation is a read; else Status::info.
[[nodiscard]] model::Outcome outcome_of(const Failure& failure, const model::Function& function);

}  // namespace eris::adapters::etcd
