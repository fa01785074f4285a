// eris sim: a plan on many seeds in virtual time; what was found, each with a run to look at.
#include <algorithm>
#include <chrono>
#include <map>

#include <CLI/CLI.hpp>
#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "harness/base/text.hpp"
#include "harness/cli/exploration.hpp"
#include "harness/cli/judging.hpp"
#include "harness/cli/ordered_work.hpp"
#include "harness/cli/outcome_files.hpp"
#include "harness/cli/run_directory.hpp"
#include "harness/cli/run_flags.hpp"
#include "harness/cli/session.hpp"
#include "harness/cli/simulated_run.hpp"
#include "harness/cli/terminal.hpp"

namespace eris::cli {

namespace {

namespace fs = std::filesystem;

struct SimVerb {
  RunFlags flags;
  ExplorationOptions options;
  unsigned jobs = 0;
  std::string out;
  bool json = false;
};

/// Where the first run of each kind was kept, by its seed.
using KeptRuns = std::map<std::uint64_t, fs::path>;

class Progress {
 public:
  explicit Progress(std::uint64_t runs) : runs_(runs) {}

  void show(const Exploration& seen) {
    const auto now = std::chrono::steady_clock::now();
    if (now - shown_ < std::chrono::milliseconds(100)) return;
    shown_ = now;
    const double seconds = std::chrono::duration<double>(now - began_).count();
    const double done = static_cast<double>(seen.runs) / static_cast<double>(runs_);
    line_.show(fmt::format("{} of {} runs | {} | {:.0f} virtual seconds a second | {} left",
                           base::with_separators(seen.runs), base::with_separators(runs_),
                           base::count_of(seen.findings.size(), "finding"),
                           base::to_seconds(seen.virtual_time) / std::max(seconds, 1e-3),
                           done > 0 ? fmt::format("{:.0f} s", seconds * (1 - done) / done) : "?"));
  }

 private:
  std::uint64_t runs_;
  ProgressLine line_;
  std::chrono::steady_clock::time_point began_ = std::chrono::steady_clock::now();
  std::chrono::steady_clock::time_point shown_;
};

std::string shown(const fs::path& path) {
  std::error_code problem;
  const fs::path relative = fs::relative(path, problem);
  return problem || relative.empty() ? path.string() : relative.string();
}

base::Result<model::Plan> plan_of(const SimVerb& verb, const Session& session) {
  RunFlags flags = verb.flags;
  flags.engine = "sim";
  flags.seed = verb.options.from;
  return build_plan(flags, session.catalogue);
}

/// Does the run again, this time with a journal and reports.
base::Result<fs::path> keep_run(model::Plan plan, std::uint64_t seed,
                                const adapters::System& system, const std::string& out) {
  plan.seed = seed;
  const std::string asked =
      out.empty() ? out : (fs::path(out) / fmt::format("{}-{}", plan.name, seed)).string();
  ERIS_TRY(const RunDirectory directory, create_run_directory(asked, plan));
  ERIS_CHECK_OK(write_file(directory.plan(), model::to_toml(plan)));
  ERIS_CHECK_OK(record_simulated(plan, system, directory));
  ERIS_TRY(const model::History history, journal::read(directory.journal()));
  ERIS_TRY(const model::Judgement judgement, judge_quietly(history, plan.check));
  ERIS_CHECK_OK(write_outcome(directory, history, judgement));
  return directory.path;
}

base::Result<KeptRuns> keep_first_runs(const model::Plan& plan, const adapters::System& system,
                                       const Exploration& seen, const std::string& out) {
  KeptRuns kept;
  for (const auto& [kind, group] : seen.findings) {
    if (kept.contains(group.first_seed)) continue;
    ERIS_TRY(kept[group.first_seed], keep_run(plan, group.first_seed, system, out));
  }
  return kept;
}

std::string verdict_counts(const Exploration& seen) {
  std::vector<std::string> counts;
  for (const auto& [verdict, count] : seen.verdicts)
    counts.push_back(fmt::format("{} {}", base::with_separators(count), model::to_text(verdict)));
  return counts.empty() ? "none" : base::join_words(counts);
}

void print_text(const model::Plan& plan, const SimVerb& verb, const Exploration& seen,
                const KeptRuns& kept) {
  const ExplorationOptions& options = verb.options;
  fmt::print("plan       {}: {} with {}, workload {}\n", plan.name, plan.system.name,
             base::count_of(plan.nodes, "node"), plan.workload.name);
  fmt::print("runs       {} of {}, from seed {}: {}\n", base::with_separators(seen.runs),
             base::with_separators(options.runs), options.from, verdict_counts(seen));
  fmt::print("           {} operations in {:.0f} virtual seconds\n",
             base::with_separators(seen.operations), base::to_seconds(seen.virtual_time));
  for (const auto& [verdict, group] : seen.unproven)
    fmt::print("{:<10} {}, first with seed {}: {}\n", model::to_text(verdict),
               base::count_of(group.runs, "run"), group.first_seed, group.reason);
  for (const auto& [kind, group] : seen.findings) {
    fmt::print("found      {} in {}, first with seed {}\n", to_text(kind),
               base::count_of(group.runs, "run"), group.first_seed);
    const std::string run = shell_quoted(shown(kept.at(group.first_seed)));
    fmt::print("           eris replay {0}\n           eris shrink {0}\n", run);
  }
  if (seen.interrupted)
    fmt::print("interrupted; go on with --from {}\n", options.from + seen.runs);
  else if (seen.runs < options.runs)
    fmt::print("stopped at the first failure; --keep-going looks for others\n");
}

void print_json(const model::Plan& plan, const SimVerb& verb, const Exploration& seen,
                const KeptRuns& kept) {
  nlohmann::ordered_json json{{"plan", plan.name},
                              {"system", plan.system.name},
                              {"from", verb.options.from},
                              {"asked", verb.options.runs},
                              {"runs", seen.runs},
                              {"interrupted", seen.interrupted},
                              {"verdict", model::to_text(seen.verdict())},
                              {"operations", seen.operations},
                              {"virtual-seconds", base::to_seconds(seen.virtual_time)}};
  json["verdicts"] = nlohmann::ordered_json::object();
  for (const auto& [verdict, count] : seen.verdicts)
    json["verdicts"][std::string(model::to_text(verdict))] = count;
  json["findings"] = nlohmann::ordered_json::array();
  for (const auto& [kind, group] : seen.findings)
    json["findings"].push_back({{"checker", kind.checker},
                                {"anomaly", kind.anomaly},
                                {"runs", group.runs},
                                {"first-seed", group.first_seed},
                                {"run", shown(kept.at(group.first_seed))}});
  json["unproven"] = nlohmann::ordered_json::array();
  for (const auto& [verdict, group] : seen.unproven)
    json["unproven"].push_back({{"verdict", model::to_text(verdict)},
                                {"runs", group.runs},
                                {"first-seed", group.first_seed},
                                {"reason", group.reason}});
  fmt::print("{}\n", json.dump(2));
}

base::Result<int> sim(SimVerb verb, const Session& session) {
  verb.options.jobs = threads_for(verb.jobs);
  ERIS_TRY(const model::Plan plan, plan_of(verb, session));
  ERIS_TRY(const auto system, prepare_simulation(plan));
  Exploration seen;
  {
    Progress progress(verb.options.runs);
    seen = explore(plan, *system, verb.options,
                   [&](const Exploration& so_far) { progress.show(so_far); });
  }
  ERIS_TRY(const KeptRuns kept, keep_first_runs(plan, *system, seen, verb.out));
  (verb.json ? print_json : print_text)(plan, verb, seen, kept);
  return model::exit_code(seen.verdict());
}

}  // namespace

void add_sim(CLI::App& app, Session& session) {
  auto sim_verb = std::make_shared<SimVerb>();
  CLI::App* verb =
      app.add_subcommand("sim", "Explore a plan in virtual time, on one seed after another");
  add_run_flags(*verb, sim_verb->flags, find_system_in(session.arguments, session.catalogue));
  verb->remove_option(verb->get_option("--engine"));
  verb->remove_option(verb->get_option("--seed"));
  ExplorationOptions& options = sim_verb->options;
  verb->add_option("--runs", options.runs, "How many seeds to try")
      ->check(CLI::Range(1u, 1'000'000'000u))
      ->capture_default_str();
  verb->add_option("--from", options.from, "The first seed")->capture_default_str();
  verb->add_option("--jobs", sim_verb->jobs, "Runs at once; one for each processor by default")
      ->check(CLI::Range(1u, 1024u));
  verb->add_flag("--keep-going", options.keep_going, "Do not stop at the first failure");
  verb->add_option("--out", sim_verb->out,
                   "Where the runs that show something go; default eris-runs");
  verb->add_flag("--json", sim_verb->json, "For programs");
  verb->footer(
      "\nExamples:\n"
      "  eris sim raft --faults partition,kill,pause --time 5s --runs 1000\n"
      "  eris sim raft --bug figure-8 --faults partition,kill --keep-going\n"
      "Each run is judged as `eris run` judges its own. Runs that show the same finding are one\n"
      "group, of which the first is kept with journal and report; `eris replay` does it again,\n"
      "`eris shrink` makes it small. The same seeds give the same groups on any machine, with any\n"
      "number of jobs. Exit code: 1 with a finding, 2 when a run stayed unknown or Ctrl-C came, 3\n"
      "when no run was valid, else 0.");
  verb->callback([&session, sim_verb] {
    const auto code = sim(*sim_verb, session);
    session.exit_code = code ? *code : report_failure(code.error());
  });
}

}  // namespace eris::cli
