#include "harness/cli/held_plans.hpp"

#include <algorithm>
#include <charconv>

#include <fmt/format.h>

#include "harness/base/text.hpp"
#include "harness/cli/judging.hpp"
#include "harness/cli/live_run.hpp"
#include "harness/cli/outcome_files.hpp"
#include "harness/cli/proof_scenarios.hpp"
#include "harness/cli/run_directory.hpp"
#include "harness/cli/simulated_run.hpp"
#include "harness/cli/trial.hpp"
#include "harness/journal/journal.hpp"

namespace eris::cli {

namespace {

namespace fs = std::filesystem;

std::vector<std::string> split_at_or(std::string_view text) {
  constexpr std::string_view separator = " or ";
  std::vector<std::string> words;
  while (!text.empty()) {
    const std::size_t end = text.find(separator);
    if (const auto word = base::trim(text.substr(0, end)); !word.empty()) words.emplace_back(word);
    if (end == std::string_view::npos) break;
    text.remove_prefix(end + separator.size());
  }
  return words;
}

base::Result<std::optional<std::size_t>> declared_count(const fs::path& file, std::string_view text,
                                                        std::string_view key) {
  const std::string said = declared(text, key);
  if (said.empty()) return std::nullopt;
  std::size_t count = 0;
  const auto [end, problem] = std::from_chars(said.data(), said.data() + said.size(), count);
  if (problem != std::errc{} || end != said.data() + said.size())
    return base::usage_error(fmt::format("'# {}: {}' wants a number", key, said), file.string());
  return count;
}

base::Result<Expectation> expectation_of(const fs::path& file, std::string_view text) {
  std::string said = declared(text, "expect");
  if (said.empty() && file.parent_path().filename() == "suites") said = "valid";
  if (said.empty())
    return base::usage_error("the plan does not say what it expects", file.string(),
                             "begin it with a line such as '# expect: invalid, stale read'");
  Expectation expected;
  const std::size_t comma = said.find(',');
  const std::string verdict(base::trim(said.substr(0, comma)));
  const auto known = model::parse_verdict(verdict);
  if (!known)
    return base::usage_error(
        fmt::format("'{}' is no verdict", verdict), file.string(),
        base::did_you_mean(verdict, {"valid", "invalid", "unknown", "vacuous", "environment"}));
  expected.verdict = *known;
  if (comma != std::string::npos)
    expected.anomalies = split_at_or(std::string_view(said).substr(comma + 1));
  ERIS_TRY(expected.witness_max, declared_count(file, text, "witness at most"));
  ERIS_TRY(const std::optional<std::size_t> seeds, declared_count(file, text, "seeds"));
  expected.further_seeds = seeds.value_or(0);
  return expected;
}

base::Result<std::vector<fs::path>> files_in(const fs::path& place) {
  std::error_code problem;
  if (!fs::is_directory(place, problem)) return std::vector{place};
  std::vector<fs::path> files;
  for (const auto& entry : fs::directory_iterator(place, problem))
    if (entry.path().extension() == ".toml") files.push_back(entry.path());
  if (problem)
    return base::environment_error(
        fmt::format("cannot look into this folder: {}", problem.message()), place.string());
  std::ranges::sort(files);
  return files;
}

std::vector<std::string> anomalies_of(const model::Judgement& judgement) {
  std::vector<std::string> anomalies;
  for (const FindingKind& kind : kinds_of(judgement)) anomalies.push_back(kind.anomaly);
  return anomalies;
}

/// One of the anomalies that are expected is there, or any will do.
bool names_expected(const Expectation& expected, const std::vector<FindingKind>& kinds) {
  return expected.anomalies.empty() || std::ranges::any_of(kinds, [&](const FindingKind& kind) {
           return std::ranges::find(expected.anomalies, kind.anomaly) != expected.anomalies.end();
         });
}

std::size_t first_witness(const model::Judgement& judgement) {
  for (const model::CheckResult& result : judgement.results)
    for (const model::Finding& finding : result.findings)
      if (!finding.witness.empty()) return finding.witness.size();
  return 0;
}

/// Runs by the plan's own engine, and leaves journal and reports in the directory.
base::Result<model::Judgement> run_and_judge(const model::Plan& plan,
                                             const RunDirectory& directory) {
  ERIS_TRY(const auto system, prepare_system(plan));
  ERIS_CHECK_OK(write_file(directory.plan(), model::to_toml(plan)));
  if (plan.engine == "sim") {
    ERIS_CHECK_OK(record_simulated(plan, *system, directory));
  } else {
    ERIS_TRY(const int ended, run_live(plan, system, directory));
    if (ended != 0)
      return base::environment_error("the run broke off", directory.path.string(),
                                     "see what was said above");
  }
  ERIS_TRY(const model::History history, journal::read(directory.journal()));
  ERIS_TRY(model::Judgement judgement, plan.engine == "sim" ? judge_quietly(history, plan.check)
                                                            : judge_history(history, plan.check));
  ERIS_CHECK_OK(write_outcome(directory, history, judgement));
  return judgement;
}

}  // namespace

base::Result<std::vector<HeldPlan>> held_plans(const std::vector<fs::path>& places,
                                               const model::Catalogue& catalogue) {
  std::vector<HeldPlan> plans;
  for (const fs::path& place : places) {
    ERIS_TRY(const std::vector<fs::path> files, files_in(place));
    for (const fs::path& file : files) {
      ERIS_TRY(const std::string text, read_file(file));
      ERIS_TRY(model::Plan plan, model::parse_plan(text, file.string(), catalogue));
      ERIS_TRY(Expectation expected, expectation_of(file, text));
      plans.push_back({file, std::move(plan), std::move(expected)});
    }
  }
  return plans;
}

std::vector<std::string> planted_in(const model::Plan& plan) {
  const auto found = plan.system.options.values().find("bug");
  if (found == plan.system.options.values().end()) return {};
  const auto* bugs = std::get_if<std::vector<std::string>>(&found->second);
  return bugs == nullptr ? std::vector<std::string>{} : *bugs;
}

std::string complaint(const Expectation& expected, const model::Judgement& judgement) {
  if (judgement.verdict != expected.verdict)
    return fmt::format("expected {}, got {}", model::to_text(expected.verdict),
                       model::to_text(judgement.verdict));
  if (!names_expected(expected, kinds_of(judgement)))
    return fmt::format("expected {}, got {}", fmt::join(expected.anomalies, " or "),
                       fmt::join(anomalies_of(judgement), ", "));
  const std::size_t witness = first_witness(judgement);
  if (expected.witness_max && witness > *expected.witness_max)
    return fmt::format("expected a witness of at most {}, got {}",
                       base::count_of(*expected.witness_max, "operation"), witness);
  return {};
}

namespace {

/// Runs the plan on this very seed.
base::Result<HeldResult> hold_on(const HeldPlan& held, std::uint64_t seed, const fs::path& out) {
  model::Plan plan = held.plan;
  plan.seed = seed;
  HeldResult result{.plan = plan.name, .seed = seed, .anomalies = {}, .complaint = {}};
  ERIS_TRY(const RunDirectory directory,
           create_run_directory((out / fmt::format("{}-{}", plan.name, seed)).string(), plan));
  ERIS_TRY(const model::Judgement judgement, run_and_judge(plan, directory));
  result.anomalies = anomalies_of(judgement);
  result.complaint = complaint(held.expected, judgement);
  if (!result.complaint.empty()) {
    result.run = directory.path;
    return result;
  }
  std::error_code ignored;
  fs::remove_all(directory.path, ignored);
  return result;
}

/// The first of the other seeds that shows what is expected.
base::Result<std::optional<std::uint64_t>> seed_that_shows(const HeldPlan& held) {
  model::Plan plan = held.plan;
  ERIS_TRY(const auto system, prepare_simulation(plan));
  for (std::uint64_t seed = 1; seed <= held.expected.further_seeds; ++seed) {
    plan.seed = seed;
    const Trial trial = try_plan(plan, *system, {});
    if (trial.verdict == held.expected.verdict && names_expected(held.expected, trial.kinds))
      return seed;
  }
  return std::nullopt;
}

}  // namespace

base::Result<HeldResult> hold(const HeldPlan& held, std::uint64_t seed, const fs::path& out) {
  ERIS_TRY(HeldResult result, hold_on(held, seed, out));
  if (result.complaint.empty() || held.plan.engine != "sim") return result;
  ERIS_TRY(const std::optional<std::uint64_t> other, seed_that_shows(held));
  if (!other) return result;
  ERIS_TRY(HeldResult shown, hold_on(held, *other, out));
  if (!shown.complaint.empty()) return result;
  std::error_code ignored;
  fs::remove_all(result.run, ignored);
  return shown;
}

}  // namespace eris::cli
