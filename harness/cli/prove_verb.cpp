// eris prove: every planted bug of the reference systems is found, and no correct system is blamed.
#include <algorithm>
#include <chrono>

#include <CLI/CLI.hpp>
#include <fmt/chrono.h>
#include <fmt/format.h>
#include <nlohmann/json.hpp>
#include <unistd.h>

#include "harness/base/text.hpp"
#include "harness/cli/held_plans.hpp"
#include "harness/cli/interruption.hpp"
#include "harness/cli/ordered_work.hpp"
#include "harness/cli/proof.hpp"
#include "harness/cli/proof_tables.hpp"
#include "harness/cli/run_directory.hpp"
#include "harness/cli/session.hpp"
#include "harness/cli/terminal.hpp"
#include "harness/cli/trial.hpp"

namespace eris::cli {

namespace {

namespace fs = std::filesystem;

struct ProveVerb {
  std::vector<std::string> targets;
  ProofOptions options;
  unsigned jobs = 0;
  std::string time;
  bool live = false;
  bool bugs_only = false;
  bool correct_only = false;
  std::vector<std::uint64_t> seeds{1};
  std::string out, markdown;
  bool json = false;
};

/// A system, or one bug of it.
struct Subject {
  const model::EntrySchema* system = nullptr;
  const model::EntrySchema* bug = nullptr;  ///< nullptr: the system as it stands, and all its bugs
};

bool is_place(const std::string& target) {
  std::error_code ignored;
  return target.ends_with(".toml") || fs::is_directory(target, ignored);
}

/// Whether the system lives in virtual time.
bool is_simulated(const model::EntrySchema& schema) {
  for (const adapters::SystemType& type : adapters::registry()) {
    if (type.schema.name != schema.name) continue;
    const auto system = type.make(model::Options(schema.options), 3);
    return system && (*system)->simulated() != nullptr;
  }
  return false;
}

/// `live`: systems without a life in virtual time will do.
base::Result<Subject> subject_of(const std::string& target, const model::Catalogue& catalogue,
                                 bool live) {
  const std::size_t slash = target.find('/');
  const std::string name = target.substr(0, slash);
  std::vector<std::string> systems;
  for (const model::EntrySchema& system : catalogue.systems)
    if (live || is_simulated(system)) systems.push_back(system.name);
  const model::EntrySchema* system = model::find(catalogue.systems, name);
  if (system == nullptr)
    return base::usage_error(fmt::format("unknown system '{}'", name), {},
                             base::did_you_mean(name, systems));
  if (!live && !is_simulated(*system))
    return base::usage_error(fmt::format("{} cannot be simulated: it has no pure core", name), {},
                             base::did_you_mean(name, systems));
  if (slash == std::string::npos) return Subject{.system = system};
  const std::string bug = target.substr(slash + 1);
  if (const model::EntrySchema* found = model::find(system->parts, bug))
    return Subject{.system = system, .bug = found};
  return base::usage_error(fmt::format("{} has no bug '{}'", name, bug), {},
                           base::did_you_mean(bug, model::names_of(system->parts)));
}

base::Result<std::vector<Subject>> subjects_of(const ProveVerb& verb,
                                               const model::Catalogue& catalogue) {
  std::vector<Subject> subjects;
  for (const std::string& target : verb.targets) {
    ERIS_TRY(const Subject subject, subject_of(target, catalogue, false));
    subjects.push_back(subject);
  }
  if (!verb.targets.empty()) return subjects;
  for (const model::EntrySchema& system : catalogue.systems)
    if (is_simulated(system)) subjects.push_back({.system = &system});
  return subjects;
}

base::Result<std::vector<Scenario>> timed_scenarios(const ProveVerb& verb,
                                                    const model::EntrySchema& system,
                                                    const model::Catalogue& catalogue) {
  ERIS_TRY(std::vector<Scenario> scenarios, scenarios_of(system, catalogue));
  if (verb.time.empty()) return scenarios;
  auto limit = base::parse_duration(verb.time);
  if (!limit) {
    limit.error().where = "--time";
    return std::unexpected(limit.error());
  }
  for (Scenario& scenario : scenarios) {
    scenario.plan.time_limit = *limit;
    ERIS_CHECK_OK(model::validate(scenario.plan, catalogue));
  }
  return scenarios;
}

base::Result<void> prove_subject(const ProveVerb& verb, const Subject& subject,
                                 const model::Catalogue& catalogue, const ProofProgress& progress,
                                 Proof& proof) {
  ERIS_TRY(const auto scenarios, timed_scenarios(verb, *subject.system, catalogue));
  if (subject.bug == nullptr && !verb.bugs_only) {
    ERIS_TRY(auto correct, prove_correct(*subject.system, scenarios, verb.options, progress));
    std::ranges::move(correct, std::back_inserter(proof.correct));
  }
  if (subject.bug == nullptr && verb.correct_only) return {};
  for (const model::EntrySchema& bug : subject.system->parts) {
    if (subject.bug != nullptr && subject.bug != &bug) continue;
    if (Interruption::asked()) break;
    ERIS_TRY(BugResult found, look_for(*subject.system, bug, scenarios, verb.options, progress));
    proof.bugs.push_back(std::move(found));
  }
  return {};
}

base::Result<int> prove_simulated(const ProveVerb& verb, const Session& session) {
  ERIS_TRY(const std::vector<Subject> subjects, subjects_of(verb, session.catalogue));
  Proof proof;
  {
    ProgressLine line;
    const Interruption interruption;
    const auto progress = [&](const std::string& what, std::uint64_t runs) {
      line.show(fmt::format("{}: {} | {} looked for so far", what, base::count_of(runs, "run"),
                            base::count_of(proof.bugs.size(), "bug")));
    };
    for (const Subject& subject : subjects) {
      if (Interruption::asked()) break;
      ERIS_CHECK_OK(prove_subject(verb, subject, session.catalogue, progress, proof));
    }
    proof.interrupted = Interruption::asked();
  }
  if (!verb.markdown.empty())
    ERIS_CHECK_OK(write_file(verb.markdown, to_markdown(proof, verb.options)));
  fmt::print("{}", verb.json ? to_json(proof) : to_text(proof));
  if (proof.interrupted) return model::exit_code(model::Verdict::unknown);
  return model::exit_code(proof.holds() ? model::Verdict::valid : model::Verdict::invalid);
}

// ---- plans that say what they expect

/// The places among the targets, or the usual ones.
base::Result<std::vector<fs::path>> places_of(const ProveVerb& verb) {
  std::vector<fs::path> places;
  for (const std::string& target : verb.targets) {
    if (is_place(target)) {
      places.emplace_back(target);
    } else if (!verb.live) {
      return base::usage_error(fmt::format("'{}' is neither a plan nor a folder of plans", target),
                               {}, "name plans apart from systems");
    }
  }
  if (!places.empty()) return places;
  std::error_code ignored;
  for (const char* usual : {"ci/suites", "ci/negative"})
    if (fs::is_directory(usual, ignored)) places.emplace_back(usual);
  if (!places.empty()) return places;
  return base::usage_error("there are no folders ci/suites and ci/negative here", {},
                           "name plans or folders of plans");
}

bool is_of(const model::Plan& plan, const Subject& subject) {
  if (plan.system.name != subject.system->name) return false;
  if (subject.bug == nullptr) return true;
  const std::vector<std::string> bugs = planted_in(plan);
  return std::ranges::find(bugs, subject.bug->name) != bugs.end();
}

/// Of the plans, those of the systems and bugs among the targets; all where none is named.
base::Result<std::vector<HeldPlan>> chosen_plans(const ProveVerb& verb,
                                                 const model::Catalogue& catalogue) {
  std::vector<std::pair<std::string, Subject>> named;
  for (const std::string& target : verb.targets) {
    if (is_place(target) || !verb.live) continue;  // places_of() refuses what is none
    ERIS_TRY(const Subject subject, subject_of(target, catalogue, true));
    named.emplace_back(target, subject);
  }
  ERIS_TRY(const std::vector<fs::path> places, places_of(verb));
  ERIS_TRY(std::vector<HeldPlan> plans, held_plans(places, catalogue));
  if (named.empty()) return plans;
  std::vector<HeldPlan> chosen;
  for (const auto& [target, subject] : named) {
    const std::size_t before = chosen.size();
    std::ranges::copy_if(
        plans, std::back_inserter(chosen),
        [&subject = subject](const HeldPlan& plan) { return is_of(plan.plan, subject); });
    if (chosen.size() == before)
      return base::usage_error(
          fmt::format("no plan shows {}: there is none among the {} that were looked through",
                      target, plans.size()),
          {}, fmt::format("`eris prove {}` looks for it in virtual time", target));
  }
  return chosen;
}

void print_held(const std::vector<HeldResult>& results, std::size_t left_out, bool json) {
  if (json) {
    nlohmann::ordered_json all = nlohmann::ordered_json::array();
    for (const HeldResult& result : results)
      all.push_back({{"plan", result.plan},
                     {"seed", result.seed},
                     {"as-expected", result.complaint.empty()},
                     {"anomalies", result.anomalies},
                     {"complaint", result.complaint},
                     {"run", result.run.string()}});
    fmt::print("{}\n",
               nlohmann::ordered_json{{"results", all}, {"live-plans-left-out", left_out}}.dump(2));
    return;
  }
  fmt::print("{:<40} {:>6}  {:<12} {}\n", "plan", "seed", "", "anomalies");
  for (const HeldResult& result : results) {
    fmt::print("{:<40} {:>6}  {:<12} {}\n", result.plan, result.seed,
               result.complaint.empty() ? "as expected" : "NOT", fmt::join(result.anomalies, ", "));
    if (!result.complaint.empty())
      fmt::print("  {}; see {}\n", result.complaint, result.run.string());
  }
  if (left_out > 0)
    fmt::print("{} left out, which want real processes: --live\n",
               base::count_of(left_out, "plan"));
}

/// Where runs go that nobody asked to keep: removed when all was as expected.
fs::path place_for_runs(const std::string& asked) {
  if (!asked.empty()) return fs::absolute(asked);
  const auto now = std::chrono::system_clock::to_time_t(std::chrono::system_clock::now());
  return fs::absolute(fs::path("eris-runs") /
                      fmt::format("prove-{:%Y%m%dT%H%M%SZ}-{}", fmt::gmtime(now), ::getpid()));
}

base::Result<int> prove_plans(const ProveVerb& verb, const Session& session) {
  ERIS_TRY(const std::vector<HeldPlan> plans, chosen_plans(verb, session.catalogue));
  const fs::path out = place_for_runs(verb.out);
  std::vector<HeldResult> results;
  std::size_t left_out = 0;
  for (const HeldPlan& plan : plans) {
    if (plan.plan.engine == "live" && !verb.live) {
      ++left_out;
      continue;
    }
    // A simulated plan is held to its own seed: the others are other runs.
    const bool simulated = plan.plan.engine == "sim";
    for (const std::uint64_t seed : simulated ? std::vector{plan.plan.seed} : verb.seeds) {
      ERIS_TRY(HeldResult result, hold(plan, seed, out));
      results.push_back(std::move(result));
    }
  }
  std::error_code ignored;
  fs::remove(out, ignored);  // only where nothing is left in it
  print_held(results, left_out, verb.json);
  if (results.empty()) return model::exit_code(model::Verdict::vacuous);
  const bool all = std::ranges::all_of(
      results, [](const HeldResult& result) { return result.complaint.empty(); });
  return model::exit_code(all ? model::Verdict::valid : model::Verdict::invalid);
}

base::Result<int> prove(ProveVerb verb, const Session& session) {
  verb.options.jobs = threads_for(verb.jobs);
  const bool plans = verb.live || std::ranges::any_of(verb.targets, is_place);
  return plans ? prove_plans(verb, session) : prove_simulated(verb, session);
}

void add_flags(CLI::App& verb, ProveVerb& flags) {
  verb.add_option("targets", flags.targets,
                  "SYSTEM, SYSTEM/BUG, plan files or folders of plans; default: every system");
  verb.add_option("--runs", flags.options.runs, "Seeds for each configuration of a correct system")
      ->check(CLI::Range(1u, 1'000'000'000u))
      ->capture_default_str();
  verb.add_option("--bug-runs", flags.options.bug_runs, "Seeds for one search for a bug, at most")
      ->check(CLI::Range(1u, 1'000'000'000u))
      ->capture_default_str();
  verb.add_option("--searches", flags.options.searches, "Searches for each bug; the middle counts")
      ->check(CLI::Range(1u, 1'000'000'000u))
      ->capture_default_str();
  verb.add_option("--jobs", flags.jobs, "Runs at once; one for each processor by default")
      ->check(CLI::Range(1u, 1024u));
  verb.add_option("--time", flags.time, "Load of each run; default as its scenario says");
  auto* bugs = verb.add_flag("--bugs-only", flags.bugs_only, "Leave the correct systems out");
  verb.add_flag("--correct-only", flags.correct_only, "Leave the bugs out")->excludes(bugs);
  verb.add_flag("--live", flags.live, "Plans that want real processes, too");
  verb.add_option("--seeds", flags.seeds, "Of live plans, one run each: 1,2,3")->delimiter(',');
  verb.add_option("--out", flags.out, "Where runs go; only those not as expected stay");
  verb.add_option("--markdown", flags.markdown, "Write the table to this file, too");
  verb.add_flag("--json", flags.json, "For programs");
}

}  // namespace

void add_prove(CLI::App& app, Session& session) {
  auto prove_verb = std::make_shared<ProveVerb>();
  CLI::App* verb = app.add_subcommand(
      "prove", "Show that planted bugs are found, and that correct systems are not blamed");
  add_flags(*verb, *prove_verb);
  verb->footer(
      "\nExamples:\n"
      "  eris prove                        every reference system and every bug, in virtual time\n"
      "  eris prove raft/figure-8          one bug\n"
      "  eris prove raft --correct-only --runs 20000\n"
      "  eris prove --live                 the plans of ci/suites and ci/negative, with processes\n"
      "  eris prove --live raft/stale-read those of them for one bug\n"
      "  eris prove ci/negative            those of them that are simulated\n"
      "Plans say what they expect in their first lines: \"# expect: invalid, stale read\".\n"
      "Exit code: 0 when every bug was found and nobody was blamed without cause, 1 when not, 2\n"
      "when Ctrl-C came first, 3 when there was nothing to run.");
  verb->callback([&session, prove_verb] {
    const auto code = prove(*prove_verb, session);
    session.exit_code = code ? *code : report_failure(code.error());
  });
}

}  // namespace eris::cli
