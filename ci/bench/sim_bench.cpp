// How fast virtual time passes: a five-node Raft cluster, its invariants watched, its run loop,
// workload, faults and journal (as text, in memory) included.
//
// happenings/s   what the simulator's agenda took, a second of one core
// times_real     seconds of virtual time, a second of one core
#include <benchmark/benchmark.h>

#include "adapters/reference/raft/simulated/system.hpp"
#include "harness/sim/testing/recorded_run.hpp"

namespace eris {
namespace {

using namespace std::chrono_literals;

void measure(benchmark::State& state, model::Plan plan) {
  std::uint64_t happenings = 0;
  base::Duration virtual_time{};
  for (auto _ : state) {
    ++plan.seed;
    const auto run = sim::testing::record(plan, raft::simulate({}));
    happenings += run.happenings;
    virtual_time += run.virtual_time;
  }
  using benchmark::Counter;
  state.counters["happenings/s"] = Counter(static_cast<double>(happenings), Counter::kIsRate);
  state.counters["times_real"] = Counter(base::to_seconds(virtual_time), Counter::kIsRate);
}

model::Plan plan_with(double rate, const std::vector<std::string>& faults) {
  model::Plan plan = sim::testing::short_plan("register", faults, 0);
  plan.rate = rate;
  plan.concurrency = 10;
  plan.time_limit = 20s;
  for (model::FaultPlan& fault : plan.faults) {
    fault.every = 5s;
    fault.duration = 2s;
  }
  return plan;
}

const std::vector<std::string> first_faults{"partition", "kill", "pause"};
const std::vector<std::string> more_faults{"partition", "kill",    "pause", "power",
                                           "clock",     "degrade", "clog"};

void Idle(benchmark::State& state) {
  measure(state, plan_with(1, {}));
}
void Steady(benchmark::State& state) {
  measure(state, plan_with(200, {}));
}
void FirstFaults(benchmark::State& state) {
  measure(state, plan_with(200, first_faults));
}
void MoreFaults(benchmark::State& state) {
  measure(state, plan_with(200, more_faults));
}
/// As fast as the clients get answers: the default of a plan.
void NoLimit(benchmark::State& state) {
  measure(state, plan_with(0, first_faults));
}

BENCHMARK(Idle)->Unit(benchmark::kMillisecond);
BENCHMARK(Steady)->Unit(benchmark::kMillisecond);
BENCHMARK(FirstFaults)->Unit(benchmark::kMillisecond);
BENCHMARK(MoreFaults)->Unit(benchmark::kMillisecond);
BENCHMARK(NoLimit)->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace eris

BENCHMARK_MAIN();
