// Small random histories, for comparing checkers with their slow twins.
//
// Why two sorts: a history in which everything is random is almost never linearizable, and one made
// by a correct object always is. Checkers go wrong in between, so most histories are made by a
// correct object and then hurt in one or two places.
// Thread rule: pure functions of the generator.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "harness/base/rng.hpp"
#include "harness/model/history.hpp"

namespace eris::checkers::testing {

struct RandomHistoryOptions {
  std::string object = "register";
  std::vector<model::Function> functions{model::function::read, model::function::write};
  std::size_t operations = 7;
  std::size_t clients = 3;
  std::size_t values = 3;         ///< how many different ones are written; 0: each one new
  double unknown_outcomes = 0.1;  ///< share of operations that end as info
  double failures = 0.05;         ///< share that fails without having been carried out
  double telling = 0.5;           ///< share of failed comparisons that tell what they saw
  std::size_t mutations = 1;      ///< places hurt afterwards
  bool wild = false;              ///< results are drawn at random instead
};

/// Draws one of the kinds of history that differ in what can go wrong.
[[nodiscard]] RandomHistoryOptions random_options(base::Rng& rng, std::string_view object);

/// A history of one key, "x".
[[nodiscard]] model::History random_history(const RandomHistoryOptions& options, base::Rng& rng);

/// How many random cases a test should try: the environment variable ERIS_RANDOM_CASES, or this.
[[nodiscard]] std::size_t random_cases(std::size_t otherwise);

/// As text that timeline.hpp reads back, for the message of a failed test.
[[nodiscard]] std::string to_timeline(const model::History& history);

}  // namespace eris::checkers::testing
