#include "harness/cli/proof.hpp"

#include <algorithm>
#include <functional>
#include <memory>
#include <utility>

#include <fmt/format.h>

#include "harness/base/text.hpp"
#include "harness/cli/interruption.hpp"
#include "harness/cli/ordered_work.hpp"

namespace eris::cli {

namespace {

/// Seeds of different searches never meet.
constexpr std::uint64_t seeds_of_a_search = 1'000'000;

bool clients_see(const FindingKind& kind) {
  return kind.checker != "invariants";
}

/// A scenario made ready: threads share the systems.
struct Ready {
  model::Plan plan;
  std::shared_ptr<const adapters::System> system;
  std::shared_ptr<const adapters::System> correct;  ///< the same without the bug that was planted
};

base::Result<Ready> make_ready(model::Plan plan) {
  Ready ready{.plan = std::move(plan), .system = {}, .correct = {}};
  auto system = prepare_simulation(ready.plan);
  if (!system) {
    system.error().where = ready.plan.name;
    return std::unexpected(system.error());
  }
  ready.system = *std::move(system);
  return ready;
}

/// The n-th run: scenarios in turn, each on one seed after another.
model::Plan nth_plan(const std::vector<Ready>& ready, std::uint64_t first_seed, std::size_t n) {
  model::Plan plan = ready[n % ready.size()].plan;
  plan.seed = first_seed + n / ready.size();
  return plan;
}

std::string differing_options(const model::EntrySchema& system, const model::Options& options) {
  std::vector<std::string> said;
  for (const model::OptionSchema& option : system.options) {
    const model::OptionValue& value = options.values().at(option.name);
    if (value != option.default_value)
      said.push_back(fmt::format("{}={}", option.name, model::to_text(value)));
  }
  return fmt::format("{}", fmt::join(said, " "));
}

class BugSearch {
 public:
  BugSearch(const std::vector<Ready>& ready, const ProofOptions& options,
            const ProofProgress& progress, BugResult& result)
      : ready_(ready), options_(options), progress_(progress), result_(result) {}

  /// `until_clients`: invariants alone do not end the search.
  void search(unsigned number, bool until_clients) {
    first_seed_ = number * seeds_of_a_search + 1;
    Sighting so_far;
    bool by_invariants = false;
    bool by_clients = false;
    const auto work = [&](std::size_t n, const std::stop_token& stop) {
      return without_blame_of_the_correct(
          n, [&stop] { return stop.stop_requested() || Interruption::asked(); });
    };
    const auto take = [&](std::size_t n, const Trial& trial) {
      if (Interruption::asked()) return false;
      so_far.runs = n + 1;
      so_far.processor += trial.processor;
      const model::Plan plan = nth_plan(ready_, first_seed_, n);
      so_far.plan = plan.name;
      so_far.seed = plan.seed;
      for (const FindingKind& kind : trial.kinds) {
        bool& seen = clients_see(kind) ? by_clients : by_invariants;
        if (std::exchange(seen, true)) continue;
        so_far.kind = kind;
        (clients_see(kind) ? result_.by_clients : result_.by_invariants).push_back(so_far);
      }
      tell(so_far.runs);
      return !(by_clients || (by_invariants && !until_clients));
    };
    in_order(static_cast<std::size_t>(options_.bug_runs), options_.jobs, work, take,
             [&] { tell(so_far.runs); });
    result_.runs += so_far.runs;
    result_.processor += so_far.processor;
  }

 private:
  /// The n-th run, without what the system as it should be shows on the same plan and seed, too:
  /// that is a fault of Eris, and must not pass for the bug's.
  Trial without_blame_of_the_correct(std::size_t n, const std::function<bool()>& leave) const {
    const Ready& ready = ready_[n % ready_.size()];
    model::Plan plan = nth_plan(ready_, first_seed_, n);
    Trial trial = try_plan(plan, *ready.system, leave);
    if (trial.kinds.empty()) return trial;
    const Trial control = try_plan(plan, *ready.correct, leave);
    std::erase_if(trial.kinds, [&](const FindingKind& kind) { return control.shows(kind); });
    return trial;
  }

  void tell(std::uint64_t runs) {
    progress_(fmt::format("{}/{}", result_.system, result_.bug), result_.runs + runs);
  }

  const std::vector<Ready>& ready_;
  const ProofOptions& options_;
  const ProofProgress& progress_;
  BugResult& result_;
  std::uint64_t first_seed_ = 1;
};

}  // namespace

std::optional<Sighting> median(std::vector<Sighting> sightings) {
  if (sightings.empty()) return std::nullopt;
  std::ranges::sort(sightings, {}, &Sighting::runs);
  return sightings[sightings.size() / 2];
}

base::Result<std::vector<CorrectResult>> prove_correct(const model::EntrySchema& system,
                                                       const std::vector<Scenario>& scenarios,
                                                       const ProofOptions& options,
                                                       const ProofProgress& progress) {
  std::vector<std::pair<std::string, std::vector<Ready>>> configurations;
  for (const Scenario& scenario : scenarios) {
    const std::string name = differing_options(system, scenario.plan.system.options);
    auto found =
        std::ranges::find(configurations, name, [](const auto& entry) { return entry.first; });
    if (found == configurations.end())
      found = configurations.insert(configurations.end(), {name, {}});
    ERIS_TRY(Ready ready, make_ready(scenario.plan));
    found->second.push_back(std::move(ready));
  }
  std::vector<CorrectResult> results;
  for (const auto& [name, ready] : configurations) {
    CorrectResult result{.system = system.name, .configuration = name, .seen = {}};
    const auto work = [&ready = ready](std::size_t n, const std::stop_token& stop) {
      return try_plan(nth_plan(ready, 1, n), *ready[n % ready.size()].system,
                      [&stop] { return stop.stop_requested() || Interruption::asked(); });
    };
    const auto take = [&, &ready = ready](std::size_t n, Trial trial) {
      result.seen.interrupted = Interruption::asked();
      if (result.seen.interrupted) return false;
      const model::Plan plan = nth_plan(ready, 1, n);
      if (!trial.reason.empty()) trial.reason = fmt::format("{}: {}", plan.name, trial.reason);
      result.seen.add(plan.seed, trial);
      progress(fmt::format("{} as it should be", system.name), result.seen.runs);
      return true;
    };
    in_order(static_cast<std::size_t>(options.runs), options.jobs, work, take, [] {});
    results.push_back(std::move(result));
    if (results.back().seen.interrupted) break;
  }
  return results;
}

base::Result<BugResult> look_for(const model::EntrySchema& system, const model::EntrySchema& bug,
                                 const std::vector<Scenario>& scenarios,
                                 const ProofOptions& options, const ProofProgress& progress) {
  const model::OptionSchema* planting = model::find(system.options, "bug");
  if (planting == nullptr)
    return base::internal_error(fmt::format("{} lists bugs and has no option 'bug'", system.name));
  std::vector<Ready> ready;
  for (const Scenario& scenario : scenarios_for(scenarios, bug.name)) {
    model::Plan plan = scenario.plan;
    ERIS_CHECK_OK(plan.system.options.set(*planting, std::vector<std::string>{bug.name}));
    ERIS_TRY(const Ready correct, make_ready(scenario.plan));
    ERIS_TRY(Ready made, make_ready(std::move(plan)));
    made.correct = correct.system;
    ready.push_back(std::move(made));
  }
  BugResult result{.system = system.name, .bug = bug.name, .forgot = bug.summary};
  BugSearch search(ready, options, progress, result);
  for (unsigned number = 0; number < options.searches && !Interruption::asked(); ++number) {
    // What clients did not see in all of the first search is not waited for again.
    const bool until_clients = number == 0 || !result.by_clients.empty();
    search.search(number, until_clients);
    if (!result.found()) break;
  }
  result.interrupted = Interruption::asked();
  return result;
}

}  // namespace eris::cli
