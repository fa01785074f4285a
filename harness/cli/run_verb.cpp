// eris run: plan, sandbox, cluster, load and faults, then judgement and reports.
//
// The run itself happens in a sandboxed child (harness/live/sandbox.hpp); this process waits for
// it, and judges the journal that it leaves behind, however it ended.
#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include "adapters/adapter.hpp"
#include "harness/base/text.hpp"
#include "harness/cli/following.hpp"
#include "harness/cli/judging.hpp"
#include "harness/cli/live_run.hpp"
#include "harness/cli/outcome_files.hpp"
#include "harness/cli/run_directory.hpp"
#include "harness/cli/run_flags.hpp"
#include "harness/cli/session.hpp"
#include "harness/cli/simulated_run.hpp"
#include "harness/journal/journal.hpp"

namespace eris::cli {

namespace {

struct RunVerb {
  RunFlags flags;
  std::string out;
  bool json = false;
};

base::Result<int> judge_and_show(const RunDirectory& directory, bool json) {
  ERIS_TRY(const model::History history, journal::read(directory.journal()));
  for (const std::string& remark : history.remarks) fmt::print(stderr, "eris: {}\n", remark);
  ERIS_TRY(const model::Judgement judgement, judge_history(history, history.header.plan.check));
  ERIS_CHECK_OK(write_outcome(directory, history, judgement));
  return show_outcome(directory, history, judgement, json);
}

void announce(const model::Plan& plan, const RunDirectory& directory) {
  std::vector<std::string> faults;
  for (const model::FaultPlan& fault : plan.faults) faults.push_back(fault.fault.name);
  fmt::print(stderr, "{} · {} · {} · faults: {} · seed {}\nrecording in {}\n", plan.system.name,
             base::count_of(plan.nodes, "node"), plan.workload.name,
             faults.empty() ? "none" : base::join_words(faults), plan.seed,
             directory.path.string());
}

base::Result<int> run(const RunVerb& verb, const Session& session) {
  ERIS_TRY(const model::Plan plan, build_plan(verb.flags, session.catalogue));
  ERIS_TRY(const auto system, prepare_system(plan));
  // Made again where the run is; here it only says in time whether it can be.
  ERIS_CHECK_OK(Following::of(plan, FollowingMode::in_place));
  ERIS_TRY(const RunDirectory directory, create_run_directory(verb.out, plan));
  ERIS_CHECK_OK(write_file(directory.plan(), model::to_toml(plan)));
  announce(plan, directory);
  const base::Result<int> ended = plan.engine == "sim" ? run_simulated(plan, *system, directory)
                                                       : run_live(plan, system, directory);
  if (ended && *ended == 0) return judge_and_show(directory, verb.json);

  // The run broke off. What was recorded may still prove a violation, which outranks the failure.
  std::error_code ignored;
  if (std::filesystem::exists(directory.journal(), ignored)) {
    const auto history = journal::read(directory.journal());
    if (history && !history->operations.empty()) {
      const auto judged = judge_and_show(directory, verb.json);
      if (judged && *judged == model::exit_code(model::Verdict::invalid)) {
        if (!ended) static_cast<void>(report_failure(ended.error()));
        return *judged;
      }
    }
  }
  return ended;
}

}  // namespace

void add_run(CLI::App& app, Session& session) {
  auto run_verb = std::make_shared<RunVerb>();
  CLI::App* verb = app.add_subcommand("run", "Put a system under load and faults, and judge it");
  add_run_flags(*verb, run_verb->flags, find_system_in(session.arguments, session.catalogue));
  verb->add_option("--out", run_verb->out, "Run directory; default eris-runs/TIME-NAME-SEED");
  verb->add_flag("--json", run_verb->json, "The report as JSON on stdout");
  verb->footer(
      "\nExamples:\n"
      "  eris run raft --nodes 5 --faults partition,kill,pause --time 20s\n"
      "  eris run raft --bug stale-read --faults partition:shape=isolate-leader:every=4s\n"
      "  eris run plan.toml --seed 7\n"
      "A system's own options become flags: see `eris run raft --help`.");
  verb->callback([&session, run_verb] {
    const auto code = run(*run_verb, session);
    session.exit_code = code ? *code : report_failure(code.error());
  });
}

}  // namespace eris::cli
