// The weaker models: brute force against each model's own algorithm, and against convergence.
#include "checkers/weak/weak.hpp"

#include <fmt/format.h>

#include "checkers/objects/object.hpp"
#include "checkers/testing/weak_history.hpp"
#include "checkers/weak/brute_force.hpp"
#include "checkers/weak/trial.hpp"
#include "ci/fuzz/target.hpp"

namespace eris::fuzz {

namespace {

using namespace checkers::weak;

std::optional<std::string> compare(const model::History& history, base::Rng&) {
  const checkers::CheckContext context;
  Trial trial(history, *checkers::find_object("register"), context);
  for (const ModelType& type : models()) {
    if (type.model == Model::linearizable) continue;
    const ModelAnswer answer = trial.rule(type.model).answer;
    if (answer == ModelAnswer::unknown) continue;
    const bool expected = brute_force_holds(type.model, history);
    if ((answer == ModelAnswer::holds) != expected)
      return fmt::format("{}: the algorithm says {}, brute force says {}", type.name,
                         expected ? "violated" : "holds", expected ? "holds" : "violated");
  }
  return std::nullopt;
}

/// Only what is valid or invalid says something.
std::optional<std::string> compare_final_reads(const model::History& history, base::Rng&) {
  const auto result = make_convergence_checker("register")->check(history, {});
  using model::Verdict;
  if (result.verdict != Verdict::valid && result.verdict != Verdict::invalid) return std::nullopt;
  if ((result.verdict == Verdict::valid) == brute_force_converges(history)) return std::nullopt;
  return fmt::format("the checker says {}, brute force the opposite", to_text(result.verdict));
}

/// In a third of them few values, so that reads have several sources, and refused cas that tell
/// nothing.
model::History draw(base::Rng& rng) {
  auto options = checkers::testing::random_weak_options(rng);
  if (rng.chance(0.33)) {
    options.operations = std::min<std::size_t>(options.operations, 8);
    options.values = rng.below(4);
    options.telling = 0.3;
    if (rng.chance(0.5)) options.cas = 0.3;
  }
  return checkers::testing::weak_history(options, rng);
}

}  // namespace

void add_weak_targets(std::vector<Target>& targets) {
  targets.push_back({"convergent", checkers::testing::random_final_reads, compare_final_reads,
                     checkers::testing::to_lines});
  targets.push_back({"weak", draw, compare, checkers::testing::to_lines});
}

}  // namespace eris::fuzz
