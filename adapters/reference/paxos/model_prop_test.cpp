// The core as a replicated map, command by command beside a model of one.
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "adapters/reference/paxos/testing/protocol.hpp"
#include "adapters/reference/testing/falsified.hpp"
#include "adapters/reference/testing/replicated_map.hpp"

namespace eris::paxos {
namespace {

Config some_config(BugSet bugs = {}) {
  Config config;
  config.seed = *rc::gen::arbitrary<std::uint32_t>();
  config.members = first_members(reference::testing::replicated_map::Model().nodes);
  config.alpha = *rc::gen::inRange<std::uint64_t>(1, 8);
  config.read_mode = *rc::gen::element(ReadMode::lease, ReadMode::quorum_read);
  config.snapshot_after_slots = *rc::gen::inRange<std::uint64_t>(3, 20);
  config.snapshot_trailing_slots = *rc::gen::inRange<std::uint64_t>(0, 3);
  config.limits.snapshot_chunk_bytes = 64;
  config.bugs = bugs;
  return config;
}

RC_GTEST_PROP(PaxosModel, IsAReplicatedMapThatServesWhileAMajorityIsTogether, ()) {
  reference::testing::replicated_map::check<PaxosProtocol>(some_config());
}

/// Without this the property above could pass because the model asks nothing of the core.
TEST(PaxosModel, SeesWhatABrokenCoreServes) {
  EXPECT_NE(reference::testing::falsified([] {
              reference::testing::replicated_map::check<PaxosProtocol>(
                  some_config({Bug::execution_skips_gaps}));
            }),
            "");
}

}  // namespace
}  // namespace eris::paxos
