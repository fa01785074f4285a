#include "harness/cli/judging.hpp"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <thread>
#include <vector>

#include <fmt/format.h>

#include "adapters/adapter.hpp"
#include "checkers/assumptions/assumptions.hpp"
#include "checkers/checker.hpp"
#include "checkers/invariants/invariants.hpp"
#include "checkers/liveness/liveness.hpp"
#include "checkers/registry.hpp"
#include "harness/base/text.hpp"
#include "harness/cli/terminal.hpp"
#include "workloads/workload.hpp"

namespace eris::cli {

namespace {

checkers::ParallelFor parallel_for(std::size_t count_of_threads) {
  return [count_of_threads](std::size_t count, const std::function<void(std::size_t)>& body) {
    std::atomic<std::size_t> next{0};
    const auto work = [&] {
      for (std::size_t i = next++; i < count; i = next++) body(i);
    };
    std::vector<std::jthread> workers;
    for (std::size_t i = 1; i < std::min(count_of_threads, count); ++i) workers.emplace_back(work);
    work();
  };
}

const adapters::SystemType* find_system(std::string_view name) {
  for (const adapters::SystemType& type : adapters::registry())
    if (type.schema.name == name) return &type;
  return nullptr;
}

/// What the check that went along with the run had found, if anything.
std::string found_online(const model::History& history) {
  for (const auto& note : history.notes)
    for (const std::string_view sign : {model::note::fail_fast, model::note::online_violation})
      if (note.event.text.starts_with(sign)) return note.event.text.substr(sign.size());
  return {};
}

/// Two checkers of ours that contradict each other: one of them is wrong, and nobody may rely on
/// either. A history that is still undecided says nothing against what was found online.
/// `consistency`: what the check of the whole history says of the property that was followed.
void hold_against_online(const model::History& history, model::Verdict consistency,
                         std::vector<model::CheckResult>& results) {
  const std::string found = found_online(history);
  if (found.empty() || consistency == model::Verdict::invalid) return;
  const bool contradicted = consistency == model::Verdict::valid;
  results.push_back(
      {.checker = "online",
       .verdict = model::Verdict::unknown,
       .reason = fmt::format(
           "{} the check that went along with the run found a violation ({}), and {}",
           contradicted ? "internal error of Eris:" : "not confirmed:", found,
           contradicted ? "the check of the whole history finds none; one of the two is wrong. "
                          "Please report it, with the journal"
                        : "the check of the whole history does not decide it; give it more time "
                          "or memory")});
  if (contradicted) fmt::print(stderr, "eris: {}\n", results.back().reason);
}

/// `consistency` judges what clients saw, and `others` what stands beside it.
model::Judgement judge_by(const checkers::Checker& consistency,
                          const std::vector<const checkers::Checker*>& others,
                          const model::History& history, const model::CheckPlan& check,
                          std::vector<model::CheckResult> results = {}) {
  const checkers::CheckContext context = context_for(check);
  results.push_back(checkers::check_guarded(consistency, history, context));
  const model::Verdict decided = results.back().verdict;
  for (const checkers::Checker* other : others)
    results.push_back(checkers::check_guarded(*other, history, context));
  hold_against_online(history, decided, results);
  return model::judge(std::move(results));
}

std::string checking(const model::History& history) {
  return fmt::format("checking {}", base::count_of(history.operations.size(), "operation"));
}

/// Nobody planned a foreign history, so all that it must have tested is something.
std::vector<model::CheckResult> assumptions_of_foreign(const model::History& history) {
  const bool any_ok = std::ranges::any_of(history.operations, [](const auto& operation) {
    return operation.status == model::Status::ok;
  });
  if (any_ok) return {};
  return {{.checker = "assumptions",
           .verdict = model::Verdict::vacuous,
           .reason = fmt::format("no operation succeeded ({} tried)",
                                 base::with_separators(history.operations.size()))}};
}

/// Options as a journal recorded them, with the defaults of options that its version of Eris did
/// not have yet: an old journal can meet a new checker. Errors: usage, for a value not allowed any
/// more.
base::Result<model::Options> completed(const model::Options& recorded,
                                       const std::vector<model::OptionSchema>& schema) {
  model::Options options(schema);
  for (const model::OptionSchema& option : schema) {
    const auto found = recorded.values().find(option.name);
    if (found != recorded.values().end()) ERIS_CHECK_OK(options.set(option, found->second));
  }
  return options;
}

}  // namespace

checkers::CheckContext context_for(const model::CheckPlan& check) {
  const auto deadline = std::chrono::steady_clock::now() + check.time_budget;
  const unsigned threads =
      check.threads > 0 ? check.threads : std::max(1u, std::thread::hardware_concurrency());
  return {.out_of_time = [deadline] { return std::chrono::steady_clock::now() >= deadline; },
          .memory_budget_bytes = check.memory_budget_bytes,
          .threads = threads,
          .parallel_for = parallel_for(threads)};
}

base::Result<std::string> consistency_of(const model::Plan& plan) {
  if (plan.check.consistency != "promised") return plan.check.consistency;
  const adapters::SystemType* type = find_system(plan.system.name);
  if (type == nullptr)
    return base::usage_error(fmt::format("this build knows no system '{}'", plan.system.name),
                             "check", "say what to hold it to with --consistency");
  ERIS_TRY(const model::Options options, completed(plan.system.options, type->schema.options));
  ERIS_TRY(const auto system, type->make(options, plan.nodes));
  return system->promised_consistency();
}

base::Result<model::Judgement> judge_quietly(const model::History& history,
                                             const model::CheckPlan& check) {
  model::Plan plan = history.header.plan;
  plan.check = check;
  const workloads::WorkloadType* workload = workloads::find_workload(plan.workload.name);
  if (workload == nullptr)
    return base::usage_error(fmt::format("this build knows no workload '{}'", plan.workload.name),
                             "journal header");
  ERIS_TRY(const model::Options options,
           completed(plan.workload.options, workload->schema.options));
  ERIS_TRY(const std::string consistency, consistency_of(plan));
  ERIS_TRY(const auto checker, checkers::make_checker(consistency, workload->object));
  const auto assumptions = checkers::make_assumptions_checker(workload->functions(options));
  const auto invariants = checkers::make_invariants_checker();
  const auto liveness = checkers::make_liveness_checker();
  std::vector<const checkers::Checker*> others;
  if (plan.engine == "sim") others.push_back(liveness.get());
  if (checkers::invariants::speaks_of(history)) others.push_back(invariants.get());
  return judge_by(*checker, others, history, check,
                  {checkers::check_guarded(*assumptions, history, context_for(check))});
}

base::Result<model::Judgement> judge_history(const model::History& history,
                                             const model::CheckPlan& check) {
  ProgressLine progress;
  progress.show(checking(history));
  return judge_quietly(history, check);
}

std::string usual_consistency(const std::string& object) {
  const bool is_transactional =
      object == "list-append" || object == "rw-register" || object == "bank";
  return is_transactional ? "strict-serializable" : "linearizable";
}

base::Result<model::Judgement> judge_foreign(const model::History& history,
                                             const std::string& object,
                                             const model::CheckPlan& check) {
  const bool is_told = check.consistency != "promised";
  ERIS_TRY(const auto checker,
           checkers::make_checker(is_told ? check.consistency : usual_consistency(object), object));
  ProgressLine progress;
  progress.show(checking(history));
  return judge_by(*checker, {}, history, check, assumptions_of_foreign(history));
}

}  // namespace eris::cli
