// How long the linearizability checker takes, over the grid that matters: one key or many, unique
// values or few, more clients, more unknown outcomes, with and without a violation.
#include <algorithm>
#include <atomic>
#include <chrono>
#include <functional>
#include <thread>
#include <vector>

#include <benchmark/benchmark.h>

#include "checkers/linearizability/linearizability.hpp"
#include "checkers/testing/long_history.hpp"

namespace {

using eris::checkers::CheckContext;
using eris::checkers::testing::long_history;
using eris::checkers::testing::LongHistoryOptions;

void parallel_for(std::size_t count, const std::function<void(std::size_t)>& body) {
  std::atomic<std::size_t> next{0};
  const auto work = [&] {
    for (std::size_t i = next++; i < count; i = next++) body(i);
  };
  std::vector<std::jthread> threads;
  const std::size_t wanted = std::min<std::size_t>(std::thread::hardware_concurrency(), count);
  for (std::size_t i = 1; i < wanted; ++i) threads.emplace_back(work);
  work();
}

void check(benchmark::State& state, const LongHistoryOptions& options,
           eris::model::Verdict expected) {
  const eris::model::History history = long_history(options);
  const auto checker = eris::checkers::linearizability::make_linearizability_checker("register");
  CheckContext context;
  context.parallel_for = parallel_for;
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

constexpr auto valid = eris::model::Verdict::valid;
constexpr auto invalid = eris::model::Verdict::invalid;

/// Arguments: operations, clients of each key, keys, unknown outcomes in 1/1000.
void unique_values(benchmark::State& state) {
  check(state,
        {.operations = static_cast<std::size_t>(state.range(0)),
         .clients = static_cast<std::size_t>(state.range(1)),
         .keys = static_cast<std::size_t>(state.range(2)),
         .unknown_outcomes = static_cast<double>(state.range(3)) / 1000},
        valid);
}
BENCHMARK(unique_values)
    ->Unit(benchmark::kMillisecond)
    ->ArgNames({"operations", "clients", "keys", "unknown_permille"})
    ->Args({10'000, 100, 1, 0})
    ->Args({100'000, 100, 1, 0})
    ->Args({1'000'000, 100, 1, 0})
    ->Args({1'000'000, 100, 1, 10})
    ->Args({1'000'000, 10, 1'000, 0})
    ->Args({1'000'000, 10, 1'000, 10});

/// Arguments: operations, clients, unknown outcomes in 1/1000. A stale read near the end.
void unique_values_violated(benchmark::State& state) {
  check(state,
        {.operations = static_cast<std::size_t>(state.range(0)),
         .clients = static_cast<std::size_t>(state.range(1)),
         .unknown_outcomes = static_cast<double>(state.range(2)) / 1000,
         .violation_at = 0.9},
        invalid);
}
BENCHMARK(unique_values_violated)
    ->Unit(benchmark::kMillisecond)
    ->ArgNames({"operations", "clients", "unknown_permille"})
    ->Args({10'000, 5, 10})
    ->Args({1'000'000, 100, 0});

LongHistoryOptions five_values(const benchmark::State& state) {
  return {.operations = static_cast<std::size_t>(state.range(0)),
          .clients = static_cast<std::size_t>(state.range(1)),
          .values = 5,
          .reads = 0.4,
          .cas = 0.3,
          .unknown_outcomes = static_cast<double>(state.range(2)) / 1000};
}

/// Arguments: operations, clients, unknown outcomes in 1/1000.
void cas_register(benchmark::State& state) {
  check(state, five_values(state), valid);
}
void cas_register_violated(benchmark::State& state) {
  LongHistoryOptions options = five_values(state);
  options.violation_at = 0.9;
  check(state, options, invalid);
}

// No violation among unknown outcomes: with five values they can nearly always explain it.
BENCHMARK(cas_register_violated)
    ->Unit(benchmark::kMillisecond)
    ->ArgNames({"operations", "clients", "unknown_permille"})
    ->Args({20'000, 5, 0})
    ->Args({20'000, 10, 0})
    ->Args({20'000, 30, 0});

void cas_grid(benchmark::internal::Benchmark* bench) {
  bench->Unit(benchmark::kMillisecond)->ArgNames({"operations", "clients", "unknown_permille"});
  for (const int clients : {10, 30, 60})
    for (const int unknown : {0, 10, 50}) bench->Args({20'000, clients, unknown});
}
BENCHMARK(cas_register)->Apply(cas_grid)->Args({100'000, 60, 0});

}  // namespace

BENCHMARK_MAIN();
