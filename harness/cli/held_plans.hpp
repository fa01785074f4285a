// Held plans: plan files that say what must come out of them, run and held to it.
//
//   # expect: valid
//   # expect: invalid, stale read or lost write    one of these anomalies is among the findings
//   # witness at most: 6                           operations in the first finding's witness
//   # seeds: 200                                   of a simulated plan: where its own seed does not
//                                                  show it, one of so many others must
//
// Why other seeds: a change of a core or of the simulator gives each seed another run. A plan that
// was cut down to one moment would then say nothing of the bug that it is kept for.
//
// A plan in a folder "suites" that says nothing expects valid.
// Thread rule: the main thread only.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "harness/base/result.hpp"
#include "harness/model/plan.hpp"
#include "harness/model/verdict.hpp"

namespace eris::cli {

struct Expectation {
  model::Verdict verdict = model::Verdict::valid;
  std::vector<std::string> anomalies;  ///< any of these; empty: any at all
  std::optional<std::size_t> witness_max;
  std::size_t further_seeds = 0;
};

struct HeldPlan {
  std::filesystem::path file;
  model::Plan plan;
  Expectation expected;
};

/// The plans in these files and folders, by name. Errors: usage, for a malformed plan, and for one
/// that does not say what it expects.
[[nodiscard]] base::Result<std::vector<HeldPlan>> held_plans(
    const std::vector<std::filesystem::path>& places, const model::Catalogue& catalogue);

/// The bugs that the plan plants in its system.
[[nodiscard]] std::vector<std::string> planted_in(const model::Plan& plan);

/// What is not as expected; empty when all is.
[[nodiscard]] std::string complaint(const Expectation& expected, const model::Judgement& judgement);

struct HeldResult {
  std::string plan;
  std::uint64_t seed = 0;
  std::vector<std::string> anomalies;
  std::string complaint;        ///< empty: as expected
  std::filesystem::path run{};  ///< kept where it was not as expected
};

/// Runs the plan on a seed by its own engine, judges it, and removes the run when all was as
/// expected. Errors: environment.
[[nodiscard]] base::Result<HeldResult> hold(const HeldPlan& held, std::uint64_t seed,
                                            const std::filesystem::path& out);

}  // namespace eris::cli
