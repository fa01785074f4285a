// The strongest model that holds: every model is decided, the cheap ones first, and what one says
// of others is not asked again.
#include <algorithm>
#include <array>
#include <map>
#include <optional>
#include <vector>

#include <fmt/format.h>

#include "checkers/linearizability/linearizability.hpp"
#include "checkers/weak/convergence.hpp"
#include "checkers/weak/narrative.hpp"
#include "checkers/weak/not_a_register.hpp"
#include "checkers/weak/staleness.hpp"
#include "checkers/weak/weak.hpp"
#include "harness/base/text.hpp"

namespace eris::checkers::weak {

using model::CheckResult;
using model::Finding;
using model::History;
using model::Value;
using model::Verdict;

namespace {

/// Cheap before dear: what is ruled out early rules out what contains it.
constexpr std::array by_cost{Model::read_your_writes,
                             Model::monotonic_reads,
                             Model::monotonic_writes,
                             Model::causal,
                             Model::causal_convergent,
                             Model::writes_follow_reads,
                             Model::pram,
                             Model::causal_memory,
                             Model::linearizable,
                             Model::sequential};

class Contest {
 public:
  Contest(const History& history, const SequentialObject& object, const CheckContext& context)
      : history_(history), object_(object), context_(context), trial_(history, object, context) {}

  CheckResult run() {
    CheckResult result{.checker = "strongest"};
    if (trial_.sessions().succeeded == 0) {
      result.verdict = Verdict::vacuous;
      result.reason = "no operation succeeded, so there was nothing to check";
      return result;
    }
    if (trial_.plainly_sequential()) settle(Model::sequential, ModelAnswer::holds);
    for (const Model model : by_cost) decide_one(model);
    judge(result);
    result.statistics = statistics();
    return result;
  }

 private:
  [[nodiscard]] std::optional<ModelAnswer>& answer(Model model) {
    return answers_[static_cast<std::size_t>(model)];
  }
  [[nodiscard]] bool is(Model model, ModelAnswer what) const {
    return answers_[static_cast<std::size_t>(model)] == what;
  }

  void decide_one(Model model) {
    if (answer(model)) return;
    if (model == Model::linearizable)
      decide_linearizable();
    else
      decide_weaker(model);
  }

  /// A model that holds brings the weaker ones with it, one that does not the stronger ones.
  void settle(Model model, ModelAnswer said) {
    answer(model) = said;
    for (const ModelType& other : models()) {
      const bool follows = said == ModelAnswer::holds      ? implies(model, other.model)
                           : said == ModelAnswer::violated ? implies(other.model, model)
                                                           : false;
      if (follows) answer(other.model) = said;
    }
  }

  void decide_weaker(Model model) {
    Ruling ruling = trial_.rule(model);
    settle(model, ruling.answer);
    if (ruling.answer == ModelAnswer::violated)
      findings_.emplace(model, tell(history_, model, ruling, trial_.sessions().operations));
    if (ruling.answer == ModelAnswer::unknown) reasons_.emplace(model, std::move(ruling.reason));
  }

  void decide_linearizable() {
    CheckResult result =
        linearizability::make_linearizability_checker(object_)->check(history_, context_);
    ModelAnswer said = ModelAnswer::unknown;
    if (result.verdict == Verdict::valid) said = ModelAnswer::holds;
    if (result.verdict == Verdict::invalid) said = ModelAnswer::violated;
    settle(Model::linearizable, said);
    if (said == ModelAnswer::violated && !result.findings.empty())
      findings_.emplace(Model::linearizable, std::move(result.findings.front()));
    if (said == ModelAnswer::unknown) reasons_.emplace(Model::linearizable, result.reason);
  }

  /// Models with this answer that none with the same answer makes superfluous: of those that hold
  /// the strongest, of the others the weakest.
  [[nodiscard]] std::vector<Model> frontier(ModelAnswer what) const {
    std::vector<Model> chosen;
    for (const ModelType& type : models()) {
      if (!is(type.model, what)) continue;
      const bool covered = std::ranges::any_of(models(), [&](const ModelType& other) {
        if (other.model == type.model || !is(other.model, what)) return false;
        return what == ModelAnswer::holds ? implies(other.model, type.model)
                                          : implies(type.model, other.model);
      });
      if (!covered) chosen.push_back(type.model);
    }
    return chosen;
  }

  [[nodiscard]] static std::string named(const std::vector<Model>& chosen) {
    std::vector<std::string> names;
    for (const Model model : chosen) names.emplace_back(type_of(model).name);
    return base::join_words(names);
  }

  void judge(CheckResult& result) {
    const std::vector<Model> strongest = frontier(ModelAnswer::holds);
    const std::vector<Model> ruled_out = frontier(ModelAnswer::violated);
    const std::vector<Model> undecided = frontier(ModelAnswer::unknown);
    consistency_ = strongest.empty() ? "none of the models" : named(strongest);
    result.verdict = Verdict::valid;
    if (strongest.empty()) result.verdict = Verdict::invalid;
    if (!undecided.empty()) result.verdict = Verdict::unknown;
    std::string text = strongest.empty()
                           ? "no model is known to hold"
                           : fmt::format("the strongest that holds: {}", consistency_);
    if (strongest.size() > 1)
      text =
          fmt::format("the strongest that hold, none of which contains another: {}", consistency_);
    if (strongest.empty() && undecided.empty()) text = "no model holds, not even the weakest";
    if (!ruled_out.empty()) text += fmt::format("; ruled out: {}", named(ruled_out));
    for (const Model model : undecided)
      text += fmt::format("; {} is undecided: {}", type_of(model).name, reasons_[model]);
    result.reason = text;
    for (const Model model : ruled_out) {
      const auto found = findings_.find(model);
      if (found != findings_.end()) result.findings.push_back(std::move(found->second));
    }
  }

  [[nodiscard]] model::Fields statistics() const {
    const Sessions& sessions = trial_.sessions();
    model::Fields fields{{"consistency", Value(consistency_)}};
    for (const ModelType& type : models())
      fields.emplace_back(type.name, Value(is(type.model, ModelAnswer::holds)      ? "holds"
                                           : is(type.model, ModelAnswer::violated) ? "ruled out"
                                                                                   : "undecided"));
    add_staleness(fields);
    const Convergence convergence = convergence_of(history_, sessions);
    fields.emplace_back("converged",
                        Value(!convergence.divergences.empty() ? "no"
                              : !convergence.quiet || convergence.compared == 0 ||
                                      convergence.undecided > 0 || sessions.uncertain > 0
                                  ? "not known"
                                  : "yes"));
    fields.emplace_back("operations", Value(static_cast<std::int64_t>(sessions.operations)));
    fields.emplace_back("sessions", Value(static_cast<std::int64_t>(sessions.size())));
    return fields;
  }

  void add_staleness(model::Fields& fields) const {
    const Staleness staleness = staleness_of(history_, object_, trial_.sessions(), context_);
    fields.emplace_back("stale by writes, at least",
                        Value(static_cast<std::int64_t>(staleness.writes - 1)));
    if (staleness.time)
      fields.emplace_back(
          "stale by milliseconds",
          Value(std::chrono::ceil<std::chrono::milliseconds>(*staleness.time).count()));
    else
      fields.emplace_back("stale by milliseconds", Value("not known: " + staleness.why_not));
  }

  const History& history_;
  const SequentialObject& object_;
  const CheckContext& context_;
  Trial trial_;
  std::array<std::optional<ModelAnswer>, model_count> answers_;
  std::map<Model, Finding> findings_;
  std::map<Model, std::string> reasons_;
  std::string consistency_;
};

class StrongestChecker final : public Checker {
 public:
  explicit StrongestChecker(const SequentialObject& object) : object_(object) {}
  [[nodiscard]] std::string name() const override { return "strongest"; }
  [[nodiscard]] CheckResult check(const History& history,
                                  const CheckContext& context) const override {
    return Contest(history, object_, context).run();
  }

 private:
  const SequentialObject& object_;
};

}  // namespace

std::unique_ptr<Checker> make_strongest_checker(const std::string& object) {
  const SequentialObject* known = find_object(object);
  if (known == nullptr) return nullptr;
  if (!is_register(object)) return make_not_a_register("strongest", object);
  return std::make_unique<StrongestChecker>(*known);
}

}  // namespace eris::checkers::weak
