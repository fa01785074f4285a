// A correct Raft under every fault and quirk: its invariants hold, and it serves again afterwards.
// ERIS_RANDOM_CASES says how many seeds; the usual few keep the test short.
#include <cstdlib>
#include <string>

#include <gtest/gtest.h>

#include "adapters/reference/raft/simulated/system.hpp"
#include "faults/fault.hpp"
#include "harness/model/event.hpp"
#include "harness/sim/testing/recorded_run.hpp"

namespace eris::sim {
namespace {

std::uint64_t seeds() {
  const char* asked = std::getenv("ERIS_RANDOM_CASES");
  return asked == nullptr ? 20 : std::strtoull(asked, nullptr, 10);
}

std::vector<std::string> all_faults() {
  std::vector<std::string> names;
  for (const faults::FaultType& type : faults::registry()) names.push_back(type.schema.name);
  return names;
}

/// The first line of the journal that says this, or nothing.
std::string line_with(const std::string& journal, std::string_view what) {
  const auto found = journal.find(what);
  if (found == std::string::npos) return {};
  const auto begin = journal.rfind('\n', found) + 1;
  return journal.substr(begin, journal.find('\n', begin) - begin);
}

void expect_no_blame(const model::Plan& plan, const raft::Config& config) {
  const auto run = testing::record(plan, raft::simulate(config));
  for (const std::string_view what :
       {std::string_view(R"("what":"invariant")"), std::string_view(R"("unexpected":true)"),
        model::note::did_not_recover})
    EXPECT_EQ(line_with(run.journal, what), "") << "seed " << plan.seed;
}

TEST(SimSoak, BlamesNoCorrectRaftUnderEveryFaultAtOnceButThatOnTheMembership) {
  std::vector<std::string> names = all_faults();
  std::erase(names, "membership");
  for (std::uint64_t seed = 1; seed <= seeds(); ++seed)
    expect_no_blame(testing::short_plan("kv", names, seed), {});
}

TEST(SimSoak, BlamesNoCorrectRaftUnderOneFaultAtATime) {
  for (std::uint64_t seed = 1; seed <= seeds(); ++seed) {
    const std::vector<std::string> names = all_faults();
    model::Plan plan = testing::short_plan("register", {names[seed % names.size()]}, seed);
    plan.nodes = 3 + static_cast<unsigned>(seed / names.size()) % 3;
    expect_no_blame(plan, {});
  }
}

TEST(SimSoak, BlamesNoLeaseThatTrustsItsClocksWithinTheirAllowance) {
  for (std::uint64_t seed = 1; seed <= seeds(); ++seed)
    expect_no_blame(testing::short_plan("register", {"clock", "partition", "pause"}, seed),
                    {.lease_reads = true});
}

}  // namespace
}  // namespace eris::sim
