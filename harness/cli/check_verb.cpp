// eris check: judges a saved run again. The cluster is not needed.
#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include "harness/base/text.hpp"
#include "harness/cli/judging.hpp"
#include "harness/cli/outcome_files.hpp"
#include "harness/cli/run_directory.hpp"
#include "harness/cli/session.hpp"
#include "harness/journal/journal.hpp"
#include "harness/model/json.hpp"
#include "reports/report.hpp"

namespace eris::cli {

namespace {

struct CheckFlags {
  std::string path;
  std::optional<std::string> consistency, time_budget, memory_budget;
  std::optional<unsigned> threads;
  bool json = false;
};

base::Result<model::CheckPlan> budgets_of(const model::Plan& plan, const CheckFlags& flags) {
  model::CheckPlan check = plan.check;
  if (flags.consistency) check.consistency = *flags.consistency;
  if (flags.time_budget) {
    ERIS_TRY(check.time_budget, base::parse_duration(*flags.time_budget));
  }
  if (flags.memory_budget) {
    ERIS_TRY(check.memory_budget_bytes, base::parse_bytes(*flags.memory_budget));
  }
  if (flags.threads) check.threads = *flags.threads;
  return check;
}

base::Result<int> check(const CheckFlags& flags) {
  ERIS_TRY(const std::filesystem::path journal, find_journal(flags.path));
  ERIS_TRY(const model::History history, journal::read(journal));
  for (const std::string& remark : history.remarks) fmt::print(stderr, "eris: {}\n", remark);
  ERIS_TRY(const model::CheckPlan budgets, budgets_of(history.header.plan, flags));
  ERIS_TRY(const model::Judgement judgement, judge_history(history, budgets));
  const RunDirectory directory{journal.parent_path()};
  if (journal == directory.journal()) {
    ERIS_CHECK_OK(write_outcome(directory, history, judgement));
    return show_outcome(directory, history, judgement, flags.json);
  }
  // A journal apart from its run directory is judged, and nothing is written beside it.
  const reports::ReportInput input{.history = history,
                                   .judgement = judgement,
                                   .reproduce = "eris check " + shell_quoted(journal.string())};
  fmt::print("{}\n", flags.json ? reports::to_json(input) : reports::to_plain_text(input));
  return model::exit_code(judgement.verdict);
}

}  // namespace

void add_check(CLI::App& app, Session& session) {
  auto flags = std::make_shared<CheckFlags>();
  CLI::App* verb = app.add_subcommand(
      "check", "Judge a saved run again, also one whose harness was killed half-way");
  verb->add_option("path", flags->path, "A run directory (eris-runs/latest) or a journal.jsonl")
      ->required();
  verb->add_option("--consistency", flags->consistency,
                   "What to hold the system to; \"promised\": what its adapter says");
  verb->add_option("--time-budget", flags->time_budget,
                   "As in 60s; past it the verdict is unknown");
  verb->add_option("--memory-budget", flags->memory_budget, "As in 2GiB");
  verb->add_option("--threads", flags->threads, "0: one for each processor");
  verb->add_flag("--json", flags->json, "For programs");
  verb->callback([&session, flags] {
    const auto code = check(*flags);
    session.exit_code = code ? *code : report_failure(code.error());
  });
}

}  // namespace eris::cli
