#include "checkers/weak/weak.hpp"

#include <utility>

#include <fmt/format.h>

#include "checkers/linearizability/linearizability.hpp"
#include "checkers/weak/convergence.hpp"
#include "checkers/weak/narrative.hpp"
#include "checkers/weak/not_a_register.hpp"
#include "harness/base/text.hpp"

namespace eris::checkers::weak {

using model::CheckResult;
using model::Finding;
using model::History;
using model::Value;
using model::Verdict;

namespace {

Value number(std::size_t count) {
  return Value(static_cast<std::int64_t>(count));
}

class ModelChecker final : public Checker {
 public:
  ModelChecker(Model model, const SequentialObject& object) : model_(model), object_(object) {}

  [[nodiscard]] std::string name() const override { return std::string(type_of(model_).name); }

  [[nodiscard]] CheckResult check(const History& history,
                                  const CheckContext& context) const override {
    Trial trial(history, object_, context);
    const Sessions& sessions = trial.sessions();
    CheckResult result{.checker = name(), .verdict = Verdict::valid};
    result.statistics = {{"consistency", Value(type_of(model_).name)},
                         {"operations", number(sessions.operations)},
                         {"sessions", number(sessions.size())},
                         {"keys", number(sessions.keys)},
                         {"unseen unknown outcomes", number(sessions.dropped)},
                         {"uncertain", number(sessions.uncertain)}};
    if (sessions.succeeded == 0) {
      result.verdict = Verdict::vacuous;
      result.reason = "no operation succeeded, so there was nothing to check";
      return result;
    }
    judge(trial, history, result);
    return result;
  }

 private:
  void judge(Trial& trial, const History& history, CheckResult& result) const {
    const Ruling ruling = trial.rule(model_);
    if (ruling.answer == ModelAnswer::violated) {
      result.verdict = Verdict::invalid;
      result.findings.push_back(tell(history, model_, ruling, trial.sessions().operations));
      result.reason = fmt::format("the history is not {}", name());
    } else if (ruling.answer == ModelAnswer::unknown) {
      result.verdict = Verdict::unknown;
      result.reason = ruling.reason;
    } else {
      result.reason = fmt::format("the history is {}: {}", name(), type_of(model_).meaning);
    }
  }

  const Model model_;
  const SequentialObject& object_;
};

class ConvergenceChecker final : public Checker {
 public:
  explicit ConvergenceChecker(const SequentialObject& object) : object_(object) {}

  [[nodiscard]] std::string name() const override { return "convergent"; }

  [[nodiscard]] CheckResult check(const History& history, const CheckContext&) const override {
    const Sessions sessions = sessions_of(history, object_);
    const Convergence found = convergence_of(history, sessions);
    CheckResult result{.checker = name(), .verdict = Verdict::valid};
    result.statistics = {{"consistency", Value(name())},
                         {"final reads", number(found.reads)},
                         {"keys", number(found.keys)},
                         {"keys read twice or more", number(found.compared)},
                         {"keys undecided", number(found.undecided)}};
    for (const Divergence& divergence : found.divergences)
      result.findings.push_back(tell_divergence(history, divergence, found));
    for (const Flaw& flaw : found.flaws) result.findings.push_back(tell_flaw(history, flaw, found));
    if (!found.flaws.empty()) {
      result.verdict = Verdict::invalid;
      result.reason =
          fmt::format("{} saw what nobody wrote", base::count_of(found.flaws.size(), "final read"));
    } else if (!found.divergences.empty()) {
      result.verdict = Verdict::invalid;
      result.reason = fmt::format("{} of {} did not converge", found.divergences.size(),
                                  base::count_of(found.keys, "key"));
    } else if (!found.quiet || found.compared == 0) {
      result.verdict = Verdict::vacuous;
      result.reason = found.quiet ? "no key was read twice once all was quiet"
                                  : "the run has no stage of final reads, after which all is quiet";
    } else if (found.undecided > 0 || sessions.uncertain > 0) {
      result.verdict = Verdict::unknown;
      result.reason = found.undecided > 0
                          ? fmt::format("{} showed two values, one of which may have arrived late",
                                        base::count_of(found.undecided, "key"))
                          : sessions.uncertain_why;
    } else {
      result.reason = fmt::format(
          "all final reads of {} agree",
          found.compared == 1 ? std::string("the key") : base::count_of(found.compared, "key"));
    }
    return result;
  }

 private:
  static Finding tell_flaw(const History& history, const Flaw& flaw, const Convergence& found) {
    const Ruling ruling{.answer = ModelAnswer::violated, .flaw = flaw};
    Finding finding = tell(history, Model::sequential, ruling, found.reads);
    finding.property = "convergent";
    return finding;
  }

  static Finding tell_divergence(const History& history, const Divergence& divergence,
                                 const Convergence& found) {
    const model::Operation& first = history.operations[divergence.first];
    const model::Operation& second = history.operations[divergence.second];
    Finding finding{.property = "convergent", .key = history.key_of(first)};
    finding.searched_operations = found.reads;
    const std::string read = fmt::format(
        "key {}: once all was quiet, process {} read {} at {}", to_text(finding.key),
        second.process.value, to_text(second.result), base::to_rounded_text(second.completed_at));
    const std::string saw = fmt::format("read {} once all was quiet", to_text(second.result));
    if (divergence.kind == Divergence::Kind::lost) {
      finding.anomaly = "lost write";
      finding.sentence = fmt::format("{}, although process {}'s {} had been acknowledged at {}",
                                     read, first.process.value, first.function.view(),
                                     base::to_rounded_text(first.completed_at));
      finding.explanation.emplace_back(
          "Nothing else brings the initial value back, so the write is gone.");
      finding.witness = {{divergence.first, "was acknowledged"}, {divergence.second, saw}};
    } else {
      finding.anomaly = "replicas diverged";
      finding.sentence =
          fmt::format("{}, and process {} read {} at {}", read, first.process.value,
                      to_text(first.result), base::to_rounded_text(first.completed_at));
      finding.explanation.emplace_back(
          "Both values were acknowledged long before, and no write was on its way.");
      finding.witness = {
          {divergence.first, fmt::format("read {} once all was quiet", to_text(first.result))},
          {divergence.second, saw}};
    }
    if (finding.witness[0].operation > finding.witness[1].operation)
      std::swap(finding.witness[0], finding.witness[1]);
    return finding;
  }

  const SequentialObject& object_;
};

}  // namespace

std::unique_ptr<Checker> make_model_checker(Model model, const std::string& object) {
  const SequentialObject* known = find_object(object);
  if (known == nullptr) return nullptr;
  if (model == Model::linearizable) return linearizability::make_linearizability_checker(object);
  if (!is_register(object)) return make_not_a_register(std::string(type_of(model).name), object);
  return std::make_unique<ModelChecker>(model, *known);
}

std::unique_ptr<Checker> make_convergence_checker(const std::string& object) {
  const SequentialObject* known = find_object(object);
  if (known == nullptr) return nullptr;
  if (!is_register(object)) return make_not_a_register("convergent", object);
  return std::make_unique<ConvergenceChecker>(*known);
}

}  // namespace eris::checkers::weak
