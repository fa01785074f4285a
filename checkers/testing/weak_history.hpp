// Histories of replicated stores that promise little: replicas that pass writes on late, in the
// order of each writer, after their causes, or in any order; clients that stay with a replica or
// wander. For tests and measurements of the weaker models.
// Thread rule: pure functions of their arguments.
#pragma once

#include <cstddef>
#include <cstdint>

#include "harness/base/rng.hpp"
#include "harness/model/history.hpp"

namespace eris::checkers::testing {

enum class Delivery : std::uint8_t {
  single_copy,  ///< no replicas: linearizable
  log,          ///< one order for all; replicas lag: sequential
  causal,       ///< causes before effects
  fifo,         ///< each writer's writes in their order: PRAM
  any,          ///< in any order
};

struct WeakHistoryOptions {
  Delivery delivery = Delivery::causal;
  bool last_writer_wins = false;  ///< by logical clocks; else what arrives last
  bool roaming = false;           ///< each operation goes to any replica
  std::size_t operations = 7;
  std::size_t clients = 3;
  std::size_t keys = 2;
  std::size_t values = 0;  ///< how many different ones are written; 0: each one new
  double reads = 0.5;
  double cas = 0;
  double delivering = 0.5;  ///< chance of a delivery before each operation; more: less lag
  double unknown_outcomes = 0;
  double failures = 0;
  double telling = 1;         ///< share of refused cas that tell what they saw
  std::size_t mutations = 0;  ///< reads that get another value afterwards
};

[[nodiscard]] model::History weak_history(const WeakHistoryOptions& options, base::Rng& rng);

/// Draws one of the sorts of history that differ in what can go wrong.
[[nodiscard]] WeakHistoryOptions random_weak_options(base::Rng& rng);

/// Such a history with final reads after it, which agree more often than not; some of its writes
/// are not over by then.
[[nodiscard]] model::History random_final_reads(base::Rng& rng);

/// One operation a line, with its key, for the message of a failed test.
[[nodiscard]] std::string to_lines(const model::History& history);

}  // namespace eris::checkers::testing
