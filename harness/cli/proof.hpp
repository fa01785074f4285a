// Proof: that Eris finds the planted bugs of its reference systems, and blames no correct one.
//
// Each configuration of a correct system is run on many seeds; each bug is looked for on one seed
// after another, in several searches that share no seed, until clients see it.
// Invariant: what is found, and after how many seeds, does not depend on the number of jobs.
// Thread rule: called from the main thread; uses threads of its own.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "harness/cli/exploration.hpp"
#include "harness/cli/proof_scenarios.hpp"
#include "harness/cli/trial.hpp"

namespace eris::cli {

struct ProofOptions {
  std::uint64_t runs = 1000;     ///< of each configuration of a correct system
  std::uint64_t bug_runs = 600;  ///< of one search for a bug, at most
  unsigned searches = 3;         ///< for each bug
  unsigned jobs = 1;
};

/// A correct system with one set of options.
struct CorrectResult {
  std::string system;
  std::string configuration;  ///< options that differ from the usual; empty: none
  Exploration seen;
  /// No finding, nothing unknown, and something that was tested.
  [[nodiscard]] bool holds() const { return seen.verdict() == model::Verdict::valid; }
};

/// One search's first sight of a bug.
struct Sighting {
  FindingKind kind;
  std::uint64_t runs = 0;      ///< how many were made until then
  base::Duration processor{};  ///< what those cost
  std::string plan;
  std::uint64_t seed = 0;
};

struct BugResult {
  std::string system;
  std::string bug;
  std::string forgot;
  std::vector<Sighting> by_clients;     ///< one a search, where it got that far
  std::vector<Sighting> by_invariants;  ///< one a search, likewise
  std::uint64_t runs = 0;
  base::Duration processor{};
  bool interrupted = false;
  [[nodiscard]] bool found() const { return !by_clients.empty() || !by_invariants.empty(); }
};

/// The middle one by runs; nothing where there is none.
[[nodiscard]] std::optional<Sighting> median(std::vector<Sighting> sightings);

/// Told now and then how far it is.
using ProofProgress = std::function<void(const std::string& what, std::uint64_t runs)>;

/// Each configuration among the scenarios, on `runs` seeds, dealt over its scenarios in turn.
[[nodiscard]] base::Result<std::vector<CorrectResult>> prove_correct(
    const model::EntrySchema& system, const std::vector<Scenario>& scenarios,
    const ProofOptions& options, const ProofProgress& progress);

/// `bug` is a part of the system's schema.
[[nodiscard]] base::Result<BugResult> look_for(const model::EntrySchema& system,
                                               const model::EntrySchema& bug,
                                               const std::vector<Scenario>& scenarios,
                                               const ProofOptions& options,
                                               const ProofProgress& progress);

}  // namespace eris::cli
