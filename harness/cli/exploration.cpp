#include "harness/cli/exploration.hpp"

#include "harness/cli/interruption.hpp"
#include "harness/cli/ordered_work.hpp"

namespace eris::cli {

namespace {

template <typename Key>
void add_to(std::map<Key, Group>& groups, const Key& key, std::uint64_t seed, const Trial& trial) {
  Group& group =
      groups.try_emplace(key, Group{.first_seed = seed, .reason = trial.reason}).first->second;
  ++group.runs;
}

}  // namespace

void Exploration::add(std::uint64_t seed, const Trial& trial) {
  ++runs;
  ++verdicts[trial.verdict];
  operations += trial.operations;
  virtual_time += trial.virtual_time;
  processor += trial.processor;
  for (const FindingKind& kind : trial.kinds) add_to(findings, kind, seed, trial);
  if (trial.verdict != model::Verdict::valid && trial.verdict != model::Verdict::invalid)
    add_to(unproven, trial.verdict, seed, trial);
}

model::Verdict Exploration::verdict() const {
  using enum model::Verdict;
  if (verdicts.contains(invalid)) return invalid;
  if (interrupted || verdicts.contains(unknown) || verdicts.contains(environment)) return unknown;
  return verdicts.contains(valid) ? valid : vacuous;
}

Exploration explore(const model::Plan& plan, const adapters::System& system,
                    const ExplorationOptions& options,
                    const std::function<void(const Exploration&)>& progress) {
  Exploration seen;
  const Interruption interruption;
  const auto work = [&](std::size_t number, const std::stop_token& stop) {
    model::Plan mine = plan;
    mine.seed = options.from + number;
    return try_plan(mine, system,
                    [&stop] { return stop.stop_requested() || Interruption::asked(); });
  };
  const auto take = [&](std::size_t number, const Trial& trial) {
    // A run that was broken off says nothing of its plan.
    seen.interrupted = Interruption::asked();
    if (seen.interrupted) return false;
    seen.add(options.from + number, trial);
    progress(seen);
    return options.keep_going || trial.verdict != model::Verdict::invalid;
  };
  in_order(static_cast<std::size_t>(options.runs), options.jobs, work, take,
           [&] { progress(seen); });
  return seen;
}

}  // namespace eris::cli
