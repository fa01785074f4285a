#include "checkers/linearizability/sweeps/story.hpp"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "checkers/linearizability/words.hpp"
#include "harness/base/time.hpp"

namespace eris::checkers::linearizability {

using model::Operation;
using model::Status;

std::string View::who(Index i) const {
  return fmt::format("process {}", operation(i).process.value);
}

std::string View::deed(Index i) const {
  return fmt::format("{} {}", who(i), deed_of(operation(i)));
}

std::string View::did(Index i) const {
  return fmt::format("{} at {}", deed(i), base::to_rounded_text(operation(i).completed_at));
}

std::string View::gap(Index earlier, Index later) const {
  return base::to_rounded_text(operation(later).invoked_at - operation(earlier).completed_at);
}

const Operation* View::failed(model::Function function, const model::Value& argument) const {
  const std::uint32_t key = operation(0).key;
  for (const Operation& each : history.operations)
    if (each.key == key && each.status == Status::fail && each.function == function &&
        each.argument == argument)
      return &each;
  return nullptr;
}

std::string View::error_of(const Operation& operation) const {
  const std::string& error = history.error_of(operation);
  return error.empty() ? std::string() : fmt::format(" ({})", error);
}

Story::Story(const View& view, std::string anomaly, std::string sentence) : view_(view) {
  contradiction_.anomaly = std::move(anomaly);
  contradiction_.sentence = std::move(sentence);
}

Story& Story::with(Index entry, std::string remark) {
  if (entry == no_entry) return *this;
  for (Pick& pick : picks_) {
    if (pick.entry != entry) continue;
    if (pick.remark.empty()) pick.remark = std::move(remark);
    return *this;
  }
  picks_.push_back({entry, view_.entry(entry).optional(), std::move(remark)});
  return *this;
}

Story& Story::with_optional(Index entry) {
  const auto same = [&](const Pick& pick) { return pick.entry == entry; };
  if (std::ranges::none_of(picks_, same)) picks_.push_back({entry, true, {}});
  return *this;
}

Story& Story::because(std::string premise, std::string conclusion) {
  contradiction_.premise = std::move(premise);
  contradiction_.conclusion = std::move(conclusion);
  return *this;
}

Story& Story::from_any_state() {
  contradiction_.witness.unknown_start = true;
  return *this;
}

SweepResult Story::told() {
  std::ranges::sort(picks_, {}, &Pick::entry);
  for (Pick& pick : picks_) {
    contradiction_.witness.picks.push_back({pick.entry, pick.optional});
    contradiction_.remarks.push_back(std::move(pick.remark));
  }
  return {SweepAnswer::violated, std::move(contradiction_)};
}

}  // namespace eris::checkers::linearizability
