// What a core makes of a disk that a crash has damaged.
#include <string>

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "adapters/reference/raft/core.hpp"

namespace eris::raft {
namespace {

Config a_config(BugSet bugs = {}) {
  Config config;
  config.self = NodeId(1);
  config.voters = {NodeId(1), NodeId(2), NodeId(3)};
  config.bugs = bugs;
  return config;
}

Entry a_write(std::int64_t value) {
  return {Term(2), EntryKind::command,
          kv::encode_command({.function = kv::Function::write, .argument = kv::Value(value)})};
}

std::vector<std::string> two_entries() {
  return {encode_record(HardState{Term(2), NodeId(1)}), encode_record(LogIndex(1), a_write(7)),
          encode_record(LogIndex(2), a_write(8))};
}

RC_GTEST_PROP(RaftRecovery, DropsALastRecordThatWasCutShort, ()) {
  core::Recovered disk{.records = two_entries()};
  std::string& last = disk.records.back();
  const std::size_t bytes = last.size();
  last.resize(*rc::gen::inRange<std::size_t>(0, bytes - 1));
  if (*rc::gen::arbitrary<bool>()) last.resize(bytes);
  auto made = Core::make(a_config(), disk);
  RC_ASSERT(made.has_value());
  RC_ASSERT(made->log().last_index() == LogIndex(1));
  RC_ASSERT(made->term() == Term(2));
}

TEST(RaftRecovery, WritesTheLogAnewWithoutItsTornEnd) {
  core::Recovered disk{.records = two_entries()};
  disk.records.back().resize(20);
  auto made = Core::make(a_config(), disk);
  ASSERT_TRUE(made.has_value());
  const core::Outputs outputs = made->start({});
  const auto* checkpoint = std::get_if<core::Checkpoint>(&outputs.front());
  ASSERT_NE(checkpoint, nullptr);
  const auto again = Core::make(a_config(), {checkpoint->snapshot, checkpoint->records});
  ASSERT_TRUE(again.has_value());
  EXPECT_EQ(again->log().last(), made->log().last());
  EXPECT_EQ(again->voted_for(), NodeId(1));
}

TEST(RaftRecovery, RefusesADamagedRecordWithOthersBehindIt) {
  core::Recovered disk{.records = two_entries()};
  disk.records[1].back() ^= 1;
  EXPECT_FALSE(Core::make(a_config(), disk).has_value());
}

TEST(RaftRecovery, TakesATornRecordForWholeWithTheBug) {
  core::Recovered disk{.records = two_entries()};
  std::string& last = disk.records.back();
  last.replace(last.size() / 2, std::string::npos, last.size() - last.size() / 2, '\0');
  const auto made = Core::make(a_config({Bug::torn_tail_accepted}), disk);
  ASSERT_TRUE(made.has_value());
  EXPECT_EQ(made->log().last_index(), LogIndex(2));
  EXPECT_NE(made->log().at(LogIndex(2)), a_write(8));
}

}  // namespace
}  // namespace eris::raft
