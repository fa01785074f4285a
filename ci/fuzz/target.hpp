// Targets: what eris-fuzz holds against each other.
//
// Why: each checker is fast because it is clever, and cleverness is where checkers go wrong. A
// target draws a small random history from a seed, asks the fast algorithms and the slow twin that
// shares nothing with them, and complains when they disagree. "Undecided" is no disagreement; a
// wrong answer is, and so is a certificate that is refused, or accepted although it is false.
// Invariant: a history is a function of its seed alone, so that a seed is a test.
// Thread rule: pure functions.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "harness/base/rng.hpp"
#include "harness/model/history.hpp"

namespace eris::fuzz {

struct Target {
  std::string name;  ///< "queue", "list-append", "weak"
  std::function<model::History(base::Rng&)> draw;
  /// Who disagrees with whom, or nothing. The generator chooses only what to tamper with.
  std::function<std::optional<std::string>(const model::History&, base::Rng&)> compare;
  std::function<std::string(const model::History&)> to_text;
};

[[nodiscard]] std::vector<Target> targets();

// What targets() is made of.
void add_object_targets(std::vector<Target>& targets);
void add_transaction_targets(std::vector<Target>& targets);
void add_weak_targets(std::vector<Target>& targets);
void add_lossless_targets(std::vector<Target>& targets);
void add_relaxation_targets(std::vector<Target>& targets);

struct Disagreement {
  std::string complaint;
  model::History history;  ///< as few operations as still disagree
  std::size_t drawn = 0;   ///< how many there were at first
};

/// One case.
[[nodiscard]] std::optional<Disagreement> try_seed(const Target& target, std::uint64_t seed);

}  // namespace eris::fuzz
