#include "checkers/lossless/report.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "harness/base/text.hpp"

namespace eris::checkers::lossless {

using model::CheckResult;
using model::Verdict;

namespace {
constexpr const char* checker_name = "lossless";
}

void Report::violation(std::string_view anomaly, const model::Value& key,
                       const std::string& sentence, std::vector<model::WitnessStep> witness) {
  const auto known = std::ranges::find(
      violations_, anomaly, [](const auto& entry) { return std::string_view(entry.first); });
  if (known != violations_.end()) {
    ++known->second;
    return;
  }
  violations_.emplace_back(anomaly, 1);
  std::ranges::sort(witness, {}, &model::WitnessStep::operation);
  model::Finding finding{.property = checker_name,
                         .anomaly = std::string(anomaly),
                         .key = key,
                         .sentence = sentence,
                         .witness = std::move(witness),
                         .searched_operations = history_.operations.size()};
  for (const model::WitnessStep& step : finding.witness)
    finding.explanation.push_back(fmt::format("{} {}.", who(step.operation), step.role));
  findings_.push_back(std::move(finding));
}

void Report::count(std::string name, std::size_t count) {
  statistics_.emplace_back(std::move(name), static_cast<std::int64_t>(count));
}

CheckResult Report::unfit(std::size_t operation, const std::string& why) const {
  return {.checker = checker_name,
          .verdict = Verdict::unknown,
          .reason = fmt::format("operation {}: {}", operation, why)};
}

CheckResult Report::finish(bool anything_seen, const std::string& open) {
  CheckResult sum{.checker = checker_name, .verdict = Verdict::valid};
  std::vector<std::string> names;
  for (const auto& [name, number] : violations_) {
    names.push_back(fmt::format("{} ({})", name, number));
    statistics_.emplace_back(name, static_cast<std::int64_t>(number));
  }
  sum.findings = std::move(findings_);
  sum.statistics = std::move(statistics_);
  sum.statistics.insert(sum.statistics.begin(), {"consistency", model::Value(checker_name)});
  sum.reason = "nothing that was acknowledged is missing, and nothing else was seen";
  if (!names.empty()) {
    sum.verdict = Verdict::invalid;
    sum.reason = fmt::format("not lossless: {}", base::join_words(names));
  } else if (!anything_seen) {
    sum.verdict = Verdict::vacuous;
    sum.reason = "nothing was ever looked for, so nothing could be missing";
  } else if (!open.empty()) {
    sum.verdict = Verdict::unknown;
    sum.reason = open;
  }
  return sum;
}

std::string Report::who(std::size_t operation) const {
  const model::Operation& what = history_.operations[operation];
  const bool answered = what.status != model::Status::info;
  return fmt::format("process {} (at {})", what.process.value,
                     base::to_rounded_text(answered ? what.completed_at : what.invoked_at));
}

}  // namespace eris::checkers::lossless
