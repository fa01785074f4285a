#include "adapters/reference/raft/log.hpp"

#include <algorithm>
#include <string>
#include <vector>

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "adapters/reference/raft/quorum.hpp"

namespace eris::raft {
namespace {

Log log_of(const std::vector<std::uint64_t>& terms) {
  Log log(Configuration{{NodeId(1)}, {}});
  for (const std::uint64_t term : terms) log.append({Term(term), EntryKind::command, "c"});
  return log;
}

TEST(RaftLog, FindsTheEdgesOfTerms) {
  const Log log = log_of({1, 1, 3, 3, 3, 5});
  EXPECT_EQ(log.last_with_term_at_most(Term(3), LogIndex(6)), LogIndex(5));
  EXPECT_EQ(log.last_with_term_at_most(Term(2), LogIndex(6)), LogIndex(2));
  EXPECT_EQ(log.last_with_term_at_most(Term(4), LogIndex(4)), LogIndex(4));
  EXPECT_EQ(log.last_with_term_at_most(Term(0), LogIndex(6)), LogIndex(0));
}

TEST(RaftLog, CompactionKeepsHashesTermsAndSizes) {
  Log log = log_of({1, 1, 2, 2});
  const LogPoint last = log.last();
  log.compact(LogIndex(3));
  EXPECT_EQ(log.last(), last);
  EXPECT_EQ(log.base().term, Term(2));
  EXPECT_EQ(log.term_at(LogIndex(2)), std::nullopt);
  EXPECT_EQ(log.payload_bytes_after(LogIndex(3)), 1U);
  EXPECT_EQ(log.payload_bytes_after(LogIndex(4)), 0U);
}

TEST(RaftLog, TruncationBringsTheEarlierConfigurationBack) {
  Log log = log_of({1});
  log.append(configuration_entry(Term(1), {{NodeId(1), NodeId(2)}, {}}));
  EXPECT_EQ(log.configuration_index(), LogIndex(2));
  EXPECT_EQ(log.configuration_at(LogIndex(1)).second.voters.size(), 1U);
  log.truncate(LogIndex(2));
  EXPECT_EQ(log.configuration_index(), LogIndex(0));
  EXPECT_FALSE(log.configuration().votes(NodeId(2)));
}

RC_GTEST_PROP(RaftLog, EqualHashesMeanEqualPrefixes, ()) {
  const auto one =
      *rc::gen::container<std::vector<std::uint64_t>>(rc::gen::inRange<std::uint64_t>(1, 4));
  auto other = one;
  if (!other.empty() && *rc::gen::arbitrary<bool>())
    other[*rc::gen::inRange<std::size_t>(0, other.size())] += 1;
  const Log a = log_of(one);
  const Log b = log_of(other);
  bool equal_so_far = true;
  for (std::size_t i = 0; i < one.size(); ++i) {
    equal_so_far = equal_so_far && one[i] == other[i];
    RC_ASSERT((a.hash_at(LogIndex(i + 1)) == b.hash_at(LogIndex(i + 1))) == equal_so_far);
  }
}

RC_GTEST_PROP(RaftQuorum, ReachedByAgreesWithCounting, ()) {
  auto values = *rc::gen::nonEmpty<std::vector<std::uint8_t>>();
  const std::size_t needed = majority_of(values.size());
  const std::uint8_t reached = reached_by(values, needed);
  const auto at_least = [&](int bound) {
    return static_cast<std::size_t>(
        std::count_if(values.begin(), values.end(), [&](int value) { return value >= bound; }));
  };
  RC_ASSERT(at_least(reached) >= needed);
  RC_ASSERT(at_least(reached + 1) < needed);
}

TEST(RaftQuorum, NobodyIsNoQuorum) {
  EXPECT_EQ(reached_by(std::vector<int>{}, 1), 0);
}

TEST(RaftQuorum, AServerThatIsNoVoterDoesNotCount) {
  const Configuration configuration{{NodeId(1), NodeId(2), NodeId(3)}, {}};
  const auto of = [](NodeId node) { return node == NodeId(2) ? 5 : 0; };
  EXPECT_EQ(reached_by_quorum(configuration, 2, NodeId(9), 5, of), 0);
  EXPECT_EQ(reached_by_quorum(configuration, 2, NodeId(1), 5, of), 5);
}

}  // namespace
}  // namespace eris::raft
