#include "adapters/etcd/errors.hpp"

#include <set>
#include <string>
#include <tuple>

#include <gtest/gtest.h>

namespace eris::adapters::etcd {
namespace {

using enum FailureKind;
using model::Status;
namespace function = model::function;

constexpr int unknown = 2;
constexpr int resource_exhausted = 8;
constexpr int unavailable = 14;

Status status_of_write(FailureKind kind, int code = 0, std::string words = {}) {
  return outcome_of({.kind = kind, .code = code, .words = std::move(words)}, function::write)
      .status;
}

TEST(EtcdErrors, WriteThatWasNeverSentFails) {
  EXPECT_EQ(status_of_write(unsendable), Status::fail);
  EXPECT_EQ(status_of_write(connect_refused), Status::fail);
  EXPECT_EQ(status_of_write(connect_failed), Status::fail);
  EXPECT_EQ(status_of_write(connect_timed_out), Status::fail);
  EXPECT_EQ(status_of_write(nothing_sent), Status::fail);
}

TEST(EtcdErrors, WriteThatMayHaveArrivedIsUnknown) {
  EXPECT_EQ(status_of_write(broken), Status::info);
  EXPECT_EQ(status_of_write(timed_out), Status::info);
  EXPECT_EQ(status_of_write(malformed), Status::info);
  EXPECT_EQ(status_of_write(http_error, 502), Status::info);
}

TEST(EtcdErrors, RefusalBeforeTheProposalFails) {
  EXPECT_EQ(status_of_write(grpc_error, unavailable, "etcdserver: no leader"), Status::fail);
  EXPECT_EQ(status_of_write(grpc_error, resource_exhausted, "etcdserver: too many requests"),
            Status::fail);
  EXPECT_EQ(status_of_write(grpc_error, unknown, "etcdserver: too many requests"), Status::fail);
  EXPECT_EQ(status_of_write(grpc_error, unknown, "raft proposal dropped"), Status::fail);
  EXPECT_EQ(status_of_write(http_error, 404), Status::fail);
}

TEST(EtcdErrors, ErrorThatMayFollowAProposalIsUnknown) {
  for (const char* words :
       {"etcdserver: leader changed", "etcdserver: request timed out",
        "etcdserver: request timed out, possibly due to previous leader failure",
        "etcdserver: request timed out, possibly due to connection lost",
        "etcdserver: server stopped", "transport is closing"})
    EXPECT_EQ(status_of_write(grpc_error, unavailable, words), Status::info) << words;
  EXPECT_EQ(status_of_write(grpc_error, unknown, "context deadline exceeded"), Status::info);
}

// Etcd's quota applier writes first and reports the full database afterwards.
TEST(EtcdErrors, FullDatabaseIsUnknownSinceTheWriteMayHaveBeenApplied) {
  EXPECT_EQ(
      status_of_write(grpc_error, resource_exhausted, "etcdserver: mvcc: database space exceeded"),
      Status::info);
}

TEST(EtcdErrors, UnlistedErrorIsUnknown) {
  EXPECT_EQ(status_of_write(grpc_error, 13, "etcdserver: something new"), Status::info);
  // The words alone do not suffice: another code means another path through the server.
  EXPECT_EQ(status_of_write(grpc_error, unknown, "etcdserver: no leader"), Status::info);
}

TEST(EtcdErrors, ReadWithoutAnAnswerFailsSinceItHasNoEffect) {
  for (const FailureKind kind : {broken, timed_out, malformed, grpc_error})
    EXPECT_EQ(outcome_of({.kind = kind, .code = unavailable, .words = "x"}, function::read).status,
              Status::fail);
}

TEST(EtcdErrors, OutcomeKeepsTheWords) {
  EXPECT_EQ(outcome_of({.kind = grpc_error, .code = unavailable, .words = "etcdserver: no leader"},
                       function::write)
                .error,
            "etcdserver: no leader");
}

TEST(EtcdErrors, TableDecidesEveryKindAndGivesAReasonForEachLine) {
  for (const FailureKind kind :
       {unsendable, connect_refused, connect_failed, connect_timed_out, nothing_sent, broken,
        timed_out, malformed, http_error, grpc_error})
    EXPECT_EQ(rule_for({.kind = kind, .code = 99, .words = "unheard of"}).kind, kind);
  for (const ErrorRule& rule : error_table()) EXPECT_FALSE(rule.reason.empty());
}

TEST(EtcdErrors, NoLineOfTheTableIsHiddenByAnEarlierOne) {
  for (const ErrorRule& rule : error_table()) {
    const int code = rule.code == any_code ? 99 : rule.code;
    const ErrorRule& found =
        rule_for({.kind = rule.kind, .code = code, .words = std::string(rule.words)});
    EXPECT_EQ(&found, &rule) << rule.words;
  }
}

}  // namespace
}  // namespace eris::adapters::etcd
