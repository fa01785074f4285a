#include "harness/cli/proof_tables.hpp"

#include <algorithm>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "harness/base/text.hpp"

namespace eris::cli {

namespace {

using nlohmann::ordered_json;

std::string seen_as(const std::vector<Sighting>& sightings) {
  const auto middle = median(sightings);
  return middle ? middle->kind.anomaly : "-";
}

/// What a user would have to wait for: clients where they see it at all.
std::optional<Sighting> detection(const BugResult& bug) {
  if (const auto clients = median(bug.by_clients)) return clients;
  return median(bug.by_invariants);
}

std::string runs_of(const BugResult& bug) {
  const auto found = detection(bug);
  return found ? base::with_separators(found->runs) : "-";
}

std::string seconds_of(const BugResult& bug) {
  const auto found = detection(bug);
  return found ? fmt::format("{:.2f}", base::to_seconds(found->processor)) : "-";
}

std::string configuration_of(const CorrectResult& correct) {
  return correct.configuration.empty() ? "as it stands" : correct.configuration;
}

std::uint64_t count_of(const Exploration& seen, model::Verdict verdict) {
  const auto found = seen.verdicts.find(verdict);
  return found == seen.verdicts.end() ? 0 : found->second;
}

std::string blamed_text(const CorrectResult& correct) {
  std::string text;
  for (const auto& [kind, group] : correct.seen.findings)
    text += fmt::format("  BLAMED: {} in {}, first with seed {}: {}\n", to_text(kind),
                        base::count_of(group.runs, "run"), group.first_seed, group.reason);
  for (const auto& [verdict, group] : correct.seen.unproven)
    text += fmt::format("  {}: {}, first with seed {}: {}\n", model::to_text(verdict),
                        base::count_of(group.runs, "run"), group.first_seed, group.reason);
  return text;
}

ordered_json sighting_json(const std::vector<Sighting>& sightings) {
  ordered_json all = ordered_json::array();
  for (const Sighting& sighting : sightings)
    all.push_back({{"checker", sighting.kind.checker},
                   {"anomaly", sighting.kind.anomaly},
                   {"runs", sighting.runs},
                   {"processor-seconds", base::to_seconds(sighting.processor)},
                   {"plan", sighting.plan},
                   {"seed", sighting.seed}});
  return all;
}

/// The middle of all bugs' detection times.
double median_seconds(const std::vector<BugResult>& bugs) {
  std::vector<double> seconds;
  for (const BugResult& bug : bugs)
    if (const auto found = detection(bug)) seconds.push_back(base::to_seconds(found->processor));
  if (seconds.empty()) return 0;
  std::ranges::sort(seconds);
  return seconds[seconds.size() / 2];
}

std::string summary_of(const Proof& proof) {
  const auto found = std::ranges::count_if(proof.bugs, &BugResult::found);
  const auto clean = std::ranges::count_if(proof.correct, &CorrectResult::holds);
  return fmt::format("{} of {} bugs found, {} of {} correct configurations without blame", found,
                     proof.bugs.size(), clean, proof.correct.size());
}

}  // namespace

bool Proof::holds() const {
  return !interrupted && std::ranges::all_of(bugs, &BugResult::found) &&
         std::ranges::all_of(correct, &CorrectResult::holds);
}

std::string to_text(const Proof& proof) {
  std::string text;
  if (!proof.correct.empty())
    text += fmt::format("{:<10} {:<34} {:>7} {:>7} {:>8} {:>7} {:>8} {:>12}\n", "system",
                        "configuration", "runs", "valid", "vacuous", "other", "cpu s", "virtual s");
  for (const CorrectResult& correct : proof.correct) {
    const std::uint64_t valid = count_of(correct.seen, model::Verdict::valid);
    const std::uint64_t vacuous = count_of(correct.seen, model::Verdict::vacuous);
    text +=
        fmt::format("{:<10} {:<34} {:>7} {:>7} {:>8} {:>7} {:>8.1f} {:>12.0f}\n", correct.system,
                    configuration_of(correct), correct.seen.runs, valid, vacuous,
                    correct.seen.runs - valid - vacuous, base::to_seconds(correct.seen.processor),
                    base::to_seconds(correct.seen.virtual_time));
    text += blamed_text(correct);
  }
  if (!proof.bugs.empty())
    text += fmt::format("\n{:<40} {:<26} {:<26} {:>6} {:>8}\n", "bug", "clients see",
                        "invariants see", "runs", "cpu s");
  for (const BugResult& bug : proof.bugs)
    text += fmt::format(
        "{:<40} {:<26} {:<26} {:>6} {:>8}{}\n", fmt::format("{}/{}", bug.system, bug.bug),
        seen_as(bug.by_clients), seen_as(bug.by_invariants), runs_of(bug), seconds_of(bug),
        bug.found() ? "" : fmt::format("  NOT FOUND in {}", base::count_of(bug.runs, "run")));
  text += fmt::format("\n{}; the median bug in {:.2f} s of one core\n", summary_of(proof),
                      median_seconds(proof.bugs));
  if (proof.interrupted) text += "interrupted before the end\n";
  return text;
}

std::string to_json(const Proof& proof) {
  ordered_json json{{"holds", proof.holds()}, {"interrupted", proof.interrupted}};
  json["correct"] = ordered_json::array();
  for (const CorrectResult& correct : proof.correct) {
    ordered_json entry{{"system", correct.system},
                       {"configuration", correct.configuration},
                       {"holds", correct.holds()},
                       {"runs", correct.seen.runs},
                       {"virtual-seconds", base::to_seconds(correct.seen.virtual_time)},
                       {"processor-seconds", base::to_seconds(correct.seen.processor)}};
    entry["verdicts"] = ordered_json::object();
    for (const auto& [verdict, count] : correct.seen.verdicts)
      entry["verdicts"][std::string(model::to_text(verdict))] = count;
    entry["findings"] = ordered_json::array();
    for (const auto& [kind, group] : correct.seen.findings)
      entry["findings"].push_back(
          {{"kind", to_text(kind)}, {"runs", group.runs}, {"reason", group.reason}});
    json["correct"].push_back(std::move(entry));
  }
  json["bugs"] = ordered_json::array();
  for (const BugResult& bug : proof.bugs)
    json["bugs"].push_back({{"system", bug.system},
                            {"bug", bug.bug},
                            {"found", bug.found()},
                            {"runs", bug.runs},
                            {"by-clients", sighting_json(bug.by_clients)},
                            {"by-invariants", sighting_json(bug.by_invariants)}});
  return json.dump(2) + "\n";
}

std::string to_markdown(const Proof& proof, const ProofOptions& options) {
  std::string text = fmt::format(
      "# What Eris finds in its own reference systems\n\n"
      "Written by `ci/proof`, which runs `eris prove --runs {} --markdown docs/proof.md`; not by "
      "hand.\n\n{}.\n\n## Correct systems\n\n"
      "Each run is another seed of the plans in ci/prove. Vacuous: some planned fault or operation "
      "never took effect, so the run proves less than it set out to.\n\n"
      "| system | configuration | runs | valid | vacuous | blamed or unknown | virtual hours |\n"
      "|---|---|---|---|---|---|---|\n",
      options.runs, summary_of(proof));
  for (const CorrectResult& correct : proof.correct) {
    const std::uint64_t valid = count_of(correct.seen, model::Verdict::valid);
    const std::uint64_t vacuous = count_of(correct.seen, model::Verdict::vacuous);
    text += fmt::format("| {} | {} | {} | {} | {} | {} | {:.1f} |\n", correct.system,
                        configuration_of(correct), base::with_separators(correct.seen.runs),
                        base::with_separators(valid), vacuous, correct.seen.runs - valid - vacuous,
                        base::to_seconds(correct.seen.virtual_time) / 3600);
  }
  text += fmt::format(
      "\n## Planted bugs\n\n"
      "Each is looked for in {} searches that share no seed, of {} runs at most; runs and seconds "
      "(of one core) until the first sight are those of the middle search. \"Clients see\" is what "
      "a "
      "user's own checks would report; \"-\" there means that only the protocol's invariants "
      "showed "
      "it. The median bug takes {:.2f} s.\n\n"
      "| bug | what was forgotten | clients see | invariants see | runs | seconds |\n"
      "|---|---|---|---|---|---|\n",
      options.searches, options.bug_runs, median_seconds(proof.bugs));
  for (const BugResult& bug : proof.bugs)
    text += fmt::format("| {}/{} | {} | {} | {} | {} | {} |\n", bug.system, bug.bug, bug.forgot,
                        bug.found() ? seen_as(bug.by_clients) : "**not found**",
                        seen_as(bug.by_invariants), runs_of(bug), seconds_of(bug));
  return text;
}

}  // namespace eris::cli
