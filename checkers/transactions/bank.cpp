#include "checkers/transactions/bank.hpp"

#include <algorithm>
#include <map>
#include <optional>
#include <vector>

#include <fmt/format.h>

#include "checkers/allowance.hpp"
#include "harness/base/text.hpp"

namespace eris::checkers::transactions {

using model::CheckResult;
using model::Finding;
using model::History;
using model::Operation;
using model::Status;
using model::Value;
using model::Verdict;

namespace {

struct Read {
  std::size_t operation = 0;
  std::int64_t total = 0;
  std::vector<Value> accounts;  ///< ascending
};

bool is_pair(const Value& value) {
  return value.is_list() && value.list().size() == 2 && value.list()[1].is_integer();
}

/// Nothing where the result is no list of accounts with balances.
std::optional<Read> read_of(const History& history, std::size_t index) {
  const Value& result = history.operations[index].result;
  if (!result.is_list() || !std::ranges::all_of(result.list(), is_pair)) return std::nullopt;
  Read read{.operation = index};
  for (const Value& pair : result.list()) {
    read.accounts.push_back(pair.list()[0]);
    read.total += pair.list()[1].integer();
  }
  std::ranges::sort(read.accounts);
  return read;
}

/// The value that most of them have; of equals the smallest.
template <typename Map>
auto commonest(const Map& counts) {
  return std::ranges::max_element(counts, {}, [](const auto& entry) { return entry.second; })
      ->first;
}

class BankChecker final : public Checker {
 public:
  explicit BankChecker(Model promised) : promised_(promised) {}

  [[nodiscard]] std::string name() const override { return "bank"; }

  [[nodiscard]] CheckResult check(const History& history,
                                  const CheckContext& context) const override {
    Allowance allowance(context);
    allowance.ask();
    std::vector<Read> reads;
    for (std::size_t i = 0; i < history.operations.size(); ++i) {
      allowance.step();
      const Operation& operation = history.operations[i];
      if (operation.function == model::function::transfer) continue;
      if (operation.function != model::function::read)
        return unknown(i, fmt::format("a bank does not know {}", operation.function.view()));
      if (operation.status != Status::ok) continue;
      auto read = read_of(history, i);
      if (!read) return unknown(i, "a read lists [account balance] pairs");
      reads.push_back(*std::move(read));
    }
    return judge(history, reads, allowance);
  }

 private:
  [[nodiscard]] CheckResult unknown(std::size_t operation, const std::string& why) const {
    return {.checker = name(),
            .verdict = Verdict::unknown,
            .reason = fmt::format("operation {}: {}", operation, why)};
  }

  [[nodiscard]] CheckResult judge(const History& history, const std::vector<Read>& reads,
                                  Allowance& allowance) const {
    CheckResult sum{.checker = name(), .verdict = Verdict::valid};
    if (reads.empty()) {
      sum.verdict = Verdict::vacuous;
      sum.reason = "no read succeeded, so no total was ever seen";
      return sum;
    }
    std::map<std::int64_t, std::size_t> totals;
    std::map<std::vector<Value>, std::size_t> accounts;
    for (const Read& read : reads) {
      allowance.step();
      ++totals[read.total];
      ++accounts[read.accounts];
    }
    const std::int64_t expected = commonest(totals);
    const std::vector<Value>& all_accounts = commonest(accounts);
    std::size_t wrong = 0;
    for (const Read& read : reads) {
      allowance.step();
      const bool missing = read.accounts != all_accounts;
      if (!missing && read.total == expected) continue;
      if (++wrong == 1) sum.findings.push_back(tell(history, reads, read, expected, missing));
    }
    if (wrong > 0) sum.verdict = Verdict::invalid;
    sum.reason = wrong == 0 ? fmt::format("every read shows the total {}", expected)
                            : fmt::format("{} of {} do not show the total {} that most show", wrong,
                                          base::count_of(reads.size(), "read"), expected);
    sum.statistics = {{"consistency", Value(name_of(promised_))},
                      {"reads", static_cast<std::int64_t>(reads.size())},
                      {"wrong totals", static_cast<std::int64_t>(wrong)},
                      {"total", expected},
                      {"accounts", static_cast<std::int64_t>(all_accounts.size())}};
    return sum;
  }

  [[nodiscard]] Finding tell(const History& history, const std::vector<Read>& reads,
                             const Read& odd, std::int64_t expected, bool missing) const {
    const Operation& operation = history.operations[odd.operation];
    const Read& other = *std::ranges::find_if(reads, [&](const Read& read) {
      return missing ? read.accounts != odd.accounts : read.total == expected;
    });
    const Operation& second = history.operations[other.operation];
    Finding finding{.property = std::string(name_of(promised_)),
                    .anomaly = missing ? "missing account" : "wrong total",
                    .searched_operations = history.operations.size()};
    const auto seen = [&](const Operation& read, const Read& what) {
      return fmt::format("process {} saw a total of {} in {} at {}", read.process.value, what.total,
                         base::count_of(what.accounts.size(), "account"),
                         base::to_rounded_text(read.completed_at));
    };
    finding.sentence = fmt::format("{}, and {}, although transfers change neither",
                                   seen(operation, odd), seen(second, other));
    finding.explanation.emplace_back(
        "A transfer takes from one account what it gives to another, so all states that a read may "
        "see have the same total. A read that shows another one saw a transfer in part.");
    std::vector<model::WitnessStep> steps{
        {odd.operation, fmt::format("read {}", to_text(operation.result))},
        {other.operation, fmt::format("read {}", to_text(second.result))}};
    if (!missing) add_suspect(history, odd, expected, finding, steps);
    std::ranges::sort(steps, {}, &model::WitnessStep::operation);
    finding.witness = std::move(steps);
    return finding;
  }

  /// A transfer at the same time, of the very sum that is off.
  static void add_suspect(const History& history, const Read& odd, std::int64_t expected,
                          Finding& finding, std::vector<model::WitnessStep>& steps) {
    const Operation& read = history.operations[odd.operation];
    for (std::size_t i = 0; i < history.operations.size(); ++i) {
      const Operation& operation = history.operations[i];
      if (operation.function != model::function::transfer || operation.status == Status::fail)
        continue;
      if (operation.completed < read.invoked || read.completed < operation.invoked) continue;
      if (!operation.argument.is_list() || operation.argument.list().size() != 3) continue;
      const Value& amount = operation.argument.list()[2];
      if (!amount.is_integer() || std::abs(amount.integer()) != std::abs(odd.total - expected))
        continue;
      steps.push_back({i, fmt::format("moved {} from {} to {} meanwhile", to_text(amount),
                                      to_text(operation.argument.list()[0]),
                                      to_text(operation.argument.list()[1]))});
      finding.explanation.push_back(
          fmt::format("Process {} moved just the sum that is off while that read ran.",
                      operation.process.value));
      return;
    }
  }

  Model promised_;
};

}  // namespace

std::unique_ptr<Checker> make_bank_checker(Model promised) {
  if (!ruled_out_by("G-single").has(promised)) return nullptr;
  return std::make_unique<BankChecker>(promised);
}

}  // namespace eris::checkers::transactions
