// Exploration: one plan on many seeds in virtual time, and what came out, grouped by finding.
//
// Invariant: the same plan and range of seeds give the same Exploration, however many threads work
// at it: runs are taken in the order of their seeds, and a failure that stops the search leaves out
// all that stands behind it.
// Thread rule: explore() is called from the main thread, and uses threads of its own.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <vector>

#include "adapters/adapter.hpp"
#include "harness/cli/trial.hpp"
#include "harness/model/plan.hpp"

namespace eris::cli {

struct ExplorationOptions {
  std::uint64_t from = 1;
  std::uint64_t runs = 100;
  unsigned jobs = 1;
  bool keep_going = false;  ///< past the first run with a finding
};

/// Runs that show the same.
struct Group {
  std::uint64_t runs = 0;
  std::uint64_t first_seed = 0;
  std::string reason;  ///< as the first of them said it
};

struct Exploration {
  std::uint64_t runs = 0;  ///< taken, in the order of their seeds
  std::map<model::Verdict, std::uint64_t> verdicts;
  std::map<FindingKind, Group> findings;
  std::map<model::Verdict, Group> unproven;  ///< of verdicts that prove nothing either way
  std::uint64_t operations = 0;
  base::Duration virtual_time{};
  base::Duration processor{};
  bool interrupted = false;

  void add(std::uint64_t seed, const Trial& trial);
  /// 1 with a finding; 2 when a run is unknown or the search was interrupted; 3 when no run was
  /// valid; else 0.
  [[nodiscard]] model::Verdict verdict() const;
};

/// `progress` is called some ten times a second.
[[nodiscard]] Exploration explore(const model::Plan& plan, const adapters::System& system,
                                  const ExplorationOptions& options,
                                  const std::function<void(const Exploration&)>& progress);

}  // namespace eris::cli
