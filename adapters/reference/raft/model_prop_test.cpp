// The core as a replicated map, command by command beside a model of one.
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "adapters/reference/raft/testing/protocol.hpp"
#include "adapters/reference/testing/falsified.hpp"
#include "adapters/reference/testing/replicated_map.hpp"

namespace eris::raft {
namespace {

Config some_config(BugSet bugs = {}) {
  Config config;
  config.seed = *rc::gen::arbitrary<std::uint32_t>();
  config.pre_vote = *rc::gen::arbitrary<bool>();
  config.lease_reads = *rc::gen::arbitrary<bool>();
  config.snapshot_after_entries = *rc::gen::inRange<std::uint64_t>(3, 20);
  config.snapshot_trailing_entries = *rc::gen::inRange<std::uint64_t>(0, 3);
  config.limits.snapshot_chunk_bytes = 64;
  config.bugs = bugs;
  return config;
}

RC_GTEST_PROP(RaftModel, IsAReplicatedMapThatServesWhileAMajorityIsTogether, ()) {
  reference::testing::replicated_map::check<RaftProtocol>(some_config());
}

/// Without this the property above could pass because the model asks nothing of the core.
TEST(RaftModel, SeesWhatABrokenCoreServes) {
  EXPECT_NE(
      reference::testing::falsified([] {
        reference::testing::replicated_map::check<RaftProtocol>(some_config({Bug::no_step_down}));
      }),
      "");
}

}  // namespace
}  // namespace eris::raft
