#include "checkers/transactions/transactions.hpp"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "checkers/extent.hpp"
#include "checkers/transactions/bank.hpp"
#include "checkers/transactions/list_append.hpp"
#include "checkers/transactions/long_fork.hpp"
#include "checkers/transactions/narrative.hpp"
#include "checkers/transactions/prefix.hpp"
#include "checkers/transactions/rw_register.hpp"
#include "harness/base/text.hpp"

namespace eris::checkers::transactions {

using model::CheckResult;
using model::History;
using model::Value;
using model::Verdict;

namespace {

std::string names_of(const std::vector<Model>& models) {
  std::vector<std::string> names;
  for (const Model model : models) names.emplace_back(name_of(model));
  return names.empty() ? "none" : base::join_words(names);
}

Value number(std::size_t count) {
  return static_cast<std::int64_t>(count);
}

class TransactionChecker final : public Checker {
 public:
  TransactionChecker(Model promised, Flavour flavour) : promised_(promised), flavour_(flavour) {}

  [[nodiscard]] std::string name() const override { return "transactions"; }

  [[nodiscard]] CheckResult check(const History& history,
                                  const CheckContext& context) const override {
    Outcome whole = check_until(history, model::never, context);
    if (!whole.blocked) return std::move(whole.result);
    if (whole.proven_until == 0 && whole.out_of_memory)
      whole.proven_until = valid_beginning(history, context);
    whole.result.reason += "; " + proven_text(history, whole.proven_until, name_of(promised_));
    whole.result.statistics.emplace_back("proven transactions",
                                         number(succeeded_before(history, whole.proven_until)));
    whole.result.statistics.emplace_back("proven until event", number(whole.proven_until));
    return std::move(whole.result);
  }

 private:
  struct Outcome {
    CheckResult result;
    bool blocked = false;  ///< undecided for want of time, memory or knowledge
    bool out_of_memory = false;
    model::EventIndex proven_until = 0;
  };

  /// The beginning of a history, as it would be had the run ended there.
  [[nodiscard]] Outcome check_until(const History& history, model::EventIndex until,
                                    const CheckContext& context) const {
    Allowance allowance(context);
    base::Result<Transactions> transactions;
    try {
      transactions = parse(history, flavour_, allowance, until);
    } catch (const OutOfBudget& stop) {
      return {gave_up(fmt::format("{} while they were read: {}; give it more, or run for a shorter "
                                  "time",
                                  stop.what(), to_text(extent_of(history), "transaction"))),
              true, stop.ran_out == OutOfBudget::What::memory};
    }
    if (!transactions) return {gave_up(to_text(transactions.error()))};
    const auto analysis = analyse(*transactions, context);
    if (!analysis) return {gave_up(to_text(analysis.error()))};
    Outcome outcome{sum_up(*transactions, *analysis)};
    outcome.blocked = outcome.result.verdict == Verdict::unknown;
    outcome.out_of_memory = analysis->out_of_memory;
    outcome.proven_until = analysis->proven_until;
    return outcome;
  }

  /// What there is not memory enough for as a whole may be checked in part: half of it, or half of
  /// that, until it fits.
  [[nodiscard]] model::EventIndex valid_beginning(const History& history,
                                                  const CheckContext& context) const {
    for (std::size_t count = history.operations.size() / 2; count > 0; count /= 2) {
      const model::EventIndex until = history.operations[count].invoked;
      if (check_until(history, until, context).result.verdict == Verdict::valid) return until;
    }
    return 0;
  }

  [[nodiscard]] base::Result<Analysis> analyse(const Transactions& transactions,
                                               const CheckContext& context) const {
    return flavour_ == Flavour::list_append ? analyse_list_append(transactions, context)
                                            : analyse_rw_register(transactions, context);
  }

  [[nodiscard]] CheckResult gave_up(std::string reason) const {
    return {.checker = name(), .verdict = Verdict::unknown, .reason = std::move(reason)};
  }

  [[nodiscard]] CheckResult sum_up(const Transactions& transactions,
                                   const Analysis& analysis) const {
    CheckResult sum{.checker = name(), .verdict = Verdict::valid};
    Models broken;
    std::vector<const Anomaly*> telling, others;
    for (const Anomaly& anomaly : analysis.anomalies.all()) {
      const Models ruled_out = ruled_out_by(anomaly.name);
      broken |= ruled_out;
      (ruled_out.has(promised_) ? telling : others).push_back(&anomaly);
    }
    // What breaks the most comes first.
    std::ranges::stable_sort(telling, {}, [](const Anomaly* anomaly) {
      return static_cast<int>(weakest(ruled_out_by(anomaly->name)).front());
    });
    for (const Anomaly* anomaly : telling)
      sum.findings.push_back(tell(transactions, flavour_, *anomaly, promised_));
    const Models undecided = analysis.undecided - broken;
    const Models open = Models::all() - broken - undecided;
    if (broken.has(promised_)) {
      sum.verdict = Verdict::invalid;
    } else if (undecided.has(promised_)) {
      sum.verdict = Verdict::unknown;
    } else if (transactions.succeeded == 0) {
      sum.verdict = Verdict::vacuous;
    }
    sum.reason = reason(sum.verdict, telling, open, analysis);
    sum.statistics = statistics(transactions, analysis, broken, open, undecided);
    return sum;
  }

  [[nodiscard]] std::string reason(Verdict verdict, const std::vector<const Anomaly*>& telling,
                                   Models open, const Analysis& analysis) const {
    if (verdict == Verdict::vacuous)
      return "no transaction succeeded, so there was nothing to check";
    if (verdict == Verdict::unknown) return analysis.reason;
    if (verdict == Verdict::valid)
      return fmt::format("{}; the strongest that holds is {}", name_of(promised_),
                         names_of(strongest(open)));
    std::vector<std::string> names;
    for (const Anomaly* anomaly : telling) names.push_back(anomaly->name);
    return fmt::format("not {}: {}; the strongest that remains is {}", name_of(promised_),
                       base::join_words(names), names_of(strongest(open)));
  }

  [[nodiscard]] model::Fields statistics(const Transactions& transactions, const Analysis& analysis,
                                         Models broken, Models open, Models undecided) const {
    model::Fields fields{
        {"consistency", Value(name_of(promised_))},
        {"object", Value(flavour_ == Flavour::list_append ? "list-append" : "rw-register")},
        {"transactions", number(transactions.all.size())},
        {"micro-operations", number(transactions.micros.size())},
        {"keys", number(transactions.keys.size())},
        {"edges", number(analysis.edges)},
        {"ruled out", Value(names_of(weakest(broken)))},
        {"strongest that remain", Value(names_of(strongest(open)))}};
    if (!undecided.empty()) fields.emplace_back("undecided", Value(names_of(weakest(undecided))));
    for (const auto& [name, count] : analysis.anomalies.counts())
      fields.emplace_back(name, number(count));
    return fields;
  }

  Model promised_;
  Flavour flavour_;
};

}  // namespace

std::unique_ptr<Checker> make_transaction_checker(Model promised, const std::string& object) {
  if (object == "list-append")
    return std::make_unique<TransactionChecker>(promised, Flavour::list_append);
  if (object == "rw-register")
    return std::make_unique<TransactionChecker>(promised, Flavour::rw_register);
  return nullptr;
}

std::unique_ptr<Checker> make_model_checker(Model promised, const std::string& object) {
  if (object == "bank") return make_bank_checker(promised);
  if (object == "long-fork") return make_long_fork_checker(promised);
  return make_transaction_checker(promised, object);
}

std::vector<std::string> objects_of(Model model) {
  std::vector<std::string> names;
  for (const char* name : {"list-append", "rw-register", "bank", "long-fork"})
    if (make_model_checker(model, name) != nullptr) names.emplace_back(name);
  return names;
}

namespace {

template <std::size_t... Index>
void add_models(std::vector<ConsistencyType>& registry, std::index_sequence<Index...>) {
  const auto add = [&](Model model, auto make, auto objects) {
    registry.push_back({{.name = std::string(name_of(model)),
                         .summary = std::string(summary_of(model)),
                         .explanation = std::string(explanation_of(model))},
                        make,
                        objects});
  };
  // A function of its own for each model, since the registry holds plain functions. The strongest
  // comes first, as plans name it most often.
  (add(
       static_cast<Model>(model_count - 1 - Index),
       [](const std::string& object) {
         return make_model_checker(static_cast<Model>(model_count - 1 - Index), object);
       },
       [] { return objects_of(static_cast<Model>(model_count - 1 - Index)); }),
   ...);
}

}  // namespace

void add_models(std::vector<ConsistencyType>& registry) {
  add_models(registry, std::make_index_sequence<model_count>());
}

}  // namespace eris::checkers::transactions
