// The same plan and seed give the same journal, byte for byte: twice in one process, and in every
// build, since the approved file holds what each run's journal hashes to.
//
// Over every system that has a life in virtual time, every workload that it can serve, and every
// fault. ERIS_REWRITE=1 writes the approved file anew; a line that changes means that runs of old
// seeds are not what they were, which is in order where the simulator, a core, a fault or a
// workload has changed, and in no other case.
#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <string>

#include <fmt/format.h>

#include <gtest/gtest.h>

#include "adapters/adapter.hpp"
#include "faults/fault.hpp"
#include "harness/sim/testing/recorded_run.hpp"
#include "workloads/workload.hpp"

namespace eris::ci {
namespace {

using sim::testing::RecordedRun;

/// FNV-1a.
std::uint64_t hash_of(std::string_view text) {
  std::uint64_t hash = 0xcbf29ce484222325;
  for (const char c : text) hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001b3;
  return hash;
}

std::vector<std::string> all_faults() {
  std::vector<std::string> names;
  for (const faults::FaultType& type : faults::registry()) names.push_back(type.schema.name);
  return names;
}

bool serves(const adapters::System& system, const workloads::WorkloadType& workload) {
  const auto known = system.functions();
  return std::ranges::all_of(workload.functions(model::Options(workload.schema.options)),
                             [&](const model::Function& function) {
                               return std::ranges::find(known, function) != known.end();
                             });
}

/// The first byte at which two runs part, in their words.
std::string difference(const std::string& one, const std::string& other) {
  const auto [here, there] = std::ranges::mismatch(one, other);
  const auto line_of = [](const std::string& text, std::string::const_iterator place) {
    const auto begin = text.rfind('\n', static_cast<std::size_t>(place - text.begin())) + 1;
    return text.substr(begin, text.find('\n', begin) - begin);
  };
  return line_of(one, here) + "\n" + line_of(other, there);
}

/// Runs the plan twice, and adds its line.
void add_line(std::string& lines, const adapters::System& system, const std::string& what,
              const model::Plan& plan) {
  const RecordedRun first = sim::testing::record(plan, system.simulated());
  const RecordedRun second = sim::testing::record(plan, system.simulated());
  ASSERT_EQ(first.journal, second.journal) << what << "\n"
                                           << difference(first.journal, second.journal);
  EXPECT_GT(first.happenings, 1'000u) << what;
  lines += fmt::format("{} seed {}: {:016x}\n", what, plan.seed, hash_of(first.journal));
}

void add_system(std::string& lines, const adapters::SystemType& type) {
  const auto system = type.make(model::Options(type.schema.options), 5);
  ASSERT_TRUE(system.has_value());
  if (!(*system)->simulated()) return;
  for (const workloads::WorkloadType& workload : workloads::registry()) {
    if (!serves(**system, workload)) continue;
    for (const std::uint64_t seed : {1, 2, 3})
      add_line(lines, **system,
               fmt::format("{} {} all faults", type.schema.name, workload.schema.name),
               sim::testing::short_plan(workload.schema.name, all_faults(), seed));
  }
  for (const std::string& fault : all_faults())
    add_line(lines, **system, fmt::format("{} register {}", type.schema.name, fault),
             sim::testing::short_plan("register", {fault}, 4));
}

TEST(Determinism, HoldsTwiceAndInEveryBuild) {
  std::string lines;
  for (const adapters::SystemType& type : adapters::registry()) add_system(lines, type);
  const std::string approved = ERIS_SOURCE_DIR "/ci/testdata/determinism.txt";
  if (std::getenv("ERIS_REWRITE") != nullptr) std::ofstream(approved) << lines;
  std::ifstream file(approved);
  EXPECT_EQ(lines, std::string(std::istreambuf_iterator<char>(file), {}));
}

TEST(Determinism, OtherSeedsGiveOtherRuns) {
  for (const adapters::SystemType& type : adapters::registry()) {
    const auto system = type.make(model::Options(type.schema.options), 5);
    ASSERT_TRUE(system.has_value());
    if (!(*system)->simulated()) continue;
    const auto run = [&](std::uint64_t seed) {
      return sim::testing::record(sim::testing::short_plan("register", {}, seed),
                                  (*system)->simulated());
    };
    EXPECT_NE(run(1).journal, run(2).journal) << type.schema.name;
  }
}

}  // namespace
}  // namespace eris::ci
