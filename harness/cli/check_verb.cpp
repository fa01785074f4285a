// eris check: judges a saved run again, or a history that others recorded. No cluster is needed.
#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include "harness/base/text.hpp"
#include "harness/cli/certifying.hpp"
#include "harness/cli/history_flags.hpp"
#include "harness/cli/judging.hpp"
#include "harness/cli/outcome_files.hpp"
#include "harness/cli/run_directory.hpp"
#include "harness/cli/session.hpp"
#include "harness/model/json.hpp"
#include "reports/report.hpp"

namespace eris::cli {

namespace {

struct CheckFlags {
  HistoryFlags history;
  std::optional<std::string> consistency, time_budget, memory_budget;
  std::optional<std::string> certificate;
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

/// The command that judges it again, in the same way.
std::string reproduction_of(const std::filesystem::path& path, const CheckFlags& flags) {
  std::string command = "eris check " + shell_quoted(path.string());
  const auto add = [&command](const char* flag, const std::optional<std::string>& word) {
    if (word) command += fmt::format(" {} {}", flag, shell_quoted(*word));
  };
  add("--format", flags.history.format);
  if (flags.history.keyed) command += *flags.history.keyed ? " --keyed" : " --not-keyed";
  add("--object", flags.history.object);
  if (flags.history.nil_reads != "initial") command += " --nil-reads " + flags.history.nil_reads;
  add("--failed-cas", flags.history.failed_cas);
  add("--consistency", flags.consistency);
  return command;
}

/// A history apart from a run directory is judged, and nothing is written beside it.
int show(const FoundHistory& found, const model::Judgement& judgement, const CheckFlags& flags) {
  const reports::ReportInput input{.history = found.imported.history,
                                   .judgement = judgement,
                                   .reproduce = reproduction_of(found.path, flags)};
  fmt::print("{}\n", flags.json ? reports::to_json(input) : reports::to_plain_text(input));
  return model::exit_code(judgement.verdict);
}

base::Result<int> check_foreign(FoundHistory found, const CheckFlags& flags) {
  formats::Imported& imported = found.imported;
  // Nothing at all is vacuous, whatever it did not act on.
  if (imported.history.operations.empty()) imported.object = "register";
  if (imported.object.empty())
    return base::usage_error(
        fmt::format("cannot tell what the operations act on: {}", imported.object_why),
        found.path.string(), "say which object with --object");
  model::Plan& plan = imported.history.header.plan;
  ERIS_TRY(const model::CheckPlan budgets, budgets_of(plan, flags));
  // So that reports tell it: nobody planned this history, but it has a name and an object.
  plan = {.name = found.path.filename().string(), .engine = "", .nodes = 0};
  plan.workload.name = imported.object;
  plan.check = budgets;
  if (budgets.consistency == "promised")
    plan.check.consistency = usual_consistency(imported.object);
  ERIS_TRY(const model::Judgement judgement,
           judge_foreign(imported.history, imported.object, plan.check));
  if (flags.certificate)
    ERIS_CHECK_OK(write_certificate(*flags.certificate, imported.history, imported.object,
                                    judgement, plan.check));
  return show(found, judgement, flags);
}

base::Result<int> check(const CheckFlags& flags) {
  ERIS_TRY(FoundHistory found, read_history(flags.history));
  if (found.imported.format != formats::Format::journal)
    return check_foreign(std::move(found), flags);
  if (flags.history.object)
    return base::usage_error("--object is for histories that others recorded", found.path.string(),
                             "the plan in a journal says what its operations act on");
  const model::History& history = found.imported.history;
  ERIS_TRY(const model::CheckPlan budgets, budgets_of(history.header.plan, flags));
  ERIS_TRY(const model::Judgement judgement, judge_history(history, budgets));
  if (flags.certificate) {
    ERIS_TRY(const std::string object, object_of(history.header.plan));
    ERIS_CHECK_OK(write_certificate(*flags.certificate, history, object, judgement, budgets));
  }
  const RunDirectory directory{found.path.parent_path()};
  if (found.path != directory.journal()) return show(found, judgement, flags);
  ERIS_CHECK_OK(write_outcome(directory, history, judgement));
  return show_outcome(directory, history, judgement, flags.json);
}

}  // namespace

void add_check(CLI::App& app, Session& session) {
  auto flags = std::make_shared<CheckFlags>();
  CLI::App* verb = app.add_subcommand(
      "check",
      "Judge a saved run again, also one whose harness was killed half-way, or a history that "
      "others recorded");
  add_history_flags(*verb, flags->history);
  verb->add_option(
      "--consistency", flags->consistency,
      "What to hold the system to; \"promised\": what its adapter says, or what is usual for "
      "the object");
  verb->add_option("--time-budget", flags->time_budget,
                   "As in 60s; past it the verdict is unknown");
  verb->add_option("--memory-budget", flags->memory_budget, "As in 2GiB");
  verb->add_option("--threads", flags->threads, "0: one for each processor");
  verb->add_option("--certificate", flags->certificate,
                   "Write the evidence for the verdict to this file, for `eris verify`");
  verb->add_flag("--json", flags->json, "For programs");
  verb->callback([&session, flags] {
    const auto code = check(*flags);
    session.exit_code = code ? *code : report_failure(code.error());
  });
}

}  // namespace eris::cli
