// How long the weaker models take, each on histories of a store that promises just that much.
#include <string>

#include <benchmark/benchmark.h>

#include "checkers/objects/object.hpp"
#include "checkers/testing/weak_history.hpp"
#include "checkers/weak/trial.hpp"
#include "checkers/weak/weak.hpp"

namespace {

using eris::checkers::CheckContext;
using eris::checkers::testing::Delivery;
using eris::model::Verdict;
using namespace eris::checkers::weak;

struct Case {
  Model model = Model::sequential;
  Delivery delivery = Delivery::log;
  bool last_writer_wins = false;
};

eris::model::History history_for(const Case& what, const benchmark::State& state) {
  eris::base::Rng rng(7);
  return eris::checkers::testing::weak_history(
      {.delivery = what.delivery,
       .last_writer_wins = what.last_writer_wins,
       .operations = static_cast<std::size_t>(state.range(0)),
       .clients = static_cast<std::size_t>(state.range(1)),
       .keys = 50,
       .cas = 0.05,
       .delivering = 0.9,
       .unknown_outcomes = static_cast<double>(state.range(2)) / 1000},
      rng);
}

/// Arguments: operations, clients, unknown outcomes in 1/1000.
void holds(benchmark::State& state, const Case& what) {
  const eris::model::History history = history_for(what, state);
  const CheckContext context;
  const auto checker = make_model_checker(what.model, "register");
  for (auto _ : state)
    if (checker->check(history, context).verdict != Verdict::valid)
      state.SkipWithError("not valid");
  state.SetItemsProcessed(state.iterations() * state.range(0));
}

void strongest(benchmark::State& state, const Case& what) {
  const eris::model::History history = history_for(what, state);
  const CheckContext context;
  const auto checker = make_strongest_checker("register");
  for (auto _ : state)
    if (checker->check(history, context).verdict != Verdict::valid)
      state.SkipWithError("not valid");
  state.SetItemsProcessed(state.iterations() * state.range(0));
}

void sizes(benchmark::internal::Benchmark* bench) {
  bench->Unit(benchmark::kMillisecond)
      ->ArgNames({"operations", "clients", "unknown_permille"})
      ->Args({100'000, 10, 0})
      ->Args({100'000, 10, 2})
      ->Args({1'000'000, 10, 0});
}

constexpr Case log{Model::sequential, Delivery::log};
constexpr Case memory{Model::causal_memory, Delivery::causal};
constexpr Case convergent{Model::causal_convergent, Delivery::causal, true};
constexpr Case causal{Model::causal, Delivery::causal};
constexpr Case fifo{Model::pram, Delivery::fifo};
constexpr Case follow{Model::writes_follow_reads, Delivery::causal};
constexpr Case monotonic_writes{Model::monotonic_writes, Delivery::fifo};
constexpr Case monotonic_reads{Model::monotonic_reads, Delivery::fifo};
constexpr Case own{Model::read_your_writes, Delivery::fifo};
BENCHMARK_CAPTURE(holds, sequential, log)->Apply(sizes);
BENCHMARK_CAPTURE(holds, causal_memory, memory)->Apply(sizes);
BENCHMARK_CAPTURE(holds, causal_convergent, convergent)->Apply(sizes);
BENCHMARK_CAPTURE(holds, causal, causal)->Apply(sizes);
BENCHMARK_CAPTURE(holds, pram, fifo)->Apply(sizes);
BENCHMARK_CAPTURE(holds, writes_follow_reads, follow)->Apply(sizes);
BENCHMARK_CAPTURE(holds, monotonic_writes, monotonic_writes)->Apply(sizes);
BENCHMARK_CAPTURE(holds, monotonic_reads, monotonic_reads)->Apply(sizes);
BENCHMARK_CAPTURE(holds, read_your_writes, own)->Apply(sizes);
BENCHMARK_CAPTURE(strongest, of_a_log, log)->Apply(sizes);
BENCHMARK_CAPTURE(strongest, of_causal_memory, memory)->Apply(sizes);

}  // namespace

BENCHMARK_MAIN();
