#include "checkers/extent.hpp"

#include <algorithm>
#include <numeric>
#include <vector>

#include <fmt/format.h>

#include "harness/base/text.hpp"

namespace eris::checkers {

Extent extent_of(const model::History& history) {
  std::vector<std::uint32_t> all(history.operations.size());
  std::iota(all.begin(), all.end(), 0);
  return extent_of(history, all);
}

Extent extent_of(const model::History& history, std::span<const std::uint32_t> operations) {
  std::vector<model::EventIndex> answers;
  for (const std::uint32_t i : operations)
    if (history.operations[i].status != model::Status::info)
      answers.push_back(history.operations[i].completed);
  std::ranges::sort(answers);
  Extent extent{.operations = operations.size(),
                .concurrency = 0,
                .unknown_outcomes = operations.size() - answers.size()};
  std::size_t open = 0, answered = 0;
  for (const std::uint32_t i : operations) {
    const model::Operation& operation = history.operations[i];
    for (; answered < answers.size() && answers[answered] < operation.invoked; ++answered) --open;
    if (operation.status != model::Status::info)
      extent.concurrency = std::max(extent.concurrency, ++open);
  }
  return extent;
}

std::string to_text(const Extent& extent, std::string_view noun) {
  return fmt::format("{}, at most {} open at once, with {}",
                     base::count_of(extent.operations, std::string(noun)), extent.concurrency,
                     base::count_of(extent.unknown_outcomes, "unknown outcome"));
}

}  // namespace eris::checkers
