#include "checkers/weak/proven.hpp"

#include <algorithm>
#include <vector>

#include <fmt/format.h>

#include "harness/base/text.hpp"

namespace eris::checkers::weak {

using model::EventIndex;
using model::History;
using model::Operation;
using model::Status;

namespace {

constexpr std::size_t processes_named = 8;

/// A beginning that leaves a read but not the write it saw would be another history.
EventIndex without_foresight(const History& history, const Sessions& sessions, EventIndex until) {
  for (const Event& event : sessions.events) {
    if (event.is_write() || event.source == from_start) continue;
    const Operation& read = history.operations[event.operation];
    const Operation& write = history.operations[sessions.events[event.source].operation];
    if (write.invoked > read.completed) until = std::min(until, read.completed);
  }
  return until;
}

std::string beginning_text(const History& history, EventIndex until) {
  std::size_t count = 0;
  const Operation* next = nullptr;
  for (const Operation& operation : history.operations) {
    if (operation.status == Status::ok && operation.completed < until) ++count;
    if (operation.status != Status::info && operation.completed >= until &&
        (next == nullptr || operation.completed < next->completed))
      next = &operation;
  }
  if (count == 0) return "no part of it is proven";
  return fmt::format(
      "the {} that succeeded{} {} proven by {}", base::count_of(count, "operation"),
      next == nullptr ? std::string() : " before " + base::to_rounded_text(next->completed_at),
      count == 1 ? "is" : "are", count == 1 ? "itself" : "themselves");
}

std::string sessions_text(const History& history, const Sessions& sessions, const Proven& proven) {
  std::vector<std::string> processes;
  for (const std::uint32_t s : proven.sessions) {
    if (sessions.begin[s] == sessions.begin[s + 1]) continue;
    const Event& first = sessions.events[sessions.begin[s]];
    if (processes.size() < processes_named)
      processes.push_back(fmt::format("{}", history.operations[first.operation].process.value));
  }
  if (processes.empty()) return "no part of it is proven";
  if (proven.sessions.size() > processes_named) processes.emplace_back("others");
  return fmt::format(
      "the reads of {} of {} sessions are proven, without those of the others (of "
      "process {})",
      proven.sessions.size(), sessions.size(), base::join_words(processes));
}

}  // namespace

EventIndex proven_until(const History& history, const Sessions& sessions, const Proven& proven) {
  if (proven.until.empty() || sessions.uncertain > 0 || !sessions.flaws.empty()) return 0;
  EventIndex until = model::never;
  for (EventId e = 0; e < sessions.events.size(); ++e) {
    const Event& event = sessions.events[e];
    const Operation& operation = history.operations[event.operation];
    if (e >= proven.until[event.session] && operation.status != Status::info)
      until = std::min(until, operation.completed);
  }
  return without_foresight(history, sessions, until);
}

std::string proven_text(const History& history, const Sessions& sessions, const Proven& proven) {
  if (sessions.uncertain > 0 || !sessions.flaws.empty()) return "no part of it is proven";
  if (!proven.sessions.empty()) return sessions_text(history, sessions, proven);
  return beginning_text(history, proven_until(history, sessions, proven));
}

}  // namespace eris::checkers::weak
