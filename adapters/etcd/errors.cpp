#include "adapters/etcd/errors.hpp"

#include <algorithm>
#include <array>

#include "harness/base/assert.hpp"

namespace eris::adapters::etcd {
namespace {

using enum FailureKind;

// gRPC status codes, as the gateway puts them into the body of an error.
constexpr int unknown = 2;
constexpr int invalid_argument = 3;
constexpr int permission_denied = 7;
constexpr int resource_exhausted = 8;
constexpr int unimplemented = 12;
constexpr int unavailable = 14;
constexpr int unauthenticated = 16;

// Where two paths through the server lead to the same words, the less certain one decides.
constexpr auto table = std::to_array<ErrorRule>({
    // kind, code, words, definite, unavailable, reason
    {unsendable, any_code, "", true, false, "no request was made"},
    {connect_refused, any_code, "", true, true, "no connection, so nothing was sent"},
    {connect_failed, any_code, "", true, true, "no connection, so nothing was sent"},
    {connect_timed_out, any_code, "", true, true, "no connection, so nothing was sent"},
    {nothing_sent, any_code, "", true, true, "the connection took no byte of the request"},
    {broken, any_code, "", false, false,
     "the request may have arrived before the connection broke"},
    {timed_out, any_code, "", false, false, "the request may be in the log, or still on its way"},
    {malformed, any_code, "", false, false, "an answer that cannot be read says nothing"},

    {http_error, 404, "", true, false, "no handler of the gateway took the request"},
    {http_error, 405, "", true, false, "no handler of the gateway took the request"},
    {http_error, any_code, "", false, false, "whoever answered may have passed the request on"},

    {grpc_error, unavailable, "etcdserver: no leader", true, true,
     "the interceptor for require-leader refuses before the request is handled"},
    {grpc_error, unavailable, "etcdserver: not capable", true, true,
     "the interceptor refuses while the cluster's version is not known, before handling"},
    {grpc_error, unavailable, "etcdserver: rpc not supported for learner", true, false,
     "the interceptor refuses before the request is handled"},
    {grpc_error, unavailable, "etcdserver: leader changed", false, false,
     "the former leader's log may still be committed by the next one"},
    {grpc_error, unavailable, "etcdserver: request timed out", false, false,
     "proposed, and not seen applied in time; it may be applied later"},
    {grpc_error, unavailable, "etcdserver: server stopped", false, true,
     "raised while waiting for a proposal to be applied"},
    {grpc_error, unavailable, "", false, true,
     "the gateway lost its server, before or after it had the request"},
    {grpc_error, resource_exhausted, "etcdserver: too many requests", true, true,
     "the server refuses to propose while it lags behind in applying"},
    {grpc_error, resource_exhausted, "etcdserver: mvcc: database space exceeded", false, false,
     "raised before the proposal by one check, and by another after the write was applied"},
    {grpc_error, invalid_argument, "etcdserver: key is not provided", true, false,
     "the request is refused before it is proposed"},
    {grpc_error, invalid_argument, "etcdserver: too many operations in txn request", true, false,
     "the request is refused before it is proposed"},
    {grpc_error, invalid_argument, "etcdserver: duplicate key given in txn request", true, false,
     "the request is refused before it is proposed"},
    {grpc_error, invalid_argument, "etcdserver: request is too large", true, false,
     "the size is checked before the proposal"},
    {grpc_error, invalid_argument, "etcdserver: user name is empty", true, false,
     "authentication is on; permission is checked before anything is written"},
    {grpc_error, permission_denied, "etcdserver: permission denied", true, false,
     "permission is checked before anything is written"},
    {grpc_error, unauthenticated, "etcdserver: invalid auth token", true, false,
     "the token is checked before the proposal"},
    {grpc_error, unimplemented, "", true, false, "the server has no such method"},
    {grpc_error, unknown, "etcdserver: too many requests", true, true,
     "as above; v3.4 loses the code on the way"},
    {grpc_error, unknown, "raft proposal dropped", true, true,
     "this member's Raft refused the proposal before it entered a log or was forwarded"},
    {grpc_error, any_code, "", false, false, "not known to be raised before the proposal"},
});

bool fits(const ErrorRule& rule, const Failure& failure) {
  return rule.kind == failure.kind && (rule.code == any_code || rule.code == failure.code) &&
         failure.words.starts_with(rule.words);
}

}  // namespace

std::span<const ErrorRule> error_table() {
  return table;
}

const ErrorRule& rule_for(const Failure& failure) {
  const auto* rule =
      std::ranges::find_if(table, [&](const ErrorRule& row) { return fits(row, failure); });
  ERIS_ASSERT(rule != table.end(), "each kind of failure has a last line that fits all of it");
  return *rule;
}

model::Outcome outcome_of(const Failure& failure, const model::Function& function) {
  const bool has_no_effect = rule_for(failure).definite || function == model::function::read;
  return {.status = has_no_effect ? model::Status::fail : model::Status::info,
          .result = {},
          .error = failure.words};
}

}  // namespace eris::adapters::etcd
