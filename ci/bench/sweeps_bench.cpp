// How long it takes to check one key of a queue, a stack, a set, a counter, a list or a lock: short
// and long, with and without operations of unknown outcome, with and without a violation.
#include <chrono>
#include <string>

#include <benchmark/benchmark.h>

#include "checkers/linearizability/linearizability.hpp"
#include "checkers/testing/long_objects.hpp"

namespace {

using eris::checkers::testing::long_object_history;
using eris::checkers::testing::LongObjectOptions;
using eris::model::Verdict;

void check(benchmark::State& state, const std::string& object) {
  const LongObjectOptions options{.object = object,
                                  .operations = static_cast<std::size_t>(state.range(0)),
                                  .clients = static_cast<std::size_t>(state.range(1)),
                                  .unknown_outcomes = static_cast<double>(state.range(2)) / 1000,
                                  .violation_at = static_cast<double>(state.range(3)) / 100};
  const eris::model::History history = long_object_history(options);
  const auto checker = eris::checkers::linearizability::make_linearizability_checker(object);
  const Verdict expected = state.range(3) < 0 ? Verdict::valid : Verdict::invalid;
  eris::checkers::CheckContext context;
  for (auto _ : state) {
    const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(20);
    context.out_of_time = [deadline] { return std::chrono::steady_clock::now() > deadline; };
    const auto result = checker->check(history, context);
    if (result.verdict != expected) state.SkipWithError(result.reason.c_str());
    if (!result.findings.empty())
      state.counters["witness"] = static_cast<double>(result.findings.front().witness.size());
  }
  state.SetItemsProcessed(state.iterations() * static_cast<std::int64_t>(options.operations));
}

/// Operations, clients, unknown outcomes in 1/1000, place of the violation in 1/100 (−1: none).
void grid(benchmark::internal::Benchmark* bench) {
  bench->Unit(benchmark::kMillisecond)
      ->ArgNames({"operations", "clients", "unknown_permille", "violation_percent"});
  for (const int operations : {10'000, 100'000, 1'000'000})
    for (const int unknown : {0, 10}) bench->Args({operations, 25, unknown, -1});
  for (const int place : {10, 50, 90}) bench->Args({1'000'000, 25, 10, place});
}

#define ERIS_SWEEP_BENCH(name, object) \
  void name(benchmark::State& state) { \
    check(state, object);              \
  }                                    \
  BENCHMARK(name)->Apply(grid)

ERIS_SWEEP_BENCH(queue, "queue");
ERIS_SWEEP_BENCH(stack, "stack");
ERIS_SWEEP_BENCH(priority_queue, "priority-queue");
ERIS_SWEEP_BENCH(set, "set");
ERIS_SWEEP_BENCH(grow_only_set, "grow-only-set");
ERIS_SWEEP_BENCH(list, "list");
ERIS_SWEEP_BENCH(counter, "counter");
ERIS_SWEEP_BENCH(fetch_and_add, "fetch-and-add");
ERIS_SWEEP_BENCH(mutex, "mutex");
ERIS_SWEEP_BENCH(fenced_lock, "fenced-lock");
ERIS_SWEEP_BENCH(unique_ids, "unique-ids");

}  // namespace

BENCHMARK_MAIN();
