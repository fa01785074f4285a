// Runs a check of single sessions over all of them, on the threads that the context lends.
// Thread rule: each thread has a worker of its own.
#pragma once

#include <algorithm>
#include <optional>
#include <utility>
#include <vector>

#include "checkers/checker.hpp"
#include "checkers/weak/decision.hpp"

namespace eris::checkers::weak {

/// `make_worker()` gives an object whose check(session) returns a violation or nothing. The answer
/// is that of the first session with a violation, whatever the number of threads. When time runs
/// out, the sessions looked at until then are proven.
template <typename MakeWorker>
Decision decide_each_session(const Sessions& sessions, const CheckContext& context,
                             const MakeWorker& make_worker) {
  // A worker holds some dozen numbers an event.
  const std::uint64_t worker_bytes = 64 * (sessions.events.size() + sessions.keys + 1);
  const std::size_t workers = std::clamp<std::size_t>(
      std::min<std::uint64_t>(sessions.size(), context.memory_budget_bytes / worker_bytes), 1, 8);
  struct Found {
    std::size_t session = 0;
    std::optional<Violation> violation;
    bool out_of_time = false;
    std::vector<std::uint32_t> explained;
  };
  std::vector<Found> found(workers);
  context.parallel_for(workers, [&](std::size_t mine) {
    auto worker = make_worker();
    for (std::size_t s = mine; s < sessions.size() && !found[mine].violation; s += workers) {
      if (context.out_of_time()) {
        found[mine].out_of_time = true;
        return;
      }
      found[mine].session = s;
      found[mine].violation = worker.check(static_cast<std::uint32_t>(s));
      found[mine].explained.push_back(static_cast<std::uint32_t>(s));
    }
  });
  Found* first = nullptr;
  bool out_of_time = false;
  for (Found& one : found) {
    out_of_time |= one.out_of_time;
    if (one.violation && (first == nullptr || one.session < first->session)) first = &one;
  }
  if (first != nullptr) return {ModelAnswer::violated, *std::move(first->violation)};
  if (!out_of_time) return {};
  Proven proven;
  for (const Found& one : found)
    proven.sessions.insert(proven.sessions.end(), one.explained.begin(), one.explained.end());
  std::ranges::sort(proven.sessions);
  return {ModelAnswer::unknown, {}, "the time for checking ran out", std::move(proven)};
}

}  // namespace eris::checkers::weak
