// in_order: many independent pieces of work in several threads, their results taken one by one in
// the order of their numbers.
//
// Why in order: what is found first, and where to stop, must not depend on how many threads there
// are or on which of them was quick. Work beyond the last result that was taken is thrown away.
// Invariant: `take` sees results 0, 1, 2, … without a gap, until it has had enough.
// Thread rule: `work` is called from worker threads, `take` and `meanwhile` from the caller's.
#pragma once

#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <exception>
#include <functional>
#include <map>
#include <mutex>
#include <stop_token>
#include <thread>
#include <type_traits>
#include <utility>
#include <vector>

namespace eris::cli {

/// As many threads as asked for, or one for each processor where that is 0.
[[nodiscard]] inline unsigned threads_for(unsigned jobs) {
  return jobs > 0 ? jobs : std::max(1u, std::thread::hardware_concurrency());
}

/// `work(number, stop)` gives a result, and may break off once `stop` is requested; `take(number,
/// result)` says whether to go on; `meanwhile()` is called some ten times a second. All numbers are
/// below `count`. Gives how many results were taken. An exception in `work` comes out here.
template <typename Work, typename Take, typename Meanwhile>
std::size_t in_order(std::size_t count, unsigned jobs, const Work& work, const Take& take,
                     const Meanwhile& meanwhile) {
  using Result = std::invoke_result_t<const Work&, std::size_t, std::stop_token>;
  constexpr auto attention = std::chrono::milliseconds(100);
  /// How far ahead of the slowest the quickest may be, so that results do not pile up.
  const std::size_t ahead_max = std::size_t{64} * jobs;

  std::mutex mutex;
  std::condition_variable_any changed;
  std::map<std::size_t, Result> ready;
  std::size_t begun = 0;
  std::size_t taken = 0;
  std::exception_ptr failure;

  const auto worker = [&](const std::stop_token& stop) {
    std::unique_lock lock(mutex);
    for (;;) {
      changed.wait(lock, stop, [&] { return begun >= count || begun < taken + ahead_max; });
      if (stop.stop_requested() || begun >= count || failure) return;
      const std::size_t number = begun++;
      lock.unlock();
      try {
        Result result = work(number, stop);
        lock.lock();
        ready.emplace(number, std::move(result));
      } catch (...) {
        if (!lock.owns_lock()) lock.lock();
        failure = std::current_exception();
      }
      changed.notify_all();
    }
  };

  std::vector<std::jthread> workers;
  for (std::size_t i = 0; i < std::min<std::size_t>(jobs, count); ++i) workers.emplace_back(worker);

  for (bool more = true; more && taken < count;) {
    std::unique_lock lock(mutex);
    const auto due = [&] { return failure || ready.contains(taken); };
    const bool is_due = changed.wait_for(lock, attention, due);
    if (failure) break;
    if (!is_due) {
      lock.unlock();
      meanwhile();
      continue;
    }
    auto node = ready.extract(taken);
    ++taken;
    lock.unlock();
    changed.notify_all();
    more = take(taken - 1, std::move(node.mapped()));
  }
  for (std::jthread& each : workers) each.request_stop();
  workers.clear();
  if (failure) std::rethrow_exception(failure);
  return taken;
}

}  // namespace eris::cli
